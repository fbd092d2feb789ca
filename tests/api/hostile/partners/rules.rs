//! What a signed answer must say, whom it must answer, and how often it is good.
//!
//! | row | test |
//! | --- | --- |
//! | A12 | `every_moment_is_held_to_the_second`, `every_name_in_an_answer_has_its_own_refusal` |
//! | A14 | `nobody_is_sent_unasked_unless_the_operator_allows_it`, `a_provider_that_is_gone_completes_nothing` |
//! | A15 | `an_assertion_is_good_once_and_for_its_own_question`, `an_answer_is_heard_at_its_own_providers_callback_alone` |
//! | A16 | `parameters_twice_by_get_or_with_a_simple_signature_are_refused` |
//! | A19 | `what_we_write_is_escaped_and_where_we_send_people_is_https` |

use gatehouse::{
    demo::partner::{Parameter, REDIRECT, Response, Sealing, TRANSIENT, query},
    domain::timestamp::Timestamp,
};

use super::{EVE, Traveller, document, open};
use crate::world::{WIN, person};

type Bend = fn(&mut Response, Timestamp);

/// The moment, its refusal, and how far from now it is refused and taken: the skew is a minute, an answer an hour old at most.
const MOMENTS: [(&str, &str, Bend, i64, i64); 10] = [
    ("the response is of tomorrow", "GH3138", |response, at| response.issued_at = at, 61, 60),
    ("the response is of yesterday", "GH3139", |response, at| response.issued_at = at, -3661, -3660),
    ("the assertion is of tomorrow", "GH3138", |response, at| response.assertions[0].issued_at = at, 61, 60),
    ("the assertion is of yesterday", "GH3139", |response, at| response.assertions[0].issued_at = at, -3661, -3660),
    ("conditions begin", "GH3138", |response, at| response.assertions[0].conditions.as_mut().unwrap().not_before = Some(at), 61, 60),
    ("conditions end", "GH3139", |response, at| response.assertions[0].conditions.as_mut().unwrap().not_on_or_after = Some(at), -60, -59),
    ("the confirmation begins", "GH3138", |response, at| response.assertions[0].confirmations[0].not_before = Some(at), 61, 60),
    ("the confirmation ends", "GH3139", |response, at| response.assertions[0].confirmations[0].not_on_or_after = Some(at), -60, -59),
    ("the session ends", "GH3139", |response, at| response.assertions[0].authentications[0].session_not_on_or_after = Some(at), -60, -59),
    ("they sign in", "GH3138", |response, at| response.assertions[0].authentications[0].at = at, 61, 60),
];

#[tokio::test]
async fn every_moment_is_held_to_the_second() {
    let (world, portal) = open("").await;
    for (what, code, bend, refused, taken) in MOMENTS {
        for seal in [true, false] {
            world.wingtip().behave();
            if seal {
                world.wingtip().seal_with(|sealing| Sealing { response: sealing.assertion, ..sealing });
            }
            let at = |offset: i64| Timestamp::from_unix(world.clock.now().unix() + offset);
            let (late, early) = (at(refused), at(taken));
            world.wingtip().answer_with(move |response| bend(response, late));
            let mut here = Traveller::saml(&world, &portal).await;
            let fields = here.answer();
            here.refused(&fields, code, what).await;
            world.wingtip().answer_with(move |response| bend(response, early));
            let mut here = Traveller::saml(&world, &portal).await;
            let fields = here.answer();
            let page = here.browser.carry(&here.callback(), &fields).await;
            let page = here.browser.follow(page).await;
            assert_eq!(page.shows(), "consent", "{what}, a second before: {}", page.text());
        }
    }
}

/// What is bent, the code it earns, and how.
type Bent = (&'static str, &'static str, fn(&mut Response));

