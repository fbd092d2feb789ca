//! All of it again within a `RequestSecurityTokenResponse`, SAML 1.1 and 2.0 (B1), and what ties a token to its question (B2).
//!
//! | row | test |
//! | --- | --- |
//! | B1 | `a_token_that_was_tampered_with_is_refused_in_either_version`, `a_token_says_what_it_must_and_to_the_second`, `a_token_is_good_once` |
//! | B2 | `only_configured_keys_sign_tokens`, `a_token_answers_its_own_question_at_its_own_door`, `where_tokens_come_back_to_is_ours_alone` |

use gatehouse::{
    demo::partner::{KeyShape, Signer, Signing, Token, TokenResponse, TokenSealing, TrustVersion, Validity},
    domain::timestamp::Timestamp,
};

use super::{Traveller, document, element, forged, open, with_document};
use crate::world::{PAM, World, parameter, person};

const RESPONSE: &str = "t:RequestSecurityTokenResponse";

fn with(world: &World, is_saml_2: bool) {
    world.proseware().behave();
    if is_saml_2 {
        world.proseware().speak_saml_2();
    }
}

#[tokio::test]
async fn a_token_that_was_tampered_with_is_refused_in_either_version() {
    let (world, portal) = open("").await;
    type Change = fn(&str, &str) -> String;
    // The document, and a forged assertion.
    let cases: [(&str, &str, Change); 24] = [
        ("nothing signed", "GH3111", |xml, _| xml.replacen(element(xml, "ds:Signature"), "", 1)),
        ("a forged one instead", "GH3111", |xml, evil| xml.replacen(element(xml, "saml:Assertion"), evil, 1)),
        ("a forged one before", "GH3151", |xml, evil| xml.replacen("<saml:Assertion", &format!("{evil}<saml:Assertion"), 1)),
        ("a forged one after", "GH3151", |xml, evil| xml.replacen("</saml:Assertion>", &format!("</saml:Assertion>{evil}"), 1)),
        ("a forged one around", "GH3108", |xml, evil| {
            let assertion = element(xml, "saml:Assertion");
            xml.replacen(assertion, &evil.replace("</saml:Assertion>", &format!("{assertion}</saml:Assertion>")), 1)
        }),
        ("a forged one in Object", "GH3108", |xml, evil| {
            xml.replacen("</ds:Signature>", &format!("<ds:Object>{evil}</ds:Object></ds:Signature>"), 1)
        }),
        ("a second token before", "GH3151", |xml, evil| {
            xml.replacen(
                "<t:RequestedSecurityToken>",
                &format!("<t:RequestedSecurityToken>{evil}</t:RequestedSecurityToken><t:RequestedSecurityToken>"),
                1,
            )
        }),
        ("a second token after", "GH3151", |xml, evil| {
            xml.replacen(
                "</t:RequestedSecurityToken>",
                &format!("</t:RequestedSecurityToken><t:RequestedSecurityToken>{evil}</t:RequestedSecurityToken>"),
                1,
            )
        }),
        ("in RequestedAttachedReference", "GH3108", |xml, evil| {
            xml.replacen(
                "<t:RequestedSecurityToken>",
                &format!("<t:RequestedAttachedReference>{evil}</t:RequestedAttachedReference><t:RequestedSecurityToken>"),
                1,
            )
        }),
        ("a second response within", "GH3151", |xml, evil| {
            let end = format!("</{RESPONSE}>");
            xml.replacen(&end, &format!("<{RESPONSE}><t:RequestedSecurityToken>{evil}</t:RequestedSecurityToken>{end}{end}"), 1)
        }),
        ("another text in it", "GH3122", |xml, _| xml.replace("@proseware.example", "@Proseware.example")),
        ("a comment", "GH3106", |xml, _| xml.replacen("@proseware.example", "<!---->@proseware.example", 1)),
        ("a document type", "GH3103", |xml, _| format!("<!DOCTYPE x>{xml}")),
        ("two documents", "GH3104", |xml, _| xml.repeat(2)),
        ("the digest of nothing", "GH3123", |xml, _| {
            xml.replacen(element(xml, "ds:DigestValue"), "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>", 1)
        }),
        ("two signatures", "GH3112", |xml, _| {
            let signature = element(xml, "ds:Signature");
            xml.replacen(signature, &signature.repeat(2), 1)
        }),
        ("two SignedInfo", "GH3113", |xml, _| {
            let info = element(xml, "ds:SignedInfo");
            xml.replacen(info, &info.repeat(2), 1)
        }),
        ("the identifier twice", "GH3110", |xml, _| {
            let id = xml.split("URI=\"#").nth(1).unwrap().split('"').next().unwrap();
            xml.replacen("<t:RequestedSecurityToken>", &format!("<x xmlns=\"urn:x\" Id=\"{id}\"/><t:RequestedSecurityToken>"), 1)
        }),
        ("the whole document", "GH3114", |xml, _| {
            let id = xml.split("URI=\"#").nth(1).unwrap().split('"').next().unwrap();
            xml.replacen(&format!("URI=\"#{id}\""), "URI=\"\"", 1)
        }),
        ("HMAC", "GH3116", |xml, _| xml.replacen("rsa-sha256", "hmac-sha256", 1)),
        ("SHA-1", "GH3118", |xml, _| xml.replacen("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1", 1)),
        ("a namespace that looks right", "GH3124", |xml, _| {
            xml.replacen("<t:RequestedSecurityToken>", "<t:RequestedSecurityToken xmlns:x=\"urn:oasis:names:tc:SAML:2.0:Assertion\">", 1)
        }),
        ("no token response", "GH3107", |xml, _| element(xml, "saml:Assertion").to_owned()),
        ("too deep", "GH3105", |xml, _| {
            xml.replacen("<t:RequestedSecurityToken>", &format!("{}{}<t:RequestedSecurityToken>", "<x>".repeat(500), "</x>".repeat(500)), 1)
        }),
    ];
    for is_saml_2 in [false, true] {
        with(&world, is_saml_2);
        for (what, code, change) in &cases {
            let mut here = Traveller::ws_fed(&world, &portal).await;
            let person = here.person.clone();
            let fields = here.rewritten(|xml| change(&xml, &forged(&xml, &person)));
            here.refused(&fields, code, &format!("{what}, SAML 2.0: {is_saml_2}")).await;
        }
        // And untouched, in both versions of WS-Trust, it is believed.
        for version in [TrustVersion::V2005, TrustVersion::V1_3] {
            world.proseware().answer_with(move |token| token.version = version);
            let here = Traveller::ws_fed(&world, &portal).await;
            let fields = here.answer();
            here.believed(&portal, &fields, "untouched").await;
        }
    }
}

