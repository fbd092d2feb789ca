//! Something forged beside, around or inside of what a partner signed, in clear and encrypted. Thousands of others: `tests/attacks`.
//!
//! | row | test |
//! | --- | --- |
//! | A4 | `signature_wrapping_one_to_eight_is_refused_whatever_is_signed`, `wrapping_under_encryption_is_refused` |
//! | A5 | `only_what_was_verified_is_read` |
//! | A9 | `more_than_one_assertion_is_refused_in_clear_and_encrypted` |
//! | A10 | `what_is_signed_is_found_by_its_one_name_and_never_by_its_place` |

use gatehouse::demo::partner::{Addressee, Cipher, Encryption, KeyTransport, Prefixes, Response, Sealing, Signer, Signing};

use super::{EVE, Traveller, document, documents::all_refused, element, forged, open, with_document};
use crate::world::World;

/// Our certificate, as everybody finds it in our metadata.
pub async fn ours(world: &World) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let page = world.browser().get(&format!("{}/contoso/saml/wingtip/metadata", world.url)).await;
    let (_, rest) = page.body.split_once("X509Certificate>").unwrap();
    STANDARD.decode(rest.split('<').next().unwrap().split_whitespace().collect::<String>()).unwrap()
}

fn in_object(signature: &str, what: &str) -> String {
    signature.replace("</ds:Signature>", &format!("<ds:Object>{what}</ds:Object></ds:Signature>"))
}

#[tokio::test]
async fn signature_wrapping_one_to_eight_is_refused_whatever_is_signed() {
    let (world, portal) = open("").await;
    type Seal = fn(Sealing<'_>) -> Sealing<'_>;
    let seals: [(&str, Seal); 3] = [
        ("assertion", |sealing| sealing),
        ("response", |sealing| Sealing { response: sealing.assertion, assertion: None, ..sealing }),
        ("both", |sealing| Sealing { response: sealing.assertion, ..sealing }),
    ];
    for (signed, seal) in seals {
        world.wingtip().seal_with(seal);
        // The first two are about a response that is signed.
        for number in if signed == "assertion" { 3..=8 } else { 1..=8 } {
            let mut here = Traveller::saml(&world, &portal).await;
            let person = here.person.clone();
            let fields = here.rewritten(|xml| wrapped(&xml, number, &forged(&xml, &person)));
            here.refused(&fields, "GH3108", &format!("XSW {number}, {signed} signed")).await;
        }
    }
}

/// As "On Breaking SAML" (2012) counts them.
fn wrapped(xml: &str, number: u8, evil: &str) -> String {
    let (assertion, signature) = (element(xml, "saml:Assertion"), element(xml, "ds:Signature"));
    let (unsigned, bare) = (xml.replacen(signature, "", 1), assertion.replacen(signature, "", 1));
    let other = |xml: &str| xml.replacen("ID=\"", "ID=\"_other", 1);
    let holding = |what: &str| evil.replace("</saml:Assertion>", &format!("{what}</saml:Assertion>"));
    let signed = |signature: &str| evil.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1);
    match number {
        1 => other(xml).replacen(assertion, evil, 1).replacen(signature, &in_object(signature, &unsigned), 1),
        2 => other(xml).replacen(assertion, evil, 1).replacen("<samlp:Status>", &format!("{unsigned}<samlp:Status>"), 1),
        3 => xml.replacen(assertion, &format!("{evil}{assertion}"), 1),
        4 => xml.replacen(assertion, &holding(assertion), 1),
        5 => xml.replacen(assertion, &format!("{}{bare}", signed(signature)), 1),
        6 => xml.replacen(assertion, &signed(&in_object(signature, &bare)), 1),
        7 => xml.replacen("<samlp:Status>", &format!("<samlp:Extensions>{evil}</samlp:Extensions><samlp:Status>"), 1),
        _ => xml.replacen(signature, &in_object(signature, evil), 1),
    }
}

