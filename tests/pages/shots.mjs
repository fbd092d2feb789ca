// Looks at every sample page: pictures at 390 and 1280 wide, light and dark, and axe over each. Needs playwright-core and
// @axe-core/playwright (from NODE_PATH-like folder MODULES), chromium, and the samples:
//   PAGES_OUT=/tmp/pages cargo test --test pages write_samples
//   MODULES=tests/interop node tests/pages/shots.mjs /tmp/pages /tmp/shots [language …]
// Pages are served under their real Content-Security-Policy; a violation, a console error or an axe finding fails.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { mkdirSync, readdirSync, readFileSync, existsSync } from "node:fs";
import { join, resolve, extname } from "node:path";

const [samples, shots, ...asked] = process.argv.slice(2);
const require = createRequire(resolve(process.env.MODULES ?? "tests/interop", "package.json"));
const { chromium } = require("playwright-core");
const { AxeBuilder } = require("@axe-core/playwright");

const types = { ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };
const policy = (name) => readFileSync(join(samples, name), "utf8");
const server = createServer((request, response) => {
  const path = new URL(request.url, "http://x").pathname;
  const file = join(samples, path);
  if (request.method !== "GET" || path.includes("..") || !existsSync(file)) return response.writeHead(404).end();
  const csp = policy(path.endsWith("/form-post.html") ? "policy-form-post.txt" : "policy.txt");
  response.writeHead(200, { "content-type": types[extname(file)], "content-security-policy": csp }).end(readFileSync(file));
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const base = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
// The one page with a script would leave before it can be looked at.
const still = await browser.newContext();
await still.addInitScript(() => { HTMLFormElement.prototype.submit = () => {}; });
const faults = [];
let looks = 0;
const languages = asked.length > 0 ? asked : ["en", "de", "fr"];
mkdirSync(shots, { recursive: true });
for (const language of languages) {
  for (const name of readdirSync(join(samples, language)).map((file) => file.replace(/\.html$/, ""))) {
    for (const scheme of ["light", "dark"]) {
      for (const [width, height] of [[390, 844], [1280, 900]]) {
        const page = await still.newPage();
        const where = `${language}-${name}-${width}-${scheme}`;
        page.on("console", (message) => message.type() === "error" && faults.push(`${where}: ${message.text()}`));
        page.on("pageerror", (error) => faults.push(`${where}: ${error}`));
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        await page.goto(`${base}/${language}/${name}.html`);
        await page.screenshot({ path: join(shots, `${where}.png`), fullPage: true });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) faults.push(`${where}: scrolls sideways by ${wide}`);
        const small = await page.evaluate(() =>
          [...document.querySelectorAll("button, a.button, summary, input:not([type=hidden]), footer a")]
            .filter((e) => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44)
            .map((e) => e.outerHTML.slice(0, 80)));
        for (const target of small) faults.push(`${where}: smaller than 44 px: ${target}`);
        // Colours and structure do not depend on the width.
        if (width === 390) {
          const { violations } = await new AxeBuilder({ page })
            .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
          for (const { id, nodes } of violations) faults.push(`${where}: axe ${id}: ${nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`);
        }
        // WCAG 2.2 §1.4.10: a window of 320 reflows.
        if (width === 390) {
          await page.setViewportSize({ width: 320, height });
          const narrow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (narrow > 0) faults.push(`${where}: at 320 scrolls sideways by ${narrow}`);
        }
        looks += 1;
        await page.close();
      }
    }
  }
}
// The one page with a script: its policy lets it send itself.
const lively = await (await browser.newContext()).newPage();
await lively.route("https://portal.contoso.example/**", (route) => route.fulfill({ contentType: "text/plain", body: "arrived" }));
const sent = lively.waitForRequest("https://portal.contoso.example/cb", { timeout: 5000 }).catch(() => null);
await lively.goto(`${base}/en/form-post.html`, { waitUntil: "commit" });
if (!(await sent)?.postData()?.includes("code=")) faults.push("form-post: did not send itself");
await browser.close();
server.close();
console.log(JSON.stringify({ looks, faults }, null, 1));
process.exitCode = faults.length > 0 ? 1 : 0;
