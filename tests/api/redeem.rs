//! Invitations by their link: looked at, accepted by every road, by the wrong account, too late, and twice.

use std::time::Duration;

use gatehouse::{
    domain::{
        address::EmailAddress,
        consent::Acceptance,
        errand::Destination,
        guest::{Creation, Guest, Principal, State, UserType},
        id::ClientId,
        identity::Voucher,
        invitation::PersonalMessage,
    },
    guests::{self, By, Invite, Inviter, Rank, Target},
};
use serde_json::json;

use crate::{
    home_realm::guest,
    world::{ANA, Browser, Page, SOL, Setup, WIN, World, parameter},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Personal accounts at `{litware}`, and no codes by mail.
const PERSONAL: &str = r#"
[passcode]
enabled = false
[msa.personal]
name = "Personal account"
issuer = "{litware}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"
client_id = "gatehouse"
client_secret = { file = "../../upstream-secret" }
lookup = { accounts = ["kim@elsewhere.example"] }
"#;

pub fn to_app(client: &str) -> Destination {
    Destination::Client(ClientId::parse(client).unwrap())
}

/// Kim of Contoso invites `address`; the link, as the mail has it.
pub async fn invite(world: &World, address: &str, destination: Destination) -> String {
    let inviter = Inviter { directory: world.directory.clone(), outbox: None, clock: world.clock.clone() };
    let kim = EmailAddress::parse("kim@contoso.example").unwrap();
    let by = By {
        principal: Principal::new(&kim.to_string()).unwrap(),
        name: Some("Kim Akers".into()),
        reply_to: Some(kim),
        rank: Rank::Administrator,
    };
    let invite = Invite {
        address: EmailAddress::parse(address).unwrap(),
        target: Target::Address,
        display_name: None,
        destination,
        user_type: UserType::Guest,
        message: PersonalMessage::new("Hello <b>there</b>,\nsee you on Monday").unwrap(),
        cc: None,
        language: None,
        sponsors: None,
        is_mailed: false,
    };
    let (_, tenants) = world.configuration();
    let tenant = tenants.by_segment("contoso").unwrap();
    guests::invite(&inviter, tenant, &by, invite).await.unwrap().link.unwrap().reveal().clone()
}

/// The first page after "Accept invitation".
pub async fn accepted(browser: &mut Browser, link: &str) -> Page {
    let page = browser.open(link).await;
    assert_eq!((page.shows(), page.status), ("redeem", 200));
    browser.press(&page, "accept-invitation", &[]).await
}

pub async fn stored(world: &World, address: &str) -> Guest {
    world.guest("contoso", address).await.unwrap().guest
}

pub fn is_accepted(guest: &Guest) -> bool {
    matches!(guest.state, State::Accepted(_))
}

pub fn arrived(page: &Page) -> bool {
    page.location.as_ref().is_some_and(|to| to.as_str() == "https://portal.contoso.example/")
}

async fn actions(world: &World) -> Vec<String> {
    world.events("contoso").await.into_iter().map(|event| event.action).collect()
}

/// The tenant's file changes while people are on their way: a second node reads it anew.
async fn reconfigured(world: &mut World, lines: &str) -> String {
    let file = world.folder().join("config/tenants/contoso.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n{lines}")).unwrap();
    let node = world.add_node().await;
    world.address_of(node)
}

