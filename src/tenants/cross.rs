//! What only shows when tenants are held against each other and against their files' names.

use std::collections::HashMap;

use super::check::Draft;
use crate::{
    domain::{address::DomainName, id::TenantId},
    settings::problem::Code,
};

pub(super) fn check(drafts: &mut [Draft]) {
    let mut ids: HashMap<TenantId, String> = HashMap::new();
    let mut owners: HashMap<DomainName, String> = HashMap::new();
    for draft in drafts {
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
}
