<?php
require_once __DIR__ . '/settings.php';

$config = ['users' => ['exampleauth:UserPass'] + settings()['users']];
