<?php
// What the test says, as it stands now: each request reads it anew.
function settings(): array
{
    return json_decode(file_get_contents(getenv('SIMPLESAMLPHP_CONFIG_DIR') . '/settings.json'), true, 64, JSON_THROW_ON_ERROR);
}
