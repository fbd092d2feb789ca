//! Rows about inviting, the mail, and what becomes of an invitation.

use gatehouse::domain::{guest::Labels, identity::Voucher};
use serde_json::json;

use super::{
    ANA, Browser, CAL, DEE, EDITIONS, NO_PASSCODES, PORTAL, Page, Road, SOL, Setup, TERMS, WIN, accepts, agrees, arrived, built,
    comes_back, full_house, house, invited, is_accepted, leads_to, link, link_in, mailed, page, proves, stored, types, voucher, words,
};
use crate::world::World;

#[tokio::test]
async fn somebody_with_an_account_just_signs_in() {
    for edition in EDITIONS {
        let world = full_house(edition, "").await;
        // In 2021 a Microsoft account is looked for at direct links alone: a row of its own.
        for (address, road, is_by_link) in [(ANA, Road::Directory, true), (ANA, Road::Directory, false), (DEE, Road::Personal, false)] {
            let (link, mut browser) = (link(&world, address).await, world.browser());
            let away = if is_by_link { accepts(&mut browser, &link).await } else { types(&world, &mut browser, address).await };
            let away = page(&mut browser, away).await;
            assert!(leads_to(&away, &world.fabrikam.issuer()), "{edition} {address}: no page of ours in between: {}", away.text());
            let back = proves(&world, &mut browser, away, address, road).await;
            assert!(back.text().contains("Review permissions"), "{edition} {address}: nothing is created: {}", back.text());
        }
        assert_eq!((world.mails_to(ANA), world.mails_to(DEE)), (0, 0));
    }
}

#[tokio::test]
async fn any_email_address_can_redeem() {
    for edition in EDITIONS {
        let world = house(edition, "").await;
        for address in [SOL, "sol+visits@nowhere.example", "o'hara_9@sub.nowhere.example", "eve@münchen.example"] {
            let (link, mut browser) = (link(&world, address).await, world.browser());
            let away = accepts(&mut browser, &link).await;
            let address = address.replace("münchen", "xn--mnchen-3ya");
            let back = proves(&world, &mut browser, away, &address, Road::Code).await;
            assert!(arrived(&agrees(&mut browser, back).await), "{edition} {address}");
        }
        // And an account is made on the way where codes are off.
        let world = full_house(edition, NO_PASSCODES).await;
        let (link, mut browser) = (link(&world, "fay@yahoo.com").await, world.browser());
        let away = accepts(&mut browser, &link).await;
        let offer = page(&mut browser, away).await;
        assert_eq!(offer.shows(), "create", "{edition}");
        let away = browser.send(&offer, "continue", &[]).await;
        let back = proves(&world, &mut browser, away, "fay@yahoo.com", Road::Personal).await;
        assert!(arrived(&agrees(&mut browser, back).await), "{edition}");
    }
}

#[tokio::test]
async fn two_routes_of_redemption_end_in_the_same_consent() {
    for edition in EDITIONS {
        let world = house(edition, "").await;
        let ben = "ben@fabrikam.example";
        let (by_mail, _) = (mailed(&world, ANA).await, link(&world, ben).await);
        let (mut first, mut second) = (world.browser(), world.browser());
        let away = accepts(&mut first, &link_in(&by_mail)).await;
        let by_link = proves(&world, &mut first, away, ANA, Road::Directory).await;
        let away = types(&world, &mut second, ben).await;
        let directly = proves(&world, &mut second, away, ben, Road::Directory).await;
        let asked = |page: &Page, who: &str| page.text().replace(who, "somebody");
        for (page, who) in [(&by_link, ANA), (&directly, ben)] {
            assert_eq!(page.shows(), "consent", "{edition} {who}");
            assert!(!is_accepted(&world, who).await);
        }
        // Only where it leads is another thing: the app that was asked for, or the organisation's own page.
        let same = |text: String| text.split("Reference").next().unwrap().replace("signing in to Portal", "signing in to contoso Ltd");
        assert_eq!(same(asked(&by_link, ANA)), same(asked(&directly, ben)), "{edition}: the same page on both roads");
        agrees(&mut first, by_link).await;
        agrees(&mut second, directly).await;
        assert!(is_accepted(&world, ANA).await && is_accepted(&world, ben).await);
    }
}

