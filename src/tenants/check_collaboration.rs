//! The part of the check that is about agreements with partners, and about the people who administer guests.

use std::collections::BTreeMap;

use super::{
    file::Named,
    file_guests::{Agreement, Inbound},
};
use crate::{
    domain::{
        address::DomainName,
        collaboration::{DomainList, PartnerPolicy},
    },
    settings::{at::At, problem::Code, source::Reporter, values},
};

/// A stated agreement, kept for when tenants are held against each other.
pub(super) struct Stated {
    pub domain: DomainName,
    /// Our half.
    pub is_inbound: bool,
    /// Where `automatic_redemption.outbound = true` stands.
    pub outbound: Option<At<bool>>,
}

pub(super) fn partners(
    raw: &Named<Agreement>,
    own: &[At<DomainName>],
    list: &DomainList,
    reporter: &mut Reporter,
) -> BTreeMap<DomainName, PartnerPolicy> {
    let mut partners = BTreeMap::new();
    for (name, agreement) in raw {
        let Some(domain) = values::domain(name, reporter) else { continue };
        if own.iter().any(|own| own.value == domain) {
            let hint = "take this table out; guests of your own domain are your own people";
            reporter.error(Code::OwnDomain, &name.span, format!("{domain} is a domain of this tenant itself"), hint);
            continue;
        }
        let policy = policy(&agreement.value);
        if !policy.is_inbound_allowed && matches!(list, DomainList::Allow(allowed) if allowed.contains(&domain)) {
            let hint = "take it out of `allow_domains`, or this partner's `inbound` with it";
            let message = format!("{domain} is on the allow list and blocked here: nobody of it can be invited");
            reporter.warn(Code::AllowedAndBlocked, &name.span, message, hint);
        }
        if partners.insert(domain.clone(), policy).is_some() {
            let hint = "domains compare without case; put the two tables together";
            reporter.error(Code::Repeated, &name.span, format!("{domain} has two tables"), hint);
        }
    }
    partners
}

fn policy(raw: &Agreement) -> PartnerPolicy {
    let automatic = raw.automatic_redemption.as_ref().map(|at| &at.value);
    PartnerPolicy {
        is_inbound_allowed: raw.inbound != Some(Inbound::Blocked),
        is_automatic_inbound: automatic.and_then(|raw| raw.inbound.as_ref()).is_some_and(|at| at.value),
        is_automatic_outbound: automatic.and_then(|raw| raw.outbound.as_ref()).is_some_and(|at| at.value),
    }
}

/// What was said, with its places; what could not be read is left out.
pub(super) fn stated(raw: &Named<Agreement>) -> Vec<Stated> {
    let read = |(name, agreement): (&At<String>, &At<Agreement>)| {
        let automatic = agreement.value.automatic_redemption.as_ref().map(|at| &at.value);
        Some(Stated {
            domain: DomainName::parse(&name.value).ok()?,
            is_inbound: automatic.and_then(|raw| raw.inbound.as_ref()).is_some_and(|at| at.value),
            outbound: automatic.and_then(|raw| raw.outbound.clone()),
        })
    };
    raw.iter().filter_map(read).collect()
}