#[tokio::test]
async fn the_link_of_a_partners_guest_leads_home_and_then_to_the_app() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    let page = browser.open(&link).await;
    for said in ["contoso Ltd", "contoso.example", "kim@contoso.example", ANA, "Portal", "see you on Monday", "&#60;b&#62;"] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    let page = browser.press(&page, "accept-invitation", &[]).await;
    assert_eq!(page.shows(), "consent");
    assert!(!is_accepted(&stored(&world, ANA).await), "known, and has not yet agreed");
    let page = browser.press(&page, "accept", &[]).await;
    assert!(arrived(&page), "{:?}", page.location);
    let ana = stored(&world, ANA).await;
    assert!(is_accepted(&ana));
    assert_eq!((ana.identity().unwrap().voucher.as_str(), ana.acceptance), ("fabrikam", Some(Acceptance::ByGuest)));
    let portal = world.app("contoso", "portal").await;
    let ask = portal.asks(&[]);
    let page = browser.open(&ask.url).await;
    portal.tokens(&ask, &page).await;
    let back = browser.get(&link).await;
    assert_eq!(back.location.unwrap().path(), "/contoso/signin/portal", "the link is a way back");
}

#[tokio::test]
async fn the_link_of_a_saml_partners_guest_and_of_one_with_a_mailbox() {
    let world = Setup::new().partners().open().await;
    let link = invite(&world, WIN, to_app("portal")).await;
    let mut browser = world.browser();
    let page = browser.open(&link).await;
    let away = browser.send(&page, "accept-invitation", &[]).await;
    let page = world.through_partner(&mut browser, &away, WIN).await;
    assert_eq!(page.shows(), "consent");
    assert!(arrived(&browser.press(&page, "accept", &[]).await));
    assert_eq!(stored(&world, WIN).await.identity().unwrap().voucher.as_str(), "wingtip");

    let link = invite(&world, SOL, to_app("portal")).await;
    let mut browser = world.browser();
    let page = accepted(&mut browser, &link).await;
    assert_eq!(page.shows(), "passcode");
    assert!(page.form_with("restart").is_none(), "another address is another invitation");
    let code = world.next_mail(SOL).await.code();
    let page = browser.press(&page, "continue", &[("code", &code)]).await;
    assert_eq!(page.shows(), "consent");
    assert!(arrived(&browser.press(&page, "accept", &[]).await));
    assert_eq!(stored(&world, SOL).await.identity().unwrap().voucher, Voucher::Passcode);
}

/// `security.md` E1: mail is opened by machines first.
#[tokio::test]
async fn a_link_that_is_looked_at_is_as_it_was() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let (before, held) = (world.guest("contoso", ANA).await, world.held());
    for _ in 0..10 {
        let mut scanner = world.browser();
        assert_eq!(scanner.get(&link).await.shows(), "redeem");
        assert!(scanner.cookies.is_empty());
    }
    assert_eq!((world.guest("contoso", ANA).await, world.held()), (before, held));
    let opened = actions(&world).await.into_iter().filter(|action| action == "invitation.opened").count();
    assert_eq!(opened, 1, "and once it is noted");
    assert_eq!(accepted(&mut world.browser(), &link).await.shows(), "consent");
}

#[tokio::test]
async fn the_button_pressed_twice_is_one_sign_in_and_one_mail() {
    let world = World::open().await;
    let link = invite(&world, SOL, to_app("portal")).await;
    let mut browser = world.browser();
    let page = browser.open(&link).await;
    let mut hasty = browser.clone();
    let first = browser.submit(&page, "accept-invitation", &[]).await;
    let second = hasty.submit(&page, "accept-invitation", &[]).await;
    assert_eq!((first.shows(), second.shows()), ("passcode", "passcode"));
    assert_eq!((first.flow(), browser.cookies), (second.flow(), hasty.cookies.clone()));
    let code = world.next_mail(SOL).await.code();
    let page = hasty.press(&second, "continue", &[("code", &code)]).await;
    assert_eq!((page.shows(), world.mails_to(SOL)), ("consent", 1));
    let again = hasty.open(&link).await;
    assert_eq!(hasty.press(&again, "accept-invitation", &[]).await.shows(), "passcode", "another page is another sign-in");
}