#[tokio::test]
async fn the_mail_is_sent_although_a_direct_link_will_do() {
    let world = house("2024", "").await;
    let mail = mailed(&world, ANA).await;
    let mut browser = world.browser();
    let away = types(&world, &mut browser, ANA).await;
    let back = proves(&world, &mut browser, away, ANA, Road::Directory).await;
    assert_eq!(back.shows(), "consent", "by the app's own link, the mail unopened");
    agrees(&mut browser, back).await;
    assert!(is_accepted(&world, ANA).await);
    let again = browser.get(&link_in(&mail)).await;
    assert!(again.location.is_some(), "and the mail's link is a way back: {}", again.text());
    // Whoever wants no mail gets the link instead.
    let answer = invited(&world, "ben@fabrikam.example", json!({})).await;
    assert!(answer["inviteRedeemUrl"].is_string());
    assert_eq!((world.mails_to(ANA), world.mails_to("ben@fabrikam.example")), (1, 0));
}

#[tokio::test]
async fn without_accepting_review_permissions_there_is_no_access() {
    for edition in EDITIONS {
        let world = house(edition, "").await;
        let (link, mut browser) = (link(&world, ANA).await, world.browser());
        let away = accepts(&mut browser, &link).await;
        let asked = proves(&world, &mut browser, away, ANA, Road::Directory).await;
        assert_eq!(asked.shows(), "consent");
        let portal = world.app("contoso", "portal").await;
        let silent = portal.asks(&[("prompt", "none")]);
        let refused = browser.open(&silent.url).await;
        assert_eq!(portal.refusal(&silent, &refused), "login_required", "{edition}: no session before the acceptance");
        for path in ["/contoso/apps", "/contoso/account", "/contoso/signin/portal"] {
            assert_eq!(browser.open(&format!("{}{path}", world.url)).await.shows(), "address", "{edition} {path}");
        }
        assert_eq!(comes_back(&world, ANA, Road::Directory).await.shows(), "consent", "{edition}: every new visit asks");
        let declined = browser.press(&asked, "decline", &[]).await;
        assert_eq!(declined.shows(), "GH2003");
        assert!(!is_accepted(&world, ANA).await && !browser.cookies.contains_key("gh-s-contoso"));
    }
}

#[tokio::test]
async fn without_an_account_as_a_contact_or_by_an_alias_the_mail_s_link_is_needed() {
    // No account, in the edition that knows the case.
    let world = full_house("2021", NO_PASSCODES).await;
    let (by_mail, mut browser) = (link(&world, SOL).await, world.browser());
    let away = types(&world, &mut browser, SOL).await;
    assert_eq!(page(&mut browser, away).await.shows(), "GH2005");
    let away = accepts(&mut browser, &by_mail).await;
    let back = proves(&world, &mut browser, away, SOL, Road::Code).await;
    assert!(arrived(&agrees(&mut browser, back).await));
    for edition in EDITIONS {
        // A contact of the organisation's.
        let fragment = "[invitations]\ncontacts = \"../../contacts.csv\"\ncontact_conflict = \"fails\"\n";
        let world = built(Setup::new().partners().file("contacts.csv", "win@wingtip.example\n"), edition, fragment).await;
        let (by_mail, mut browser) = (link(&world, WIN).await, world.browser());
        assert_eq!(comes_back(&world, WIN, Road::Partner).await.shows(), "GH2021", "{edition}");
        let away = accepts(&mut browser, &by_mail).await;
        let back = proves(&world, &mut browser, away, WIN, Road::Partner).await;
        assert!(arrived(&agrees(&mut browser, back).await), "{edition}");
        // An alias: the address invited is not the one their home calls them.
        let world = house(edition, "").await;
        let (by_mail, mut browser) = (link(&world, ANA).await, world.browser());
        let alias = json!({ "sub": "7", "email": "a.torres@fabrikam.example", "email_verified": true });
        world.fabrikam.next_identity(alias.clone());
        let away = types(&world, &mut browser, ANA).await;
        assert_eq!(browser.follow(away).await.shows(), "GH2008", "{edition}: nobody of that name was invited");
        let away = accepts(&mut browser, &by_mail).await;
        let back = browser.follow(away).await;
        assert_eq!(back.shows(), "confirm", "{edition}: both addresses are named, and one click says they are one person's");
        let back = browser.press(&back, "both", &[]).await;
        assert!(arrived(&agrees(&mut browser, back).await), "{edition}");
    }
}

