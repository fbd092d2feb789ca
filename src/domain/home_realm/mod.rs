//! HOME-REALM DISCOVERY: where does this person sign in? One pure decision over facts, the same for a live sign-in and for
//! `gatehouse explain` (`behaviour.md` §3).
//!
//! [`decide`] either decides, or says which directories it must hear from first; the caller asks them and calls again.
//! So a directory is asked only where the configured order needs it, and the decision itself does no I/O.

mod reason;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    address::{DomainName, EmailAddress},
    error_code::ErrorCode,
    id::IdpId,
    identity::Voucher,
    identity_provider::{Answer, Family, IdentityProvider},
    tenant::Tenant,
};

pub use reason::{Reason, Rule, Verdict};

/// Which of Microsoft's two published rule sets a tenant follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Edition {
    #[serde(rename = "2021")]
    E2021,
    #[default]
    #[serde(rename = "2024")]
    E2024,
}

/// A place in `primaryIdentityProviderPrecedenceOrder`. Left out of the order means off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Primary {
    AzureActiveDirectory,
    ExternalFederation,
    SocialIdentityProviders,
}

/// `fallbackIdentityProvider`: exactly one, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Fallback {
    /// Existing Microsoft account, else passcode if on, else a new Microsoft account.
    #[default]
    DefaultConfiguredIdp,
    /// Passcode, never a Microsoft account.
    EmailOneTimePasscode,
    /// Microsoft account, existing or new, never a passcode.
    MicrosoftAccount,
}

/// The redemption order of a tenant, or of one partner domain (`behaviour.md` §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedemptionOrder {
    pub primaries: Vec<Primary>,
    pub fallback: Fallback,
}

impl Default for RedemptionOrder {
    fn default() -> Self {
        Self {
            primaries: vec![Primary::AzureActiveDirectory, Primary::ExternalFederation, Primary::SocialIdentityProviders],
            fallback: Fallback::default(),
        }
    }
}

/// A tenant's rules of discovery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RealmPolicy {
    pub edition: Edition,
    pub order: RedemptionOrder,
    /// Orders for single partner domains; what the operator left out there was filled in from `order`.
    pub partners: BTreeMap<DomainName, RedemptionOrder>,
    pub is_passcode_on: bool,
    /// Suffixes of consumer mail, for which edition 2021 proposes a Microsoft account rather than a self-service one.
    pub consumer_domains: BTreeSet<DomainName>,
}

impl RealmPolicy {
    /// The order in force for a domain: its own, if the operator gave it one.
    pub fn order_for(&self, domain: &DomainName) -> &RedemptionOrder {
        self.partners.get(domain).unwrap_or(&self.order)
    }

    /// Whether any order of this tenant leads to providers of this family. One that is off is never offered (§4.4, limit 3).
    pub fn is_on(&self, family: Family) -> bool {
        let mut orders = std::iter::once(&self.order).chain(self.partners.values());
        orders.any(|order| match family {
            Family::HomeDirectory => order.primaries.contains(&Primary::AzureActiveDirectory),
            Family::ExternalFederation => order.primaries.contains(&Primary::ExternalFederation),
            Family::Social => order.primaries.contains(&Primary::SocialIdentityProviders),
            Family::MicrosoftAccount => order.fallback != Fallback::EmailOneTimePasscode,
        })
    }
}

/// The providers a person may choose by themselves, by a button or by an app's hint.
pub fn offered(tenant: &Tenant) -> impl Iterator<Item = &IdentityProvider> {
    tenant.providers.values().filter(|provider| tenant.home_realm.is_on(provider.family()))
}

/// How the person came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Entry {
    /// By the link in an invitation mail.
    Link,
    /// By an app or a tenanted address: just-in-time.
    Direct,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    pub address: Option<&'a EmailAddress>,
    pub entry: Entry,
    /// `domain_hint` or `whr`, as it came.
    pub hint: Option<&'a str>,
}

/// What is known. Grows between calls of [`decide`].
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The stored identity of an accepted guest with this address.
    pub accepted_as: Option<Voucher>,
    /// Why `accepted_as` is not known, where somebody goes on without: a live sign-in stops instead.
    pub unheard_directory: Option<String>,
    /// The identity a guest with this address has proven and not yet accepted with: their choice, where there was one.
    pub proven_as: Option<Voucher>,
    /// What home directories (and the Microsoft account provider) answered.
    pub answers: BTreeMap<IdpId, Answer>,
}

/// Either an end, or a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    Decided(Decision),
    /// Ask these, all at once, put their answers into [`Facts::answers`], and call again.
    Ask(Vec<IdpId>),
}

/// Where the person goes, and every rule that was tried on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub tried: Vec<Tried>,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    pub rule: Rule,
    pub verdict: Verdict,
    pub reason: Reason,
}

/// Where discovery ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No address yet, and no hint that decides alone: ask.
    AskAddress,
    Provider(IdpId),
    /// The address has accounts in several homes: the person chooses.
    Picker(Vec<IdpId>),
    Passcode,
    /// Offer to create a Microsoft account with this address, at that provider.
    CreateMicrosoftAccount(IdpId),
    /// Edition 2021: a code by mail makes an email-verified account.
    SelfServiceAccount,
    Blocked(ErrorCode),
}

/// Decides, or asks. Pure: the same query and facts always give the same answer.
pub fn decide(tenant: &Tenant, query: &Query<'_>, facts: &Facts) -> Progress {
    rules::Discovery::new(tenant, query, facts).run()
}
