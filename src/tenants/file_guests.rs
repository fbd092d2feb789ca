//! The raw shapes of what a tenant file says about guests: who may be invited, with whom something is agreed, and who may do what.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    domain::collaboration::{AllowInvitesFrom, ContactConflict},
    settings::at::At,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitations {
    /// Who may invite; `everyone` unless said otherwise. An app with `User.Invite.All` is a guest inviter; one that may change guests, an administrator.
    pub allow_from: Option<AllowInvitesFrom>,
    /// How long an invitation can be accepted: 1h to 365d, or `never`.
    #[schemars(extend("default" = "30d"))]
    pub expires_after: Option<At<String>>,
    /// The only domains that may be invited, besides those of `[partners]`. Not together with `block_domains`.
    pub allow_domains: Option<At<Vec<At<String>>>>,
    /// Domains that may not be invited, whatever else is said.
    pub block_domains: Option<At<Vec<At<String>>>>,
    /// Origins an invitation may lead to, besides those of the apps.
    pub redirect_origins: Option<Vec<At<String>>>,
    /// A file of imported contacts: one address a line, or CSV with a column `email`.
    pub contacts: Option<At<String>>,
    /// What a direct link does for a guest who is also a contact: `works`, as in Entra since October 2024, or `fails`, as before.
    pub contact_conflict: Option<ContactConflict>,
    /// Whether somebody who was invited by one address and signs in under another may say that both are theirs.
    pub alias: Option<Alias>,
    /// Mails one inviter may cause in an hour.
    #[schemars(range(min = 1, max = 1_000_000), extend("default" = 20_000))]
    pub mails_per_hour: Option<u32>,
    /// Guests who never accepted are deleted this long after the last of their invitations is over: 1d to 730d. Never, if absent.
    pub clean_up_after: Option<At<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Alias {
    /// They are asked (the default).
    Ask,
    /// They have to sign in as invited.
    Refuse,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Guests {
    /// Who may come in by a direct link.
    pub admission: Option<Admission>,
    /// Whether guests may leave by themselves; `allowed` unless said otherwise.
    pub leaving: Option<At<Leaving>>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Admission {
    /// Only people already in the directory (the default).
    Invited,
    /// Anyone a configured road proves.
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Leaving {
    /// From My account.
    Allowed,
    /// The page names whom to ask.
    Denied,
}

/// What is agreed with one partner domain.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Whether its people may be guests here; `allowed` unless said otherwise.
    pub inbound: Option<Inbound>,
    /// Where both halves are true, its people are not asked to accept: they get a notice.
    pub automatic_redemption: Option<At<AutomaticRedemption>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Inbound {
    Allowed,
    Blocked,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutomaticRedemption {
    /// Our half.
    pub inbound: Option<At<bool>>,
    /// The home side's half, as the partner stated it. Where a tenant of this Gatehouse has the domain, its own file says it, by this key
    /// in a `[partners]` table of one of our domains.
    pub outbound: Option<At<bool>>,
}