fn conditions(token: &mut TokenResponse) -> &mut gatehouse::demo::partner::Conditions {
    match &mut token.token {
        Token::Old(old) => old.conditions.as_mut().unwrap(),
        Token::New(new) => new.conditions.as_mut().unwrap(),
    }
}

/// What is bent, the code it earns, and how.
type Bent = (&'static str, &'static str, fn(&mut TokenResponse));

#[tokio::test]
async fn a_token_says_what_it_must_and_to_the_second() {
    let (world, portal) = open("").await;
    type Bend = fn(&mut TokenResponse, Timestamp);
    let moments: [(&str, &str, Bend, i64, i64); 4] = [
        ("it begins", "GH3138", |token, at| conditions(token).not_before = Some(at), 61, 60),
        ("it ends", "GH3139", |token, at| conditions(token).not_on_or_after = Some(at), -60, -59),
        (
            "it was issued",
            "GH3138",
            |token, at| match &mut token.token {
                Token::Old(old) => old.issued_at = at,
                Token::New(new) => new.issued_at = at,
            },
            61,
            60,
        ),
        (
            "it never ends",
            "GH3139",
            |token, at| {
                if at.unix() > 0 {
                    conditions(token).not_on_or_after = None;
                }
            },
            0,
            -1_800_000_000,
        ),
    ];
    let names: [Bent; 7] = [
        ("another realm", "GH3152", |token| token.applies_to = Some("urn:other".into())),
        ("another audience", "GH3134", |token| conditions(token).audiences = vec![vec!["urn:other".into()]]),
        ("no audience", "GH3134", |token| conditions(token).audiences.clear()),
        ("another kind of token", "GH3153", |token| token.token_type = Some("urn:ietf:params:oauth:token-type:jwt".into())),
        ("another issuer", "GH3132", |token| match &mut token.token {
            Token::Old(old) => old.issuer += "x",
            Token::New(new) => new.issuer += "x",
        }),
        ("nobody who stays", "GH3154", |token| match &mut token.token {
            Token::Old(old) => old.attributes.retain(|attribute| !attribute.name.ends_with("ImmutableID")),
            Token::New(new) => new.attributes.retain(|attribute| !attribute.name.ends_with("ImmutableID")),
        }),
        ("an address elsewhere", "GH3010", |token| {
            let attributes = match &mut token.token {
                Token::Old(old) => &mut old.attributes,
                Token::New(new) => &mut new.attributes,
            };
            let address = attributes.iter_mut().find(|attribute| attribute.name.ends_with("emailaddress")).unwrap();
            address.values = vec!["boss@contoso.example".into()];
        }),
    ];
    for is_saml_2 in [false, true] {
        for (what, code, bend, refused, taken) in moments {
            for (offset, code) in [(refused, Some(code)), (taken, None)] {
                with(&world, is_saml_2);
                let at = Timestamp::from_unix(world.clock.now().unix() + offset);
                world.proseware().answer_with(move |token| bend(token, at));
                let mut here = Traveller::ws_fed(&world, &portal).await;
                let fields = here.answer();
                match code {
                    Some(code) => here.refused(&fields, code, what).await,
                    None => here.believed(&portal, &fields, what).await,
                }
            }
        }
        for (what, code, bend) in names {
            with(&world, is_saml_2);
            world.proseware().answer_with(bend);
            let mut here = Traveller::ws_fed(&world, &portal).await;
            let fields = here.answer();
            here.refused(&fields, code, what).await;
        }
    }
}

