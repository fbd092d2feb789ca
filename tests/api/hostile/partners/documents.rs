//! Documents that no partner writes: two parsers' food, asides, pollution, bombs, and a signature too many.
//!
//! | row | test |
//! | --- | --- |
//! | A1 | `a_second_signature_or_digest_smuggled_elsewhere_is_refused` |
//! | A2 | `what_two_parsers_would_read_in_two_ways_is_refused` |
//! | A3 | `nothing_to_digest_is_no_digest` |
//! | A6 | `two_signed_infos_and_a_comment_in_a_digest_are_refused` |
//! | A7 | `a_second_root_and_anything_after_the_document_are_refused` |
//! | A8 | `a_comment_in_a_name_never_yields_the_part_before_it` |
//! | A17 | `bombs_are_capped_before_they_are_parsed` |

use gatehouse::demo::partner::{Addressee, Prefixes, Response, Sealing, Signing};

use super::{Traveller, element, open, with_document};

const STATUS: &str = "<samlp:Status>";

fn into_extensions(xml: &str, what: &str) -> String {
    xml.replacen(STATUS, &format!("<samlp:Extensions>{what}</samlp:Extensions>{STATUS}"), 1)
}

fn into_detail(xml: &str, what: &str) -> String {
    xml.replacen("</samlp:Status>", &format!("<samlp:StatusDetail>{what}</samlp:StatusDetail></samlp:Status>"), 1)
}

/// Each of these rewritings of an honest answer, with the code that refuses it.
pub async fn all_refused<'c>(cases: impl IntoIterator<Item = (&'c str, &'c str, Box<dyn Fn(String) -> String>)>) {
    let (world, portal) = open("").await;
    for (what, code, change) in cases {
        let mut here = Traveller::saml(&world, &portal).await;
        let fields = here.rewritten(&change);
        here.refused(&fields, code, what).await;
    }
}

fn case(
    what: &'static str,
    code: &'static str,
    change: impl Fn(String) -> String + 'static,
) -> (&'static str, &'static str, Box<dyn Fn(String) -> String>) {
    (what, code, Box::new(change))
}

