// npm oidc-client-ts 3, unmodified, as a single-page app in headless Chromium: a public client, with everything that CORS allows.
//   node spa.mjs '{"port": 9100, "authority": "...", "client_id": "...", "address": "...", "screenshots": "dir"?, "width": 1280?, "color": "dark"?}'
// The redirect URI is http://localhost:{port}/cb. At the pages in `pauses` it prints {"paused": kind} and waits for a line.
// Ends with {"claims": .., "axe": [..], "steps": [..]}; or {"stuck": kind, "title": .., "words": ..}, exit 1.
// `axe` lists what axe-core calls serious or critical on Gatehouse's own pages.
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { AxeBuilder } from '@axe-core/playwright';

import { launch } from './chromium.mjs';
import { pausing } from './pausing.mjs';

const spec = JSON.parse(process.argv[2]);
const home = `http://localhost:${spec.port}`;
const library = readFileSync(fileURLToPath(import.meta.resolve('oidc-client-ts')).replace(/dist\/.*/, 'dist/browser/oidc-client-ts.min.js'));
const settings = { authority: spec.authority, client_id: spec.client_id, redirect_uri: `${home}/cb`, scope: 'openid profile email', loadUserInfo: true };

const app = `<!doctype html><html lang="en"><title>A single-page app</title><link rel="icon" href="data:,">
<button id="signin">Sign in</button><pre id="claims" hidden></pre><pre id="failure" hidden></pre>
<script src="/oidc-client-ts.js"></script>
<script>
  const show = (id, text) => { const at = document.getElementById(id); at.textContent = text; at.hidden = false; };
  const manager = new oidc.UserManager(${JSON.stringify(settings)});
  document.getElementById('signin').onclick = () => manager.signinRedirect().catch((error) => show('failure', String(error)));
  if (location.pathname === '/cb') {
    manager.signinRedirectCallback().then((user) => show('claims', JSON.stringify(user.profile)), (error) => show('failure', String(error)));
  }
</script></html>`;

const server = createServer((request, answer) => {
  const isScript = request.url === '/oidc-client-ts.js';
  answer.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  answer.end(isScript ? library : app);
});
await new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen(spec.port, 'localhost', resolve);
});

const browser = await launch();
const context = await browser.newContext({ viewport: { width: spec.width ?? 1280, height: 900 }, colorScheme: spec.color ?? 'light', locale: 'en-GB' });
const page = await context.newPage();
page.setDefaultTimeout(20_000);

const steps = [];
const pause = pausing(spec.pauses);
const axe = [];

/// What stands on the screen, by the ids and names a person's click would find.
const KINDS = [
  ['claims', '#claims:not([hidden])'],
  ['failure', '#failure:not([hidden])'],
  ['upstream-login', 'input[name=login]'],
  ['upstream-consent', 'input[name=prompt][value=consent]'],
  ['address', 'input[name=address]'],
  ['passcode', 'input[name=code]:not([type=hidden])'],
  ['consent', '#accept'],
  ['continue', '#continue'],
];

async function kindOfPage() {
  for (const [kind, selector] of KINDS) {
    if ((await page.locator(selector).count()) > 0) return kind;
  }
  return 'end';
}

async function look(kind) {
  if (page.url().startsWith(home) || kind.startsWith('upstream')) return;
  const found = await new AxeBuilder({ page }).analyze();
  const grave = found.violations.filter((violation) => ['serious', 'critical'].includes(violation.impact));
  axe.push(...grave.map((violation) => ({ page: kind, rule: violation.id, nodes: violation.nodes.map((node) => node.html).slice(0, 3) })));
  if (!spec.screenshots) return;
  mkdirSync(spec.screenshots, { recursive: true });
  const name = `${kind}-${spec.width ?? 1280}-${spec.color ?? 'light'}.png`;
  await page.screenshot({ path: `${spec.screenshots}/${name}`, fullPage: true });
}

async function act(kind) {
  const typed = await pause(kind);
  if (kind === 'address') await page.fill('input[name=address]', spec.address);
  if (kind === 'passcode') await page.fill('input[name=code]', typed.code ?? '');
  if (kind === 'upstream-login') {
    await page.fill('input[name=login]', spec.address);
    await page.fill('input[name=password]', 'any');
  }
  const button = { address: '#continue', passcode: '#continue', continue: '#continue', consent: '#accept' }[kind] ?? 'button[type=submit]';
  const here = page.url();
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }).catch(() => {}), page.click(button)]);
  if (page.url() === here) await page.waitForTimeout(50);
}

async function run() {
  await page.goto(home);
  await Promise.all([page.waitForURL((url) => !url.href.startsWith(home)), page.click('#signin')]);
  for (let n = 0; n < 14; n += 1) {
    await page.waitForLoadState('load');
    if (page.url().startsWith(`${home}/cb`)) await page.locator('#claims:not([hidden]), #failure:not([hidden])').first().waitFor();
    const kind = await kindOfPage();
    steps.push(kind);
    await look(kind);
    if (kind === 'claims') return { claims: JSON.parse(await page.textContent('#claims')) };
    if (kind === 'failure') return { stuck: kind, words: await page.textContent('#failure') };
    if (kind === 'end') break;
    await act(kind);
  }
  return { stuck: steps.at(-1), title: await page.title(), words: (await page.innerText('body')).slice(0, 600) };
}

const result = await run().catch(async (error) => ({ stuck: steps.at(-1) ?? 'start', title: await page.title().catch(() => ''), words: error.message }));
console.log(JSON.stringify({ ...result, axe, steps }));
await browser.close();
server.close();
process.exit(result.claims ? 0 : 1);
