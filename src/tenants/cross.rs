//! What only shows when tenants are held against each other and against their files' names.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{check::Draft, check_collaboration::Stated};
use crate::{
    domain::{address::DomainName, id::TenantId},
    settings::problem::Code,
};

pub(super) fn check(drafts: &mut [Draft]) {
    let mut ids: HashMap<TenantId, String> = HashMap::new();
    let mut owners: HashMap<DomainName, String> = HashMap::new();
    for draft in &mut *drafts {
        let file = draft.reporter.source().path.clone();
        let shown = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut is_sound = true;
        if let Some(id) = &draft.id {
            if let Some(first) = ids.get(&id.value) {
                let hint = "give one of them another id, and its file that name";
                draft.reporter.error(Code::DuplicateTenant, &id.span, format!("{first} already is the tenant {}", id.value), hint);
                is_sound = false;
            } else if file.file_stem().is_none_or(|stem| stem != id.value.as_str()) {
                let hint = format!("rename the file to {}.toml, or correct the id", id.value);
                draft.reporter.error(Code::FileName, &id.span, format!("the id {} is not this file's name", id.value), hint);
                is_sound = false;
            }
            ids.entry(id.value.clone()).or_insert_with(|| shown.clone());
        }
        for domain in &draft.domains {
            if let Some(first) = owners.get(&domain.value) {
                let message = format!("{} is already a verified domain of {first}", domain.value);
                draft.reporter.error(
                    Code::DomainOverlap,
                    &domain.span,
                    message,
                    "a domain has one owner: take it out of one of the two files",
                );
                is_sound = false;
            }
            owners.entry(domain.value.clone()).or_insert_with(|| shown.clone());
        }
        if !is_sound {
            draft.tenant = None;
        }
    }
    home_sides(drafts);
}

/// The home side's half of automatic redemption (`behaviour.md` §12.5), where the home side is a tenant of this Gatehouse: it answers
/// by its own file, `[partners."<a domain of ours>"] automatic_redemption.outbound`.
///
/// Between two such tenants a stated `outbound` is about one's own people, so the only contradiction is our half being open for a
/// partner of which we say that it opened its own, and it did not.
fn home_sides(drafts: &mut [Draft]) {
    let mut homes: HashMap<DomainName, Home> = HashMap::new();
    for draft in &*drafts {
        let file = draft.reporter.source().path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_open = |stated: &&Stated| stated.outbound.as_ref().is_some_and(|at| at.value);
        let opened: HashSet<DomainName> = draft.partners.iter().filter(is_open).map(|stated| stated.domain.clone()).collect();
        let home = Home { file, opened: Arc::new(opened) };
        homes.extend(draft.domains.iter().map(|domain| (domain.value.clone(), home.clone())));
    }
    for draft in drafts {
        for stated in &draft.partners {
            let Some(home) = homes.get(&stated.domain) else { continue };
            let is_opened = draft.domains.iter().any(|own| home.opened.contains(&own.value));
            if let Some(at) = stated.outbound.as_ref().filter(|at| at.value && stated.is_inbound && !is_opened) {
                let message = format!("{} has {} and does not open its half: its people are asked to accept", home.file, stated.domain);
                let ours = draft.domains.first().map_or_else(|| "<a domain of this tenant>".to_owned(), |own| own.value.to_string());
                let hint = format!("add `automatic_redemption = {{ outbound = true }}` to [partners.{ours:?}] there, or take it out here");
                draft.reporter.warn(Code::OutboundElsewhere, &at.span, message, hint);
            }
            if let Some(partner) = draft.tenant.as_mut().and_then(|tenant| tenant.invitations.partners.get_mut(&stated.domain)) {
                partner.is_automatic_outbound = is_opened;
            }
        }
    }
}

/// A tenant of this Gatehouse as the home of a domain.
#[derive(Clone)]
struct Home {
    file: String,
    /// Domains at which its people accept by policy.
    opened: Arc<HashSet<DomainName>>,
}
