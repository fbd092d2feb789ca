<?php
require_once __DIR__ . '/../settings.php';

$metadata = settings()['adfs-sp-remote'];