#[tokio::test]
async fn another_site_presses_no_button() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    let ticket = parameter(&link.parse().unwrap(), "ticket").unwrap();
    let (to, fields) = (format!("{}/contoso/redeem", world.url), [("ticket", ticket.as_str())]);
    for origin in ["https://evil.example", "null"] {
        let page = browser.post_from(origin, &to, &fields).await;
        assert_eq!(page.location.as_ref().map(url::Url::as_str), Some(link.as_str()), "{origin}: the person may press it themselves");
    }
    browser.headers.insert("sec-fetch-site".into(), "cross-site".into());
    assert!(browser.post(&to, &fields).await.location.is_some_and(|to| to.as_str() == link));
    assert!(browser.cookies.is_empty() && world.held() == 0);
}

#[tokio::test]
async fn another_address_of_the_invited_person_is_confirmed_once() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    let alias = json!({"sub": "7", "email": "a.torres@fabrikam.example", "email_verified": true});
    world.fabrikam.next_identity(alias.clone());
    let page = accepted(&mut browser, &link).await;
    assert_eq!(page.shows(), "confirm");
    assert!(page.body.contains(ANA) && page.body.contains("a.torres@fabrikam.example"));
    assert!(stored(&world, ANA).await.identity().is_none(), "nobody said so yet");
    for step in ["consent", "passcode", "create", "account"] {
        let to = format!("{}/contoso/signin/{}/{step}", world.url, page.flow());
        let form = [("form", page.token()), ("decision", "accept".into())];
        let refused = browser.submit_to(&to, &form.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
        assert_eq!(refused.shows(), "confirm", "{step}");
    }
    let page = browser.press(&page, "both", &[]).await;
    assert_eq!(page.shows(), "consent");
    assert!(arrived(&browser.press(&page, "accept", &[]).await));
    let ana = stored(&world, ANA).await;
    assert!(is_accepted(&ana) && ana.mail.to_string() == ANA);
    assert!(actions(&world).await.iter().any(|action| action == "guest.alias_confirmed"));
    world.fabrikam.next_identity(alias);
    let portal = world.app("contoso", "portal").await;
    let ask = portal.asks(&[("login_hint", ANA)]);
    let page = world.browser().open(&ask.url).await;
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn the_wrong_account_is_named_and_one_click_changes_it() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    world.fabrikam.next_identity(json!({"sub": "8", "email": "shared@fabrikam.example", "email_verified": true}));
    let page = accepted(&mut browser, &link).await;
    assert_eq!(page.shows(), "confirm");
    let away = browser.submit(&page, "switch", &[]).await;
    let to = away.location.clone().unwrap();
    assert!(parameter(&to, "prompt").is_some(), "home shows its page, or they would be themselves again");
    assert_eq!(parameter(&to, "login_hint").as_deref(), Some(ANA));
    world.fabrikam.next_identity(json!({"sub": "1", "email": ANA, "email_verified": true}));
    let page = browser.follow(away).await;
    assert_eq!(page.shows(), "consent");
    assert!(arrived(&browser.press(&page, "accept", &[]).await));
}

