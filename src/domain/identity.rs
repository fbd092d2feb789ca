//! What an upstream proved: one person, at one identity provider, at one moment.

use serde::{Deserialize, Serialize};

use super::{address::EmailAddress, id::IdpId, timestamp::Timestamp};

/// Who vouched for an identity. Part of a guest's key, so it must never change its spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Voucher {
    /// A configured identity provider of this tenant.
    Provider(IdpId),
    /// Gatehouse itself, by an emailed one-time passcode. Entra stores it as the issuer `mail`.
    Passcode,
    /// The account of edition 2021 that a code by mail makes where passcodes are off (`behaviour.md` §9). It ends with that edition.
    EmailVerified,
}

impl Voucher {
    /// How the directory and the `idp` claim spell it: the provider's id, or `mail`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Provider(id) => id.as_str(),
            Self::Passcode => "mail",
            Self::EmailVerified => "email_verified",
        }
    }

    /// Reads what [`Voucher::as_str`] wrote. `mail` is no provider's id: the check of tenant files refuses it.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "mail" => Some(Self::Passcode),
            "email_verified" => Some(Self::EmailVerified),
            id => IdpId::parse(id).ok().map(Self::Provider),
        }
    }
}

/// The immutable name a provider knows a person by: `sub`, `tid.oid`, a persistent NameID. Never an email address,
/// except for [`Voucher::Passcode`], where the mailbox is the identity (its canonical key).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    /// `None` when empty or longer than the 255 characters OpenID Connect Core §2 allows.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (!text.is_empty() && text.chars().count() <= 255 && !text.chars().any(char::is_control)).then_some(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[subject]")
    }
}

/// An address a provider asserted, and whether its domain's owner stands behind it (`security.md` C1, C3:
/// verified literally, *and* the domain belongs to that provider).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertedAddress {
    pub address: EmailAddress,
    pub is_owner_verified: bool,
}

/// A person, proven. Rooms of `upstream/` and the passcode step are the only makers of one; everything after them only reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VerifiedIdentity {
    pub voucher: Voucher,
    pub subject: Subject,
    pub address: Option<AssertedAddress>,
    pub name: Option<String>,
    /// When the person authenticated there (`auth_time`), or when the answer came if the provider does not say.
    pub authenticated_at: Timestamp,
    /// RFC 8176 methods as the provider named them.
    pub amr: Vec<String>,
    pub acr: Option<String>,
    /// What ties it to the partner's own session, where the partner said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_session: Option<PartnerSession>,
}

/// The partner's session behind a proof: it bounds ours, and it can be ended from either side.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PartnerSession {
    /// SAML `SessionIndex`.
    pub index: Option<String>,
    /// The NameID as asserted, for logout messages: SAML Core §3.7.1 wants it back exactly.
    pub name_id: Option<AssertedNameId>,
    /// SAML `SessionNotOnOrAfter`: our session ends by then.
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertedNameId {
    pub value: Subject,
    pub format: Option<String>,
    pub name_qualifier: Option<String>,
    pub sp_name_qualifier: Option<String>,
}
