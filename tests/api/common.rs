//! Where no tenant is known: the organisation is asked for, confirmed, remembered, and gone on to.

use crate::world::{ANA, Page, Setup, World};

const OLDER: &str = "name = \"Old & Sons\"\n[home_realm]\nedition = \"2021\"\n";

async fn open() -> World {
    Setup::new().tenant("northwind", OLDER).open().await
}

fn led_to(page: &Page) -> String {
    page.location.as_ref().map(|to| to.as_str().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn the_organisation_is_typed_confirmed_and_remembered() {
    let world = open().await;
    let mut browser = world.browser();
    let page = browser.open(&format!("{}/contoso/apps", world.url)).await;
    assert!(page.body.contains("href=\"/common\""), "the way from a tenant's sign-in page");
    let page = browser.open(&format!("{}/common", world.url)).await;
    assert!(page.text().contains("Sign in to an organization") && !page.text().contains("contoso"));
    let typed = format!("{}/common?organization=Contoso.EXAMPLE", world.url);
    let page = browser.open(&typed).await;
    assert!(page.text().contains("contoso Ltd") && page.text().contains("contoso.example"), "{}", page.text());
    assert!(!browser.cookies.contains_key("gh-o"), "looking remembers nothing");
    let page = browser.press(&page, "continue", &[]).await;
    assert_eq!(page.shows(), "address", "the tenant's own page");
    assert!(page.body.contains("contoso Ltd"));
    browser.press(&page, "continue", &[("address", ANA)]).await;
    // Next time one click will do.
    let page = browser.open(&format!("{}/common/apps", world.url)).await;
    assert!(page.text().contains("Visited from this browser") && !page.text().contains("Old & Sons"));
    let there = browser.send(&page, "go-contoso", &[]).await;
    assert_eq!(led_to(&there), format!("{}/contoso/apps", world.url));
    let page = browser.press(&page, "forget", &[]).await;
    assert!(!page.text().contains("contoso Ltd") && !browser.cookies.contains_key("gh-o"));
}

#[tokio::test]
async fn the_newer_edition_goes_by_domain_and_the_older_by_name_too() {
    let world = open().await;
    let mut browser = world.browser();
    for (typed, is_found) in [
        ("northwind.example", true),
        ("northwind", true),
        ("old+%26+sons", true),
        ("contoso.example", true),
        ("contoso+Ltd", false),
        ("old+%26+son", false),
        ("nobody.example", false),
        ("%3Cscript%3E", false),
    ] {
        let page = browser.get(&format!("{}/common?organization={typed}", world.url)).await;
        assert_eq!((page.status, page.form_with("cancel").is_none()), (if is_found { 200 } else { 404 }, true), "{typed}");
        assert_eq!(page.text().contains("We don’t know") || page.text().contains("No organization here"), !is_found, "{typed}");
        assert!(!page.body.contains("<script"));
    }
}

#[tokio::test]
async fn an_app_without_a_tenant_is_taken_along_to_the_one_that_is_chosen() {
    let world = open().await;
    let portal = world.app("contoso", "portal").await;
    let mut browser = world.browser();
    let ask = portal.asks(&[("state", "a&b=c d%é"), ("ui_locales", "de")]);
    let ask = crate::world::Ask { state: "a&b=c d%é".into(), ..ask };
    let at_common = ask.url.replace("/contoso/authorize", "/common/authorize");
    let page = browser.open(&at_common).await;
    assert!(page.text().contains("Bei einer Organisation anmelden"), "the app's language: {}", page.text());
    let form = page.form_with("continue").unwrap();
    let pairs = form.pairs(&[("organization", "contoso.example")], None);
    let mut next = url::Url::parse(&format!("{}{}", world.url, form.action)).unwrap();
    next.query_pairs_mut().extend_pairs(pairs);
    let page = browser.open(next.as_str()).await;
    let mut page = browser.press(&page, "continue", &[]).await;
    while page.shows() != "app" {
        page = match page.shows() {
            "address" => browser.press(&page, "continue", &[("address", ANA)]).await,
            "consent" => browser.press(&page, "accept", &[]).await,
            other => panic!("{other}: {}", page.text()),
        };
    }
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn an_organisation_without_that_app_is_said_so_and_another_can_be_chosen() {
    let world = Setup::new()
        .tenant("contoso", "[clients.only]\nname = \"Only\"\nredirect_uris = [\"https://only.example/cb\"]\nauthentication = \"none\"\n")
        .tenant("northwind", OLDER)
        .open()
        .await;
    let mut browser = world.browser();
    let page = browser.get(&format!("{}/common?organization=northwind&request=client_id%3Donly%26scope%3Dopenid", world.url)).await;
    assert_eq!((page.error(), page.status), (Some("GH1003"), 400));
    assert!(page.body.contains("/common?request=client_id%3Donly"), "{}", page.body);
    for query in ["", "client_id=", "scope=openid", "client_id=a&client_id=b"] {
        let page = browser.get(&format!("{}/common/authorize?{query}", world.url)).await;
        assert_eq!(page.error(), Some("GH1003"), "{query}");
    }
    assert_eq!(browser.get(&format!("{}/common/authorize?client_id=%zz", world.url)).await.error(), Some("GH1017"));
}

#[tokio::test]
async fn forms_of_other_sites_and_invented_organisations_lead_nowhere() {
    let world = open().await;
    let mut browser = world.browser();
    let confirm = format!("{}/common/confirm", world.url);
    let foreign = browser.post_from("https://evil.example", &confirm, &[("organization", "contoso")]).await;
    assert_eq!(foreign.error(), Some("GH2014"));
    assert!(!browser.cookies.contains_key("gh-o"));
    for organization in ["", "nobody", "//evil.example", "https://evil.example", "..", "contoso/../x"] {
        let page = browser.post(&confirm, &[("organization", organization)]).await;
        assert_eq!(led_to(&page), format!("{}/common", world.url), "{organization}");
    }
    let page = browser.post(&confirm, &[("organization", "contoso"), ("request", "client_id=portal&x=\r\nSet-Cookie: a=b")]).await;
    assert_eq!(led_to(&page), format!("{}/contoso/authorize?client_id=portal&x=%0D%0ASet-Cookie%3A+a%3Db", world.url));
    for path in ["confirm", "forget"] {
        assert_eq!(led_to(&browser.get(&format!("{}/common/{path}", world.url)).await), format!("{}/common", world.url));
    }
    assert_eq!(browser.get(&format!("{}/common/nowhere", world.url)).await.error(), Some("GH1002"));
    // What somebody planted in the cookie is not believed.
    browser.cookies.insert("gh-o".into(), "nobody.<b>.contoso.contoso".into());
    let page = browser.get(&format!("{}/common", world.url)).await;
    assert!(page.status == 200 && !page.body.contains("<b>"));
}
