// Looks at every sample page and every sample mail: pictures at 390 and 1280 wide, light and dark, and axe over each. Needs playwright-core and
// @axe-core/playwright (from NODE_PATH-like folder MODULES), chromium, and the samples:
//   PAGES_OUT=/tmp/pages cargo test --test pages write_samples
//   MODULES=tests/interop node tests/pages/shots.mjs /tmp/pages /tmp/shots [language …]
// With - in place of the folder of pictures it takes none; `cargo test --test pages` does that over all samples.
// Pages are served under their real Content-Security-Policy; a violation, a console error or an axe finding fails.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { mkdirSync, readdirSync, readFileSync, existsSync } from "node:fs";
import { join, resolve, extname } from "node:path";

const [samples, folder = "-", ...asked] = process.argv.slice(2);
const shots = folder === "-" ? null : folder;
const require = createRequire(resolve(process.env.MODULES ?? "tests/interop", "package.json"));
const { chromium } = require("playwright-core");
const { AxeBuilder } = require("@axe-core/playwright");

const types = { ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };
const policy = (name) => readFileSync(join(samples, name), "utf8");
const server = createServer((request, response) => {
  const path = new URL(request.url, "http://x").pathname;
  const file = join(samples, path);
  if (request.method !== "GET" || path.includes("..") || !existsSync(file)) return response.writeHead(404).end();
  const isMail = path.startsWith("/mail/");
  const csp = isMail ? "default-src 'none'; style-src 'unsafe-inline'" : policy(/\/(form-post|leave)\.html$/.test(path) ? "policy-form-post.txt" : "policy.txt");
  response.writeHead(200, { "content-type": types[extname(file)], "content-security-policy": csp }).end(readFileSync(file));
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const base = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
// The one page with a script would leave before it can be looked at.
const still = await browser.newContext({ reducedMotion: "reduce" });
await still.addInitScript(() => { HTMLFormElement.prototype.submit = () => {}; });
const faults = [];
let looks = 0;
const languages = asked.length > 0 ? asked : ["en", "de", "fr"];
if (shots) mkdirSync(shots, { recursive: true });
const named = (folder) => readdirSync(join(samples, folder)).filter((file) => file.endsWith(".html")).map((file) => [folder, file.replace(/\.html$/, "")]);
const queue = [...languages.flatMap(named), ...named("mail").filter(([, name]) => languages.includes(name.slice(0, 2)))];

async function lookAt(page, language, name) {
  const isMail = language === "mail";
  // Colours do not depend on the language, so that one is enough in the dark, unless somebody wants the pictures.
  for (const scheme of shots || isMail || language === languages[0] ? ["light", "dark"] : ["light"]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${base}/${language}/${name}.html`);
    for (const [width, height] of [[1280, 900], [390, 844], [320, 844]]) {
      const where = `${language}-${name}-${width}-${scheme}`;
      await page.setViewportSize({ width, height });
      // WCAG 2.2 §1.4.10: a window of 320 reflows.
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) faults.push(`${where}: scrolls sideways by ${wide}`);
      if (width === 320) continue;
      if (shots) await page.screenshot({ path: join(shots, `${where}.png`), fullPage: true });
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, a.button, summary, input:not([type=hidden]), footer a")]
          .filter((e) => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44)
          .map((e) => e.outerHTML.slice(0, 80)));
      for (const target of small) faults.push(`${where}: smaller than 44 px: ${target}`);
      looks += 1;
    }
    // Colours and structure do not depend on the width.
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", ...(isMail ? [] : ["best-practice"])];
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    for (const { id, nodes } of violations) {
      faults.push(`${language}-${name}-${scheme}: axe ${id}: ${nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`);
    }
  }
}

// Several at a time: most of a look is waiting.
await Promise.all(Array.from({ length: 3 }, async () => {
  const page = await still.newPage();
  let where = "";
  page.on("console", (message) => message.type() === "error" && faults.push(`${where}: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`${where}: ${error}`));
  for (let next = queue.shift(); next; next = queue.shift()) {
    where = next.join("-");
    await lookAt(page, ...next);
  }
  await page.close();
}));
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
