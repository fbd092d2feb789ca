//! Rows about contacts, and about what is agreed to, by whom, and what is not asked.

use std::process::Command;

use gatehouse::domain::{consent::Acceptance, id::TenantId};
use serde_json::json;

use super::{
    ANA, EDITIONS, EVERYBODY, HOMES, Road, SOL, Setup, TERMS, WIN, accepts, agrees, arrived, built, comes_back, full_house, house, invited,
    is_accepted, leads_to, link, link_in, mailed, page, proves, stored, types, voucher, words,
};
use crate::{
    redeem,
    world::{Browser, World},
};

const CONTACTS: &str =
    "email\nana@fabrikam.example\nwin@wingtip.example\npam@proseware.example\ncal@gmail.com\ndee@outlook.com\nsol@nowhere.example\n";

/// Everybody is a contact of the organisation's. "works" is Entra since October 2024.
async fn with_contacts(edition: &str, conflict: &str) -> World {
    let fragment = format!("[invitations]\ncontacts = \"../../contacts.csv\"\ncontact_conflict = \"{conflict}\"\n{HOMES}");
    built(Setup::new().partners().file("contacts.csv", CONTACTS), edition, &fragment).await
}

#[tokio::test]
async fn a_contact_s_guest_can_not_come_by_a_direct_link_first() {
    for edition in EDITIONS {
        let world = with_contacts(edition, "fails").await;
        for (address, road) in EVERYBODY {
            link(&world, address).await;
            let guest = stored(&world, address).await.id;
            let whom = gatehouse::store::directory::Whom::Id(guest);
            let entry = world.directory.entry(&TenantId::parse("contoso").unwrap(), &whom).await.unwrap().unwrap();
            assert!(entry.addresses.proxy().is_empty(), "{edition} {address}: no proxy address");
            let stopped = comes_back(&world, address, road).await;
            assert_eq!(stopped.shows(), "GH2021", "{edition} {address}: {}", stopped.text());
            assert!(!is_accepted(&world, address).await);
        }
    }
}

#[tokio::test]
async fn a_contact_s_guest_comes_by_the_mail_s_link_and_then_directly() {
    for edition in EDITIONS {
        let world = with_contacts(edition, "fails").await;
        for (address, road) in EVERYBODY {
            // In 2021 the link leads somebody with a Microsoft account to a code: a row of its own.
            let road = if edition == "2021" && road == Road::Personal { Road::Code } else { road };
            let (by_mail, mut browser) = (link(&world, address).await, world.browser());
            let away = accepts(&mut browser, &by_mail).await;
            let back = proves(&world, &mut browser, away, address, road).await;
            assert!(arrived(&agrees(&mut browser, back).await), "{edition} {address}");
            assert_eq!(comes_back(&world, address, road).await.shows(), "app", "{edition} {address}: signing back in");
        }
        let world = with_contacts(edition, "works").await;
        for (address, road) in EVERYBODY {
            link(&world, address).await;
            assert_eq!(comes_back(&world, address, road).await.shows(), "consent", "{edition} {address}: since October 2024");
        }
    }
}

#[tokio::test]
async fn a_contact_s_guest_is_cured_by_removing_both_and_inviting_anew() {
    let mut world = with_contacts("2024", "fails").await;
    let tenant = TenantId::parse("contoso").unwrap();
    link(&world, WIN).await;
    assert_eq!(comes_back(&world, WIN, Road::Partner).await.shows(), "GH2021");
    // The contact goes, the pending guest goes, and the address is invited again.
    let contacts = world.folder().join("contacts.csv");
    std::fs::write(&contacts, "email\n").unwrap();
    let before = stored(&world, WIN).await.id;
    world.directory.delete_guest(&tenant, before, world.clock.now()).await.unwrap();
    world.directory.purge_guest(&tenant, before).await.unwrap();
    let node = world.add_node().await;
    redeem::invite(&world, WIN, redeem::to_app("portal")).await;
    // And the contact comes back.
    std::fs::write(&contacts, CONTACTS).unwrap();
    for node in [node, world.add_node().await] {
        let mut browser = world.browser();
        browser.through(&world.address_of(node));
        let away = types(&world, &mut browser, WIN).await;
        let back = proves(&world, &mut browser, away, WIN, Road::Partner).await;
        assert_eq!(agrees(&mut browser, back).await.shows(), "app", "directly, on node {node}");
    }
    assert_ne!(stored(&world, WIN).await.id, before);
}