#[tokio::test]
async fn every_name_in_an_answer_has_its_own_refusal() {
    let (world, portal) = open("").await;
    let cases: [Bent; 22] = [
        ("another issuer of the assertion", "GH3132", |response| response.assertions[0].issuer += "x"),
        ("another issuer of the response", "GH3132", |response| response.issuer = Some("https://evil.example/saml".into())),
        ("another destination", "GH3133", |response| response.destination = Some("https://evil.example/acs".into())),
        ("a destination with a slash more", "GH3133", |response| *response.destination.as_mut().unwrap() += "/"),
        ("another audience", "GH3134", |response| {
            response.assertions[0].conditions.as_mut().unwrap().audiences = vec![vec!["urn:other".into()]];
        }),
        ("an audience in capitals", "GH3134", |response| {
            let audience = &mut response.assertions[0].conditions.as_mut().unwrap().audiences[0][0];
            *audience = audience.to_uppercase();
        }),
        ("two restrictions, one of them another's", "GH3134", |response| {
            response.assertions[0].conditions.as_mut().unwrap().audiences.push(vec!["urn:other".into()]);
        }),
        ("no audience", "GH3134", |response| response.assertions[0].conditions.as_mut().unwrap().audiences.clear()),
        ("no conditions", "GH3134", |response| response.assertions[0].conditions = None),
        ("another recipient", "GH3135", |response| response.assertions[0].confirmations[0].recipient = Some("https://evil.example".into())),
        ("no recipient", "GH3135", |response| response.assertions[0].confirmations[0].recipient = None),
        ("another question, in the assertion", "GH3136", |response| {
            response.assertions[0].confirmations[0].in_response_to = Some("_other".into());
        }),
        ("another question, in the response", "GH3136", |response| response.in_response_to = Some("_other".into())),
        ("no question", "GH3136", |response| {
            response.in_response_to = None;
            response.assertions[0].confirmations[0].in_response_to = None;
        }),
        ("no question where it is signed", "GH3136", |response| response.assertions[0].confirmations[0].in_response_to = None),
        ("no confirmation", "GH3140", |response| response.assertions[0].confirmations.clear()),
        ("another confirmation", "GH3140", |response| {
            response.assertions[0].confirmations[0].method = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches".into();
        }),
        ("a confirmation for ever", "GH3140", |response| response.assertions[0].confirmations[0].not_on_or_after = None),
        ("nobody authenticated", "GH3144", |response| response.assertions[0].authentications.clear()),
        ("a name for today", "GH3142", |response| response.assertions[0].subject.as_mut().unwrap().format = Some(TRANSIENT.into())),
        ("nobody at all", "GH3142", |response| response.assertions[0].subject = None),
        ("an address elsewhere", "GH3010", |response| response.assertions[0].attributes[0].values = vec!["boss@contoso.example".into()]),
    ];
    for (what, code, bend) in cases {
        world.wingtip().answer_with(bend);
        let mut here = Traveller::saml(&world, &portal).await;
        let fields = here.answer();
        here.refused(&fields, code, what).await;
    }
}

#[tokio::test]
async fn nobody_is_sent_unasked_unless_the_operator_allows_it() {
    let (world, portal) = open("").await;
    let here = Traveller::saml(&world, &portal).await;
    let (entity, acs) = (format!("{}/contoso/saml", world.url), here.callback());
    let (_, fields) = world.wingtip().answer_unasked(&entity, &acs, &here.person);
    let mut browser = world.browser();
    let page = browser.carry(&acs, &fields).await;
    assert_eq!(page.error(), Some("GH3137"), "{}", page.text());
    assert!(browser.cookies.is_empty());
    here.nothing_is_left(&fields, "unasked").await;
    here.is_still_away("unasked").await;
    // Not as an answer to a question either.
    let (mut here, state) = (here, fields);
    let mixed = vec![state[0].clone(), here.answer()[1].clone()];
    here.refused(&mixed, "GH3136", "unasked, as an answer").await;
}

#[tokio::test]
async fn a_provider_that_is_gone_completes_nothing() {
    let (mut world, portal) = open("").await;
    let (mut browser, fields, callback, address) = {
        let here = Traveller::saml(&world, &portal).await;
        (here.browser.clone(), here.answer(), here.callback(), here.person.address)
    };
    let file = world.folder().join("config/tenants/contoso.toml");
    let mut tenant: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    tenant.remove("saml").unwrap();
    std::fs::write(&file, tenant.to_string()).unwrap();
    let node = world.add_node().await;
    browser.through(&world.address_of(node));
    let page = browser.carry(&callback, &fields).await;
    let page = browser.follow_to_page(page).await;
    assert_eq!(page.error(), Some("GH2004"), "{}", page.text());
    assert!(world.guest("contoso", &address).await.is_none());
    assert!(browser.cookies.keys().all(|name| !name.contains("gh-s-")));
}