#[tokio::test]
async fn the_button_says_accept_invitation() {
    let world = house("2024", "").await;
    let mail = mailed(&world, ANA).await;
    let text = words(&mail);
    assert!(text.matches("Accept invitation").count() >= 2, "in the plain text and in the HTML: {text}");
    assert!(!text.contains("Get Started") && text.contains("Portal"), "and says where it leads: {text}");
    let page = world.browser().open(&link_in(&mail)).await;
    assert!(page.text().contains("Accept invitation"), "{}", page.text());
}

/// Entra's mails come from "Microsoft Invitations"; ours from the operator's own address.
#[tokio::test]
async fn the_sender_is_the_configured_one_and_the_mail_names_the_organisation() {
    let world = house("2024", "").await;
    let text = words(&mailed(&world, ANA).await);
    let unfolded = text.replace("\r\n ", " ").replace("\n ", " ");
    let line = |name: &str| unfolded.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {text}"));
    assert!(line("From: ").contains("no-reply@login.example"), "{}", line("From: "));
    assert!(line("Subject: ").contains("invited you to access applications within their organization."), "{}", line("Subject: "));
    assert!(text.contains("contoso Ltd") && text.contains("contoso.example"), "{text}");
    assert!(!text.contains("Microsoft"));
}

#[tokio::test]
async fn pending_until_everything_is_agreed_to_and_then_never_asked_again() {
    for edition in EDITIONS {
        let world = house(edition, TERMS).await;
        let (link, mut browser) = (link(&world, ANA).await, world.browser());
        let away = accepts(&mut browser, &link).await;
        let mut asked = proves(&world, &mut browser, away, ANA, Road::Directory).await;
        for title in ["Review permissions", "Plant rules", "Visitor terms"] {
            assert!(asked.text().contains(title), "{edition} {title}: {}", asked.text());
            assert_eq!(stored(&world, ANA).await.state.as_str(), "PendingAcceptance", "{edition}: before {title}");
            asked = browser.press(&asked, "accept", &[]).await;
        }
        assert!(arrived(&asked), "{edition}");
        let ana = stored(&world, ANA).await;
        assert_eq!((ana.state.as_str(), ana.state.since()), ("Accepted", world.clock.now()));
        assert_eq!(comes_back(&world, ANA, Road::Directory).await.shows(), "app", "{edition}: never again");
        assert!(accepts_or_returns(&world, &link).await, "{edition}: nor by the link");
        assert_eq!(world.guest("contoso", ANA).await.unwrap().consents.len(), 3);
    }
}

/// A new browser and the link of an invitation that was accepted: it leads back without asking for anything.
async fn accepts_or_returns(world: &World, link: &str) -> bool {
    let page = world.browser().get(link).await;
    page.location.is_some_and(|to| to.as_str() == PORTAL || to.as_str().starts_with(&world.url))
}

#[tokio::test]
async fn a_link_holds_its_tenant_and_no_other_address_guesses_it() {
    let world = Setup::new().tenant("northwind", "");
    let world = built(world, "2024", "").await;
    let link = link(&world, ANA).await;
    assert!(link.starts_with(&format!("{}/contoso/redeem?ticket=", world.url)), "the tenant is in it");
    let elsewhere = link.replace("/contoso/", "/northwind/");
    assert_eq!(world.browser().open(&elsewhere).await.shows(), "GH2019", "another tenant knows nothing of it");
    let by_domain = link.replace("/contoso/", "/contoso.example/");
    assert_eq!(world.browser().open(&by_domain).await.shows(), "redeem", "a verified domain says the same");
    assert_eq!(world.browser().open(&link.replace("/contoso/", "/")).await.error(), Some("GH1002"));
    // An address without a tenant asks which one, and sends nobody home to fail there.
    let portal = world.app("contoso", "portal").await;
    let common = portal.asks(&[("login_hint", ANA)]).url.replace("/contoso/authorize", "/common/authorize");
    let asked = world.browser().open(&common).await;
    assert!(asked.text().contains("Sign in to an organization"), "{}", asked.text());
    assert_eq!(world.fabrikam.times_asked("/authorize"), 0);
}