#[tokio::test]
async fn consent_is_asked_after_the_sign_in_alone_and_once() {
    for edition in EDITIONS {
        let world = house(edition, "").await;
        for is_by_link in [true, false] {
            let address = if is_by_link { SOL } else { "una@nowhere.example" };
            let (by_mail, mut browser) = (link(&world, address).await, world.browser());
            let landing = browser.open(&by_mail).await;
            assert!(!landing.text().contains("Review permissions") && landing.form_with("accept").is_none());
            let away = if is_by_link { accepts(&mut browser, &by_mail).await } else { types(&world, &mut browser, address).await };
            let asked = page(&mut browser, away).await;
            assert_eq!(asked.shows(), "passcode", "{edition}");
            // Said before anybody was proven, it says nothing.
            let early = format!("{}/contoso/signin/{}/consent", world.url, asked.flow());
            let token = asked.token();
            let early = browser.submit_to(&early, &[("form", &token), ("decision", "accept")]).await;
            assert_eq!(early.shows(), "passcode", "{edition}");
            assert!(world.guest("contoso", address).await.unwrap().consents.is_empty());
            let back = proves(&world, &mut browser, early, address, Road::Code).await;
            assert_eq!(back.shows(), "consent", "{edition}");
            agrees(&mut browser, back).await;
            assert_eq!(comes_back(&world, address, Road::Code).await.shows(), "app", "{edition}: accepted is accepted");
        }
    }
}

#[tokio::test]
async fn review_permissions_says_what_is_shared() {
    let world = house("2024", "").await;
    link(&world, ANA).await;
    let asked = comes_back(&world, ANA, Road::Directory).await;
    for shared in ["Your name", "Your email address", "Your photo", "Your directory identifiers"] {
        assert!(asked.text().contains(shared), "{shared}: {}", asked.text());
    }
    assert!(asked.text().contains("contoso Ltd (contoso.example)"), "{}", asked.text());
}

#[tokio::test]
async fn the_order_of_providers_is_the_organisation_s_to_choose() {
    // Fabrikam is a home directory; codes for everybody, whatever home they have.
    let world = house("2024", "order = []\nfallback = \"emailOneTimePasscode\"\n").await;
    for is_by_link in [true, false] {
        let (by_mail, mut browser) = (link(&world, ANA).await, world.browser());
        let away = if is_by_link { accepts(&mut browser, &by_mail).await } else { types(&world, &mut browser, ANA).await };
        assert_eq!(page(&mut browser, away).await.shows(), "passcode", "{is_by_link}");
    }
    // For one partner alone.
    let partner = "[home_realm.partners.\"wingtip.example\"]\norder = []\nfallback = \"emailOneTimePasscode\"\n";
    let world = full_house("2024", partner).await;
    for (address, road) in [(WIN, Road::Code), (ANA, Road::Directory)] {
        let (by_mail, mut browser) = (link(&world, address).await, world.browser());
        let away = accepts(&mut browser, &by_mail).await;
        let back = proves(&world, &mut browser, away, address, road).await;
        assert!(arrived(&agrees(&mut browser, back).await), "{address}");
    }
    assert_eq!((voucher(&world, WIN).await, voucher(&world, ANA).await), ("mail".into(), "fabrikam".into()));
    // A verified domain that is federated, too: whichever stands first.
    let verified = "[oidc.fabrikam]\ndomains = []\nlookup = { accounts = [\"win@wingtip.example\"], verified = [\"wingtip.example\"] }\n";
    for (order, is_partner) in [("", false), ("order = [\"externalFederation\", \"azureActiveDirectory\"]\n", true)] {
        let world = full_house("2024", &format!("{order}{verified}")).await;
        let mut browser = world.browser();
        let away = types(&world, &mut browser, WIN).await;
        let away = page(&mut browser, away).await;
        assert_eq!(leads_to(&away, &world.fabrikam.issuer()), !is_partner, "{order}: {}", away.text());
    }
}

