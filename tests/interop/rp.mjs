// npm openid-client 6 (certified), unmodified, as an app; the browser before it is browser.mjs.
//   node rp.mjs '{"issuer": "...", "client_id": "...", "redirect_uri": "...", "address": "ana@fabrikam.example", ...}'
// also: client_secret, authentication (basic | post | none), response_mode (query | form_post), scope, parameters {..}, pauses [..]
//
// At each page kind in `pauses` (also `upstream-answer`, on the way back from there, and `code`, when the app holds the code but has not
// used it) it prints {"paused": kind} and
// waits for a line; a JSON object in that line is what it types, e.g. {"code": "12345678"}. Ends with one line:
//   {"outcome": "claims", "claims": .., "userinfo": .., "header": .., "steps": [..]}
//   {"outcome": "oauth_error", "error": .., ..}   {"outcome": "page", "status": .., "title": .., "words": .., "errorCode": ..}
//   {"outcome": "broken", "message": ..}          when the connection breaks or the client refuses what it got
import { decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';

import { Browser } from './browser.mjs';
import { pausing } from './pausing.mjs';

const spec = JSON.parse(process.argv[2]);
const steps = [];
const pause = pausing(spec.pauses);

const AUTHENTICATION = { basic: client.ClientSecretBasic, post: client.ClientSecretPost, none: client.None };

/// The authorization response as the app sees it: a URL, or a POST request.
function received(at) {
  if (at.method !== 'POST') return at.url;
  return new Request(at.url, { method: 'POST', body: at.body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
}

async function walk(start) {
  const browser = new Browser(async (url) => {
    if (url.pathname.includes('/callback/')) await pause('upstream-answer');
  });
  let at = await browser.open(start, spec.redirect_uri);
  for (let n = 0; at.kind !== 'callback'; n += 1) {
    steps.push({ page: at.kind, status: at.status });
    if (at.kind === 'end' || at.status >= 400 || n > 12) return at;
    const typed = await pause(at.kind);
    const values = { address: spec.address, login: spec.address, password: spec.password ?? 'any', ...typed };
    at = await browser.submit(at, spec.redirect_uri, at.kind === 'form_post' ? {} : values);
  }
  return at;
}

async function run() {
  const authentication = AUTHENTICATION[spec.authentication ?? 'basic'](spec.client_secret);
  const config = await client.discovery(new URL(spec.issuer), spec.client_id, undefined, authentication, { execute: [client.allowInsecureRequests] });
  client.enableNonRepudiationChecks(config);

  const verifier = client.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true };
  const start = client.buildAuthorizationUrl(config, {
    redirect_uri: spec.redirect_uri,
    scope: spec.scope ?? 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...(spec.response_mode ? { response_mode: spec.response_mode } : {}),
    ...spec.parameters,
  });

  const at = await walk(start);
  if (at.kind !== 'callback') {
    return { outcome: 'page', status: at.status, title: at.title, words: at.words.slice(0, 600), errorCode: at.errorCode };
  }
  steps.push({ page: 'callback', method: at.method });
  await pause('code');
  try {
    const tokens = await client.authorizationCodeGrant(config, received(at), checks);
    const claims = tokens.claims();
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    return { outcome: 'claims', claims, userinfo, header: decodeProtectedHeader(tokens.id_token) };
  } catch (error) {
    if (!error.error) throw error;
    return { outcome: 'oauth_error', error: error.error, description: error.error_description ?? null, status: error.status ?? null };
  }
}

const result = await run().catch((error) => ({ outcome: 'broken', message: `${error.message}${error.cause ? `: ${error.cause.message ?? error.cause}` : ''}` }));
console.log(JSON.stringify({ ...result, steps }));
process.exit(0);
