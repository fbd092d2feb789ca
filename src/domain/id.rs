//! Identifiers, parsed once. A guest id is not a flow id, and neither is a string.
//!
//! Two alphabets, so that a name chosen by an operator can never pass for one of ours: operators choose
//! short lower-case names ([`TenantId`], [`IdpId`]) or the wider [`ClientId`]; we draw UUIDs.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why an operator's name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("is empty")]
    Empty,
    #[error("is longer than {0} characters")]
    TooLong(usize),
    #[error("has the character {0:?}, which is not allowed here")]
    Character(char),
    #[error("is a word Gatehouse uses in its own addresses")]
    Reserved,
}

macro_rules! operator_name {
    ($(#[$doc:meta])* $name:ident, $max:literal, $allowed:expr, $reserved:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn parse(text: &str) -> Result<Self, NameError> {
                let allowed: fn(char) -> bool = $allowed;
                if text.is_empty() {
                    return Err(NameError::Empty);
                }
                if text.len() > $max {
                    return Err(NameError::TooLong($max));
                }
                if let Some(odd) = text.chars().find(|c| !allowed(*c)) {
                    return Err(NameError::Character(odd));
                }
                if let Some(first) = text.chars().next().filter(|c| !c.is_ascii_alphanumeric()) {
                    return Err(NameError::Character(first));
                }
                if $reserved.contains(&text) {
                    return Err(NameError::Reserved);
                }
                Ok(Self(text.into()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.as_ref().to_owned()
            }
        }
    };
}

/// First path segments that belong to the house, or that Entra gives a meaning no tenant may take.
const RESERVED: &[&str] = &["common", "organizations", "consumers", "health", "metrics", "assets", "apps", "redeem", "admin"];

/// And those that only stand where a tenant would.
const NO_TENANT: &[&str] =
    &["common", "organizations", "consumers", "health", "metrics", "assets", "account", "admin", "apps", "device", "redeem"];

operator_name!(
    /// A tenant's id: lower-case letters, digits and `-`. It has no dot, so a path segment with a dot is
    /// always a verified domain.
    TenantId, 63, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-', NO_TENANT
);
operator_name!(
    /// An identity provider's id within its tenant; part of its callback path.
    IdpId, 63, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-', RESERVED
);
operator_name!(
    /// Terms of use of one tenant: one agreement, whatever its version.
    TermsId, 63, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-', RESERVED
);
/// And those that are another's than an app's: what the operator does by hand is done by `operator`.
const NO_CLIENT: &[&str] = &["common", "organizations", "consumers", "health", "metrics", "assets", "apps", "redeem", "admin", "operator"];

operator_name!(
    /// A relying party's `client_id` (RFC 6749 §2.2), narrowed to characters that need no escaping anywhere.
    ClientId, 128, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'), NO_CLIENT
);

macro_rules! drawn_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// From a UUID that [`crate::random`] drew.
            pub fn from_drawn(drawn: Uuid) -> Self {
                Self(drawn)
            }

            /// Reads the 32 hexadecimal digits that [`fmt::Display`] writes, and nothing else.
            pub fn parse(text: &str) -> Option<Self> {
                let plain = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                plain.then(|| Uuid::try_parse(text).ok().map(Self)).flatten()
            }

            pub fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.simple())
            }
        }
    };
}

drawn_id!(
    /// One sign-in under way. Ordered by time of birth (UUID v7), so the oldest of several is known by name.
    FlowId
);
drawn_id!(
    /// A guest in one tenant's directory: the `oid` claim. It never changes and is never used again.
    GuestId
);
drawn_id!(
    /// A signed-in browser at one tenant: the `sid` claim.
    SessionId
);

drawn_id!(
    /// One invitation.
    InvitationId
);
drawn_id!(
    /// Many invitations asked for in one file.
    BulkId
);
drawn_id!(
    /// One mail in the outbox; also its Message-ID.
    MailId
);

impl From<FlowId> for SessionId {
    /// A session is born of exactly one flow and keeps its number: both live in one slot of the store.
    fn from(flow: FlowId) -> Self {
        Self(flow.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenant_names_are_short_lower_case_and_undotted() {
        assert!(TenantId::parse("contoso-2").is_ok());
        assert_eq!(TenantId::parse(""), Err(NameError::Empty));
        assert_eq!(TenantId::parse("Contoso"), Err(NameError::Character('C')));
        assert_eq!(TenantId::parse("a.b"), Err(NameError::Character('.')));
        assert_eq!(TenantId::parse("-a"), Err(NameError::Character('-')));
        for word in ["common", "account", "apps", "admin", "device", "redeem"] {
            assert_eq!(TenantId::parse(word), Err(NameError::Reserved));
        }
        assert!(IdpId::parse("account").is_ok());
        assert_eq!(TenantId::parse(&"a".repeat(64)), Err(NameError::TooLong(63)));
    }

    #[test]
    fn drawn_ids_have_exactly_one_spelling() {
        let id = FlowId::from_drawn(Uuid::from_u128(7));
        assert_eq!(FlowId::parse(&id.to_string()), Some(id));
        assert_eq!(FlowId::parse(&id.to_string().to_uppercase().replace('0', "A")), None);
        assert_eq!(FlowId::parse("00000000-0000-0000-0000-000000000007"), None);
    }
}
