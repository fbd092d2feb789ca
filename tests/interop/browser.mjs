// A browser without a screen: cookie jar, redirects, forms. Knows what kind of page it is on, not whose.
import http from 'node:http';
import https from 'node:https';

const MOST_HOPS = 30;
/// Forms that nobody types into: a browser sends them on by itself.
export const PASSED_ON = ['form_post', 'saml-request', 'saml-response', 'wsfed-response'];
/// Buttons of ours that a person presses to go on.
export const PRESSED = ['accept', 'continue', 'sign-out'];

export class Browser {
  #cookies = [];
  visited = [];

  /// `before` is asked before each request to follow a redirect: a test may change the world there.
  constructor(before = async () => {}) {
    this.before = before;
  }

  /// Goes to `url` and follows redirects, until one leads to `stop` or a page stands still.
  async open(url, stop, { method = 'GET', body } = {}) {
    let next = { url: new URL(url), method, body };
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      if (isAt(next.url, stop)) return { kind: 'callback', ...next };
      const answer = await this.#send(next);
      this.visited.push(`${answer.status} ${next.method} ${next.url.origin}${next.url.pathname}`);
      if (answer.status < 300 || answer.status >= 400 || !answer.headers.location) return readPage(next.url, answer);
      const target = new URL(answer.headers.location, next.url);
      await this.before(target);
      next = answer.status === 307 || answer.status === 308 ? { ...next, url: target } : { url: target, method: 'GET' };
    }
    throw new Error(`more than ${MOST_HOPS} redirects: ${this.visited.slice(-4).join(', ')}`);
  }

  /// Fills the form that matters on `page` with `values` and presses its button.
  async submit(page, stop, values) {
    const form = page.form;
    const body = new URLSearchParams();
    for (const input of form.inputs) {
      if (input.type === 'submit' || input.type === 'button') continue;
      body.append(input.name, lines(values[input.name] ?? input.value));
    }
    if (form.button?.name) body.append(form.button.name, lines(form.button.value));
    const url = new URL(form.action, page.url);
    if (form.method === 'get') {
      url.search = body.toString();
      return this.open(url, stop);
    }
    return this.open(url, stop, { method: 'POST', body: body.toString() });
  }

  #send({ url, method, body }) {
    const headers = { accept: 'text/html,*/*;q=0.8', 'accept-language': 'en', cookie: this.#cookiesFor(url) };
    if (!headers.cookie) delete headers.cookie;
    if (body !== undefined) {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      headers['content-length'] = Buffer.byteLength(body);
      headers.origin = url.origin;
    }
    const { request } = url.protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      // no agent: a new connection each time, so that a balancer before two nodes is free to choose
      const sent = request(url, { method, headers, agent: false, timeout: 20_000 }, (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          for (const line of answer.headers['set-cookie'] ?? []) this.#keep(line, url);
          resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') });
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer in 20 s: ${method} ${url.origin}${url.pathname}`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  #keep(line, url) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const split = pair.indexOf('=');
    const cookie = { host: url.hostname, name: pair.slice(0, split), value: pair.slice(split + 1), path: '/' };
    let isGone = false;
    for (const attribute of attributes) {
      const [name, value = ''] = attribute.split('=');
      if (/^path$/i.test(name) && value.startsWith('/')) cookie.path = value;
      if (/^max-age$/i.test(name)) isGone = Number(value) <= 0;
      if (/^expires$/i.test(name)) isGone ||= Date.parse(attribute.slice(attribute.indexOf('=') + 1)) <= Date.now();
    }
    this.#cookies = this.#cookies.filter((c) => c.host !== cookie.host || c.name !== cookie.name || c.path !== cookie.path);
    if (!isGone) this.#cookies.push(cookie);
  }

  #cookiesFor(url) {
    const covers = (path) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
    const mine = this.#cookies.filter((c) => c.host === url.hostname && covers(c.path));
    return mine.map((c) => `${c.name}=${c.value}`).join('; ');
  }
}

export function isAt(url, stop) {
  const end = new URL(stop);
  return url.origin === end.origin && url.pathname === end.pathname;
}

/// What a person finds there.
export function readPage(url, { status, headers, text }) {
  const forms = [...text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, attributes, inner]) => readForm(attributes, inner));
  // the form a person would use: the one that accepts or goes on, else the first
  const form = forms.find((f) => PRESSED.includes(f.button?.id)) ?? forms[0];
  const title = decode(/<title[^>]*>([\s\S]*?)<\/title>/i.exec(text)?.[1] ?? '').trim();
  const words = decode(text.replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ').trim();
  return { kind: kind(form, forms), url, status, headers, title, words, form, errorCode: /\bGH\d{4}\b/.exec(text)?.[0] ?? null };
}

/// As forms are sent (HTML Standard §4.10.22.8): whatever ended a line in the page, CR LF does on the wire. It is in a token's XML, too.
function lines(text) {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}

/// What this page wants; `end` when it wants nothing.
function kind(form, forms) {
  const has = (name) => forms.some((f) => f.inputs.some((input) => input.name === name));
  if (!form) return 'end';
  if (has('code') && has('state')) return 'form_post';
  if (has('error') && has('state')) return 'form_post';
  if (has('SAMLResponse')) return 'saml-response';
  if (has('SAMLRequest')) return 'saml-request';
  if (has('wresult')) return 'wsfed-response';
  if (has('login') || has('AuthState')) return 'upstream-login';
  if (has('prompt')) return 'upstream-consent';
  if (has('address')) return 'address';
  if (has('code')) return 'passcode';
  if (form.button?.id === 'accept') return 'consent';
  if (form.button?.id === 'continue') return 'continue';
  if (form.button?.id === 'sign-out') return 'sign-out';
  return 'end';
}

function readForm(attributes, inner) {
  const tags = [...inner.matchAll(/<(input|button|textarea|select)\b([^>]*)>/gi)].map(([, tag, rest]) => ({ tag: tag.toLowerCase(), ...read(rest) }));
  const inputs = tags.filter((t) => t.tag === 'input' && t.name).map((t) => ({ name: t.name, value: t.value ?? '', type: (t.type ?? 'text').toLowerCase() }));
  const buttons = tags.filter((t) => t.tag === 'button' && (t.type ?? 'submit') === 'submit');
  const button = buttons.find((b) => PRESSED.includes(b.id)) ?? buttons[0] ?? null;
  const own = read(attributes);
  return { action: own.action ?? '', method: (own.method ?? 'get').toLowerCase(), inputs, button: button && { id: button.id, name: button.name, value: button.value ?? '' } };
}

function read(attributes) {
  const out = {};
  for (const [, name, double, single, bare] of attributes.matchAll(/([a-z][\w-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi)) {
    out[name.toLowerCase()] = decode(double ?? single ?? bare ?? '');
  }
  return out;
}

function decode(text) {
  const names = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return names[name] ?? whole;
  });
}
