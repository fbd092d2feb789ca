//! The attack generator (`security.md` A and B): what partners really sent, bent in every way that ever fooled a product and in all
//! others we could think of, is put before the provider as the running process has it.
//!
//! Nothing here can sign for a partner. So whatever is believed must name the person whom the partner named.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

#[path = "../api/world/browser.rs"]
#[expect(dead_code, reason = "these tests press no buttons")]
mod browser;
mod codes;
mod contents;
mod document;
mod encryption;
#[path = "../../src/demo/form.rs"]
mod form;
mod harmless;
mod names;
mod octets;
#[path = "../api/world/page.rs"]
#[expect(dead_code, reason = "partners' pages have no codes")]
mod page;
#[path = "../interop/peers.rs"]
#[expect(dead_code, reason = "nobody pauses here")]
mod peers;
#[path = "../services/mod.rs"]
mod services;
mod signatures;
mod sources;
mod target;
mod tenant;
mod trial;
mod wrapping;

use document::Variant;
use gatehouse::demo::partner::{Cipher, KeyShape, Sealing, Signer};
use serde_json::json;
use sources::Source;
use tokio::sync::Mutex;
use trial::{Must, Trial};

/// How a partner seals what it sends.
type Seal = fn(&Signer) -> Sealing<'_>;

/// What is allocated is counted for all threads, so one test speaks at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn nothing_forged_is_read_of_the_sample_partners_answers() {
    let _alone = ALONE.lock().await;
    let mut trial = Trial::default();
    for source in sources::dresses().await.into_iter().chain(sources::tokens().await) {
        attack(&mut trial, &source).await;
    }
    trial.end("sample partners");
}

#[tokio::test]
async fn nothing_forged_is_read_of_what_simplesamlphp_sent() {
    let _alone = ALONE.lock().await;
    let mut trial = Trial::default();
    for (name, options) in [
        ("SimpleSAMLphp, both signed", json!({ "saml20.sign.response": true, "saml20.sign.assertion": true })),
        ("SimpleSAMLphp, assertion signed", json!({ "saml20.sign.response": false, "saml20.sign.assertion": true })),
        ("SimpleSAMLphp, response signed", json!({ "saml20.sign.response": true, "saml20.sign.assertion": false })),
    ] {
        attack(&mut trial, &sources::simplesamlphp(name, &options).await).await;
    }
    attack(&mut trial, &sources::adfs().await).await;
    trial.end("SimpleSAMLphp");
}

#[tokio::test]
async fn nothing_forged_is_read_of_what_npm_wsfed_sent() {
    let _alone = ALONE.lock().await;
    let mut trial = Trial::default();
    attack(&mut trial, &sources::npm_wsfed().await).await;
    trial.end("npm wsfed");
}

#[tokio::test]
async fn nothing_forged_is_read_of_what_anybody_encrypted_for_us() {
    let _alone = ALONE.lock().await;
    let mut trial = Trial::default();
    let (by, stranger) = (sources::signer(KeyShape::Rsa2048), sources::signer(KeyShape::Rsa2048));
    let Source { target, genuine } = sources::response("assertion signed", &by, Sealing::assertion).await;
    for cipher in encryption::CIPHERS {
        // What the cipher does not vouch for is refused in one way, whatever it held.
        let is_uniform = matches!(cipher, Cipher::Aes128Cbc | Cipher::Aes256Cbc);
        let inside = Must::BeRefused(if is_uniform { &["GH3108", "GH3109", "GH3126", "GH3129"] } else { codes::INSIDE });
        trial.hear(&target, &genuine, "inside", encryption::inside(&target, &genuine, cipher), inside).await;
        let variants = encryption::ciphertexts(&target, &genuine, cipher);
        uniform(&target, &variants).await;
        trial.hear(&target, &genuine, "ciphertexts", variants, Must::BeRefused(&["GH3126"])).await;
        let seals: [(&str, Seal); 3] = [
            ("encrypted, assertion", |by| Sealing::assertion(by)),
            ("encrypted, both", |by| Sealing::both(by)),
            ("encrypted, response", |by| Sealing::response(by)),
        ];
        for (name, seal) in seals {
            let source = sources::encrypted(name, &by, cipher, seal).await;
            let as_it_came = vec![Variant::new("as it came", source.genuine.xml.as_str())];
            trial.hear(&source.target, &source.genuine, "harmless", as_it_came, Must::BeBelieved).await;
        }
    }
    trial
        .hear(&target, &genuine, "shape", encryption::shape(&target, &genuine, &stranger), Must::BeRefused(&["GH3125", "GH3126", "GH3106"]))
        .await;
    trial.end("encryption");
}

/// The one answer to everything that was tried on a ciphertext: code and words.
async fn uniform(target: &target::Target, variants: &[Variant]) {
    let mut said = std::collections::BTreeSet::new();
    for variant in variants {
        let rejected = target.judge(&variant.octets).await.err().unwrap_or_else(|| panic!("{} was believed", variant.name));
        said.insert((rejected.code.code(), rejected.detail));
    }
    assert_eq!(said.len(), 1, "{said:?}");
}

/// Everything that can be done to an answer in clear.
async fn attack(trial: &mut Trial, Source { target, genuine }: &Source) {
    for (list, variants, codes) in codes::lists(genuine) {
        let (in_place, forged): (Vec<_>, Vec<_>) = variants.into_iter().partition(|variant| MOVED.contains(&variant.name.as_str()));
        trial.hear(target, genuine, list, forged, Must::BeRefused(codes)).await;
        trial.hear(target, genuine, list, in_place, Must::NotLie).await;
    }
    for (code, xml) in contents::envelope(genuine) {
        // Where the envelope is signed, the signature says so first.
        let codes = [code, "GH3122", "GH3130", "GH3131"];
        let is_signed = !genuine.is_token() && genuine.own_signature().is_none_or(|own| own != genuine.signature());
        let variants = xml.map(|xml| Variant::new(format!("envelope against {code}"), xml)).into_iter().collect();
        trial.hear(target, genuine, "envelope", variants, Must::BeRefused(if is_signed { &codes } else { &codes[..1] })).await;
    }
    trial.hear(target, genuine, "harmless", harmless::believed(genuine), Must::BeBelieved).await;
    let is_open = genuine.is_token() || genuine.own_signature().is_some_and(|own| own == genuine.signature());
    if is_open {
        trial.hear(target, genuine, "harmless", harmless::unsigned_envelope(genuine), Must::BeBelieved).await;
    }
    let attacker = sources::signer(KeyShape::Rsa2048);
    let (certificate, forged) = sources::forged_by(&attacker, target, genuine);
    let variants = signatures::keys(genuine, &forged, &attacker, &certificate);
    trial.hear(target, genuine, "keys", variants, Must::BeRefused(codes::KEYS)).await;
}

/// In an envelope that nobody signed the assertion may stand anywhere, without the outer of two signatures the inner one remains, and
/// white space moves with what is moved to where it was.
const MOVED: [&str; 5] = [
    "nothing in its place, it first in the response",
    "nothing in its place, it before the status",
    "nothing in its place, it last in the token",
    "SignedInfo first in the signature",
    "Signature missing",
];
