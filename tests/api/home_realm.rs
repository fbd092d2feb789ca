//! Where a person is sent to sign in, as they see it. The rules themselves have their table beside them, in `domain/home_realm`.

use gatehouse::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        guest::{BoundIdentity, Creation, Guest, PrincipalName, State},
        id::GuestId,
        identity::{Subject, Voucher},
    },
    random,
};

use crate::world::{ANA, Browser, Page, SOL, Setup, World};

const LITWARE: &str = r#"
[oidc.litware]
name = "Litware"
issuer = "{litware}"
client_id = "gatehouse"
client_secret = { file = "../../upstream-secret" }
domains = ["litware.example"]
"#;

/// Personal accounts at `{litware}`, which knows Ana.
const PERSONAL: &str = r#"
[msa.personal]
name = "Personal account"
issuer = "{litware}"
client_id = "gatehouse"
client_secret = { file = "../../upstream-secret" }
lookup = { accounts = ["ana@fabrikam.example"] }
"#;

async fn answer_to(world: &World, browser: &mut Browser, address: &str) -> Page {
    let page = browser.open(&world.app("contoso", "portal").await.asks(&[]).url).await;
    browser.submit(&page, "continue", &[("address", address)]).await
}

fn leads_to(page: &Page, issuer: &str) -> bool {
    page.location.as_ref().is_some_and(|to| to.as_str().starts_with(issuer))
}

/// A guest with an identity already, or without, as an earlier sign-in or an operator left them.
pub fn guest(clock: &Clock, address: &str, voucher: Option<&str>) -> Guest {
    let now = clock.now();
    let identity = voucher.map(|voucher| BoundIdentity {
        voucher: Voucher::parse(voucher).unwrap(),
        subject: Subject::new(EmailAddress::parse(address).unwrap().key()).unwrap(),
    });
    let mail = EmailAddress::parse(address).unwrap();
    let (id, name) = (GuestId::from_drawn(random::ordered_uuid(now)), PrincipalName::of(&mail, "contoso.example"));
    let guest = Guest::pending(id, name, mail, Creation::Invitation, now);
    match identity {
        Some(identity) => Guest { state: State::stored("Accepted", now, Some(identity)).unwrap(), ..guest },
        None => guest,
    }
}

#[tokio::test]
async fn the_domain_decides_whatever_its_spelling() {
    let world = Setup::new().tenant("contoso", LITWARE).open().await;
    let (fabrikam, litware) = (world.fabrikam.issuer(), world.litware.issuer());
    for (address, issuer) in
        [(ANA, &fabrikam), ("Ana@FABRIKAM.Example", &fabrikam), (" ben@fabrikam.example ", &fabrikam), ("lou@litware.example", &litware)]
    {
        let page = answer_to(&world, &mut world.browser(), address).await;
        assert!(leads_to(&page, issuer), "{address} {:?}", page.location);
    }
    for stranger in [SOL, "ana@notfabrikam.example", "ana@fabrikam.example.evil.example", "ana@sub.fabrikam.example"] {
        assert_eq!(answer_to(&world, &mut world.browser(), stranger).await.shows(), "passcode", "{stranger}");
    }
}

#[tokio::test]
async fn one_name_in_two_homes_is_a_choice_between_them_by_name() {
    let world = Setup::new().tenant("contoso", PERSONAL).open().await;
    let mut browser = world.browser();
    let page = answer_to(&world, &mut browser, ANA).await;
    assert_eq!(page.shows(), "account");
    assert!(page.body.contains("Fabrikam") && page.body.contains("Personal account"));
    let form = [("form", page.token()), ("provider", "nobody".to_owned())];
    let invented = browser.submit_to(&format!("{}/account", page.url), &form.each_ref().map(|(n, v)| (*n, v.as_str()))).await;
    assert_eq!(invented.shows(), "account", "only what was offered can be chosen");
    let chosen = browser.submit(&page, "personal", &[]).await;
    assert!(leads_to(&chosen, &world.litware.issuer()));
    let other = browser.submit(&page, "fabrikam", &[]).await;
    assert!(leads_to(&other, &world.litware.issuer()), "chosen is chosen: the way back is another address");
}

#[tokio::test]
async fn a_choice_between_homes_is_remembered_once_it_was_proven() {
    let world = Setup::new().tenant("contoso", PERSONAL).open().await;
    let mut browser = world.browser();
    let page = answer_to(&world, &mut browser, ANA).await;
    assert_eq!(page.shows(), "account");
    let page = browser.press(&page, "fabrikam", &[]).await;
    assert_eq!(page.shows(), "consent", "proven, and not yet accepted");
    let again = answer_to(&world, &mut world.browser(), ANA).await;
    assert!(leads_to(&again, &world.fabrikam.issuer()), "{}", again.shows());
}

