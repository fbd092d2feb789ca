// The stories of those who were invited: from the mail to My Apps and out again; without scripts; by keys alone; with the wrong
// account; by /common. And of an app whose own window a provider shows no page in.
import { readFileSync } from "node:fs";

import { backAndForth, faults, inEveryLanguage, look, mailTo, mailedTo, open, tabTo, world } from "./eye.mjs";

/// As an organisation's own script invites.
async function invite(address, to, language, message) {
  const [gatehouse, secret] = [`${world.gatehouse}/contoso`, readFileSync(world.secret, "utf8").trim()];
  const post = async (path, headers, body) => {
    const answer = await fetch(gatehouse + path, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const basic = `Basic ${Buffer.from(`onboarding:${secret}`).toString("base64")}`;
  const grant = new URLSearchParams({ grant_type: "client_credentials", scope: `${gatehouse}/admin/v1/.default` });
  const { access_token: token } = await post("/token", { authorization: basic }, grant);
  await post("/admin/v1/invitations", { authorization: `Bearer ${token}`, "content-type": "application/json" }, JSON.stringify({
    invitedUserEmailAddress: address, inviteRedirectUrl: to, sendInvitationMessage: true,
    invitedUserMessageInfo: { customizedMessageBody: message, messageLanguage: language },
  }));
  return mailTo(address, (mail) => mail.text.includes("/redeem?ticket="));
}

/// Opens the mail as a mail program shows it, and presses its button.
async function pressInMail(page, mail) {
  await page.goto(`${world.mailbox}/mail/${mail.id}`);
  await page.click("a[href*='/redeem?ticket=']");
  await page.waitForSelector("#accept-invitation");
}

async function atLitware(page, address) {
  await page.waitForSelector("#password");
  await page.fill("#username", address);
  await page.fill("#password", "litware");
  await page.click("#signin");
}

const answered = (page) => page.waitForSelector("#welcome");

/// Review permissions, then each of the terms, whatever they are.
async function acceptAll(page) {
  for (const _ of ["permissions", "terms", "terms of the app"]) {
    await page.waitForSelector("#accept, #welcome");
    if ((await page.locator("#welcome").count()) > 0) return;
    const before = await page.locator("main").textContent();
    await page.click("#accept");
    await page.waitForFunction((text) => document.querySelector("main")?.textContent !== text && document.readyState === "complete", before);
  }
  await answered(page);
}

const PHONE = "Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A.230805.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36";

export const stories = {
  /// From the mail, by the partner's SAML, to the app; then what is theirs, and out for good.
  async invited() {
    const guest = "annegret.schulze-wiesenthal@litware.example";
    const words = "Guten Tag Frau Schulze-Wiesenthal,\n\nhier bestellen wir ab jetzt. Die Rahmenvertragsverhandlungsunterlagen liegen schon bereit.\n\nBis Donnerstag!";
    const mail = await invite(guest, `${world.orders}/signin`, "de-DE", words);
    const page = await open({ locale: "de-DE" });
    await page.goto(`${world.mailbox}/mail/${mail.id}`);
    await look(page, "1-mail", undefined, { mail: true });
    await pressInMail(page, mail);
    await backAndForth(page, "accept");
    await inEveryLanguage(page, "2-accept", "de");
    await page.click("main a[href*=block]");
    await page.waitForLoadState("load");
    await look(page, "2b-block");
    await page.goBack();
    await page.dblclick("#accept-invitation");
    await atLitware(page, guest);
    await page.waitForSelector("#accept");
    await look(page, "3-permissions", "Berechtigungen prüfen");
    await page.click("#accept");
    for (const [name, language] of [["Bedingungen für Gäste", "de"], ["Terms for orders", "en"]]) {
      await page.waitForSelector(`#document-name:has-text('${name}')`);
      const spoken = await page.locator("#document").getAttribute("lang");
      if (spoken !== language) faults.push(`${name}: its language is ${spoken}`);
      await backAndForth(page, name);
      await look(page, `4-terms-${language}`, "Nutzungsbedingungen");
      if (language === "de") await inEveryLanguage(page, "4-terms-in", "de");
      await page.click("#accept");
    }
    await answered(page);

    await page.goto(`${world.gatehouse}/contoso/apps`);
    await look(page, "5-apps", "Meine Apps");
    await inEveryLanguage(page, "5-apps", "de");
    await page.click("#account");
    await page.waitForSelector("#everywhere");
    await look(page, "6-account", "Mein Konto");
    await inEveryLanguage(page, "6-account", "de");
    await page.click("#agreements ~ ul a.way");
    await page.waitForSelector("#back");
    await look(page, "7-document");
    await page.click("#back");
    await page.click("#leave");
    await page.waitForSelector("#confirm");
    await look(page, "8-leaving", "Contoso verlassen?");
    await inEveryLanguage(page, "8-leaving", "de");
    await page.check("#confirm");
    await page.click("#leave");
    await page.waitForSelector("h1:has-text('Sie haben Contoso verlassen')");
    await look(page, "9-goodbye", "Sie haben Contoso verlassen");
    await backAndForth(page, "goodbye");
    await page.goto(`${world.gatehouse}/contoso/apps`);
    await page.waitForSelector("#address");
    // The old link brings nobody back.
    await pressInMail(page, mail).catch(() => {});
    await look(page, "9b-link-after-leaving");
  },

  /// The passcode road by invitation: once without scripts, once by keys alone.
  async plainly() {
    const camille = "camille.de-la-rochefoucauld@example.net";
    const page = await open({ locale: "fr-FR", javaScriptEnabled: false });
    await pressInMail(page, await invite(camille, `${world.portal}/signin`, "fr-FR", "À bientôt !"));
    await look(page, "1-accept", "Contoso vous invite");
    await page.click("#accept-invitation");
    await page.waitForSelector("#code");
    await look(page, "2-passcode");
    await page.fill("#code", "00000000");
    await page.click("#continue");
    await page.waitForSelector("#code-error");
    await look(page, "2b-passcode-wrong");
    await page.fill("#code", await mailedTo(camille));
    await page.click("#continue");
    await page.waitForSelector("#accept");
    await look(page, "3-permissions");
    await page.click("#accept");
    await page.waitForSelector("#document-name");
    await look(page, "4-terms");
    await page.click("#accept");
    await answered(page);
    await page.goto(`${world.gatehouse}/contoso/apps`);
    await page.click(".tile:has-text('Portal')");
    await answered(page);
    await page.goto(`${world.gatehouse}/contoso/account`);
    await look(page, "5-account", "Mon compte");
    await page.click("#everywhere");
    await page.waitForLoadState("load");
    await look(page, "6-out-everywhere");

    const kim = "kim@example.net";
    const keys = await open();
    await keys.goto(`${world.mailbox}/mail/${(await invite(kim, `${world.portal}/signin`, "en", "See you!")).id}`);
    await tabTo(keys, "mail", "a[href*='/redeem?ticket=']");
    await keys.keyboard.press("Enter");
    const press = async (name, on, key) => {
      await keys.waitForSelector(on);
      await tabTo(keys, name, on);
      await keys.keyboard.press(key);
    };
    await press("accept", "#accept-invitation", "Enter");
    await keys.waitForSelector("#code");
    await tabTo(keys, "code", "#code");
    await keys.keyboard.type(await mailedTo(kim));
    await press("code", "#continue", "Enter");
    await press("permissions", "#accept", "Space");
    await keys.waitForSelector("#document-name");
    await press("terms", "#accept", "Enter");
    await answered(keys);
    await keys.goto(`${world.gatehouse}/contoso/account/leave`);
    await tabTo(keys, "leaving", "#confirm");
    await keys.keyboard.press("Space");
    await tabTo(keys, "leaving", "#leave");
    await keys.keyboard.press("Enter");
    await keys.waitForSelector("h1:has-text('You have left Contoso')");
  },

  /// The wrong account, and one press to the right one; and those who know an organisation's name and no more.
  async astray() {
    const [invited, other] = ["frauke@litware.example", "f.hansen@litware.example"];
    const mail = await invite(invited, `${world.portal}/signin`, "en", "");
    const page = await open();
    await pressInMail(page, mail);
    await look(page, "1-accept", "Contoso invites you");
    await page.click("#accept-invitation");
    await atLitware(page, other);
    await page.waitForSelector("#both");
    await look(page, "2-mismatch", "Is this you, too?");
    await inEveryLanguage(page, "2-mismatch");
    await page.click("#switch");
    await atLitware(page, invited);
    await acceptAll(page);

    const second = await open({ locale: "de-DE" });
    await pressInMail(second, await invite("gesa@litware.example", `${world.portal}/signin`, "de", ""));
    await second.click("#accept-invitation");
    await atLitware(second, invited);
    await second.waitForSelector("#reference");
    await look(second, "3-another-guest", "Dieses Konto gehört schon zu einem anderen Gast");
    await inEveryLanguage(second, "3-another-guest", "de");
    await second.click(".ways button");
    await atLitware(second, "gesa@litware.example");
    await acceptAll(second);

    const third = await open();
    await third.goto(`${world.gatehouse}/common`);
    await look(third, "4-common", "Sign in to an organization");
    await third.fill("#organization", "contosso.example");
    await third.keyboard.press("Enter");
    await third.waitForSelector("#organization-error");
    await look(third, "4-common-unknown", "Sign in to an organization");
    await third.fill("#organization", "contoso.example");
    await third.click("#continue");
    await third.waitForSelector("#cancel");
    await look(third, "5-confirm", "Is this the one?");
    await inEveryLanguage(third, "5-confirm");
    await third.click("#continue");
    await third.waitForSelector("#address");
    await look(third, "6-signin");
    await third.goto(`${world.gatehouse}/common`);
    await third.waitForSelector("#go-contoso");
    await look(third, "7-common-remembered");
    await inEveryLanguage(third, "7-common-remembered");
  },

  /// An app's own window: Google shows no page there, so the person's browser takes a code.
  async elsewhere() {
    const query = new URLSearchParams({
      response_type: "code", client_id: "shop", redirect_uri: `http://localhost:${world.port}/cb`, scope: "openid email", state: "s", nonce: "n",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256",
    });
    const window = await open({ userAgent: PHONE });
    await window.goto(`${world.gatehouse}/litware/authorize?${query}`);
    await window.click("button[value=google]");
    await window.waitForSelector("#handoff-code");
    // It looks again every five seconds, which no look of ours survives.
    await window.click("#pause");
    await window.waitForSelector("#handoff-code");
    await look(window, "1-elsewhere", "Continue in your browser");
    const code = (await window.locator("#handoff-code").textContent()).trim();

    const page = await open();
    await page.goto(`${world.gatehouse}/litware/device`);
    await look(page, "2-device", "Enter the code");
    await page.fill("#code", "BCDF-GHJKL");
    await page.click("#continue");
    await page.waitForSelector("#code-error");
    await look(page, "2-device-wrong", "Enter the code");
    await inEveryLanguage(page, "2-device");
    await page.fill("#code", code);
    await page.click("#continue");
    await page.waitForSelector("#confirm");
    await look(page, "3-confirm", "Did you start this?");
    await inEveryLanguage(page, "3-confirm");
  },
};
