//! Rows about people without any home where codes by mail are off.

use super::{
    DEE, EDITIONS, HOMES, NO_PASSCODES, Page, Road, SOL, accepts, agrees, arrived, house, leads_to, link, page, proves, types, voucher,
};
use crate::world::{World, parameter};

const FAY: &str = "fay@yahoo.com";
const GUS: &str = "gus@fedcorp.example";
/// Fabrikam's directory has verified some domains: one signs in at its own premises, one wants no self-service accounts.
const VERIFIED: &str = r#"
[oidc.fabrikam]
domains = []
lookup = { accounts = ["ana@fabrikam.example"], verified = ["work.example"], federated = ["fedcorp.example"], closed = ["closed.example"] }
"#;

async fn without_codes(edition: &str) -> World {
    house(edition, &format!("{NO_PASSCODES}{HOMES}{VERIFIED}")).await
}

async fn by_link(world: &World, address: &str) -> Page {
    let (link, mut browser) = (link(world, address).await, world.browser());
    let away = accepts(&mut browser, &link).await;
    page(&mut browser, away).await
}

async fn directly(world: &World, address: &str) -> Page {
    let mut browser = world.browser();
    let away = types(world, &mut browser, address).await;
    page(&mut browser, away).await
}

#[tokio::test]
async fn without_passcodes_a_consumer_makes_an_account_and_others_verify_their_address() {
    let world = without_codes("2021").await;
    for consumer in [FAY, DEE] {
        assert_eq!(by_link(&world, consumer).await.shows(), "create", "{consumer}");
    }
    for other in [SOL, "una@work.example"] {
        let asked = by_link(&world, other).await;
        assert_eq!(asked.shows(), "passcode", "{other}");
        assert!(asked.text().contains("you get an account for this address"), "{other}: {}", asked.text());
    }
}

#[tokio::test]
async fn a_self_service_account_is_verified_by_code_and_refused_where_its_home_says_so() {
    let world = without_codes("2021").await;
    let (link, mut browser) = (link(&world, SOL).await, world.browser());
    let away = accepts(&mut browser, &link).await;
    let back = proves(&world, &mut browser, away, SOL, Road::Code).await;
    assert!(arrived(&agrees(&mut browser, back).await));
    assert_eq!(voucher(&world, SOL).await, "email_verified");
    assert_eq!(by_link(&world, GUS).await.shows(), "GH2006", "the domain signs in at its own premises");
    assert_eq!(by_link(&world, "una@closed.example").await.shows(), "GH2007", "AllowEmailVerifiedUsers is false there");
    assert_eq!((world.mails_to(GUS), world.mails_to("una@closed.example")), (0, 0), "and no code is sent");
}

#[tokio::test]
async fn without_passcodes_a_microsoft_account_is_made_of_the_invited_address() {
    let world = without_codes("2024").await;
    for address in [FAY, "eve@corp.example"] {
        let (link, mut browser) = (link(&world, address).await, world.browser());
        let away = accepts(&mut browser, &link).await;
        let offer = page(&mut browser, away).await;
        assert_eq!(offer.shows(), "create", "{address}");
        assert!(offer.text().contains(address), "{address}");
        let away = browser.send(&offer, "continue", &[]).await;
        let away = page(&mut browser, away).await;
        let to = away.location.clone().unwrap();
        assert_eq!((parameter(&to, "login_hint").as_deref(), parameter(&to, "prompt").as_deref()), (Some(address), Some("create")));
        let back = proves(&world, &mut browser, away, address, Road::Personal).await;
        assert!(arrived(&agrees(&mut browser, back).await), "{address}");
    }
    for verified in [GUS, "una@work.example", "una@closed.example"] {
        assert_eq!(by_link(&world, verified).await.shows(), "GH2004", "{verified}: its domain is verified in a directory");
    }
}

#[tokio::test]
async fn a_direct_link_makes_no_account_and_both_cures_work() {
    let world = without_codes("2021").await;
    for address in [SOL, FAY, GUS] {
        link(&world, address).await;
        let stopped = directly(&world, address).await;
        assert_eq!(stopped.shows(), "GH2005", "{address}");
        assert!(stopped.text().contains("invitation"), "the page names the cure: {}", stopped.text());
    }
    assert_eq!(by_link(&world, SOL).await.shows(), "passcode", "one cure: the invitation's link");
    let world = house("2021", &format!("{HOMES}{VERIFIED}")).await;
    for address in [SOL, FAY, GUS] {
        assert_eq!(directly(&world, address).await.shows(), "passcode", "{address}: the other: codes by mail");
    }
    for edition in EDITIONS {
        let away = directly(&without_codes(edition).await, "ana@fabrikam.example").await;
        assert!(away.location.is_some() && !leads_to(&away, &world.url), "{edition}: who has a home needs no cure");
    }
}
