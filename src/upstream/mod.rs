//! SPEAKING TO IDENTITY PROVIDERS. A question goes out ([`Ask`] → [`Departure`]), an answer comes in ([`Inbound`]), and out comes the same
//! [`VerifiedIdentity`] whatever the partner speaks, or a [`Rejected`] with its own error code.
//!
//! Must not know flows, guests, stores or pages; must never build an HTTP response of ours; must never log what a partner sent.

use std::fmt;

use async_trait::async_trait;
use url::Url;

use crate::domain::{
    address::EmailAddress,
    correlation::Correlation,
    error_code::ErrorCode,
    id::{ClientId, FlowId},
    identity::VerifiedIdentity,
    locale::Locale,
    timestamp::Timestamp,
    verdict::Verdicts,
};

mod assertions;
mod correlation;
pub mod credentials;
pub mod domain_proof;
mod examine;
mod federated;
pub mod fetch;
pub mod lookup;
pub mod metadata;
mod oidc;
pub mod partner;
mod public_address;
mod registry;
mod saml;
mod sign_out;
pub mod signed_xml;
mod wsfed;

pub use crate::domain::rejection::Rejected;
pub use correlation::{Inbound, LONGEST, flow_of_state, state};
pub use examine::{Captured, Examination};
pub use registry::Upstreams;
pub use sign_out::{EndedSessions, Leaving, RawMessage, SignOutHeard};

/// One identity provider of one tenant, ready to be spoken to.
#[async_trait]
pub trait IdentityProvider: Send + Sync + fmt::Debug {
    /// Where to send the browser, and what to remember until it comes back. The usual refusal is [`ErrorCode::UpstreamUnavailable`].
    async fn request(&self, ask: &Ask) -> Result<Departure, Rejected>;

    /// Who came back. `correlation` must have been *taken* from the flow: an answer is good once.
    async fn verify(&self, inbound: &Inbound, correlation: &Correlation) -> Result<Heard, Rejected>;

    /// Who was sent by the provider on its own account, and the app to send them to; refused unless the operator allowed it.
    async fn verify_unsolicited(&self, _inbound: &Inbound) -> Result<Unsolicited, Rejected> {
        Err(Rejected::new(ErrorCode::SamlUnsolicited, "this provider is not allowed to send people unasked"))
    }

    /// Whether its answers come as a form posted from its own site, so that a `SameSite=Lax` cookie stays at home.
    fn answers_by_post(&self) -> bool {
        false
    }

    /// A captured answer, judged as a live one would be; nothing is changed by it.
    async fn examine(&self, _captured: &Captured) -> Examination {
        Rejected::new(ErrorCode::UpstreamMismatch, "answers in this provider's protocol can't be examined apart from their sign-in").into()
    }

    /// Our metadata towards it, as an XML document. `None`: its protocol has none.
    async fn our_metadata(&self) -> Result<Option<String>, Rejected> {
        Ok(None)
    }

    /// Where to send the browser so that the partner's session ends with ours. `None`: it knows no such thing.
    async fn sign_out(&self, _leaving: &Leaving) -> Result<Option<Outbound>, Rejected> {
        Ok(None)
    }

    /// A logout message came. `raw` is the query or form as it came, undecoded: redirect signatures cover it so (A16).
    async fn hear_sign_out(&self, _raw: &RawMessage<'_>) -> Result<SignOutHeard, Rejected> {
        Err(Rejected::new(ErrorCode::LogoutRefused, "this provider's protocol has no logout messages"))
    }
}

/// A partner's answer, believed.
#[derive(Debug)]
pub struct Heard {
    pub identity: VerifiedIdentity,
    pub verdicts: Verdicts,
    /// The assertion may be used once, by whoever shows it.
    pub once: Option<Once>,
}

impl From<VerifiedIdentity> for Heard {
    fn from(identity: VerifiedIdentity) -> Self {
        Self { identity, verdicts: Verdicts::default(), once: None }
    }
}

/// What must be remembered so that an assertion is not used twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Digest of issuer and assertion id.
    pub digest: String,
    /// After this it would be refused for its age.
    pub until: Timestamp,
}

/// A person sent by their identity provider on its own account. It begins a sign-in at an app; it never is one (login CSRF).
#[derive(Debug)]
pub struct Unsolicited {
    pub heard: Heard,
    pub client: ClientId,
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

/// How the browser carries it there.
#[derive(Debug, Clone)]
pub enum Outbound {
    Redirect(Url),
    /// A form that posts itself: SAML's HTTP-POST binding (Bindings §3.5).
    Form {
        action: Url,
        fields: Vec<(&'static str, String)>,
    },
}

impl From<fetch::FetchError> for Rejected {
    fn from(error: fetch::FetchError) -> Self {
        Self::new(ErrorCode::UpstreamUnavailable, error.to_string())
    }
}
