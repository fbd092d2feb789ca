// TLS before a service on loopback that speaks none.
//   node tls.mjs '{"port": 9443, "to": 8080, "certificate": "file.pem", "key": "file.key"}'
// Prints {"ready": true} when it listens, and ends with its standard input.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer } from 'node:tls';

const spec = JSON.parse(process.argv[2]);

const server = createServer({ cert: readFileSync(spec.certificate), key: readFileSync(spec.key) }, (near) => {
  const far = connect(spec.to, 'localhost');
  // either side may hang up at any time, and then both do
  pipeline(near, far, () => {});
  pipeline(far, near, () => {});
});
server.on('tlsClientError', () => {});
await new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen(spec.port, '127.0.0.1', resolve);
});
console.log(JSON.stringify({ ready: true }));
process.stdin.on('end', () => process.exit(0)).resume();
