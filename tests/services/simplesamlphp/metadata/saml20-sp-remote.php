<?php
require_once __DIR__ . '/../settings.php';

$metadata = settings()['saml20-sp-remote'];
