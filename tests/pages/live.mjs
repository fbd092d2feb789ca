// Signs in as a person does, in headless Chromium, and looks at every page it comes to.
//   node live.mjs <story> '{"gatehouse": …, "portal": …, "mailbox": …, "outbox": dir, "port": 9100, "out": dir?}'
// Ends with {"looks": n, "faults": [..]}; what a look is stands in `eye.mjs`.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

import { backAndForth, faults, inEveryLanguage, look, mailedTo, open, tell, world } from "./eye.mjs";
import { stories as invited } from "./invited.mjs";

const stories = {
  async demo() {
    const page = await open();
    await page.goto(world.portal);
    await look(page, "app", "Welcome");
    await page.click("#signin");
    await look(page, "signin", "Sign in");
    await page.fill("#address", "not an address");
    await page.click("#continue");
    await page.waitForSelector("#address-error");
    await look(page, "signin-mistyped", "Sign in");
    await backAndForth(page, "signin-mistyped");
    await page.fill("#address", "ana@fabrikam.example");
    await page.dblclick("#continue");
    await page.waitForSelector("#password");
    await look(page, "fabrikam", "Sign in to Fabrikam");
    await backAndForth(page, "fabrikam");
    await page.fill("#password", "fabrikam");
    await page.click("#signin");
    await page.waitForSelector("#accept");
    await look(page, "consent", "Review permissions");
    await page.reload();
    await inEveryLanguage(page, "consent");
    await page.click("#decline");
    await page.waitForURL(`${world.portal}/**`);
    await look(page, "app-declined", "That did not work");

    await page.goto(`${world.portal}/signin`);
    await page.click("button[name=provider]");
    await page.click("button[value='ana@fabrikam.example']");
    await page.dblclick("#accept");
    await agree(page, "terms");
    await page.waitForSelector("#welcome");
    await look(page, "app-welcome", "Hello, Ana Torres");
    await backAndForth(page, "app-welcome");

    const other = await open({ colorScheme: "dark" });
    await other.goto(`${world.portal}/signin`);
    await other.fill("#address", "you@example.net");
    await other.click("#continue");
    await other.waitForSelector("#code");
    await look(other, "passcode", "Enter your code");
    await backAndForth(other, "passcode");
    await inEveryLanguage(other, "passcode");
    await other.fill("#code", "1234");
    await other.click("#continue");
    await other.waitForSelector("#code-error");
    await look(other, "passcode-wrong", "Enter your code");
    await other.click("#resend");
    await other.waitForSelector("[role=status]");
    await look(other, "passcode-too-soon", "Enter your code");
    await other.fill("#code", await mailedTo("you@example.net"));
    await other.dblclick("#continue");
    await other.waitForSelector("#accept");
    await backAndForth(other, "consent after a code");
    await other.click("#accept");
    await agree(other, "terms-after-a-code");
    await other.waitForSelector("#welcome");
  },

  /// Both partners of the demo, in and out again. Which languages: the browser's, as these pages have no flow to remember another.
  async partners() {
    for (const [road, address, password, partner, hello, locale, signOut, signedOut] of [
      ["saml", "lena@litware.example", "litware", "Litware", "Hello, Lena Fischer", "en-GB", "Sign out of Contoso?", "You are signed out"],
      ["wsfed", "petra@proseware.example", "proseware", "Proseware", "Hello, Petra Novák", "de-DE", "Von Contoso abmelden?", "Sie sind abgemeldet"],
      ["saml-again", "luis@litware.example", "litware", "Litware", "Hello, Luis Ortega", "fr-FR", "Se déconnecter de Contoso ?", "Vous êtes déconnecté"],
    ]) {
      const page = await open({ locale });
      await page.goto(`${world.portal}/signin`);
      await page.fill("#address", address);
      await page.dblclick("#continue");
      await page.waitForSelector("#password");
      await look(page, `${road}-partner`, `Sign in to ${partner}`);
      if ((await page.inputValue("#username")) !== address) faults.push(`${road}: the partner was not told the address`);
      await backAndForth(page, `${road}-partner`);
      await page.fill("#password", password);
      await page.click("#signin");
      await page.waitForSelector("#accept");
      await look(page, `${road}-consent`);
      await page.reload();
      await page.click("#accept");
      await agree(page, `${road}-terms`);
      await page.waitForSelector("#welcome");
      await look(page, `${road}-welcome`, hello);

      // They know this person still, and so do we.
      await page.click("#signout");
      await page.goto(`${world.portal}/signin`);
      await page.waitForSelector("#welcome");

      await page.click("#signout-everywhere");
      await look(page, `${road}-signout`, signOut);
      await backAndForth(page, `${road}-signout`);
      await page.dblclick("#sign-out");
      await page.waitForSelector("main:not(:has(form))");
      await look(page, `${road}-signed-out`, signedOut);
      await backAndForth(page, `${road}-signed-out`);
      await page.goto(`${world.portal}/signin`);
      await page.waitForSelector("#address");
      await page.fill("#address", address);
      await page.click("#continue");
      await page.waitForSelector("#password");
    }
  },

  async house() {
    const app = await neighbour();
    const ask = (tenant, client, more = {}) =>
      `${world.gatehouse}/${tenant}/authorize?${new URLSearchParams({
        response_type: "code", client_id: client, redirect_uri: `http://localhost:${world.port}/cb`, scope: "openid email", state: "s", nonce: "n",
        code_challenge: createHash("sha256").update("v".repeat(43)).digest("base64url"), code_challenge_method: "S256", ...more,
      })}`;

    const page = await open();
    await page.goto(ask("litware", "shop"));
    await page.click("summary");
    await look(page, "signin-options", "Sign in");
    await page.fill("#address", "eve@shared.example");
    await page.keyboard.press("Enter");
    await page.waitForSelector("button[value=proseware]");
    await look(page, "picker", "Choose an account");
    await backAndForth(page, "picker");
    await inEveryLanguage(page, "picker");
    await page.click("button[value=adatum]");
    await page.waitForSelector("#reference");
    await look(page, "upstream-down", "Your organization’s sign-in can’t be reached");
    await backAndForth(page, "upstream-down");
    await inEveryLanguage(page, "upstream-down");
    await page.click("#restart");
    await page.waitForSelector("#address");
    await page.fill("#address", "nobody@nowhere.example");
    await page.click("#continue");
    await page.waitForSelector("h1:has-text('Create')");
    await look(page, "create", "Create a Microsoft account");
    await backAndForth(page, "create");
    await inEveryLanguage(page, "create");

    // A question by form. Its page would be gone before anybody sees it: here nothing sends itself.
    for (const [locale, heading] of [["en-GB", "On to Fabrikam"], ["de-DE", "Weiter zu Fabrikam"], ["fr-FR", "En route vers Fabrikam"]]) {
      const leaving = await open({ locale });
      await leaving.addInitScript(() => (HTMLFormElement.prototype.submit = () => {}));
      await leave(leaving, ask("litware", "shop"));
      await look(leaving, `leave-${locale.slice(0, 2)}`, heading);
      await leaving.context().close();
    }
    const unscripted = await open({ javaScriptEnabled: false });
    await leave(unscripted, ask("litware", "shop"));
    await unscripted.click("#continue");
    await unscripted.waitForURL(`http://localhost:${world.port}/**`);
    const questions = app.answers.splice(0).filter(({ body }) => body.includes("SAMLRequest=") && body.includes("RelayState="));
    if (questions.length !== 1) faults.push(`leave without scripts: ${questions.length} questions arrived`);

    // An answer by form, with scripts and without.
    const scripted = await open();
    await throughPasscode(scripted, ask("wingtip", "warehouse", { response_mode: "form_post" }), "wanda@mail.example");
    await scripted.click("#accept");
    await scripted.waitForURL(`http://localhost:${world.port}/**`);
    const plain = await open({ javaScriptEnabled: false });
    await throughPasscode(plain, ask("wingtip", "warehouse", { response_mode: "form_post" }), "otto@mail.example");
    await plain.click("#decline");
    await plain.waitForSelector("h1:has-text('Warehouse')");
    await plain.click("#continue");
    await plain.waitForURL(`http://localhost:${world.port}/**`);
    const [accepted, declined] = app.answers;
    if (!accepted?.body.includes("code=") || accepted.origin !== world.gatehouse) faults.push(`form_post: ${JSON.stringify(accepted)}`);
    if (!declined?.body.includes("error=access_denied")) faults.push(`form_post without scripts: ${JSON.stringify(declined)}`);

    // A code tried too often.
    const clumsy = await open();
    await clumsy.goto(ask("wingtip", "warehouse"));
    await clumsy.fill("#address", "max@mail.example");
    await clumsy.click("#continue");
    for (const left of [2, 1, 0]) {
      await clumsy.fill("#code", `000${left}`);
      await clumsy.click("#continue");
      await clumsy.waitForSelector(left > 0 ? `#code-error:has-text("${left > 1 ? left : "one"} more")` : "#resend.primary");
    }
    await look(clumsy, "passcode-dead", "Enter your code");

    for (const [name, path, heading] of [
      ["no-tenant", "/nobody/authorize", "We don’t know this organization"],
      ["no-page", "/wingtip/nothing", "There is no page here"],
      ["no-page-at-all", "/", "There is no page here"],
      ["gone", "/wingtip/signin/01890000000000000000000000000000/passcode", "This sign-in has ended"],
      ["stray-answer", "/litware/callback/adatum?code=x&state=y", "This answer belongs to another sign-in"],
      ["no-client", ask("wingtip", "ghost").slice(world.gatehouse.length), "This app isn’t registered here"],
      ["no-redirect-uri", ask("wingtip", "warehouse", { redirect_uri: "http://evil.example/" }).slice(world.gatehouse.length), "We can’t send you back to this app"],
    ]) {
      await page.goto(world.gatehouse + path);
      await look(page, name, heading);
    }
    app.server.close();
  },
};

/// The terms of use, after Review permissions.
async function agree(page, name) {
  await page.waitForSelector("#document-name");
  await look(page, name);
  await page.click("#accept");
}

/// As far as the page that leads on to the identity provider.
async function leave(page, address) {
  await page.goto(address);
  await page.fill("#address", "ana@fabrikam.example");
  await page.click("#continue");
  await page.waitForSelector("input[name=SAMLRequest]", { state: "attached" });
}

async function throughPasscode(page, address, mailbox) {
  await page.goto(address);
  await page.fill("#address", mailbox);
  await page.click("#continue");
  await page.fill("#code", await mailedTo(mailbox));
  await page.click("#continue");
  await page.waitForSelector("#accept");
}

/// An app that only notes what it is sent.
async function neighbour() {
  const answers = [];
  const server = createServer(async (request, answer) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.method === "POST") answers.push({ body, origin: request.headers.origin });
    answer.writeHead(200, { "content-type": "text/html" }).end('<!doctype html><html lang="en"><title>App · here</title><link rel="icon" href="data:,"><h1>App</h1></html>');
  });
  await new Promise((ready, failed) => server.once("error", failed).listen(world.port, "localhost", ready));
  return { server, answers };
}

await tell({ ...stories, ...invited });
