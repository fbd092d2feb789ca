//! WHAT IS TRUE. Plain values and rules: no async, no I/O, no HTTP, no clock, no randomness.
//!
//! # Glossary
//! - **tenant**: the resource organisation that lets guests in; owns an issuer, clients, identity providers, policies.
//! - **client** (relying party): an application that trusts a tenant's issuer.
//! - **identity provider** / **upstream**: where a guest proves who they are.
//! - **home realm**: the identity provider a given address belongs to.
//! - **guest**: one person in one tenant's directory.
//! - **invitation**, **redemption**: asking a guest in; the guest's first proven sign-in and consent.
//! - **consent**: agreeing to what Review permissions shows; **terms of use** come after it.
//! - **grant**: what may be issued to whom, after the consent gate.
//! - **session**: a browser recognised at one tenant. **flow**: one sign-in under way.

pub mod address;
pub mod authorization_request;
pub mod certificate;
pub mod client;
pub mod collaboration;
pub mod consent;
pub mod correlation;
pub mod errand;
pub mod error_code;
pub mod federation;
pub mod flow;
pub mod grant;
pub mod guest;
pub mod home_realm;
pub mod id;
pub mod identity;
pub mod identity_provider;
pub mod invitation;
pub mod locale;
pub mod passcode;
pub mod permission;
pub mod redemption;
pub mod rejection;
pub mod secret;
pub mod session;
pub mod tenant;
pub mod terms;
pub mod timestamp;
pub mod token_policy;
pub mod verdict;
