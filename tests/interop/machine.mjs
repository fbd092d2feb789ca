// npm openid-client 6 (certified), unmodified, as an app with nobody before it: discovery, client credentials, a call of the management API.
//   node machine.mjs '{"issuer": "...", "client_id": "...", "client_secret": "...", "authentication": "basic" | "post", "call": "/users"}'
// Ends with one line: {"token_type": .., "scope": .., "status": .., "body": ..} or {"error": .., "description": ..}
import * as client from 'openid-client';

const spec = JSON.parse(process.argv[2]);
const authentication = spec.authentication === 'post' ? client.ClientSecretPost(spec.client_secret) : client.ClientSecretBasic(spec.client_secret);

async function run() {
  const config = await client.discovery(new URL(spec.issuer), spec.client_id, undefined, authentication, { execute: [client.allowInsecureRequests] });
  const { issuer } = config.serverMetadata();
  const tokens = await client.clientCredentialsGrant(config, { scope: spec.scope ?? `${issuer}/admin/v1/.default` });
  const url = new URL(`${issuer}/admin/v1${spec.call}`);
  const answer = await client.fetchProtectedResource(config, tokens.access_token, url, 'GET');
  return { token_type: tokens.token_type, scope: tokens.scope, expires_in: tokens.expires_in, status: answer.status, body: await answer.json() };
}

const said = await run().catch((error) => ({ error: error.error ?? error.code ?? error.name, description: error.error_description ?? error.message, status: error.status }));
console.log(JSON.stringify(said));
process.exit(0);
