//! OPERATORS' FILES -> TENANTS. Raw shapes, the check that turns them into domain values gathering every problem, and the
//! set of tenants a running Gatehouse serves. Knows no HTTP and reads nothing but the configuration folder.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
};

use crate::{
    domain::{address::DomainName, id::TenantId, tenant::Tenant, timestamp::Timestamp},
    settings::{
        Environment, Problem, Purpose, Settings,
        problem::{self, Code},
    },
};

mod check;
mod check_clients;
mod check_collaboration;
mod check_contacts;
mod check_invitations;
mod check_lookup;
mod check_metadata;
mod check_partners;
mod check_providers;
mod check_realm;
mod check_terms;
mod check_trust;
mod cross;
mod document;
pub mod file;
pub mod file_guests;
pub mod file_partners;
pub mod file_providers;
pub mod file_terms;
pub mod schema;

pub use check::Surroundings;

/// All tenants, checked; replaced as a whole.
#[derive(Debug, Clone, Default)]
pub struct Tenants {
    by_id: BTreeMap<TenantId, Arc<Tenant>>,
    by_domain: HashMap<DomainName, Arc<Tenant>>,
}

impl Tenants {
    /// Of tenants that are checked, each with an id and domains of its own.
    pub fn new(tenants: Vec<Tenant>) -> Self {
        let mut set = Self::default();
        for tenant in tenants.into_iter().map(Arc::new) {
            for domain in &tenant.domains {
                set.by_domain.insert(domain.clone(), Arc::clone(&tenant));
            }
            set.by_id.insert(tenant.id.clone(), tenant);
        }
        set
    }

    pub fn by_id(&self, id: &TenantId) -> Option<&Arc<Tenant>> {
        self.by_id.get(id)
    }

    /// By the first segment of a path: an id, or a verified domain. An id has no dot and a domain has one, so they can't be confused.
    pub fn by_segment(&self, segment: &str) -> Option<&Arc<Tenant>> {
        if segment.contains('.') {
            self.by_domain.get(&DomainName::parse(segment).ok()?)
        } else {
            self.by_id.get(&TenantId::parse(segment).ok()?)
        }
    }

    /// In the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Tenant>> {
        self.by_id.values()
    }
}

/// The tenants of `config_dir/tenants/*.toml` for serving: every problem of every file, or none that would stop it.
pub fn load(config_dir: &Path, settings: &Settings, now: Timestamp, environment: Environment<'_>) -> Result<Tenants, Vec<Problem>> {
    let surroundings = Surroundings {
        public_url: Some(settings.server.public_url.clone()),
        allow_http: Some(settings.outbound.allow_http.clone()),
        has_mail: settings.mail.is_some(),
        purpose: Purpose::Serve,
        now,
        environment,
    };
    let (tenants, problems) = read(config_dir, &surroundings);
    problem::stop(problems.clone())?;
    for Problem { code, file, line, message, .. } in &problems {
        let (code, file) = (code.as_str(), file.display());
        tracing::warn!(problem.code = code, problem.file = %file, problem.line = line, problem.message = message, "`gatehouse check` would say more");
    }
    Ok(tenants)
}

/// Reads as much as can be read, for `check`: the tenants without a problem, and every problem.
pub fn read(config_dir: &Path, surroundings: &Surroundings<'_>) -> (Tenants, Vec<Problem>) {
    let folder = config_dir.join("tenants");
    let mut problems = Vec::new();
    let mut files = Vec::new();
    match std::fs::read_dir(&folder) {
        Ok(entries) => files.extend(entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| is_tenant_file(path))),
        Err(error) => {
            let hint = "make the folder `tenants` and put one file per tenant into it";
            problems.push(Problem::of_file(Code::Unreadable, &folder, format!("this folder can't be read: {}", error.kind()), hint));
            return (Tenants::default(), problems);
        }
    }
    files.sort();
    if files.is_empty() {
        let hint = "put one file per tenant here, such as contoso.toml; `config/tenants/contoso.toml` is a sample";
        problems.push(Problem::of_file(Code::NoTenant, &folder, "there is no tenant here", hint));
    }
    let mut drafts: Vec<check::Draft> = files.iter().map(|path| check::read(path, surroundings)).collect();
    cross::check(&mut drafts);
    let mut tenants = Vec::new();
    for draft in drafts {
        tenants.extend(draft.tenant);
        problems.extend(draft.reporter.problems);
    }
    problem::sort(&mut problems);
    (Tenants::new(tenants), problems)
}

/// The problems that one tenant's file would have, were this its text.
pub fn examine(file: &Path, text: &str, surroundings: &Surroundings<'_>) -> Vec<Problem> {
    check::parse(file, text, surroundings).reporter.problems
}

/// Not what editors leave behind (`.contoso.toml.swp`, `#contoso.toml#`).
fn is_tenant_file(path: &Path) -> bool {
    let is_hidden = path.file_name().and_then(|name| name.to_str()).is_none_or(|name| name.starts_with(['.', '#']));
    !is_hidden && path.extension().is_some_and(|extension| extension == "toml") && path.is_file()
}