#[tokio::test]
async fn where_aliases_are_refused_only_the_invited_account_will_do() {
    let world = Setup::new().tenant("contoso", "[invitations]\nalias = \"refuse\"").open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    world.fabrikam.next_identity(json!({"sub": "7", "email": "a.torres@fabrikam.example", "email_verified": true}));
    let page = accepted(&mut browser, &link).await;
    assert_eq!((page.shows(), page.status), ("GH2010", 403));
    assert!(page.body.contains(ANA) && page.body.contains("a.torres@fabrikam.example"));
    let form = [("form", page.token())];
    let to = format!("{}/contoso/signin/{}/confirm", world.url, page.flow());
    let forced = browser.submit_to(&to, &form.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(forced.shows(), "GH2010");
    world.fabrikam.next_identity(json!({"sub": "1", "email": ANA, "email_verified": true}));
    assert_eq!(browser.press(&page, "restart", &[]).await.shows(), "consent", "one click, and the right account");
}

#[tokio::test]
async fn a_link_that_was_forwarded_does_not_make_somebody_else_the_guest() {
    let world = World::open().await;
    let (ben, portal) = ("ben@fabrikam.example", world.app("contoso", "portal").await);
    let mut his = world.browser();
    world.sign_in(&mut his, &portal, ben).await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let before = stored(&world, ben).await;
    world.fabrikam.next_identity(json!({"sub": before.identity().unwrap().subject.as_str(), "email": ben, "email_verified": true}));
    let page = accepted(&mut his, &link).await;
    assert_eq!((page.shows(), page.status), ("GH2024", 403), "his session does not help, and his account is another guest's");
    assert!(page.body.contains(ANA) && page.body.contains(ben));
    assert!(stored(&world, ANA).await.identity().is_none());
    assert_eq!(stored(&world, ben).await.id, before.id);
}

#[tokio::test]
async fn what_is_over_says_so_and_what_to_do_next() {
    let world = World::open().await;
    let (expired, revoked) = (invite(&world, ANA, to_app("portal")).await, invite(&world, SOL, to_app("portal")).await);
    let mut late = world.browser();
    let page = late.open(&expired).await;
    world.sql("UPDATE invitations SET revoked_at = 1 WHERE invited = 'sol@nowhere.example'").await;
    let gone = world.browser().open(&revoked).await;
    assert_eq!((gone.shows(), gone.status), ("GH2019", 404));
    world.clock.advance(30 * DAY);
    let gone = world.browser().open(&expired).await;
    assert_eq!((gone.shows(), gone.status), ("GH2020", 410));
    assert_eq!(late.press(&page, "accept-invitation", &[]).await.shows(), "GH2020", "judged when it is used");
    for ticket in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let page = world.browser().open(&format!("{}/contoso/redeem?ticket={ticket}", world.url)).await;
        assert_eq!(page.shows(), "GH2019", "{ticket}");
    }
    assert_eq!(world.held(), 0);
}

#[tokio::test]
async fn an_invitation_that_ends_while_its_guest_signs_in_is_not_redeemed() {
    let world = World::open().await;
    let link = invite(&world, SOL, to_app("portal")).await;
    let mut browser = world.browser();
    let page = accepted(&mut browser, &link).await;
    world.sql("UPDATE invitations SET revoked_at = 1").await;
    let code = world.next_mail(SOL).await.code();
    assert_eq!(browser.press(&page, "continue", &[("code", &code)]).await.shows(), "GH2019");
    assert!(stored(&world, SOL).await.identity().is_none());
}

/// `behaviour.md` §11.4.
#[tokio::test]
async fn a_domain_closed_since_the_invitation_is_closed_by_link_and_directly() {
    let mut world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let node = reconfigured(&mut world, "[invitations]\nblock_domains = [\"fabrikam.example\"]").await;
    let mut browser = world.browser();
    browser.through(&node);
    let page = accepted(&mut browser, &link).await;
    assert_eq!((page.shows(), page.status), ("GH2022", 403));
    let ask = world.app("contoso", "portal").await.asks(&[("login_hint", ANA)]);
    let mut browser = world.browser();
    browser.through(&node);
    assert_eq!(browser.open(&ask.url).await.shows(), "GH2022");
    assert!(stored(&world, ANA).await.identity().is_none());
}