#[tokio::test]
async fn an_address_without_a_home_is_offered_a_new_account_where_passcodes_are_off() {
    let fragment = format!("[passcode]\nenabled = false\n{PERSONAL}");
    let world = Setup::new().tenant("contoso", &fragment).open().await;
    let mut browser = world.browser();
    let page = answer_to(&world, &mut browser, SOL).await;
    assert_eq!(page.shows(), "create");
    assert!(page.body.contains(SOL));
    let left = browser.submit(&page, "continue", &[]).await;
    assert!(leads_to(&left, &world.litware.issuer()));
    assert!(left.location.is_some_and(|to| to.query_pairs().any(|(name, value)| name == "prompt" && value == "create")));
}

#[tokio::test]
async fn an_accepted_guest_goes_where_they_were_accepted() {
    let world = World::open().await;
    world.add_guest("contoso", &guest(&world.clock, ANA, Some("mail"))).await;
    assert_eq!(answer_to(&world, &mut world.browser(), ANA).await.shows(), "passcode", "although Fabrikam is home to the domain");
    assert!(leads_to(&answer_to(&world, &mut world.browser(), "ben@fabrikam.example").await, &world.fabrikam.issuer()));
}

#[tokio::test]
async fn a_guest_whose_way_is_gone_is_told_so_and_may_be_somebody_else() {
    let world = World::open().await;
    world.add_guest("contoso", &guest(&world.clock, SOL, Some("litware"))).await;
    let mut browser = world.browser();
    let page = answer_to(&world, &mut browser, SOL).await;
    assert_eq!(page.shows(), "GH2004");
    assert_eq!(browser.press(&page, "restart", &[]).await.shows(), "address");
}

#[tokio::test]
async fn a_button_leads_to_its_provider_without_an_address() {
    let world = Setup::new().tenant("contoso", LITWARE).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let ask = portal.asks(&[]);
    let page = browser.open(&ask.url).await;
    world.litware.next_identity(serde_json::json!({"sub": "7", "email": "lou@litware.example", "email_verified": true}));
    let page = browser.press(&page, "litware", &[]).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert_eq!(portal.tokens(&ask, &page).await.claims["idp"], "litware");
}

#[tokio::test]
async fn what_is_no_address_is_said_beside_the_field() {
    let world = World::open().await;
    for typed in [
        "ana",
        "ana@",
        "@fabrikam.example",
        "ana@@fabrikam.example",
        "ana@localhost",
        "ana@[127.0.0.1]",
        "\"a b\"@fabrikam.example",
        "<script>@x",
    ] {
        let page = answer_to(&world, &mut world.browser(), typed).await;
        assert_eq!((page.shows(), page.status), ("address", 200), "{typed}");
        assert!(page.body.contains("id=\"address-error\"") && page.body.contains("aria-invalid"), "{typed}");
        let kept = page.forms()[0].fields.iter().find(|field| field.name == "address").map(|field| field.value.clone());
        assert_eq!(kept.as_deref(), Some(typed), "as typed, to be mended");
        assert!(!page.body.contains("<script>@"));
    }
}

/// What may differ between two people's pages: what they typed, and what is drawn at random.
fn masked(page: &Page, address: &str) -> String {
    let (flow, token) = (page.flow().to_string(), page.token());
    let reference = &flow[flow.len() - 12..];
    let text = page.body.replace(&flow, "FLOW").replace(&token, "TOKEN").replace(reference, "REFERENCE").replace(address, "ADDRESS");
    let headers: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
    format!("{} {headers:?}\n{text}", page.status)
}

/// `security.md` E7.
#[tokio::test]
async fn known_unknown_and_foreign_addresses_look_the_same() {
    let world = Setup::new().tenant("contoso", "[guests]\nadmission = \"invited\"").tenant("northwind", "").open().await;
    let (known, accepted, unknown, foreign) =
        ("kim@nowhere.example", "abe@nowhere.example", "una@nowhere.example", "fox@elsewhere.example");
    world.add_guest("contoso", &guest(&world.clock, known, None)).await;
    world.add_guest("contoso", &guest(&world.clock, accepted, Some("mail"))).await;
    world.add_guest("northwind", &guest(&world.clock, foreign, Some("mail"))).await;
    let mut pages = Vec::new();
    for address in [known, accepted, unknown, foreign] {
        let mut browser = world.browser();
        let sent = answer_to(&world, &mut browser, address).await;
        let wrong = browser.submit(&sent, "continue", &[("code", "00000000")]).await;
        let hasty = browser.submit(&wrong, "resend", &[]).await;
        pages.push([sent, wrong, hasty].map(|page| masked(&page, address)));
    }
    for page in &pages[1..] {
        assert_eq!(*page, pages[0]);
    }
    world.next_mail(known).await;
    world.next_mail(accepted).await;
    assert_eq!((world.mails_to(unknown), world.mails_to(foreign)), (0, 0), "only guests are mailed");
    world.add_guest("contoso", &guest(&world.clock, ANA, None)).await;
    for address in [ANA, "zoe@fabrikam.example"] {
        assert!(
            leads_to(&answer_to(&world, &mut world.browser(), address).await, &world.fabrikam.issuer()),
            "home is asked about {address}"
        );
    }
}
