//! Form tokens: bound to the flow, its browser and what the page showed.
//!
//! A form that changes something for good (a passcode, a consent) is good only while the flow stands where the page was made, so it
//! is spent with the stage. A form that only says who one is may come late, from the back button or an old tab (invariant 14).

use subtle::ConstantTimeEq;

use super::review;
use crate::{
    domain::{
        flow::{Flow, Stage},
        tenant::Tenant,
    },
    random,
};

/// The token for every form of the page that the flow's present stage shows.
pub fn token(tenant: &Tenant, flow: &Flow) -> String {
    tied(flow, &tie(tenant, flow))
}

/// Whether `presented` was made for the stage the flow is in now.
pub fn is_current(tenant: &Tenant, flow: &Flow, presented: &str) -> bool {
    is_same(&token(tenant, flow), presented)
}

/// Whether `presented` was made for this flow's present stage, or for any page that only asked who one is.
pub fn is_own(tenant: &Tenant, flow: &Flow, presented: &str) -> bool {
    is_current(tenant, flow, presented) || is_same(&tied(flow, OPEN), presented)
}

const OPEN: &str = "open";

/// What besides the flow a token is tied to.
fn tie(tenant: &Tenant, flow: &Flow) -> String {
    match &flow.stage {
        Stage::Passcode { challenge, .. } => format!("passcode {} {}", challenge.sent_at.unix(), challenge.wrong_entries),
        // The very words: were they edited meanwhile, the page is shown again.
        Stage::Consent { guest, owed, .. } => {
            format!("consent {guest} {} {}", owed.first().as_str(), review::document(tenant, flow).hash().0)
        }
        Stage::Address { .. }
        | Stage::Account { .. }
        | Stage::NewAccount { .. }
        | Stage::Routed { .. }
        | Stage::Away { .. }
        | Stage::Blocked { .. }
        | Stage::Recognised { .. }
        | Stage::Proven { .. }
        | Stage::Answered { .. } => OPEN.to_owned(),
    }
}

/// A digest under a secret that never leaves the store. Every part has a fixed alphabet, so nothing can be moved across a newline.
fn tied(flow: &Flow, tie: &str) -> String {
    random::sha256_base64url(format!("{}\n{}\n{}\n{tie}", flow.form_secret.reveal(), flow.id, flow.browser).as_bytes())
}

fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