#[tokio::test]
async fn an_assertion_is_good_once_and_for_its_own_question() {
    let (world, portal) = open("[saml.wingtip]\nunsolicited = \"portal\"\n").await;
    let (mut here, mut other) = (Traveller::saml(&world, &portal).await, Traveller::saml(&world, &portal).await);
    // Captured in one sign-in, shown in another.
    let mixed = vec![here.answer()[0].clone(), other.answer()[1].clone()];
    other.refused(&mixed, "GH3136", "another's answer").await;
    here.is_still_away("answered elsewhere").await;
    // And with the state of the other browser: not heard without its cookie.
    let stolen = here.answer();
    let page = world.browser().carry(&here.callback(), &stolen).await;
    assert!(page.error().is_some(), "{}", page.text());
    here.is_still_away("a stolen answer").await;
    // Unasked, it is good for one visit.
    let (entity, acs) = (format!("{}/contoso/saml", world.url), here.callback());
    let (_, fields) = world.wingtip().answer_unasked(&entity, &acs, &person(WIN));
    for (browser, code) in [(&mut here.browser, None), (&mut other.browser, Some("GH3141"))] {
        let page = browser.carry(&acs, &fields).await;
        assert_eq!((page.error(), page.location.is_some()), (code, code.is_none()), "{}", page.text());
        assert!(browser.cookies.keys().all(|name| !name.contains("gh-s-")));
    }
}

#[tokio::test]
async fn an_answer_is_heard_at_its_own_providers_callback_alone() {
    let (world, portal) = open("").await;
    let mut here = Traveller::saml(&world, &portal).await;
    let fields = here.answer();
    for other in ["proseware", "fabrikam", "nobody"] {
        let page = here.browser.carry(&format!("{}/contoso/callback/{other}", world.url), &fields).await;
        assert_eq!(page.error(), Some("GH3003"), "{other}");
        here.is_still_away(other).await;
    }
    here.believed(&portal, &fields, "the right callback").await;
}

#[tokio::test]
async fn parameters_twice_by_get_or_with_a_simple_signature_are_refused() {
    let (world, portal) = open("").await;
    let mut here = Traveller::saml(&world, &portal).await;
    let right = here.answer();
    for twice in [0, 1] {
        let mut fields = right.clone();
        fields.push(right[twice].clone());
        here.unheard(&fields, "GH3003", &right[twice].0).await;
        let mut fields = right.clone();
        fields.insert(0, (right[twice].0.clone(), "other".into()));
        here.unheard(&fields, "GH3003", &right[twice].0).await;
    }
    let mut fields = right.clone();
    fields.push(("state".into(), right[1].1.clone()));
    here.unheard(&fields, "GH3003", "two states").await;
    let get = format!("{}?{}", here.callback(), url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&right).finish());
    let page = here.browser.get(&get).await;
    assert_eq!(page.error(), Some("GH3145"), "{}", page.text());
    here.is_still_away("by GET").await;
    let redirect = format!("{}?{}", here.callback(), query(Parameter::Response, &document(&right), Some(&right[1].1)));
    assert_eq!(here.browser.get(&redirect).await.error(), Some("GH3145"));
    here.is_still_away("by Redirect").await;
    // SimpleSign: the signature beside the message is nobody's.
    world.wingtip().seal_with(|_| Sealing::nothing());
    let mut fields = here.answer();
    fields.push(("SigAlg".into(), "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256".into()));
    fields.push(("Signature".into(), "AAAA".into()));
    here.refused(&fields, "GH3111", "SimpleSign").await;
}

#[tokio::test]
async fn what_we_write_is_escaped_and_where_we_send_people_is_https() {
    let ours = r#"urn:contoso:"/><evil xmlns='urn:evil'>&amp;<!--"#;
    let (world, portal) = open(&format!("[saml.wingtip]\nour_entity_id = '''{ours}'''\nlogin_hint = \"subject\"\n")).await;
    let here = Traveller::saml(&world, &portal).await;
    assert_eq!(world.wingtip().question(&world.partners().asked(&here.page)).0.addressee("").entity_id, ours);
    let metadata = here.browser.clone().get(&format!("{}/contoso/saml/wingtip/metadata", world.url)).await;
    assert!(metadata.status == 200 && !metadata.body.contains("<evil"), "{}", metadata.body);
    for location in ["http://evil.example/sso", "javascript:alert(1)", "ftp://evil.example/", "//evil.example"] {
        let (world, portal) = open("").await;
        world.wingtip().publish_with(move |metadata| metadata.sign_in = vec![(REDIRECT.into(), location.into())]);
        let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", EVE)]));
        let page = browser.open(&ask.url).await;
        assert!(matches!(page.error(), Some("GH3167" | "GH3161" | "GH3163")), "{location}: {} {}", page.status, page.text());
    }
}
