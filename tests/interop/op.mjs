// npm oidc-provider (certified) as a guest's home directory, on loopback, with its own login and consent forms.
//   node op.mjs '{"port": 0, "clients": [{...}]}'
// Prints one line when it listens, {"ready": true, "issuer": "..."}, and ends with its standard input. Any login and password are
// right; the login is the subject and the email address. A second start has new keys: what a relying party knew is stale.
import { createServer } from 'node:http';

import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const spec = JSON.parse(process.argv[2] ?? '{}');

async function key(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg, kid: `${alg}-${Date.now()}` };
}

const server = createServer();
await new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen(spec.port ?? 0, 'localhost', resolve);
});
const issuer = `http://localhost:${server.address().port}`;

const given = (login) => login.split('@')[0].replace(/^./, (first) => first.toUpperCase());

const provider = new Provider(issuer, {
  clients: spec.clients ?? [],
  jwks: { keys: [await key('RS256'), await key('ES256')] },
  cookies: { keys: ['interop'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username', 'locale'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true } },
  async findAccount(_context, login) {
    const claims = { sub: login, email: login, email_verified: true, name: given(login), preferred_username: login, locale: 'en' };
    return { accountId: login, claims: async () => claims };
  },
});
provider.on('server_error', (_context, error) => console.error(error));
server.on('request', provider.callback());

console.log(JSON.stringify({ ready: true, issuer }));
process.stdin.on('end', () => process.exit(0)).resume();
