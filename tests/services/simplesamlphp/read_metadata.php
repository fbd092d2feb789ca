<?php
// A service provider's metadata on standard input, SimpleSAMLphp's own idea of it on standard output, as JSON.
require_once '/usr/share/simplesamlphp/lib/_autoload.php';

$out = [];
foreach (SimpleSAML\Metadata\SAMLParser::parseDescriptorsString(stream_get_contents(STDIN)) as $entity => $parser) {
    $read = $parser->getMetadata20SP();
    // only of use to who merges federations
    unset($read['entityDescriptor']);
    $out[$entity] = $read;
}
echo json_encode($out, JSON_THROW_ON_ERROR);
