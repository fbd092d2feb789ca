//! Somebody else in the place of the guest who was invited, or the guest past what was owed.

use gatehouse::{
    domain::{
        address::EmailAddress,
        consent::{Acceptance, Matter},
        guest::{Guest, Principal, State, UserType},
    },
    guests::{self, By, Invite, Inviter, Rank, Target},
};
use serde_json::json;

use crate::{
    redeem::{invite, to_app},
    world::{ANA, Browser, Page, Setup, World},
};

/// Fabrikam has a second domain, with which nothing is agreed.
const SUBSIDIARY: &str = "[oidc.fabrikam]\ndomains = [\"fabrikam.example\", \"subsidiary.example\"]\n";
const IVY: &str = "ivy@subsidiary.example";
const AUTOMATIC: &str = "[partners.\"fabrikam.example\"]\nautomatic_redemption = { inbound = true, outbound = true }\n";
/// The world begins on 2027-01-15.
const VISITORS: &str = "[terms.visitors]\nname = \"Visitor terms\"\n[[terms.visitors.versions]]\nversion = \"1\"\neffective = \"2026-01-01\"\n\
    documents = { en = \"../../visitors.html\" }\n";

async fn stored(world: &World) -> Guest {
    world.guest("contoso", ANA).await.unwrap().guest
}

fn is_accepted(guest: &Guest) -> bool {
    matches!(guest.state, State::Accepted(_))
}

async fn accepted(world: &World, browser: &mut Browser, link: &str, sub: &str, email: &str, is_verified: bool) -> Page {
    world.fabrikam.next_identity(json!({ "sub": sub, "email": email, "email_verified": is_verified }));
    let page = browser.open(link).await;
    browser.press(&page, "accept-invitation", &[]).await
}

/// What two organisations agreed is about the people of the one, proven by it.
#[tokio::test]
async fn automatic_redemption_is_for_the_partners_own_people_alone() {
    let world = Setup::new().tenant("contoso", &format!("{AUTOMATIC}{SUBSIDIARY}")).open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    let page = accepted(&world, &mut browser, &link, "7", IVY, true).await;
    assert_eq!(page.shows(), "confirm");
    let page = browser.press(&page, "both", &[]).await;
    assert_eq!(page.shows(), "consent", "nobody agreed anything about subsidiary.example");
    assert!(!is_accepted(&stored(&world).await));
    browser.press(&page, "accept", &[]).await;
    assert_eq!(stored(&world).await.acceptance, Some(Acceptance::ByGuest));
}

/// `security.md` C1: whoever only claims the address is not vouched for by its owner.
#[tokio::test]
async fn automatic_redemption_is_not_for_a_mere_claim() {
    let world = Setup::new().tenant("contoso", AUTOMATIC).open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    let page = accepted(&world, &mut browser, &link, "7", ANA, false).await;
    assert_ne!(page.shows(), "app");
    assert!(!is_accepted(&stored(&world).await));
}

/// `behaviour.md` §11.4: a domain that is closed is not come in from by way of another.
#[tokio::test]
async fn an_alias_of_a_closed_domain_is_no_alias() {
    let fragment = format!("[invitations]\nblock_domains = [\"subsidiary.example\"]\n{SUBSIDIARY}");
    let world = Setup::new().tenant("contoso", &fragment).open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    let page = accepted(&world, &mut browser, &link, "7", IVY, true).await;
    assert_eq!((page.shows(), page.status), ("GH2010", 403));
    assert!(stored(&world).await.identity().is_none());
}

/// The operator acts while the page is being read.
#[tokio::test]
async fn whoever_is_stopped_while_they_read_is_not_accepted_by_what_they_read() {
    for (statement, code) in [
        ("UPDATE invitations SET revoked_at = 1", "GH2019"),
        ("UPDATE guests SET is_enabled = FALSE", "GH2009"),
        ("UPDATE guests SET deletion = id, deleted_at = 1800000000", "GH"),
    ] {
        let world = World::open().await;
        let link = invite(&world, ANA, to_app("portal")).await;
        let mut browser = world.browser();
        let page = accepted(&world, &mut browser, &link, "1", ANA, true).await;
        assert_eq!(page.shows(), "consent");
        let id = stored(&world).await.id;
        world.sql(statement).await;
        let page = browser.press(&page, "accept", &[]).await;
        assert!(page.shows().starts_with(code), "{statement}: {}", page.shows());
        let tenant = gatehouse::domain::id::TenantId::parse("contoso").unwrap();
        let file = world.directory.guest(&tenant, id).await.unwrap().unwrap();
        assert!(!is_accepted(&file.guest) && file.consents.is_empty(), "{statement}");
        assert!(!browser.cookies.contains_key("gh-s-contoso"), "{statement}");
    }
}

/// The guest begins anew: by a link of the second redemption.
async fn reset(world: &World) -> String {
    let inviter = Inviter { directory: world.directory.clone(), outbox: None, clock: world.clock.clone() };
    let by = By { principal: Principal::new("kim@contoso.example").unwrap(), name: None, reply_to: None, rank: Rank::Administrator };
    let invite = Invite {
        address: EmailAddress::parse(ANA).unwrap(),
        target: Target::Reset(stored(world).await.id),
        display_name: None,
        destination: to_app("portal"),
        user_type: UserType::Guest,
        message: None,
        cc: None,
        language: None,
        sponsors: None,
        is_mailed: false,
    };
    let (_, tenants) = world.configuration();
    let invited = guests::invite(&inviter, tenants.by_segment("contoso").unwrap(), &by, invite).await.unwrap();
    invited.link.unwrap().reveal().clone()
}

/// A page that was opened in an earlier redemption completes no later one: there, Review permissions is still owed.
#[tokio::test]
async fn what_was_owed_in_another_redemption_does_not_complete_this_one() {
    let setup = Setup::new().tenant("contoso", VISITORS).file("visitors.html", "<p>Be kind.</p>");
    let world = setup.open().await;
    let portal = world.app("contoso", "portal").await;
    let mut old = world.browser();
    world.fabrikam.next_identity(json!({ "sub": "1", "email": ANA, "email_verified": true }));
    let page = old.open(&portal.asks(&[("login_hint", ANA)]).url).await;
    let last = old.press(&page, "accept", &[]).await;
    assert_eq!(last.shows(), "consent", "the terms are left");
    assert!(last.body.contains("Visitor terms"));

    let link = reset(&world).await;
    let page = accepted(&world, &mut world.browser(), &link, "1", ANA, true).await;
    assert_eq!(page.shows(), "consent", "known again, and owes everything");
    let page = old.press(&last, "accept", &[]).await;
    assert_eq!(page.shows(), "consent");
    let file = world.guest("contoso", ANA).await.unwrap();
    assert!(!is_accepted(&file.guest), "Review permissions is owed");
    assert!(!file.consents.iter().any(|record| record.matter == Matter::Privacy));
}
