// Headless Chromium where browser.mjs may stand, too: the same pages, and a note of whatever their Content-Security-Policy was against.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';

import { chromium } from 'playwright-core';

import { PASSED_ON, PRESSED, isAt, readPage } from './browser.mjs';

const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PATIENCE = 30_000;

/// A browser without a screen; Playwright fetches its own where the system has none.
export function launch() {
  return chromium.launch({ executablePath: EXECUTABLES.find(existsSync), args: FLAGS });
}

/// Where the app's pages are. Its policy forbids the one picture it has, so that a test sees that violations are seen.
const LANDING = '<!doctype html><html lang="en"><title>An app</title><link rel="icon" href="data:,"><img alt="" src="/forbidden.png"></html>';

export class Chromium {
  #browser;
  #page;
  #app;
  #arrived = null;
  #moves = 0;
  #status = 0;
  #violations = [];

  /// `app` is the address at which the app takes answers; `scripts` says whether JavaScript is on.
  static async launch({ app, scripts }) {
    const it = new Chromium();
    it.scripts = scripts;
    await it.#listen(new URL(app));
    it.#browser = await launch();
    // the certificate is of an authority that is not installed
    const context = await it.#browser.newContext({ javaScriptEnabled: scripts, ignoreHTTPSErrors: true, locale: 'en-GB' });
    it.#page = await context.newPage();
    it.#page.setDefaultTimeout(PATIENCE);
    it.#page.on('framenavigated', (frame) => { if (frame === it.#page.mainFrame()) it.#moves += 1; });
    it.#page.on('response', (answer) => {
      if (answer.request().isNavigationRequest() && answer.frame() === it.#page.mainFrame()) it.#status = answer.status();
    });
    const tools = await context.newCDPSession(it.#page);
    tools.on('Audits.issueAdded', ({ issue }) => {
      const details = issue.details.contentSecurityPolicyIssueDetails;
      if (details) it.#violations.push({ at: it.#page.url(), directive: details.violatedDirective, blocked: details.blockedURL ?? null });
    });
    await tools.send('Audits.enable');
    return it;
  }

  /// The app itself: whoever comes has arrived.
  #listen(at) {
    this.#app = createServer(async (request, response) => {
      const url = new URL(request.url, at);
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'" }).end(LANDING);
      this.#arrived = { url, method: request.method, body: Buffer.concat(chunks).toString() };
    });
    return new Promise((resolve, reject) => this.#app.once('error', reject).listen(at.port, at.hostname, resolve));
  }

  async open(url, stop) {
    this.#arrived = null;
    await this.#page.goto(String(url));
    return this.#settle(stop);
  }

  /// Types into the form that a person sees, and presses its button.
  async submit(at, stop, values) {
    this.#arrived = null;
    const moves = this.#moves;
    for (const { name, type } of at.form.inputs) {
      if (type !== 'hidden' && values[name] !== undefined) await this.#page.fill(`input[name=${name}]`, values[name]);
    }
    const ours = PRESSED.find((id) => id === at.form.button?.id);
    await this.#page.locator(ours ? `#${ours}` : 'form :is(button, input[type=submit]):visible').first().click();
    await this.#until(`the button at ${at.kind} leads somewhere`, () => this.#moves > moves);
    return this.#settle(stop);
  }

  /// What it saw of violations elsewhere than at the app, where there must be some.
  async close() {
    const isOfApp = (violation) => new URL(violation.at).port === String(this.#app.address().port);
    const seen = { violations: this.#violations.filter((v) => !isOfApp(v)), isWatching: this.#violations.some(isOfApp) };
    await this.#browser.close();
    this.#app.close();
    return seen;
  }

  /// A form that sends itself is no place to stay.
  async #settle(stop) {
    let at;
    await this.#until('a page stands still', async () => {
      await this.#page.waitForLoadState('load');
      if (this.#arrived && isAt(this.#arrived.url, stop) && isAt(new URL(this.#page.url()), stop)) at = { kind: 'callback', ...this.#arrived };
      else at = await this.#read();
      return !(this.scripts && PASSED_ON.includes(at.kind));
    });
    return at;
  }

  async #read() {
    const moves = this.#moves;
    const text = await this.#page.content();
    if (moves !== this.#moves) throw new Error('the page changed meanwhile');
    return readPage(new URL(this.#page.url()), { status: this.#status, headers: {}, text });
  }

  async #until(what, isSo) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      // a page on its way to the next one can't be read
      if (await Promise.resolve().then(isSo).catch(() => false)) return;
      if (Date.now() > end) throw new Error(`waited in vain until ${what}, at ${this.#page.url()}: ${JSON.stringify(this.#violations)}`);
      await this.#page.waitForTimeout(25);
    }
  }
}
