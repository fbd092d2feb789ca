//! SPEAKING TO IDENTITY PROVIDERS. A question goes out ([`Ask`] → [`Departure`]), an answer comes in ([`Inbound`]), and out comes the same
//! [`VerifiedIdentity`] whatever the partner speaks, or a [`Rejected`] with its own error code.
//!
//! Must not know flows, guests, stores or pages; must never build an HTTP response of ours; must never log what a partner sent.

use std::fmt;

use async_trait::async_trait;
use url::Url;

use crate::domain::{
    address::EmailAddress, correlation::Correlation, error_code::ErrorCode, id::FlowId, identity::VerifiedIdentity, locale::Locale,
};

mod correlation;
pub mod fetch;
pub mod lookup;
pub mod metadata;
mod oidc;
mod public_address;
mod registry;

pub use correlation::{Inbound, flow_of_state, state};
pub use registry::Upstreams;

/// One identity provider of one tenant, ready to be spoken to.
#[async_trait]
pub trait IdentityProvider: Send + Sync + fmt::Debug {
    /// Where to send the browser, and what to remember until it comes back. The usual refusal is [`ErrorCode::UpstreamUnavailable`].
    async fn request(&self, ask: &Ask) -> Result<Departure, Rejected>;

    /// Who came back. `correlation` must have been *taken* from the flow: an answer is good once.
    async fn verify(&self, inbound: &Inbound, correlation: &Correlation) -> Result<VerifiedIdentity, Rejected>;
}

/// What we want to know of a person.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The sign-in that asks; its id travels in `state` and is no secret.
    pub flow: FlowId,
    pub login_hint: Option<EmailAddress>,
    pub prompting: Prompting,
    /// At most this many seconds since they typed a password (OpenID Connect Core §3.1.2.1 `max_age`).
    pub max_age: Option<u64>,
    pub locale: Locale,
    /// Already asked: the same question in the same words, so that whichever of two clicks arrives is answered.
    pub again: Option<Correlation>,
}

/// How much the provider shall trouble a person it already knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prompting {
    /// As the provider likes.
    #[default]
    Free,
    /// They chose "use another account".
    SelectAccount,
    /// They must authenticate anew, and the answer must say that they did.
    ForceLogin,
    /// They have no account there yet (Initiating User Registration via OpenID Connect 1.0: `prompt=create`).
    CreateAccount,
}

/// A question, ready to travel.
#[derive(Debug)]
pub struct Departure {
    pub outbound: Outbound,
    pub correlation: Correlation,
}

/// How the browser carries it there. (A SAML request may need a form that posts itself: another variant, one day.)
#[derive(Debug, Clone)]
pub enum Outbound {
    Redirect(Url),
}

/// Why an upstream's answer was not believed. `detail` is for the operator and holds no secret, token or address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", code.code())]
pub struct Rejected {
    pub code: ErrorCode,
    pub detail: String,
}

impl Rejected {
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl From<fetch::FetchError> for Rejected {
    fn from(error: fetch::FetchError) -> Self {
        Self::new(ErrorCode::UpstreamUnavailable, error.to_string())
    }
}