#[tokio::test]
async fn a_second_signature_or_digest_smuggled_elsewhere_is_refused() {
    let digest = |xml: &str| {
        element(xml, "ds:DigestValue").replace("<ds:DigestValue>", "<ds:DigestValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">")
    };
    all_refused([
        case("a signature in Extensions", "GH3112", |xml| into_extensions(&xml, element(&xml, "ds:Signature"))),
        case("a signature in StatusDetail", "GH3112", |xml| into_detail(&xml, element(&xml, "ds:Signature"))),
        case("a digest in Extensions", "GH3112", move |xml| into_extensions(&xml, &digest(&xml))),
        case("a digest in StatusDetail", "GH3112", move |xml| into_detail(&xml, &digest(&xml))),
        case("a second signature beside the first", "GH3112", |xml| {
            let signature = element(&xml, "ds:Signature").to_owned();
            xml.replace(&signature, &signature.repeat(2))
        }),
        case("two references", "GH3114", |xml| {
            let reference = element(&xml, "ds:Reference").to_owned();
            xml.replace(&reference, &reference.repeat(2))
        }),
    ])
    .await;
}

#[tokio::test]
async fn what_two_parsers_would_read_in_two_ways_is_refused() {
    let on_issuer = |declaration: &str| {
        let declaration = declaration.to_owned();
        move |xml: String| xml.replacen("<saml:Issuer", &format!("<saml:Issuer {declaration}"), 1)
    };
    all_refused([
        case("a document type", "GH3103", |xml| format!("<!DOCTYPE x [<!ENTITY e \"eve\">]>{xml}")),
        case("an entity", "GH3103", |xml| xml.replacen("</saml:NameID>", "&e;</saml:NameID>", 1)),
        case("an attribute twice", "GH3104", |xml| xml.replacen(" Version=\"2.0\"", " Version=\"2.0\" Version=\"2.0\"", 1)),
        case("a prefix nobody declared", "GH3104", |xml| xml.replacen(STATUS, "<w:x/><samlp:Status>", 1)),
        case("xml bound anew", "GH3104", on_issuer("xmlns:xml=\"urn:x\"")),
        case("a namespace that looks right", "GH3124", on_issuer("xmlns:x=\"urn:oasis:names:tc:SAML:2.0:Assertion\"")),
        case("an assertion of nobody's namespace", "GH3124", |xml| into_extensions(&xml, "<Assertion xmlns=\"urn:x\"/>")),
        case("UTF-16, it says", "GH3102", |xml| format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{xml}")),
    ])
    .await;
}

#[tokio::test]
async fn nothing_to_digest_is_no_digest() {
    all_refused([
        case("the digest of nothing", "GH3123", |xml| {
            let digest = element(&xml, "ds:DigestValue").to_owned();
            xml.replace(&digest, "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>")
        }),
        case("no digest", "GH3113", |xml| {
            let digest = element(&xml, "ds:DigestValue").to_owned();
            xml.replace(&digest, "<ds:DigestValue></ds:DigestValue>")
        }),
        case("a relative namespace", "GH3124", |xml| xml.replacen("<saml:Assertion", "<saml:Assertion xmlns:x=\"relative\"", 1)),
    ])
    .await;
}

#[tokio::test]
async fn two_signed_infos_and_a_comment_in_a_digest_are_refused() {
    all_refused([
        case("two SignedInfo", "GH3113", |xml| {
            let info = element(&xml, "ds:SignedInfo").to_owned();
            xml.replace(&info, &info.repeat(2))
        }),
        case("a comment in DigestValue", "GH3106", |xml| xml.replacen("<ds:DigestValue>", "<ds:DigestValue><!--x-->", 1)),
        case("an element in DigestValue", "GH3113", |xml| xml.replacen("<ds:DigestValue>", "<ds:DigestValue><x/>", 1)),
    ])
    .await;
}

#[tokio::test]
async fn a_second_root_and_anything_after_the_document_are_refused() {
    all_refused([
        case("twice", "GH3104", |xml| xml.repeat(2)),
        case("an element after", "GH3104", |xml| format!("{xml}<x/>")),
        case("text after", "GH3104", |xml| format!("{xml}x")),
        case("cut short", "GH3104", |xml| xml[..xml.len() - 5].to_owned()),
        case("another root", "GH3107", |xml| format!("<x>{xml}</x>")),
    ])
    .await;
}

/// The partner itself signs it: a comment is not part of what canonicalisation writes, so the signature holds (Duo, 2018).
#[tokio::test]
async fn a_comment_in_a_name_never_yields_the_part_before_it() {
    let (world, portal) = open("").await;
    for aside in ["<!---->", "<?x y?>", "<![CDATA[]]>"] {
        for place in ["NameID", "mail", "name", "Audience", "Issuer"] {
            let mut here = Traveller::saml(&world, &portal).await;
            let question = world.wingtip().question(&world.partners().asked(&here.page)).0;
            let to: Addressee = question.addressee("");
            let response = Response::about(&here.person, &world.wingtip().entity_id(), &to, world.clock.now());
            let signer = world.wingtip().keys().signer();
            let unsigned = response.assertions[0].to_xml(Prefixes::Short, None).unwrap();
            let end = match place {
                "mail" => format!("{}</saml:AttributeValue>", here.person.address),
                "name" => format!("{}</saml:AttributeValue>", here.person.name),
                "NameID" => format!("{}</saml:NameID>", here.person.subject),
                other => format!("</saml:{other}>"),
            };
            let (text, tag) = end.split_once("</").unwrap();
            let cut = unsigned.replacen(&end, &format!("{text}{aside}.evil.example</{tag}"), 1);
            assert_ne!(cut, unsigned, "{place}");
            let signature = Signing::by(&signer).over(&cut, &response.assertions[0].id).unwrap();
            let signed = cut.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1);
            let fields = with_document(here.answer(), &response.around(&[signed], &Sealing::nothing()).unwrap());
            here.refused(&fields, "GH3106", &format!("{aside} in {place}")).await;
        }
    }
}

#[tokio::test]
async fn bombs_are_capped_before_they_are_parsed() {
    let attributes: String = (0..60).map(|n| format!(" a{n}=\"\"")).collect();
    all_refused([
        case("too long", "GH3101", |xml| into_extensions(&xml, &"a".repeat(257 * 1024))),
        case("too deep", "GH3105", |xml| into_extensions(&xml, &format!("{}{}", "<x>".repeat(1000), "</x>".repeat(1000)))),
        case("too many", "GH3105", |xml| into_extensions(&xml, &"<x/>".repeat(9000))),
        case("too wide", "GH3105", move |xml| into_extensions(&xml, &format!("<x{attributes}/>"))),
        case("laughter", "GH3103", |xml| format!("<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>{xml}")),
    ])
    .await;
    // What is longer than any answer is not read to its end.
    let (world, portal) = open("").await;
    let mut here = Traveller::saml(&world, &portal).await;
    let fields = here.rewritten(|xml| into_extensions(&xml, &"a".repeat(2_000_000)));
    let page = here.browser.carry(&here.callback(), &fields).await;
    assert!(page.status == 413 || page.error().is_some(), "{} {}", page.status, page.text());
    here.is_still_away("two megabytes").await;
}
