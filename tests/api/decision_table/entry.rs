//! Rows about where people come in: addresses without a tenant, direct links, apps' own windows, and whether codes are mailed at all.

use super::{
    ANA, CAL, EDITIONS, NO_PASSCODES, Road, SOL, Setup, accepts, agrees, arrived, built, comes_back, full_house, house, leads_to, link,
    page, proves, types, voucher,
};
use crate::world::{Page, World};

const VIEW: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

/// What is shown for an organisation that was typed at the common endpoint, reached as people reach it.
async fn typed(world: &World, organization: &str) -> Page {
    let mut browser = world.browser();
    let landing = browser.open(&format!("{}/contoso/apps", world.url)).await;
    assert!(landing.text().contains("Sign-in options") && landing.body.contains("href=\"/common\""), "{}", landing.text());
    let common = browser.open(&format!("{}/common", world.url)).await;
    assert!(common.text().contains("Sign in to an organization"), "{}", common.text());
    let form = common.form_with("continue").expect("one field and a button");
    let mut to = common.url.join(&form.action).unwrap();
    to.query_pairs_mut().extend_pairs(form.pairs(&[("organization", organization)], None));
    browser.open(to.as_str()).await
}

#[tokio::test]
async fn at_the_common_endpoint_an_organisation_is_found_by_its_name() {
    let world = house("2021", "").await;
    for name in ["contoso Ltd", "CONTOSO LTD", "contoso.example"] {
        let found = typed(&world, name).await;
        assert!(found.status == 200 && found.text().contains("contoso.example"), "{name}: {}", found.text());
    }
    assert_eq!(typed(&world, "contoso Lt").await.status, 404, "a name is known whole or not at all");
}

#[tokio::test]
async fn at_the_common_endpoint_an_organisation_is_found_by_its_domain() {
    let world = house("2024", "").await;
    for domain in ["contoso.example", "Contoso.EXAMPLE"] {
        let found = typed(&world, domain).await;
        assert!(found.status == 200 && found.text().contains("contoso Ltd"), "{domain}: {}", found.text());
    }
    assert_eq!(typed(&world, "contoso Ltd").await.status, 404, "names are the older edition's");
}

#[tokio::test]
async fn at_the_organisation_an_address_is_typed_or_a_provider_picked() {
    for edition in EDITIONS {
        let world = house(edition, "").await;
        link(&world, ANA).await;
        for is_picked in [false, true] {
            let mut browser = world.browser();
            let found = browser.open(&format!("{}/common?organization=contoso.example", world.url)).await;
            let landing = browser.press(&found, "continue", &[]).await;
            assert_eq!(landing.shows(), "address", "{edition}");
            assert!(landing.text().contains("Continue with Fabrikam"), "{edition}: {}", landing.text());
            let away = match is_picked {
                true => browser.send(&landing, "fabrikam", &[]).await,
                false => browser.send(&landing, "continue", &[("address", ANA)]).await,
            };
            let back = proves(&world, &mut browser, away, ANA, Road::Directory).await;
            assert_eq!(back.shows(), "consent", "{edition} {is_picked}: {}", back.text());
        }
    }
}

/// `myapps.microsoft.com/?tenantid=…`, `/{domain}`, the portal and the per-app link, as they are spelled here.
#[tokio::test]
async fn every_form_of_a_direct_link_leads_in_a_guest_added_beforehand() {
    let forms = [
        "/apps?tenantid=contoso",
        "/apps?tenantId=contoso.example",
        "/contoso.example/apps",
        "/contoso/apps",
        "/contoso/account",
        "/contoso/signin/portal",
        "/contoso.example/signin/portal",
    ];
    for edition in EDITIONS {
        let world = house(edition, "").await;
        for form in forms {
            let mut browser = world.browser();
            let landing = browser.open(&format!("{}{form}", world.url)).await;
            assert_eq!(landing.shows(), "address", "{edition} {form}");
            let away = browser.send(&landing, "continue", &[("address", ANA)]).await;
            let stranger = proves(&world, &mut browser, away, ANA, Road::Directory).await;
            assert_eq!(stranger.shows(), "GH2008", "{edition} {form}: not added beforehand");
        }
        link(&world, ANA).await;
        for form in forms {
            let mut browser = world.browser();
            let landing = browser.open(&format!("{}{form}", world.url)).await;
            let away = browser.send(&landing, "continue", &[("address", ANA)]).await;
            let back = proves(&world, &mut browser, away, ANA, Road::Directory).await;
            assert_eq!(back.shows(), "consent", "{edition} {form}: the first use runs the consent experience");
        }
    }
}

/// Entra's dates are long past: here no embedded browser is ever sent to Google.
#[tokio::test]
async fn google_is_not_opened_in_an_app_s_own_window() {
    for edition in EDITIONS {
        let world = full_house(edition, "").await;
        let by_mail = link(&world, CAL).await;
        for is_by_link in [true, false] {
            let mut view = world.browser();
            view.headers.insert("user-agent".into(), VIEW.into());
            let away = if is_by_link { accepts(&mut view, &by_mail).await } else { types(&world, &mut view, CAL).await };
            let shown = page(&mut view, away).await;
            assert!(shown.body.contains("id=\"handoff-code\""), "{edition}: a code for a browser of one's own: {}", shown.text());
        }
        assert_eq!(world.litware.times_asked("/authorize"), 0);
        let mut browser = world.browser();
        let away = accepts(&mut browser, &by_mail).await;
        assert!(leads_to(&page(&mut browser, away).await, &world.litware.issuer()), "{edition}: a browser goes there as ever");
    }
}

#[tokio::test]
async fn passcodes_may_be_switched_off_and_where_they_are_on_no_self_service_account_is_made() {
    for (edition, fragment, wanted) in [
        ("2021", "", Some("mail")),
        ("2021", NO_PASSCODES, Some("email_verified")),
        ("2024", "", Some("mail")),
        ("2024", NO_PASSCODES, None),
    ] {
        let world = full_house(edition, fragment).await;
        let (link, mut browser) = (link(&world, SOL).await, world.browser());
        let away = accepts(&mut browser, &link).await;
        let first = page(&mut browser, away).await;
        let Some(wanted) = wanted else {
            assert_eq!((first.shows(), world.mails_to(SOL)), ("create", 0), "{edition}: off is off");
            continue;
        };
        let back = proves(&world, &mut browser, first, SOL, Road::Code).await;
        assert!(arrived(&agrees(&mut browser, back).await), "{edition} {fragment}");
        assert_eq!(voucher(&world, SOL).await, wanted, "{edition} {fragment}");
    }
}

#[tokio::test]
async fn passcodes_are_on_unless_switched_off() {
    let mut world = built(Setup::new().partners(), "2024", super::HOMES).await;
    link(&world, SOL).await;
    let file = world.folder().join("config/tenants/contoso.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    for (written, shown) in [("", "passcode"), ("[passcode]\nenabled = false\n", "create")] {
        let silent = text.replace("[passcode]\nenabled = true\n", written);
        assert_ne!(silent, text);
        std::fs::write(&file, silent).unwrap();
        let node = world.add_node().await;
        let mut browser = world.browser();
        browser.through(&world.address_of(node));
        let away = types(&world, &mut browser, SOL).await;
        assert_eq!(page(&mut browser, away).await.shows(), shown, "{written:?}");
    }
    assert_ne!(comes_back(&world, SOL, Road::Code).await.shows(), "create");
}
