//! What the running house gets: tenants it can look up, or a refusal to start.

use gatehouse::{
    domain::{id::TenantId, identity_provider::Family},
    settings::{self, Code, Purpose, Severity},
    tenants,
};

use crate::cases::Folder;

#[test]
fn a_tenant_is_found_by_its_id_and_by_its_verified_domain() {
    let (folder, _) = Folder::of(
        "--- tenants/contoso.toml\nid = \"contoso\"\nname = \"Contoso\"\ndomains = [\"Contoso.example\"]\nissuer = \"contoso.example\"\n",
    );
    let settings = settings::load(folder.place.path(), &|name| folder.lookup(name)).unwrap();
    let tenants = tenants::load(folder.place.path(), &settings, &|name| folder.lookup(name)).unwrap();
    let tenant = tenants.by_segment("contoso").unwrap();
    assert_eq!(tenant.issuer.url, "https://login.example.org/contoso.example");
    assert_eq!(tenants.by_segment("contoso.example").unwrap().id, tenant.id);
    assert_eq!(tenants.by_segment("CONTOSO.example").unwrap().id, tenant.id);
    assert!(tenants.by_segment("fabrikam").is_none());
    assert!(tenants.by_segment("contoso.example.evil.example").is_none());
    assert!(tenants.by_id(&TenantId::parse("contoso").unwrap()).is_some());
    assert_eq!(tenants.iter().count(), 1);
}

#[test]
fn a_secret_that_is_unset_is_a_warning_to_check_and_an_error_to_serve() {
    let (folder, _) = Folder::of("");
    let without = |name: &str| (name != "GOOD").then(|| folder.lookup(name)).flatten();
    let settings = settings::load(folder.place.path(), &without).unwrap();
    let problems = tenants::load(folder.place.path(), &settings, &without).unwrap_err();
    assert_eq!(
        problems.iter().map(|p| (p.code, p.severity, p.line, p.column)).collect::<Vec<_>>(),
        [(Code::SecretUnset, Severity::Error, 7, 20)]
    );
    assert!(folder.check(gatehouse::cli::check::Form::Text).contains("0 errors") || folder.environment.is_empty());
}

#[test]
fn only_development_does_without_a_seal_key() {
    let (folder, _) = Folder::of("--- gatehouse.toml\n[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"http://localhost:8080\"\n");
    let nothing = |_: &str| None;
    let problems = settings::load(folder.place.path(), &nothing).unwrap_err();
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::SealKey]);
    let settings = settings::load_for(Purpose::Develop, folder.place.path(), &nothing).unwrap();
    assert_ne!(settings.seal_key.reveal(), &[0; 32]);
    assert!(settings.directory.reveal().ends_with("data/gatehouse.db"));
}

#[test]
fn providers_stand_where_their_tables_put_them() {
    let (folder, _) = Folder::of(include_str!("providers.txt"));
    let settings = settings::load(folder.place.path(), &|name| folder.lookup(name)).unwrap();
    let tenants = tenants::load(folder.place.path(), &settings, &|name| folder.lookup(name)).unwrap();
    let tenant = tenants.by_segment("contoso").unwrap();
    let families: Vec<_> = tenant.providers.values().map(|provider| (provider.id.as_str(), provider.family())).collect();
    assert_eq!(
        families,
        [
            ("directory", Family::HomeDirectory),
            ("google", Family::Social),
            ("microsoft", Family::HomeDirectory),
            ("msa", Family::MicrosoftAccount),
            ("partner", Family::ExternalFederation),
        ]
    );
    let entra = tenant.providers.values().find(|provider| provider.id.as_str() == "microsoft").unwrap();
    assert_eq!(entra.oidc().issuer, "https://login.microsoftonline.com/{tenantid}/v2.0");
}