#[tokio::test]
async fn a_token_is_good_once() {
    let (world, portal) = open("").await;
    let (first, mut second) = (Traveller::ws_fed(&world, &portal).await, Traveller::ws_fed(&world, &portal).await);
    let token = document(&first.answer());
    let (honest, stolen) = (with_document(first.answer(), &token), with_document(second.answer(), &token));
    first.believed(&portal, &honest, "the first time").await;
    let page = second.browser.carry(&second.callback(), &stolen).await;
    let page = second.browser.follow(page).await;
    assert_eq!(page.error(), Some("GH3141"), "{}", page.text());
    assert!(second.browser.cookies.keys().all(|name| !name.contains("gh-s-")));
}

#[tokio::test]
async fn only_configured_keys_sign_tokens() {
    let (world, portal) = open("").await;
    let stranger: &'static Signer =
        Box::leak(Box::new(Signer::generate(KeyShape::Rsa2048, "stranger", &Validity::around(world.clock.now())).unwrap()));
    for is_saml_2 in [false, true] {
        with(&world, is_saml_2);
        world.proseware().seal_with(move |_| TokenSealing { assertion: Some(Signing::by(stranger)), ..TokenSealing::nothing() });
        let mut here = Traveller::ws_fed(&world, &portal).await;
        let fields = here.answer();
        here.refused(&fields, "GH3121", "a stranger's key, in the message").await;
        let ours = world.proseware().keys().signer().certificate_base64();
        let mut here = Traveller::ws_fed(&world, &portal).await;
        let fields = here.rewritten(|xml| xml.replace(&stranger.certificate_base64(), &ours));
        here.refused(&fields, "GH3121", "a stranger's key under the genuine certificate").await;
    }
}

#[tokio::test]
async fn a_token_answers_its_own_question_at_its_own_door() {
    let (world, portal) = open("").await;
    let (mut here, other) = (Traveller::ws_fed(&world, &portal).await, Traveller::ws_fed(&world, &portal).await);
    let right = here.answer();
    let set = |name: &str, value: &str| {
        let change = |(known, old): &(String, String)| (known.clone(), if known == name { value.to_owned() } else { old.clone() });
        right.iter().map(change).collect::<Vec<_>>()
    };
    let more = |name: &str, value: &str| [right.clone(), vec![(name.to_owned(), value.to_owned())]].concat();
    // The browser has no cookie of that sign-in.
    here.unheard(&set("wctx", &other.answer()[2].1), "GH2001", "another's context").await;
    here.unheard(&set("wctx", &format!("{}x", right[2].1)), "GH3003", "another context").await;
    here.unheard(&set("wctx", ""), "GH3003", "no context").await;
    here.unheard(&more("wctx", &right[2].1), "GH3003", "two contexts").await;
    here.unheard(&more("wresult", &right[1].1), "GH3003", "two tokens").await;
    here.unheard(&more("SAMLResponse", "AAAA"), "GH3003", "two protocols").await;
    other.is_still_away("another's context").await;
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&right).finish();
    assert_eq!(here.browser.get(&format!("{}?{query}", here.callback())).await.error(), Some("GH3145"));
    here.is_still_away("by GET").await;
    here.refused(&more("wresultptr", "http://evil.example/token"), "GH3150", "by pointer").await;
    let mut here = Traveller::ws_fed(&world, &portal).await;
    let fields: Vec<_> =
        here.answer().into_iter().map(|(name, value)| (name.clone(), if name == "wa" { "wattr1.0".into() } else { value })).collect();
    here.refused(&fields, "GH3150", "another action").await;
}

#[tokio::test]
async fn where_tokens_come_back_to_is_ours_alone() {
    let (world, portal) = open("").await;
    let ours = format!("{}/contoso/callback/proseware", world.url);
    for more in [("wreply", "https://evil.example/"), ("wtrealm", "urn:evil"), ("wctx", "evil"), ("login_hint", PAM)] {
        let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", PAM), more][usize::from(more.0 == "login_hint")..]));
        browser.headers.insert("x-forwarded-host".into(), "evil.example".into());
        let page = browser.get(&ask.url).await;
        let to = page.location.unwrap();
        assert!(to.as_str().starts_with(&world.proseware().sign_in_url()), "{to}");
        assert_eq!(parameter(&to, "wreply"), Some(ours.clone()));
        assert_eq!(parameter(&to, "wtrealm"), Some(format!("{}/contoso/wsfed", world.url)));
        assert!(!to.as_str().contains("evil"), "{to}");
    }
    // Nobody signs in by a token for another tenant's realm.
    let mut here = Traveller::ws_fed(&world, &portal).await;
    world.proseware().answer_with(|token| {
        token.applies_to = None;
        conditions(token).audiences = vec![vec!["https://login.example/northwind/wsfed".into()]];
    });
    let fields = here.answer_about(&person(&here.person.address));
    here.refused(&fields, "GH3134", "another tenant's realm").await;
}