#[tokio::test]
async fn review_permissions_then_terms_then_my_apps_unless_led_elsewhere() {
    for edition in EDITIONS {
        let world = house(edition, TERMS).await;
        let apps = format!("{}/contoso/apps", world.url);
        for (address, more) in [(ANA, json!({ "inviteRedirectUrl": apps })), ("ben@fabrikam.example", json!({}))] {
            let answer = invited(&world, address, more.clone()).await;
            let mut browser = world.browser();
            let away = accepts(&mut browser, answer["inviteRedeemUrl"].as_str().unwrap()).await;
            let mut asked = proves(&world, &mut browser, away, address, Road::Directory).await;
            let mut order = Vec::new();
            while asked.shows() == "consent" {
                let text = asked.text();
                order.extend(["Review permissions", "Plant rules", "Visitor terms"].into_iter().find(|title| text.contains(title)));
                asked = browser.press(&asked, "accept", &[]).await;
            }
            assert_eq!(order, ["Review permissions", "Plant rules", "Visitor terms"], "{edition}");
            let led = asked.location.as_ref().map_or(asked.url.as_str(), |to| to.as_str());
            assert_eq!(led, if more == json!({}) { PORTAL } else { &apps }, "{edition} {address}");
        }
    }
}

#[tokio::test]
async fn a_guest_with_a_new_microsoft_account_has_it_as_their_source() {
    let fay = "fay@yahoo.com";
    for edition in EDITIONS {
        let world = full_house(edition, NO_PASSCODES).await;
        let source = async || {
            let (_, tenants) = world.configuration();
            let tenant = tenants.by_segment("contoso").unwrap();
            let guest = stored(&world, fay).await;
            let provider = guest.identity().and_then(|identity| match &identity.voucher {
                Voucher::Provider(id) => tenant.providers.get(id),
                Voucher::Passcode | Voucher::EmailVerified => None,
            });
            (Labels::of(&guest, provider, &tenant.initial_domain()).source, guest.state.as_str())
        };
        let (link, mut browser) = (link(&world, fay).await, world.browser());
        assert_eq!(source().await, ("Invited user".into(), "PendingAcceptance"), "{edition}");
        let away = accepts(&mut browser, &link).await;
        let offer = page(&mut browser, away).await;
        let away = browser.send(&offer, "continue", &[]).await;
        let back = proves(&world, &mut browser, away, fay, Road::Personal).await;
        agrees(&mut browser, back).await;
        assert_eq!(source().await, ("Microsoft Account".into(), "Accepted"), "{edition}");
    }
}

#[tokio::test]
async fn with_passcodes_on_no_microsoft_account_is_needed() {
    for edition in EDITIONS {
        for (fragment, shown) in [("", "passcode"), (NO_PASSCODES, "create")] {
            let world = full_house(edition, fragment).await;
            let (link, mut browser) = (link(&world, "fay@yahoo.com").await, world.browser());
            let away = accepts(&mut browser, &link).await;
            let first = page(&mut browser, away).await;
            assert_eq!(first.shows(), shown, "{edition} {fragment}");
            if shown == "passcode" {
                let back = proves(&world, &mut browser, first, "fay@yahoo.com", Road::Code).await;
                agrees(&mut browser, back).await;
                assert_eq!(voucher(&world, "fay@yahoo.com").await, "mail");
                assert_eq!(world.fabrikam.times_asked("/authorize"), 0);
            }
        }
        let world = full_house(edition, "").await;
        link(&world, CAL).await;
        assert_ne!(comes_back_first(&world, &mut world.browser(), CAL).await.shows(), "create", "{edition}");
    }
}

async fn comes_back_first(world: &World, browser: &mut Browser, address: &str) -> Page {
    let away = types(world, browser, address).await;
    page(browser, away).await
}
