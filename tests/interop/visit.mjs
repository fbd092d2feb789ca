// The certified client (npm openid-client 6, unmodified) as an app, with one person's browser before it.
import { decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';

import { Browser, PASSED_ON } from './browser.mjs';

const AUTHENTICATION = { basic: client.ClientSecretBasic, post: client.ClientSecretPost, none: client.None };
const MOST_PAGES = 14;

/// What ended a walk that did not come back to the app.
const told = (at) => ({ outcome: 'page', status: at.status, title: at.title, words: at.words.slice(0, 600), errorCode: at.errorCode });

/// The number under which the trail keeps this sign-in: the end of the flow's id, which travels with the partner's messages.
function referenceIn(form) {
  const state = form?.inputs.find((input) => ['RelayState', 'wctx'].includes(input.name))?.value;
  return state?.includes('.') ? { reference: state.split('.')[0].slice(-12) } : {};
}

/// What a partner's form brings, for a test that wants to keep it.
function answerIn(form) {
  const input = form?.inputs.find(({ name }) => ['SAMLResponse', 'wresult'].includes(name));
  return input ? { answer: input.value } : {};
}

/// The authorization response as the app sees it: a URL, or a POST request.
function received(at) {
  if (at.method !== 'POST') return at.url;
  return new Request(at.url, { method: 'POST', body: at.body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
}

export class Visit {
  #browser;
  #config;

  /// `spec` is what `rp.mjs` is told; `pause` is asked at each kind of page, and answers what to type there.
  /// `browser` stands in for browser.mjs.
  constructor(spec, pause = async () => ({}), browser = null) {
    this.spec = spec;
    this.pause = pause;
    this.#browser = browser ?? new Browser(async (url) => {
      if (url.pathname.includes('/callback/')) await pause('upstream-answer');
    });
    const login = spec.login ?? spec.address;
    this.typed = { address: spec.address, login, username: login, password: spec.password ?? 'any' };
  }

  /// Through every page, until the browser is at `stop` or a page wants nothing more.
  async walk(start, stop, steps) {
    let at = await this.#browser.open(start, stop);
    while (at.kind !== 'callback') {
      steps.push({ page: at.kind, status: at.status, ...referenceIn(at.form), ...(this.spec.captures ? answerIn(at.form) : {}) });
      if (at.kind === 'end' || at.status >= 400 || steps.length > MOST_PAGES) return at;
      const typed = await this.pause(at.kind);
      at = await this.#browser.submit(at, stop, PASSED_ON.includes(at.kind) ? typed : { ...this.typed, ...typed });
    }
    return at;
  }

  /// From the authorization request to verified claims, or whatever ended it.
  async signIn(parameters, steps) {
    const { spec } = this;
    const config = (this.#config ??= await discover(spec));
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
      ...parameters,
    });

    const at = await this.walk(start, spec.redirect_uri, steps);
    if (at.kind !== 'callback') return told(at);
    steps.push({ page: 'callback', method: at.method });
    await this.pause('code');
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

  /// Sent by a portal to the app's launch address, the app signs in with what it was told there (OpenID Connect Core §4).
  async signInFromPortal({ visit, launch }, steps) {
    const at = await this.walk(visit, launch, steps);
    if (at.kind !== 'callback') return told(at);
    steps.push({ page: 'launch' });
    const hint = Object.fromEntries(at.url.searchParams);
    if (hint.iss !== this.spec.issuer) throw new Error(`launched for ${hint.iss}`);
    const result = await this.signIn(hint.login_hint ? { login_hint: hint.login_hint } : {}, steps);
    return { ...result, launch: hint };
  }

  /// One of `then`.
  async afterwards(what) {
    const steps = [];
    if (what.sign_in) return { ...(await this.signIn(what.sign_in, steps)), steps };
    const at = await this.walk(what.visit, what.stop ?? this.spec.redirect_uri, steps);
    return { ...(at.kind === 'callback' ? { outcome: 'there', url: at.url.href } : told(at)), steps };
  }
}

async function discover(spec) {
  const authentication = AUTHENTICATION[spec.authentication ?? 'basic'](spec.client_secret);
  const config = await client.discovery(new URL(spec.issuer), spec.client_id, undefined, authentication, { execute: [client.allowInsecureRequests] });
  client.enableNonRepudiationChecks(config);
  return config;
}

/// A failure of the connection, or the client's refusal of what it got.
export function broken(error) {
  return { outcome: 'broken', message: `${error.message}${error.cause ? `: ${error.cause.message ?? error.cause}` : ''}` };
}