#[tokio::test]
async fn where_both_sides_agreed_a_notice_is_sent_and_nothing_is_asked() {
    for (inbound, outbound) in [(true, true), (true, false), (false, true), (false, false)] {
        let partner = format!("[partners.\"fabrikam.example\"]\nautomatic_redemption = {{ inbound = {inbound}, outbound = {outbound} }}\n");
        let world = house("2024", &partner).await;
        let mail = mailed(&world, ANA).await;
        let is_notice = words(&mail).contains("You need not accept anything");
        assert_eq!(is_notice, inbound && outbound, "{inbound} {outbound}");
        // Directly, without ever opening the mail.
        let back = comes_back(&world, ANA, Road::Directory).await;
        assert_eq!(back.shows(), if is_notice { "app" } else { "consent" }, "{inbound} {outbound}");
        assert_eq!(is_accepted(&world, ANA).await, is_notice);
        if is_notice {
            let ana = world.guest("contoso", ANA).await.unwrap();
            assert_eq!((ana.guest.acceptance, ana.consents.len()), (Some(Acceptance::ByPolicy), 0));
            assert!(words(&mail).contains("/contoso/"), "and the notice leads there");
        }
    }
}

/// Entra moved the menu entry; here it is `[terms.…]` of the tenant file, and `gatehouse terms list` shows it.
#[tokio::test]
async fn terms_of_use_have_one_place_in_the_tenant_s_configuration() {
    let world = house("2024", TERMS).await;
    let listed = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
        .args(["terms", "list", "--tenant", "contoso", "--config"])
        .arg(world.folder().join("config"))
        .current_dir(world.folder())
        .output()
        .unwrap();
    let said = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.status.success() && said.contains("plant") && said.contains("visitors"), "{said}");
    link(&world, ANA).await;
    let mut browser = world.browser();
    let away = types(&world, &mut browser, ANA).await;
    let back = proves(&world, &mut browser, away, ANA, Road::Directory).await;
    let asked = browser.press(&back, "accept", &[]).await;
    assert!(asked.text().contains("Plant rules") && asked.text().contains("Wear a helmet."), "{}", asked.text());
}

#[tokio::test]
async fn admin_consent_is_of_the_app_and_redeems_nobody() {
    let world = house("2024", "[clients.portal]\nadmin_consent = true\n").await;
    link(&world, ANA).await;
    assert_eq!(stored(&world, ANA).await.state.as_str(), "PendingAcceptance", "granted for the app, and nobody came yet");
    let back = comes_back(&world, ANA, Road::Directory).await;
    assert_eq!(back.shows(), "app", "Review permissions is not shown on the way to it");
    assert_eq!(stored(&world, ANA).await.acceptance, Some(Acceptance::ByPolicy));
    // Of another app it says nothing: there a guest is asked.
    let ben = "ben@fabrikam.example";
    link(&world, ben).await;
    let spa = world.app("contoso", "spa").await;
    world.fabrikam.next_identity(json!({ "sub": "ben", "email": ben, "email_verified": true }));
    let asked = world.browser().open(&spa.asks(&[("login_hint", ben)]).url).await;
    assert_eq!(asked.shows(), "consent");
    assert!(!is_accepted(&world, ben).await);
}

#[tokio::test]
async fn the_organisation_sets_the_privacy_statement_that_is_shown() {
    let world = house("2024", "").await;
    let mail = mailed(&world, ANA).await;
    assert!(words(&mail).contains("https://contoso.example/privacy"), "in the mail, too");
    let asked = through(&world, &mut world.browser(), &link_in(&mail)).await;
    assert!(asked.contains("https://contoso.example/privacy") && asked.contains("privacy@contoso.example"), "{asked}");
    // Without one the page says so.
    let mut world = house("2024", "").await;
    let file = world.folder().join("config/tenants/contoso.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let without: Vec<&str> = text.lines().filter(|line| !line.contains("contoso.example/privacy") && !line.contains("privacy@")).collect();
    std::fs::write(&file, without.join("\n")).unwrap();
    let node = world.add_node().await;
    let answer = invited(&world, ANA, json!({})).await;
    let mut browser = world.browser();
    browser.through(&world.address_of(node));
    let asked = through(&world, &mut browser, answer["inviteRedeemUrl"].as_str().unwrap()).await;
    assert!(asked.contains("contoso Ltd has not provided links to their terms for you to review."), "{asked}");
}

async fn through(world: &World, browser: &mut Browser, link: &str) -> String {
    let away = accepts(browser, link).await;
    let asked = proves(world, browser, away, ANA, Road::Directory).await;
    assert_eq!(asked.shows(), "consent", "{}", asked.text());
    asked.text()
}
