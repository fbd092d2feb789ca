//! Sample partners that really sign: a SAML 2.0 identity provider and a WS-Federation service, and the parts they are made of. The
//! demo runs the servers; tests, the attack generator and the benchmark use the parts, and bend them.
//!
//! Keys and certificates are made when the program runs. Must not use anything that Gatehouse verifies with.

mod assertion;
mod binding;
mod desk;
mod encryption;
mod keys;
mod logout;
mod metadata;
mod question;
mod response;
mod rstr;
mod saml11;
pub mod saml_idp;
#[cfg(test)]
mod server_tests;
mod signature;
mod signer;
#[cfg(test)]
mod tests;
pub mod wsfed_sts;
mod xml;

pub use assertion::*;
pub use binding::{Parameter, deflated, for_post, inflated, posted, query, signed_query, with_query};
pub use desk::{Partner, Registration};
pub use encryption::{Cipher, Encryption, KeyTransport};
pub use keys::KeyRing;
pub use logout::{LogoutRequest, LogoutResponse};
pub use metadata::{Metadata, POST, REDIRECT};
pub use question::{Farewell, Question};
pub use response::{AUTHN_FAILED, RESPONDER, Response, SUCCESS, Sealing, Status};
pub use rstr::{Token, TokenResponse, TokenSealing, TrustVersion};
pub use saml11::{BEARER_1_1, CLAIM_IMMUTABLE_ID, OldAssertion, PASSWORD_1_1};
pub use signature::{DigestAlgorithm, KeyInfo, SignatureAlgorithm, Signing};
pub use signer::{KeyShape, Signer, Validity, pem};
pub use xml::{Prefixes, Xml, date_time, escape};

pub use super::company::{Company, LITWARE, PROSEWARE};
use crate::random;

/// Someone with an account at a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Never changes, and is no address.
    pub subject: String,
    pub address: String,
    pub name: String,
}

impl Person {
    /// The same subject for the same address, whenever and wherever.
    pub fn new(address: &str, name: &str) -> Self {
        let address = address.to_ascii_lowercase();
        Self { subject: random::sha256_base64url(format!("partner:{address}").as_bytes()), address, name: name.into() }
    }
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum PartnerError {
    #[error("no such key: {0}")]
    Key(String),
    #[error("the key does not sign with {0}")]
    Signature(SignatureAlgorithm),
    #[error("the recipient's certificate does not encrypt")]
    Encryption,
    #[error("not XML: {0}")]
    Xml(String),
    #[error("unreadable message: {0}")]
    Unreadable(&'static str),
}

/// An `xs:ID` with 160 random bits (SAML Core §1.3.4).
pub fn fresh_id() -> String {
    let mut id = String::from("_");
    for octet in random::bytes::<20>() {
        id.push_str(&format!("{octet:02x}"));
    }
    id
}
