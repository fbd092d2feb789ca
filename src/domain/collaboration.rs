//! With whom a tenant collaborates: which domains may be invited, by whom, and what is agreed with single partners
//! (`behaviour.md` §11.3, §11.4, §12.5). Asked at invitation and again at redemption.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    address::{DomainName, EmailAddress},
    error_code::ErrorCode,
};

/// Who may invite: Graph's `allowInvitesFrom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AllowInvitesFrom {
    /// Nobody.
    None,
    /// Administrators and guest inviters.
    AdminsAndGuestInviters,
    /// These, and every member.
    AdminsGuestInvitersAndAllMembers,
    /// These, and guests, too.
    #[default]
    Everyone,
}

/// One list a tenant, of domains that may or that may not be invited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DomainList {
    #[default]
    Unlisted,
    Allow(BTreeSet<DomainName>),
    Block(BTreeSet<DomainName>),
}

/// What is agreed with one partner domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerPolicy {
    /// Inbound cross-tenant access; false: blocked.
    pub is_inbound_allowed: bool,
    /// Automatic redemption, our half.
    pub is_automatic_inbound: bool,
    /// Automatic redemption, the home side's half: what the partner stated, or what a tenant of this Gatehouse says that has the domain.
    pub is_automatic_outbound: bool,
}

impl Default for PartnerPolicy {
    fn default() -> Self {
        Self { is_inbound_allowed: true, is_automatic_inbound: false, is_automatic_outbound: false }
    }
}

/// Entra's two ways with a guest whose address an imported contact has (`behaviour.md` §10.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ContactConflict {
    /// Direct links work, too: since October 2024.
    #[default]
    Works,
    /// Direct links fail, with the cure named; the mail link and signing back in work: March 2024 and before.
    Fails,
}

/// A tenant's rules for inviting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationPolicy {
    pub from: AllowInvitesFrom,
    /// `None`: never.
    pub expires_after: Option<Duration>,
    pub domains: DomainList,
    pub partners: BTreeMap<DomainName, PartnerPolicy>,
    /// Origins besides the apps' own to which an invitation may lead.
    pub redirect_origins: BTreeSet<String>,
    /// Imported contacts, by their keys: [`EmailAddress::key`].
    pub contacts: BTreeSet<String>,
    pub contact_conflict: ContactConflict,
    /// Whether somebody who signed in by the right provider under another address may say that it is them.
    pub is_alias_accepted: bool,
    /// Whether guests may leave by themselves.
    pub is_leaving_allowed: bool,
    /// Pending guests whose invitations have all been over for this long are deleted. `None`: never.
    pub clean_up_after: Option<Duration>,
    /// Mails one inviter may cause in an hour.
    pub mails_per_hour: u32,
    /// Where `contacts` came from, for operators to read.
    pub contacts_file: Option<PathBuf>,
}

impl Default for InvitationPolicy {
    fn default() -> Self {
        Self {
            from: AllowInvitesFrom::default(),
            expires_after: Some(Duration::from_secs(30 * 24 * 60 * 60)),
            domains: DomainList::default(),
            partners: BTreeMap::new(),
            redirect_origins: BTreeSet::new(),
            contacts: BTreeSet::new(),
            contact_conflict: ContactConflict::default(),
            is_alias_accepted: true,
            is_leaving_allowed: true,
            clean_up_after: None,
            mails_per_hour: 20_000,
            contacts_file: None,
        }
    }
}

/// What the lists and the agreement with the partner make of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// On the block list.
    Blocked,
    /// The agreement with this partner says no.
    PartnerBlocked,
    /// On the allow list.
    Listed,
    /// Not on the allow list, and nothing is agreed.
    NotListed,
    /// An agreement allows it.
    Partner,
    /// Not on the block list.
    Unlisted,
    /// There is no list.
    Open,
}

impl InvitationPolicy {
    /// Whether somebody of this domain may be invited, and may redeem.
    pub fn judge(&self, domain: &DomainName) -> Result<(), ErrorCode> {
        match self.standing(domain) {
            Standing::Listed | Standing::Partner | Standing::Unlisted | Standing::Open => Ok(()),
            Standing::Blocked | Standing::NotListed => Err(ErrorCode::DomainBlocked),
            Standing::PartnerBlocked => Err(ErrorCode::PartnerBlocked),
        }
    }

    /// On the block list: no, whatever else is said. On the allow list: unless the partner's policy blocks. On neither: the partner's
    /// policy decides, and an allow list that has others says no.
    pub fn standing(&self, domain: &DomainName) -> Standing {
        let is_stated = self.partner(domain).is_some();
        let is_blocked_by_partner = self.partner(domain).is_some_and(|partner| !partner.is_inbound_allowed);
        match &self.domains {
            DomainList::Block(listed) if listed.contains(domain) => Standing::Blocked,
            DomainList::Unlisted | DomainList::Block(_) | DomainList::Allow(_) if is_blocked_by_partner => Standing::PartnerBlocked,
            DomainList::Allow(listed) if listed.contains(domain) => Standing::Listed,
            DomainList::Unlisted | DomainList::Block(_) | DomainList::Allow(_) if is_stated => Standing::Partner,
            DomainList::Allow(_) => Standing::NotListed,
            DomainList::Block(_) => Standing::Unlisted,
            DomainList::Unlisted => Standing::Open,
        }
    }

    /// What is agreed with the partner that has this very domain.
    pub fn partner(&self, domain: &DomainName) -> Option<&PartnerPolicy> {
        self.partners.get(domain)
    }

    /// Whether both sides agreed that nobody needs to be asked (`behaviour.md` §12.5): only home outbound with resource inbound counts.
    pub fn redeems_automatically(&self, address: &EmailAddress) -> bool {
        self.partner(address.domain()).is_some_and(|partner| partner.is_automatic_inbound && partner.is_automatic_outbound)
    }

    pub fn is_contact(&self, address: &EmailAddress) -> bool {
        self.contacts.contains(&address.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `behaviour.md` §11.4: which list has the domain, what is agreed, and what follows.
    #[test]
    fn the_list_decides_before_the_agreement_except_that_an_agreement_blocks_what_is_allowed() {
        let domain = DomainName::parse("partner.example").unwrap();
        let has = |list: fn(BTreeSet<DomainName>) -> DomainList| list([domain.clone()].into());
        let lacks = |list: fn(BTreeSet<DomainName>) -> DomainList| list([DomainName::parse("other.example").unwrap()].into());
        let (no, partner_no) = (Err(ErrorCode::DomainBlocked), Err(ErrorCode::PartnerBlocked));
        let table = [
            (has(DomainList::Block), [no, no, no]),
            (has(DomainList::Allow), [Ok(()), Ok(()), partner_no]),
            (lacks(DomainList::Block), [Ok(()), Ok(()), partner_no]),
            (lacks(DomainList::Allow), [no, Ok(()), partner_no]),
            (DomainList::Unlisted, [Ok(()), Ok(()), partner_no]),
        ];
        for (domains, wanted) in table {
            for (agreed, wanted) in [None, Some(true), Some(false)].into_iter().zip(wanted) {
                let policy = |is_inbound_allowed| PartnerPolicy { is_inbound_allowed, ..PartnerPolicy::default() };
                let partners = agreed.map(|allowed| (domain.clone(), policy(allowed))).into_iter().collect();
                let policy = InvitationPolicy { domains: domains.clone(), partners, ..InvitationPolicy::default() };
                assert_eq!(policy.judge(&domain), wanted, "{domains:?}, agreed {agreed:?}");
            }
        }
    }
}
