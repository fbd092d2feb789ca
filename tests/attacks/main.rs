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
#[path = "../../src/demo/form.rs"]
#[expect(dead_code, reason = "the browser needs less than the demo")]
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
use gatehouse::demo::partner::KeyShape;
use serde_json::json;
use sources::Source;
use tokio::sync::Mutex;
use trial::{Must, Trial};

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

/// In an envelope that nobody signed the assertion may stand anywhere, and without the outer of two signatures the inner one remains.
const MOVED: [&str; 3] =
    ["nothing in its place, it first in the response", "nothing in its place, it before the status", "Signature missing"];
