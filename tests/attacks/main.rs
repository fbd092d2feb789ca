//! The attack generator (`security.md` A and B): what partners really sent, bent in every way that ever fooled a product and in all
//! others we could think of, is put before the provider as the running process has it.
//!
//! Nothing here can sign for a partner. So whatever is believed must name the person whom the partner named.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

#[path = "../api/world/browser.rs"]
#[expect(dead_code, reason = "these tests press no buttons")]
mod browser;
mod document;
#[path = "../../src/demo/form.rs"]
#[expect(dead_code, reason = "the browser needs less than the demo")]
mod form;
#[path = "../api/world/page.rs"]
#[expect(dead_code, reason = "partners' pages have no codes")]
mod page;
#[path = "../interop/peers.rs"]
#[expect(dead_code, reason = "nobody pauses here")]
mod peers;
#[path = "../services/mod.rs"]
mod services;
mod sources;
mod target;
mod tenant;
mod trial;
mod wrapping;

use document::Genuine;
use sources::Source;
use tokio::sync::Mutex;
use trial::{Must, Trial};

/// What is allocated is counted for all threads, so one test speaks at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn nothing_forged_is_read_beside_around_or_instead_of_what_was_signed() {
    let _alone = ALONE.lock().await;
    let mut trial = Trial::default();
    for Source { target, genuine } in sources::dresses().await.into_iter().chain(sources::tokens().await) {
        wrap(&mut trial, &target, &genuine).await;
    }
    trial.end("wrapping");
}

async fn wrap(trial: &mut Trial, target: &target::Target, genuine: &Genuine) {
    let codes = Must::BeRefused(&[]);
    for variants in [wrapping::beside(genuine), wrapping::instead(genuine), wrapping::around(genuine)] {
        trial.hear(target, genuine, variants, codes).await;
    }
}
