// npm wsfed (Auth0's WS-Federation server, unmodified) as a partner's STS on loopback; it is middleware, the login form around it is ours.
//   node wsfed.mjs '{"port": 0, "issuer": "...", "cert": PEM, "key": PEM, "realms": {realm: reply address}}'
// also: lifetime (seconds), signatureAlgorithm, digestAlgorithm, protocol (what browsers speak with it, if not http)
// Prints one line when it listens, {"ready": true, "base": "http://localhost:PORT"}, and ends with its standard input. Any login and
// password are right; the login is the address, and `immutable-` before its local part is the ImmutableID.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const wsfed = createRequire(import.meta.url)('wsfed');

const spec = JSON.parse(process.argv[2] ?? '{}');

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const IMMUTABLE_ID = 'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID';

function Profile(login) {
  const local = login.split('@')[0];
  this.getClaims = () => ({
    [`${CLAIMS}/emailaddress`]: login,
    [`${CLAIMS}/name`]: local.replace(/^./, (first) => first.toUpperCase()),
    [IMMUTABLE_ID]: `immutable-${local}`,
  });
  this.getNameIdentifier = () => ({ nameIdentifier: `immutable-${local}`, nameIdentifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' });
}
Profile.prototype.metadata = [
  { id: `${CLAIMS}/emailaddress`, optional: false, displayName: 'E-Mail Address', description: 'The address of the person' },
  { id: IMMUTABLE_ID, optional: false, displayName: 'ImmutableID', description: 'What never changes of the person' },
];
const profileMapper = Object.assign((user) => new Profile(user.login), { prototype: Profile.prototype });

const reply = (realm, asked) => {
  const registered = spec.realms[realm];
  return !registered || (asked && asked !== registered) ? null : registered;
};
const auth = wsfed.auth({
  ...spec,
  profileMapper,
  getPostURL: (realm, asked, _request, done) => done(null, reply(realm, asked)),
});
const metadata = wsfed.metadata({ issuer: spec.issuer, cert: spec.cert, endpointPath: '/wsfed', profileMapper });

const signedIn = new Set();
const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const page = (title, body) => `<!doctype html><html lang="en"><title>${title}</title><body>${body}</body></html>`;
const LOGIN = page('Sign in', '<form method="post"><input name="login"><input name="password" type="password"><button>Sign in</button></form>');

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/// The little of Express that the middleware leans on.
function express(request, response, url) {
  Object.assign(request, { query: Object.fromEntries(url.searchParams), originalUrl: request.url, protocol: spec.protocol ?? 'http' });
  response.set = (name, value) => response.setHeader(name, value);
  response.send = (first, second) => {
    if (typeof first === 'number') response.statusCode = first;
    response.end(String(second ?? first));
  };
}

async function answer(request, response) {
  const url = new URL(request.url, base);
  express(request, response, url);
  if (url.pathname === '/FederationMetadata/2007-06/FederationMetadata.xml') return metadata(request, response);
  response.set('Content-Type', 'text/html; charset=utf-8');
  if (url.pathname !== '/wsfed') return response.send(404, 'nothing here');
  const browser = /\bsts=([\w@.-]+)/.exec(request.headers.cookie ?? '')?.[1];
  switch (url.searchParams.get('wa')) {
    case 'wsignin1.0': {
      const login = request.method === 'POST' ? (await body(request)).get('login') : signedIn.has(browser) && browser;
      if (!login) return response.send(LOGIN);
      signedIn.add(login);
      response.set('Set-Cookie', `sts=${login}; Path=/; HttpOnly`);
      request.user = { login };
      return auth(request, response, (error) => response.send(500, `refused: ${error.message}`));
    }
    case 'wsignout1.0': {
      signedIn.delete(browser);
      const back = url.searchParams.get('wreply');
      const isOurs = Object.values(spec.realms).some((known) => back && new URL(known).origin === new URL(back).origin);
      if (isOurs) return response.writeHead(302, { location: back }).end();
      // §13.2.4: every realm of the session is told by an image
      const images = Object.values(spec.realms).map((known) => `<img alt="" src="${escape(`${known}?wa=wsignoutcleanup1.0`)}">`);
      return response.send(page('Signed out', images.join('')));
    }
    default:
      return response.send(400, 'what is wanted?');
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(`broken: ${error.message}`);
  });
});
await new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen(spec.port ?? 0, 'localhost', resolve);
});
const base = `http://localhost:${server.address().port}`;

console.log(JSON.stringify({ ready: true, base }));
process.stdin.on('end', () => process.exit(0)).resume();
