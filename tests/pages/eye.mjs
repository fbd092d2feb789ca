// What every story looks with: a browser, a look at a page, the keys, the mails. No story is told here.
//
// A look: axe (WCAG 2.2 A and AA; on our own pages its best practices too) in light and in dark, one h1, a title, headings in order,
// no scrolling sideways; with `out`, pictures at 390 and 1280. What the browser complains of (Content-Security-Policy, scripts) is a fault.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(new URL("../interop/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const { AxeBuilder } = require("@axe-core/playwright");

const [story, text] = process.argv.slice(2);
export const world = JSON.parse(text);
export const faults = [];
let looks = 0;

const browser = await chromium.launch({
  // none of these: Playwright's own, if it fetched one
  executablePath: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

export async function open(options = {}) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.scripts = options.javaScriptEnabled !== false;
  // a page may well answer 400 or 502; what it must not do is break its own policy
  page.on("console", (message) => message.type() === "error" && !message.text().startsWith("Failed to load resource") && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  return page;
}

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function look(page, name, heading, { mail = false } = {}) {
  await page.waitForLoadState("load");
  const fault = (what) => faults.push(`${name}: ${what}`);
  looks += 1;
  const headings = await page.locator("h1").allTextContents();
  if (headings.length !== 1) fault(`headings ${JSON.stringify(headings)}`);
  if (heading && headings[0]?.trim() !== heading) fault(`shows ${JSON.stringify(headings[0])}, not ${JSON.stringify(heading)}`);
  if (!mail && !(await page.title()).includes(" · ")) fault(`its title is ${JSON.stringify(await page.title())}`);
  const ours = (await page.locator(".gate").count()) > 0;
  if (ours) await firstThingsFirst(page, fault);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    // axe is a script itself
    if (page.scripts) {
      const { violations } = await new AxeBuilder({ page }).withTags(ours ? [...WCAG, "best-practice"] : WCAG).analyze();
      for (const { id, nodes } of violations) fault(`axe ${colorScheme} ${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
    }
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) fault(`scrolls sideways by ${wide} at ${width}`);
      if (world.out && width !== 320) {
        mkdirSync(world.out, { recursive: true });
        await page.screenshot({ path: join(world.out, `${story}-${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "light" });
}

/// What a screen reader goes by: banner, main and contentinfo in this order, headings without a gap, and never two primary actions.
async function firstThingsFirst(page, fault) {
  const order = await page.locator("header.tenant, main, footer").evaluateAll((all) => all.map((one) => one.localName));
  if (order.join() !== "header,main,footer") fault(`landmarks ${order}`);
  const levels = await page.locator("main :is(h1, h2, h3, h4)").evaluateAll((all) => all.map((one) => Number(one.localName[1])));
  if (levels.some((level, at) => level > (at > 0 ? levels[at - 1] : 0) + 1)) fault(`headings of level ${levels}`);
  const primary = await page.locator("main .primary").evaluateAll((all) => all.map((one) => one.textContent.trim()));
  if (primary.length > 1) fault(`${primary.length} primary actions: ${primary.join(" | ")}`);
  for (const field of await page.locator("[aria-invalid]").all()) {
    const described = ((await field.getAttribute("aria-describedby")) ?? "").split(" ");
    const said = await page.locator("[role=alert]").evaluateAll((all) => all.map((one) => one.id));
    if (!said.some((id) => described.includes(id))) fault(`an error is not announced: ${said}, ${described}`);
  }
}

/// Back, forward and reload are nobody's mistake: each ends at a page of ours, and the last at the one it began with.
export async function backAndForth(page, name) {
  const before = await page.locator("h1").textContent();
  for (const step of ["goBack", "goForward", "reload"]) {
    await page[step]().catch((error) => faults.push(`${name}: ${step}: ${error.message.split("\n")[0]}`));
    if (page.url().startsWith("chrome-error:")) faults.push(`${name}: ${step} ends at an error of the browser's`);
  }
  const after = await page.locator("h1").textContent();
  if (after !== before) faults.push(`${name}: after back, forward and reload it shows ${JSON.stringify(after)}, not ${JSON.stringify(before)}`);
}

/// `last` is the one it goes on in.
export async function inEveryLanguage(page, name, last = "en") {
  for (const language of ["en", "de", "fr"].filter((one) => one !== last).concat(last)) {
    await page.click(`footer a[lang=${language}]`);
    await page.waitForLoadState("load");
    if ((await page.locator("html").getAttribute("lang")) !== language) faults.push(`${name}: does not speak ${language}`);
    await look(page, `${name}-${language}`);
  }
}

/// By the Tab key alone as far as `selector`. Whatever has the focus on the way shows it, and lies on the screen.
export async function tabTo(page, name, selector) {
  const way = [];
  for (let presses = 0; presses < 30; presses += 1) {
    const at = await page.evaluate((wanted) => {
      const { activeElement: here } = document;
      const { outlineStyle, outlineWidth } = getComputedStyle(here);
      const { top, bottom, left, right } = here.getBoundingClientRect();
      return {
        there: here.matches(wanted), nowhere: here === document.body, what: here.id || here.textContent.trim().slice(0, 30),
        seen: (outlineStyle === "auto" || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2)) && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
      };
    }, selector);
    if (!at.nowhere) {
      way.push(at.what);
      if (!at.seen) faults.push(`${name}: the focus on ${at.what} can't be seen`);
    }
    if (at.there) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${name}: Tab never comes to ${selector}, but to ${way.join(", ")}`);
}

export async function until(what, find) {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited 30 s for ${what}`);
}

const codeIn = (text) => /^\s*(\d{6,10})\s*$/m.exec(text)?.[1];

/// The `nth` mail to `address` in the demo's mailbox, among those that `wanted` lets pass.
export async function mailTo(address, wanted = () => true, nth = 1) {
  return until(`mail ${nth} to ${address}`, async () => {
    const { messages } = await (await fetch(`${world.mailbox}/messages.json`)).json();
    return messages.filter((mail) => mail.to.includes(address) && wanted(mail)).sort((a, b) => a.id - b.id)[nth - 1];
  });
}

/// The code in a mail to `address`: from the demo's mailbox, or from the folder of mails.
export async function mailedTo(address, nth = 1) {
  if (world.mailbox) return codeIn((await mailTo(address, (mail) => codeIn(mail.text), nth)).text);
  return until(`mail ${nth} to ${address}`, () => {
    if (!existsSync(world.outbox)) return null;
    const mails = readdirSync(world.outbox).filter((name) => name.endsWith(".eml")).sort().map((name) => readFileSync(join(world.outbox, name), "utf8"));
    const mine = mails.filter((mail) => mail.includes(`To: ${address}`) || mail.includes(`To: <${address}>`));
    return mine[nth - 1] && codeIn(mine[nth - 1]);
  });
}

/// Tells the story that was asked for, says what was seen, and ends.
export async function tell(stories) {
  try {
    await stories[story]();
  } catch (error) {
    const pages = browser.contexts().flatMap((context) => context.pages());
    faults.push(`stuck at ${await Promise.all(pages.map(async (page) => `${new URL(page.url()).pathname} ${JSON.stringify(await page.title())}`))}: ${error.message.split("\n")[0]}`);
  }
  await browser.close();
  console.log(JSON.stringify({ looks, faults }));
  process.exit(faults.length > 0 ? 1 : 0);
}
