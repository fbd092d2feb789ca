//! Identity providers as peers on the wire: what they may prove, how they may fail, and what their failing costs others.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why")]

#[path = "../world/oidc_provider.rs"]
#[expect(dead_code, reason = "no test binary needs all that the peer can do")]
mod oidc_provider;

#[path = "../world/partner.rs"]
#[expect(dead_code, reason = "no test binary needs all that the peers can do")]
mod partner;

mod directory_peer;
mod domain_proof;
mod federated;
mod hostile;
mod kinds;
mod lookups;
mod metadata;
mod metadata_peer;
mod outages;
mod sign_in;
mod world;
