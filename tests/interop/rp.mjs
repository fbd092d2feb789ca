// npm openid-client 6 (certified), unmodified, as an app; the browser before it is browser.mjs, or Chromium.
//   node rp.mjs '{"issuer": "...", "client_id": "...", "redirect_uri": "...", "address": "ana@fabrikam.example", ...}'
// also: client_secret, authentication (basic | post | none), response_mode (query | form_post), scope, parameters {..}, pauses [..],
//       login (who signs in at the provider, if not `address`)
//       captures (true: the steps hold what the partner's forms brought)
//       ca (a file that says whose certificates are right)
//       chromium {"scripts": true}: the browser is Chromium, with or without JavaScript; `seen` tells what policies were violated
//       portal {visit, launch}: where the browser is before it comes to the app, at its launch address
//       then [..]: what the same browser does afterwards, in turn; each outcome is in `after`
//         {"visit": url, "stop": url}    goes there, and through every form, to the end
//         {"sign_in": {parameters}}      signs in again, with these authorization parameters
//
// At each page kind in `pauses` (also `upstream-answer`, on the way back from there, and `code`, when the app holds the code but has not
// used it) it prints {"paused": kind} and
// waits for a line; a JSON object in that line is what it types, e.g. {"code": "12345678"}. Ends with one line:
//   {"outcome": "claims", "claims": .., "userinfo": .., "header": .., "steps": [..]}
//   {"outcome": "oauth_error", "error": .., ..}   {"outcome": "page", "status": .., "title": .., "words": .., "errorCode": ..}
//   {"outcome": "broken", "message": ..}          when the connection breaks or the client refuses what it got
import { pausing } from './pausing.mjs';
import { Chromium } from './chromium.mjs';
import { Visit, broken } from './visit.mjs';

const spec = JSON.parse(process.argv[2]);
const steps = [];
const chromium = spec.chromium ? await Chromium.launch({ ...spec.chromium, app: spec.redirect_uri }) : null;
const visit = new Visit(spec, pausing(spec.pauses), chromium);

async function run() {
  const result = spec.portal ? await visit.signInFromPortal(spec.portal, steps) : await visit.signIn(spec.parameters ?? {}, steps);
  for (const what of spec.then ?? []) (result.after ??= []).push(await visit.afterwards(what));
  return result;
}

const result = await run().catch(broken);
const seen = await chromium?.close();
console.log(JSON.stringify({ ...result, steps, ...(seen ? { seen } : {}) }));
process.exit(0);
