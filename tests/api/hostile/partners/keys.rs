//! Keys and algorithms that prove nothing.
//!
//! | row | test |
//! | --- | --- |
//! | A11 | `no_key_is_never_no_check`, `a_key_without_a_use_signs` |
//! | A13 | `a_key_in_the_message_is_never_believed` |
//! | A18 | `algorithms_that_prove_nothing_are_refused`, `sha1_is_refused_unless_the_operator_allows_it_and_then_warned_of`; weak keys: `signed_xml` |

use gatehouse::{
    clock::Clock,
    demo::partner::{DigestAlgorithm, KeyInfo, KeyShape, Sealing, SignatureAlgorithm, Signer, Signing, Validity},
    domain::timestamp::Timestamp,
    trail,
};

use super::{Traveller, documents::all_refused, open};
use crate::partner::Serving;

const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

fn stranger(shape: KeyShape) -> &'static Signer {
    let clock = Clock::movable(Timestamp::from_unix(1_800_000_000));
    // For as long as the partner signs with it.
    Box::leak(Box::new(Signer::generate(shape, "stranger", &Validity::around(clock.now())).unwrap()))
}

#[tokio::test]
async fn no_key_is_never_no_check() {
    let (world, portal) = open("").await;
    world.wingtip().seal_with(|_| Sealing::nothing());
    let mut here = Traveller::saml(&world, &portal).await;
    let fields = here.answer();
    here.refused(&fields, "GH3111", "nothing signed").await;
    // A partner that publishes no key, before anybody asked.
    let (world, portal) = open("").await;
    world.wingtip().publish_with(|metadata| metadata.certificates.clear());
    let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", crate::world::WIN)]));
    let page = browser.open(&ask.url).await;
    assert_eq!(page.error(), Some("GH3120"), "{}", page.text());
    assert!(world.guest("contoso", crate::world::WIN).await.is_none());
}

#[tokio::test]
async fn a_key_without_a_use_signs() {
    let (world, portal) = open("").await;
    let text = world.browser().get(&world.wingtip().metadata_url()).await.body;
    let without = text.replace(" use=\"signing\"", "");
    world.wingtip().serve(Serving::Text(without.clone()));
    assert!(without.contains("KeyDescriptor>"), "{without}");
    let here = Traveller::saml(&world, &portal).await;
    let fields = here.answer();
    here.believed(&portal, &fields, "a key of no particular use").await;
    world.wingtip().seal_with(|_| Sealing::nothing());
    let mut here = Traveller::saml(&world, &portal).await;
    let fields = here.answer();
    here.refused(&fields, "GH3111", "and is asked for").await;
}

#[tokio::test]
async fn a_key_in_the_message_is_never_believed() {
    let (world, portal) = open("").await;
    for (shape, what) in [(KeyShape::Rsa2048, "of the same kind"), (KeyShape::P256, "of another kind")] {
        let stranger = stranger(shape);
        for key_info in [KeyInfo::Certificate, KeyInfo::Absent] {
            world.wingtip().seal_with(move |sealing| {
                let by = Signing { prefixes: sealing.prefixes, key_info, ..Signing::by(stranger) };
                Sealing { assertion: Some(by), ..Sealing::nothing() }
            });
            let mut here = Traveller::saml(&world, &portal).await;
            let fields = here.answer();
            here.refused(&fields, "GH3121", what).await;
        }
    }
    // The genuine key is named beside the stranger's signature.
    let ours = world.wingtip().keys().signer().certificate_base64();
    let stranger = stranger(KeyShape::Rsa2048);
    world.wingtip().seal_with(move |_| Sealing::assertion(stranger));
    let mut here = Traveller::saml(&world, &portal).await;
    let fields = here.rewritten(|xml| xml.replace(&stranger.certificate_base64(), &ours));
    here.refused(&fields, "GH3121", "under the genuine certificate").await;
}

#[tokio::test]
async fn algorithms_that_prove_nothing_are_refused() {
    let swap = |from: String, to: String| -> Box<dyn Fn(String) -> String> {
        Box::new(move |xml: String| {
            assert!(xml.contains(&from));
            xml.replacen(&from, &to, 1)
        })
    };
    let method = |uri: &str| swap(format!("{MORE}rsa-sha256"), uri.to_owned());
    let digest = |uri: &str| swap("http://www.w3.org/2001/04/xmlenc#sha256".into(), uri.to_owned());
    all_refused([
        ("HMAC", "GH3116", method(&format!("{MORE}hmac-sha256"))),
        ("HMAC with SHA-1", "GH3116", method(&format!("{DSIG}hmac-sha1"))),
        ("none", "GH3116", method("none")),
        ("DSA", "GH3116", method(&format!("{DSIG}dsa-sha1"))),
        ("MD5", "GH3116", method(&format!("{MORE}rsa-md5"))),
        ("RSA with SHA-1", "GH3118", method(&format!("{DSIG}rsa-sha1"))),
        ("the other family", "GH3121", method(&format!("{MORE}ecdsa-sha256"))),
        ("a digest by MD5", "GH3117", digest(&format!("{MORE}md5"))),
        ("a digest by SHA-1", "GH3118", digest(&format!("{DSIG}sha1"))),
        ("an XPath", "GH3115", swap(format!("{DSIG}enveloped-signature"), "http://www.w3.org/TR/1999/REC-xpath-19991116".into())),
        ("inclusive canonicalisation", "GH3115", swap("2001/10/xml-exc-c14n#".into(), "TR/2001/REC-xml-c14n-20010315".into())),
    ])
    .await;
}

#[tokio::test]
async fn sha1_is_refused_unless_the_operator_allows_it_and_then_warned_of() {
    for (setting, is_allowed) in [("", false), ("[saml.wingtip]\nallow_sha1 = true\n", true)] {
        let (world, portal) = open(setting).await;
        world.wingtip().seal_with(|sealing| {
            sealing.signing(|signing| {
                signing.algorithm = SignatureAlgorithm::RsaSha1;
                signing.digest = DigestAlgorithm::Sha1;
            })
        });
        let mut here = Traveller::saml(&world, &portal).await;
        let (fields, flow) = (here.answer(), here.flow);
        if !is_allowed {
            here.refused(&fields, "GH3118", "SHA-1").await;
            continue;
        }
        here.believed(&portal, &fields, "SHA-1, allowed").await;
        let (events, reference) = (world.events("contoso").await, trail::reference_of(flow));
        assert!(events.iter().any(|event| event.reference == reference && event.action == "upstream.warned"), "{events:#?}");
    }
}