/// The response around these assertions, encrypted for us one by one.
fn sealed_around(here: &Traveller<'_>, assertions: &[String], encryption: Encryption<'_>) -> String {
    let to: Addressee = here.world.wingtip().question(&here.world.partners().asked(&here.page)).0.addressee("");
    let response = Response::about(&here.person, &here.world.wingtip().entity_id(), &to, here.world.clock.now());
    response.around(assertions, &Sealing { encryption: Some(encryption), ..Sealing::nothing() }).unwrap()
}

#[tokio::test]
async fn wrapping_under_encryption_is_refused() {
    let (world, portal) = open("").await;
    let recipient = ours(&world).await;
    for (cipher, uniform) in [(Cipher::Aes256Gcm, None), (Cipher::Aes128Cbc, Some("GH3126"))] {
        let encryption = Encryption { recipient: &recipient, cipher, transport: KeyTransport::OaepSha1 };
        for (what, code) in [
            ("nothing signed", "GH3111"),
            ("forged around genuine", "GH3126"),
            ("genuine around forged", "GH3126"),
            ("two assertions", "GH3126"),
            ("a changed assertion", "GH3122"),
            ("the signature of another in it", "GH3114"),
        ] {
            let mut here = Traveller::saml(&world, &portal).await;
            let xml = document(&here.answer());
            let (assertion, evil) = (element(&xml, "saml:Assertion").to_owned(), forged(&xml, &here.person));
            let close = |outer: &str, inner: &str| outer.replace("</saml:Assertion>", &format!("{inner}</saml:Assertion>"));
            let inner = match what {
                "nothing signed" => evil,
                "forged around genuine" => close(&evil, &assertion),
                "genuine around forged" => close(&assertion, &evil),
                "two assertions" => format!("{assertion}{evil}"),
                "a changed assertion" => assertion.replace(&here.person.address, EVE),
                _ => evil.replacen("</saml:Issuer>", &format!("</saml:Issuer>{}", element(&assertion, "ds:Signature")), 1),
            };
            let fields = with_document(here.answer(), &sealed_around(&here, &[inner], encryption));
            here.refused(&fields, uniform.unwrap_or(code), &format!("{what}, {cipher:?}")).await;
        }
    }
    let weak = Encryption { recipient: &recipient, cipher: Cipher::Aes256Gcm, transport: KeyTransport::Pkcs1 };
    let mut here = Traveller::saml(&world, &portal).await;
    let xml = document(&here.answer());
    let fields = with_document(here.answer(), &sealed_around(&here, &[element(&xml, "saml:Assertion").to_owned()], weak));
    here.refused(&fields, "GH3125", "RSA PKCS#1 v1.5").await;
}

#[tokio::test]
async fn more_than_one_assertion_is_refused_in_clear_and_encrypted() {
    let (world, portal) = open("").await;
    let recipient = ours(&world).await;
    // Both signed by the partner itself.
    world.wingtip().answer_with(|response| {
        let mut second = response.assertions[0].clone();
        second.id = format!("{}b", second.id);
        response.assertions.push(second);
    });
    let mut here = Traveller::saml(&world, &portal).await;
    let fields = here.answer();
    here.refused(&fields, "GH3108", "two that are signed").await;
    world.wingtip().behave();
    for is_first in [true, false] {
        let mut here = Traveller::saml(&world, &portal).await;
        let xml = document(&here.answer());
        let sealed = sealed_around(&here, &[forged(&xml, &here.person)], Encryption::to(&recipient));
        let (sealed, assertion) = (element(&sealed, "saml:EncryptedAssertion").to_owned(), element(&xml, "saml:Assertion"));
        let both = if is_first { format!("{sealed}{assertion}") } else { format!("{assertion}{sealed}") };
        let fields = with_document(here.answer(), &xml.replacen(assertion, &both, 1));
        here.refused(&fields, "GH3108", "an unsigned encrypted one beside a signed one").await;
    }
    let mut here = Traveller::saml(&world, &portal).await;
    let xml = document(&here.answer());
    let two = [element(&xml, "saml:Assertion").to_owned(), forged(&xml, &here.person)];
    let fields = with_document(here.answer(), &sealed_around(&here, &two, Encryption::to(&recipient)));
    here.refused(&fields, "GH3108", "two that are encrypted").await;
    let mut here = Traveller::saml(&world, &portal).await;
    let fields = here.rewritten(|xml| xml.replacen(element(&xml, "saml:Assertion"), "", 1));
    here.refused(&fields, "GH3108", "none at all").await;
}

