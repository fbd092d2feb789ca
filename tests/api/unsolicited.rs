//! People whom a partner sends on its own account, and what partners read of us.

use gatehouse::demo::partner::{Person, posted};

use crate::world::{Browser, Setup, WIN, World, parameter, person};

const ALLOWED: &str = "[saml.wingtip]\nunsolicited = \"portal\"\n";

async fn of(tenant: &str) -> World {
    Setup::new().partners().tenant("contoso", tenant).open().await
}

fn sent(world: &World, who: &Person) -> (String, crate::partner::Fields) {
    let (entity, acs) = (format!("{}/contoso/saml", world.url), format!("{}/contoso/callback/wingtip", world.url));
    world.wingtip().answer_unasked(&entity, &acs, who)
}

fn is_signed_in(browser: &Browser) -> bool {
    browser.cookies.keys().any(|name| name.starts_with("gh-s-"))
}

#[tokio::test]
async fn whoever_is_sent_unasked_is_refused_unless_the_operator_said_where_to() {
    let world = of("").await;
    let mut browser = world.browser();
    let (to, fields) = sent(&world, &person(WIN));
    let page = browser.carry(&to, &fields).await;
    assert_eq!((page.error(), page.status), (Some("GH3137"), 403));
    assert!(page.body.contains("https://portal.contoso.example/"), "the way on is the app's door");
    assert!(!is_signed_in(&browser));
}

#[tokio::test]
async fn where_it_is_allowed_the_person_comes_to_the_apps_own_door_and_is_not_signed_in() {
    let world = of(ALLOWED).await;
    for relay_state in [None, Some("https://evil.example/"), Some("theirs")] {
        let mut browser = world.browser();
        let (to, mut fields) = sent(&world, &person(WIN));
        fields.extend(relay_state.map(|state| ("RelayState".to_owned(), state.to_owned())));
        let page = browser.carry(&to, &fields).await;
        let door = page.location.clone().unwrap_or_else(|| panic!("{}", page.text()));
        assert_eq!((page.status, door.host_str(), door.path()), (303, Some("portal.contoso.example"), "/"));
        assert_eq!(parameter(&door, "iss"), Some(format!("{}/contoso", world.url)));
        assert_eq!(parameter(&door, "login_hint").as_deref(), Some(WIN));
        assert!(!is_signed_in(&browser), "it began nothing by itself");
        // The app's door leads back here, and the partner's own session answers.
        let portal = world.app("contoso", "portal").await;
        let ask = portal.asks(&[("login_hint", WIN)]);
        let page = browser.get(&ask.url).await;
        let page = world.through_partner(&mut browser, &page, WIN).await;
        assert!(matches!(page.shows(), "consent" | "app"), "{}", page.text());
        // The same answer again, here or in another browser.
        assert_eq!(browser.carry(&to, &fields).await.error(), Some("GH3141"));
        assert_eq!(world.browser().carry(&to, &fields).await.error(), Some("GH3141"));
    }
}

#[tokio::test]
async fn an_answer_sent_unasked_is_none_to_a_question_and_one_to_a_question_is_not_unasked() {
    let world = of(ALLOWED).await;
    let portal = world.app("contoso", "portal").await;
    let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", WIN)]));
    let page = browser.get(&ask.url).await;
    let (to, solicited) = world.partners().answer(&page, &person(WIN));
    let (_, unasked) = sent(&world, &person(WIN));
    let mixed = vec![unasked[0].clone(), solicited[1].clone()];
    let page = browser.carry(&to, &mixed).await;
    let page = browser.follow(page).await;
    assert_eq!(page.error(), Some("GH3136"), "{}", page.text());
    // An answer to a stolen question, without its state, in somebody else's browser.
    let page = world.browser().carry(&to, &vec![solicited[0].clone()]).await;
    assert!(page.error().is_some() && page.location.is_none(), "{}", page.text());
}

#[tokio::test]
async fn a_forged_one_is_refused_and_one_with_a_strangers_address_too() {
    let world = of(ALLOWED).await;
    let (to, mut fields) = sent(&world, &person(WIN));
    let xml = posted(&fields[0].1).unwrap().replace(WIN, "boss@wingtip.example");
    fields[0].1 = gatehouse::demo::partner::for_post(&xml);
    let page = world.browser().carry(&to, &fields).await;
    assert!(page.error().is_some() && page.location.is_none(), "{}", page.text());
    let (to, fields) = sent(&world, &person("win@elsewhere.example"));
    assert_eq!(world.browser().carry(&to, &fields).await.error(), Some("GH3010"));
}

#[tokio::test]
async fn our_metadata_is_there_for_the_partner_and_says_where_answers_go() {
    let world = of("[saml.wingtip]\nsign_requests = \"always\"\n").await;
    let mut browser = world.browser();
    let page = browser.get(&format!("{}/contoso/saml/wingtip/metadata", world.url)).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("application/samlmetadata+xml")), "{}", page.body);
    let document = uppsala::parse(&page.body).unwrap();
    let root = document.element(document.document_element().unwrap()).unwrap();
    assert_eq!(root.name.local_name.as_ref(), "EntityDescriptor");
    assert_eq!(root.get_attribute("entityID"), Some(format!("{}/contoso/saml", world.url).as_str()));
    let read: samael::metadata::EntityDescriptor = page.body.parse().unwrap();
    let ours = &read.sp_sso_descriptors.unwrap()[0];
    let acs = &ours.assertion_consumer_services[0];
    assert_eq!(acs.location, format!("{}/contoso/callback/wingtip", world.url));
    assert_eq!(acs.binding, "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST");
    assert_eq!(ours.authn_requests_signed, Some(true));
    assert!(page.body.contains("use=\"encryption\"") || page.body.contains("KeyDescriptor>"), "{}", page.body);
    let page = browser.get(&format!("{}/contoso/wsfed/proseware/metadata", world.url)).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("application/xml")), "{}", page.body);
    uppsala::parse(&page.body).unwrap();
    assert!(page.body.contains(&format!("{}/contoso/wsfed", world.url)) && page.body.contains("/contoso/callback/proseware"));
    for path in ["saml/proseware", "wsfed/wingtip", "saml/nobody"] {
        let page = browser.get(&format!("{}/contoso/{path}/metadata", world.url)).await;
        assert_eq!((page.status, page.error()), (404, Some("GH1002")), "{path}");
    }
}

#[tokio::test]
async fn our_metadata_names_no_other_partner_and_needs_none_to_answer() {
    let world = of("").await;
    world.wingtip().serve(crate::partner::Serving::Status(500));
    let page = world.browser().get(&format!("{}/contoso/saml/wingtip/metadata", world.url)).await;
    assert_eq!(page.status, 200, "they need ours before we can have theirs");
    assert!(!page.body.to_lowercase().contains("proseware") && !page.body.to_lowercase().contains("fabrikam"), "{}", page.body);
}
