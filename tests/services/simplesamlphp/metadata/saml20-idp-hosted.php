<?php
require_once __DIR__ . '/../settings.php';

$metadata = settings()['saml20-idp-hosted'];
