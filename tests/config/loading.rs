//! What the running house gets: tenants it can look up, or a refusal to start.

use gatehouse::{
    cli::check::Form,
    domain::{home_realm::Fallback, id::TenantId, identity_provider::Family, timestamp::Timestamp},
    settings::{self, Code, Encryption, MailTransport, Purpose, Sessions, Severity},
    tenants,
};

use crate::cases::Folder;

/// 2027-01-15.
pub const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

#[test]
fn a_tenant_is_found_by_its_id_and_by_its_verified_domain() {
    let (folder, _) = Folder::of(
        "--- tenants/contoso.toml\nid = \"contoso\"\nname = \"Contoso\"\ndomains = [\"Contoso.example\"]\nissuer = \"contoso.example\"\n",
    );
    let settings = settings::load(folder.place.path(), &|name| folder.lookup(name)).unwrap();
    let tenants = tenants::load(folder.place.path(), &settings, NOW, &|name| folder.lookup(name)).unwrap();
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
    let problems = tenants::load(folder.place.path(), &settings, NOW, &without).unwrap_err();
    assert_eq!(
        problems.iter().map(|p| (p.code, p.severity, p.line, p.column)).collect::<Vec<_>>(),
        [(Code::SecretUnset, Severity::Error, 7, 20)]
    );
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
    let tenants = tenants::load(folder.place.path(), &settings, NOW, &|name| folder.lookup(name)).unwrap();
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
    assert_eq!(entra.openid_issuer(), Some("https://login.microsoftonline.com/{tenantid}/v2.0"));
}

#[test]
fn everything_an_operator_can_say_arrives() {
    let (folder, _) = Folder::of(include_str!("everything.txt"));
    std::fs::write(folder.place.path().join("tls.pem"), include_str!("certs/tls.pem")).unwrap();
    std::fs::write(folder.place.path().join("tls.key"), include_str!("certs/tls.key")).unwrap();
    let settings = settings::load(folder.place.path(), &|name| folder.lookup(name)).unwrap();
    assert_eq!(settings.server.socket_address().unwrap().port(), 8443);
    assert!(settings.server.tls.is_some());
    assert_eq!(settings.server.trusted_proxies.len(), 2);
    assert_eq!(settings.operator.as_deref(), Some("localhost:9090"));
    let Sessions::Redis { url, ca } = &settings.sessions else { panic!("{:?}", settings.sessions) };
    assert_eq!(url.reveal(), "rediss+sentinel://:pw@h1:26379,h2:26379/mymaster");
    assert!(ca.is_some());
    assert_eq!(settings.directory.reveal(), "postgres://gatehouse@db.example.org/gatehouse");
    assert_eq!(settings.seal_key.reveal(), b"01234567890123456789012345678901");
    let mail = settings.mail.as_ref().unwrap();
    assert_eq!(mail.from.name.as_deref(), Some("Contoso, sign-in"));
    let MailTransport::Smtp(smtp) = &mail.transport else { panic!("{mail:?}") };
    assert_eq!((smtp.port, smtp.encryption, smtp.login.is_some()), (465, Encryption::Tls, true));
    assert_eq!(settings.outbound.allow_http, ["localhost:9001", "127.0.0.1:80"]);
    let tenants = tenants::load(folder.place.path(), &settings, NOW, &|name| folder.lookup(name)).unwrap();
    let tenant = tenants.by_segment("contoso").unwrap();
    assert_eq!(tenant.passcode.length, 10);
    assert!(tenant.home_realm.consumer_domains.iter().any(|domain| domain.as_str() == "mail.example"));
    let partner = tenant.home_realm.partners.values().next().unwrap();
    assert_eq!((partner.primaries.len(), partner.fallback), (3, Fallback::EmailOneTimePasscode));
    let printed = format!("{settings:?}{tenants:?}");
    assert!(!printed.contains("pw@") && !printed.contains("a-secret"), "a secret prints itself");
}

#[test]
fn problems_are_one_json_object_per_line() {
    let (folder, _) = Folder::of("--- tenants/contoso.toml\nid = \"contoso\"\nname = 1\ncolor = \"#000000\"\n");
    let said = folder.check(Form::Json);
    assert_eq!(
        said.lines().next().unwrap(),
        r#"{"code":"C0005","column":8,"file":"tenants/contoso.toml","hint":"write a text (What guests read: the organisation that lets them in)","line":2,"message":"this is a whole number, where a text belongs","severity":"error"}"#
    );
    assert_eq!(said.lines().count(), 2);
}
