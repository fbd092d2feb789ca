//! Ending a partner's session with ours, and ours with theirs (SAML Profiles §4.4, WS-Federation 1.2 §13.2.4): the values that travel.
//!
//! Must not know whose session it is; that is the porter's.

use crate::domain::{identity::PartnerSession, secret::Secret};

use super::{Once, Outbound};

/// A session of ours that ends, and what the partner called it.
#[derive(Debug, Clone)]
pub struct Leaving {
    pub session: PartnerSession,
    /// Comes back with the partner's answer (`RelayState`).
    pub state: Secret<String>,
}

/// A logout message, exactly as it came.
#[derive(Debug, Clone, Copy)]
pub enum RawMessage<'a> {
    Query(&'a str),
    Form(&'a str),
}

impl<'a> RawMessage<'a> {
    pub fn text(&self) -> &'a str {
        match self {
            Self::Query(text) | Self::Form(text) => text,
        }
    }
}

/// What a logout message, verified, asks or tells.
#[derive(Debug)]
pub enum SignOutHeard {
    /// The partner ends a person's sessions; `answer` is what the browser takes back once that is done. Shown again by whoever kept
    /// it, the request must end no newer session.
    Asked { sessions: Box<EndedSessions>, answer: Outbound, once: Once },
    /// Their answer to our request. Whatever it says, our own session is over.
    Answered { state: Option<Secret<String>>, is_success: bool },
    /// `wsignoutcleanup1.0`: whatever session this browser has through this partner ends.
    CleanUp,
}

/// Which sessions the partner ended: those of this NameID, and of these indexes if any are named (SAML Core §3.7.3).
#[derive(Debug, Clone)]
pub struct EndedSessions {
    pub name_id: crate::domain::identity::AssertedNameId,
    pub indexes: Vec<String>,
}
