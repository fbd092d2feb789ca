//! Which way a person proves who they are, and how firmly a provider on it is asked.

use serde::{Deserialize, Serialize};

use crate::domain::id::IdpId;

/// A way to prove who one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Road {
    Provider { id: IdpId, approach: Approach },
    Passcode,
}

/// How firmly the provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approach {
    /// Its own session will do.
    #[default]
    AsNeeded,
    /// Authenticate again.
    Login,
    /// Let the person choose the account there.
    SelectAccount,
    /// Make a new account.
    Create,
}
