//! Which organisation somebody means who came to no tenant's address: by its domain, or, in edition 2021, by its name.

use std::sync::Arc;

use crate::{
    domain::{address::DomainName, home_realm::Edition, tenant::Tenant},
    tenants::Tenants,
};

/// More than any name or domain has.
const LONGEST: usize = 320;

/// The organisation called so: exactly, whatever the case. A name that two have is no answer.
///
/// Every tenant is looked at, whoever is found: how long the answer takes says nothing (`security.md` E).
pub fn called<'a>(tenants: &'a Tenants, typed: &str) -> Option<&'a Arc<Tenant>> {
    let typed = typed.trim().chars().take(LONGEST).collect::<String>().to_lowercase();
    let domain = DomainName::parse(&typed).ok();
    let (mut by_address, mut by_name, mut namesakes) = (None, None, 0);
    for tenant in tenants.iter() {
        if tenant.id.as_str() == typed || domain.as_ref().is_some_and(|domain| tenant.domains.contains(domain)) {
            by_address = Some(tenant);
        }
        if tenant.name.trim().to_lowercase() == typed && tenant.home_realm.edition == Edition::E2021 {
            by_name = Some(tenant);
            namesakes += 1;
        }
    }
    by_address.or(by_name.filter(|_| namesakes == 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::id::TenantId, oidc::fixture};

    fn tenant(id: &str, name: &str, domains: &[&str], edition: Edition) -> Tenant {
        let mut tenant = fixture::tenant();
        tenant.id = TenantId::parse(id).unwrap();
        tenant.name = name.into();
        tenant.domains = domains.iter().map(|domain| DomainName::parse(domain).unwrap()).collect();
        tenant.home_realm.edition = edition;
        tenant
    }

    #[test]
    fn by_domain_or_id_in_every_edition_and_by_name_in_the_older_one() {
        let tenants = Tenants::new(vec![
            tenant("old", "Old & Sons", &["old.example", "älter.example"], Edition::E2021),
            tenant("new", "New Ltd", &["new.example"], Edition::E2024),
            tenant("twin-a", "Twins", &[], Edition::E2021),
            tenant("twin-b", "twins", &[], Edition::E2021),
        ]);
        let found = |typed: &str| called(&tenants, typed).map(|tenant| tenant.id.to_string());
        for typed in ["old.example", " OLD.example ", "old", "Old & Sons", "OLD & SONS", "älter.example", "xn--lter-koa.example"] {
            assert_eq!(found(typed).as_deref(), Some("old"), "{typed}");
        }
        assert_eq!((found("new.example").as_deref(), found("New Ltd")), (Some("new"), None));
        for typed in ["", "twins", "ol", "sub.old.example", "old.example.evil.example", "Old"] {
            assert_eq!(found(typed).as_deref(), (typed == "Old").then_some("old"), "{typed}");
        }
    }
}