#[tokio::test]
async fn what_is_signed_is_found_by_its_one_name_and_never_by_its_place() {
    let twin = |name: &'static str| -> Box<dyn Fn(String) -> String> {
        Box::new(move |xml: String| {
            let (_, rest) = element(&xml, "saml:Assertion").split_once("ID=\"").unwrap();
            let id = rest.split('"').next().unwrap();
            xml.replacen(
                "<samlp:Status>",
                &format!("<samlp:Extensions><x xmlns=\"urn:x\" {name}=\"{id}\"/></samlp:Extensions><samlp:Status>"),
                1,
            )
        })
    };
    let to = |uri: &'static str| -> Box<dyn Fn(String) -> String> {
        Box::new(move |xml: String| {
            let (before, rest) = xml.split_once("URI=\"").unwrap();
            format!("{before}URI=\"{uri}{}", &rest[rest.find('"').unwrap()..])
        })
    };
    all_refused([
        ("ID twice", "GH3110", twin("ID")),
        ("Id beside ID", "GH3110", twin("Id")),
        ("xml:id beside ID", "GH3110", twin("xml:id")),
        ("the whole document", "GH3114", to("")),
        ("another element", "GH3114", to("#_other")),
        ("an XPointer", "GH3114", to("#xpointer(/)")),
        ("an address", "GH3114", to("https://evil.example/#_a")),
    ])
    .await;
}

/// What nobody signed may say what it likes, and nobody listens.
#[tokio::test]
async fn only_what_was_verified_is_read() {
    let (world, portal) = open("").await;
    let here = Traveller::saml(&world, &portal).await;
    let person = here.person.clone();
    let fields = here.rewritten(|xml| {
        let evil = forged(&xml, &person);
        let parts = [element(&evil, "saml:Subject"), element(&evil, "saml:AttributeStatement")].concat();
        let parts = parts.replace("<saml:Subject>", "<saml:Subject xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">");
        let parts = parts.replace("<saml:AttributeStatement>", "<saml:AttributeStatement xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">");
        let before = xml.replacen("<samlp:Status>", &format!("<samlp:Extensions>{parts}</samlp:Extensions><samlp:Status>"), 1);
        before.replacen("</samlp:Response>", &format!("{parts}</samlp:Response>"), 1)
    });
    here.believed(&portal, &fields, "a forged subject beside the assertion").await;
    assert!(world.guest("contoso", EVE).await.is_none());
    // The partner signs an assertion that holds another one: it has spoken of two.
    let mut here = Traveller::saml(&world, &portal).await;
    let xml = document(&here.answer());
    let signer = world.wingtip().keys().signer();
    let signed = signed_with_advice(&xml, &here, &signer);
    let fields = with_document(here.answer(), &xml.replacen(element(&xml, "saml:Assertion"), &signed, 1));
    here.refused(&fields, "GH3108", "an assertion in Advice that is signed").await;
}

fn signed_with_advice(xml: &str, here: &Traveller<'_>, signer: &Signer) -> String {
    let assertion = element(xml, "saml:Assertion");
    let bare = assertion.replace(element(assertion, "ds:Signature"), "");
    let advice = format!("<saml:Advice>{}</saml:Advice></saml:Assertion>", forged(xml, &here.person));
    let unsigned = bare.replace("</saml:Assertion>", &advice);
    let (_, rest) = bare.split_once("ID=\"").unwrap();
    let signature = Signing { prefixes: Prefixes::Short, ..Signing::by(signer) }.over(&unsigned, rest.split('"').next().unwrap()).unwrap();
    unsigned.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)
}