/// `behaviour.md` §10.6, and the edition before October 2024.
#[tokio::test]
async fn a_contacts_guest_comes_by_the_link_first_where_the_operator_wants_the_older_way() {
    for (conflict, shown) in [("fails", "GH2021"), ("works", "consent")] {
        let fragment = format!(
            "[guests]\nadmission = \"invited\"\n[invitations]\ncontacts = \"../../contacts.csv\"\ncontact_conflict = \"{conflict}\""
        );
        let world = Setup::new().file("contacts.csv", "ana@fabrikam.example\n").tenant("contoso", &fragment).open().await;
        let link = invite(&world, ANA, to_app("portal")).await;
        let portal = world.app("contoso", "portal").await;
        let page = world.browser().open(&portal.asks(&[("login_hint", ANA)]).url).await;
        assert_eq!(page.shows(), shown, "{conflict}");
        let page = accepted(&mut world.browser(), &link).await;
        assert_eq!(page.shows(), "consent", "{conflict}: the link works either way");
        world.sign_in(&mut world.browser(), &portal, ANA).await;
        let ask = portal.asks(&[("login_hint", ANA)]);
        let page = world.browser().open(&ask.url).await;
        portal.tokens(&ask, &page).await;
    }
}

/// `behaviour.md` §12.5.
#[tokio::test]
async fn where_both_sides_agreed_nobody_is_asked_and_the_record_says_so() {
    let fragment = "[partners.\"fabrikam.example\"]\nautomatic_redemption = { inbound = true, outbound = true }";
    let world = Setup::new().tenant("contoso", fragment).open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    assert!(arrived(&accepted(&mut world.browser(), &link).await));
    let ana = world.guest("contoso", ANA).await.unwrap();
    assert!(is_accepted(&ana.guest) && ana.consents.is_empty());
    assert_eq!(ana.guest.acceptance, Some(Acceptance::ByPolicy));
    let accepted = actions(&world).await.into_iter().filter(|action| action == "guest.accepted_by_policy").count();
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn an_app_for_assigned_guests_opens_to_whom_it_was_given() {
    let fragment = "[clients.portal]\nassignment_required = true\n[guests]\nadmission = \"invited\"";
    let world = Setup::new().tenant("contoso", fragment).open().await;
    let portal = world.app("contoso", "portal").await;
    world.add_guest("contoso", &guest(&world.clock, SOL, Some("mail"))).await;
    let mut browser = world.browser();
    let page = browser.open(&portal.asks(&[]).url).await;
    let page = browser.press(&page, "continue", &[("address", SOL)]).await;
    let code = world.next_mail(SOL).await.code();
    let page = browser.press(&page, "continue", &[("code", &code)]).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert_eq!((page.shows(), page.status), ("GH2018", 403));
    assert!(page.body.contains("href=\"/contoso/apps\""));
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    let page = accepted(&mut browser, &link).await;
    assert!(arrived(&browser.press(&page, "accept", &[]).await));
    let ask = portal.asks(&[]);
    let page = browser.open(&ask.url).await;
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn what_was_declined_can_be_taken_back_by_signing_in_again() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    let page = accepted(&mut browser, &link).await;
    let page = browser.press(&page, "decline", &[]).await;
    assert_eq!((page.shows(), page.status), ("GH2003", 403));
    assert!(!is_accepted(&stored(&world, ANA).await));
    let page = browser.press(&page, "restart", &[]).await;
    assert_eq!(page.shows(), "consent");
    assert!(arrived(&browser.press(&page, "accept", &[]).await));
    assert!(is_accepted(&stored(&world, ANA).await));
}

/// `behaviour.md` §9.
#[tokio::test]
async fn in_the_edition_of_2021_a_code_makes_an_account_where_there_is_none() {
    let fragment = format!("[home_realm]\nedition = \"2021\"\n{PERSONAL}");
    let world = Setup::new().tenant("contoso", &fragment).open().await;
    let link = invite(&world, SOL, to_app("portal")).await;
    let portal = world.app("contoso", "portal").await;
    let mut direct = world.browser();
    let page = direct.open(&portal.asks(&[]).url).await;
    assert_eq!(direct.press(&page, "continue", &[("address", SOL)]).await.shows(), "GH2005", "the first time by the link");
    let mut browser = world.browser();
    let page = accepted(&mut browser, &link).await;
    assert_eq!(page.shows(), "passcode");
    assert!(page.text().contains("you get an account for this address"), "{}", page.text());
    let code = world.next_mail(SOL).await.code();
    let page = browser.press(&page, "continue", &[("code", &code)]).await;
    assert!(arrived(&browser.press(&page, "accept", &[]).await));
    let sol = stored(&world, SOL).await;
    assert_eq!((&sol.identity().unwrap().voucher, sol.creation), (&Voucher::EmailVerified, Creation::EmailVerified));
    let tokens = world.sign_in(&mut world.browser(), &portal, SOL).await;
    assert_eq!(tokens.claims["sub"], sol.id.to_string(), "and from then on directly");
}

#[tokio::test]
async fn whoever_has_no_account_anywhere_makes_one_and_comes_back_by_the_link() {
    for edition in ["2024", "2021"] {
        let fragment = format!("[home_realm]\nedition = \"{edition}\"\n{PERSONAL}");
        let world = Setup::new().tenant("contoso", &fragment).open().await;
        let fay = "fay@outlook.com";
        let link = invite(&world, fay, to_app("portal")).await;
        let mut browser = world.browser();
        let page = accepted(&mut browser, &link).await;
        assert_eq!(page.shows(), "create", "{edition}");
        world.litware.sign_with(crate::oidc_provider::Algorithm::Rs256);
        let oid = "00000000-0000-0000-66f3-3332eca7ea81";
        let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad";
        world.litware.next_identity(json!({"sub": "fay", "tid": consumers, "oid": oid, "email": fay}));
        let page = browser.press(&page, "continue", &[]).await;
        assert_eq!(page.shows(), "consent", "{edition}: {}", page.body);
        assert!(arrived(&browser.press(&page, "accept", &[]).await));
        assert_eq!(stored(&world, fay).await.identity().unwrap().voucher.as_str(), "personal");
    }
}

#[tokio::test]
async fn whoever_wants_no_more_invitations_says_so_by_a_page_or_by_one_click() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    let block = link.replace("/redeem?", "/invitations/block?");
    let page = browser.open(&block).await;
    assert_eq!(page.shows(), "block");
    assert!(!actions(&world).await.iter().any(|action| action == "invitation.blocked"), "looking blocks nothing");
    let page = browser.press(&page, "block", &[]).await;
    assert_eq!((page.shows(), page.status), ("other", 200));
    assert!(actions(&world).await.iter().any(|action| action == "invitation.blocked"));
    let other = invite(&world, SOL, to_app("portal")).await.replace("/redeem?", "/invitations/block?");
    // RFC 8058: from the mail provider's own machines.
    let done = world.browser().post(&other, &[("List-Unsubscribe", "One-Click")]).await;
    assert_eq!(done.status, 200);
    assert_eq!(actions(&world).await.iter().filter(|action| *action == "invitation.blocked").count(), 2);
    let nobody = world.browser().post(&format!("{}/contoso/invitations/block?ticket=x", world.url), &[]).await;
    assert_eq!(nobody.shows(), "GH2019");
}

/// `security.md` E4.
#[tokio::test]
async fn wrong_codes_are_counted_for_the_whole_organisation_and_right_ones_are_not() {
    let world = Setup::new().tenant("contoso", "[passcode]\nguesses_per_address = 5\nguesses_per_tenant = 10").open().await;
    let portal = world.app("contoso", "portal").await;
    for n in 0..11 {
        world.sign_in(&mut world.browser(), &portal, &format!("right{n}@nowhere.example")).await;
    }
    for n in 0..11 {
        let mut browser = world.browser();
        let page = browser.open(&portal.asks(&[]).url).await;
        let page = browser.press(&page, "continue", &[("address", &format!("wrong{n}@nowhere.example"))]).await;
        let page = browser.press(&page, "continue", &[("code", "00000000")]).await;
        assert_eq!(page.shows(), if n < 10 { "passcode" } else { "GH2013" }, "{n}");
    }
}
