//! Identity providers as peers on the wire: what they may prove, how they may fail, and what their failing costs others.

#[path = "../world/oidc_provider.rs"]
mod oidc_provider;

mod directory_peer;
mod hostile;
mod kinds;
mod lookups;
mod outages;
mod sign_in;
mod world;
