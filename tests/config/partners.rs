//! Federation partners: what the operator says of them arrives, and what time does to their certificates is told when it matters.

use std::time::Duration;

use gatehouse::{
    cli::check::Form,
    clock::Clock,
    demo::partner::{KeyShape, Metadata, Signer, Signing, Validity},
    domain::{
        federation::{
            Acceptance, DomainGate, DomainProof, HintCarrier, HintParameter, NameIdFormat, RequestBinding, RequestSigning, SamlUpstream,
            SignedPart, TrustSource, WsFedUpstream,
        },
        identity_provider::{Family, Kind},
        tenant::Tenant,
        timestamp::Timestamp,
    },
    settings::{self, Code, Purpose, Severity},
    tenants::{self, Surroundings},
};
use rcgen::{CertificateParams, KeyPair};

use crate::{cases::Folder, loading::NOW};

fn contoso(case: &str) -> Tenant {
    let (folder, _) = Folder::of(case);
    let settings = settings::load(folder.place.path(), &|name| folder.lookup(name)).unwrap();
    let tenants = tenants::load(folder.place.path(), &settings, NOW, &|name| folder.lookup(name)).unwrap();
    Tenant::clone(tenants.by_segment("contoso").unwrap())
}

fn saml<'t>(tenant: &'t Tenant, id: &str) -> &'t SamlUpstream {
    let kind = tenant.providers.values().find(|provider| provider.id.as_str() == id).map(|provider| &provider.kind);
    kind.and_then(|kind| if let Kind::Saml(saml) = kind { Some(saml.as_ref()) } else { None }).unwrap()
}

fn ws_fed<'t>(tenant: &'t Tenant, id: &str) -> &'t WsFedUpstream {
    let kind = tenant.providers.values().find(|provider| provider.id.as_str() == id).map(|provider| &provider.kind);
    kind.and_then(|kind| if let Kind::WsFed(ws_fed) = kind { Some(ws_fed.as_ref()) } else { None }).unwrap()
}

#[test]
fn a_partner_of_four_lines_has_the_safe_defaults() {
    let tenant = contoso(include_str!("partners.txt"));
    let plain = saml(&tenant, "plain");
    assert_eq!(plain.entity_id, "https://id.plain.example/metadata");
    assert_eq!(plain.our_entity_id, "https://login.example.org/contoso/saml");
    let TrustSource::Url { url, refresh, signed_by } = &plain.trust else { panic!("{:?}", plain.trust) };
    assert_eq!((url.as_str(), refresh.as_secs(), signed_by.len()), ("https://id.plain.example/metadata", 12 * 3600, 0));
    assert_eq!((plain.domain_gate, plain.proof), (DomainGate::Closed, DomainProof::Asked));
    let strict =
        Acceptance { clock_skew: Duration::from_secs(60), allows_sha1: false, signed: SignedPart::Either, requires_encryption: false };
    assert_eq!(plain.acceptance, strict);
    assert_eq!((plain.request_binding, plain.request_signing), (RequestBinding::Offered, RequestSigning::AsWanted));
    assert_eq!((plain.name_id_format, plain.login_hint), (NameIdFormat::Persistent, HintCarrier::None));
    assert!(plain.authn_contexts.is_empty() && plain.unsolicited.is_none());
    assert!(tenant.providers.values().all(|provider| provider.family() == Family::ExternalFederation));
}

#[test]
fn everything_that_can_be_said_of_a_saml_partner_arrives() {
    let tenant = contoso(include_str!("partners.txt"));
    let full = saml(&tenant, "full");
    assert_eq!(full.our_entity_id, "https://login.example.org/contoso/saml/full");
    let TrustSource::Typed { sign_in, sign_out, certificates } = &full.trust else { panic!("{:?}", full.trust) };
    assert_eq!(sign_in.query(), Some("tenant=1"));
    assert_eq!(sign_out.as_ref().unwrap().path(), "/slo");
    assert_eq!(certificates.len(), 3, "PEM and DER are read alike");
    assert_eq!(certificates[0], certificates[2]);
    assert_eq!((full.domain_gate, full.proof), (DomainGate::Open, DomainProof::Required));
    let lenient =
        Acceptance { clock_skew: Duration::from_secs(300), allows_sha1: true, signed: SignedPart::Both, requires_encryption: true };
    assert_eq!(full.acceptance, lenient);
    assert_eq!((full.request_binding, full.request_signing), (RequestBinding::Redirect, RequestSigning::Always));
    assert_eq!((full.name_id_format, full.login_hint), (NameIdFormat::Transient, HintCarrier::Query(HintParameter::LoginHint)));
    assert_eq!(full.authn_contexts.len(), 1);
    assert_eq!(full.unsolicited.as_ref().unwrap().as_str(), "portal");
    assert_eq!(full.attributes.subject.as_deref(), Some("objectGUID"));
    assert_eq!((full.attributes.address.len(), full.attributes.name.len()), (1, 2));
    let named = saml(&tenant, "named");
    assert_eq!(named.our_entity_id, "urn:federation:MicrosoftOnline");
    let TrustSource::Url { refresh, signed_by, .. } = &named.trust else { panic!("{:?}", named.trust) };
    assert_eq!((refresh.as_secs(), signed_by.len()), (3600, 1));
}

#[test]
fn everything_that_can_be_said_of_a_ws_federation_partner_arrives() {
    let tenant = contoso(include_str!("partners.txt"));
    let adfs = ws_fed(&tenant, "adfs");
    assert_eq!(adfs.realm, "https://login.example.org/contoso/wsfed");
    assert_eq!((adfs.home_realm.as_deref(), adfs.freshness), (Some("urn:inner"), Some(8 * 60)));
    assert_eq!(adfs.authentication.as_deref(), Some("urn:oasis:names:tc:SAML:1.0:am:password"));
    let typed = ws_fed(&tenant, "typed");
    assert_eq!((typed.realm.as_str(), typed.freshness, typed.acceptance.clock_skew), ("urn:contoso", None, Duration::ZERO));
    assert_eq!(typed.attributes.address.len(), 1);
    assert_eq!((tenant.federation.key_rotation.as_secs(), tenant.federation.key_publish_ahead.as_secs()), (365 * 86400, 30 * 86400));
}

/// A tenant with one partner whose certificates are valid for these days around now, and what is said of it.
fn told(days: &[(i64, i64)]) -> (usize, Vec<(Code, Severity)>) {
    let (folder, _) = Folder::of("");
    let mut files = Vec::new();
    for (number, (from, until)) in days.iter().enumerate() {
        let mut params = CertificateParams::new(vec![]).unwrap();
        let moment = |days: i64| rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(NOW.unix() + days * 86400).unwrap());
        (params.not_before, params.not_after) = (moment(*from), moment(*until));
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        std::fs::write(folder.place.path().join(format!("tenants/{number}.pem")), certificate.pem()).unwrap();
        files.push(format!("\"{number}.pem\""));
    }
    let partner = format!(
        "id = \"contoso\"\nname = \"Contoso\"\n[saml.partner]\nname = \"Partner\"\nentity_id = \"urn:partner\"\n\
         sign_in_url = \"https://id.partner.example/\"\ndomains = [\"partner.example\"]\ncertificates = [{}]\n",
        files.join(", ")
    );
    std::fs::write(folder.place.path().join("tenants/contoso.toml"), partner).unwrap();
    let surroundings = Surroundings {
        public_url: Some("https://login.example.org".parse().unwrap()),
        allow_http: Some(vec![]),
        has_mail: true,
        purpose: Purpose::Serve,
        now: NOW,
        environment: &|_| None,
    };
    let (tenants, problems) = tenants::read(folder.place.path(), &surroundings);
    (tenants.iter().count(), problems.iter().map(|problem| (problem.code, problem.severity)).collect())
}

#[test]
fn a_certificate_is_told_in_time_before_it_expires() {
    assert_eq!(told(&[(-300, 31)]), (1, vec![]));
    assert_eq!(told(&[(-300, 29)]), (1, vec![(Code::CertificateDates, Severity::Warning)]));
    assert_eq!(told(&[(-300, 29), (-1, 300)]), (1, vec![]), "the next one is there already");
    assert_eq!(told(&[(-300, 29), (10, 300)]), (1, vec![]), "and may begin later");
}

#[test]
fn an_expired_certificate_is_an_error_to_check_and_never_keeps_the_house_closed() {
    assert_eq!(told(&[(-300, -1)]), (1, vec![(Code::CertificateDates, Severity::Error)]));
    assert_eq!(told(&[(-300, -1), (-1, 300)]), (1, vec![(Code::CertificateDates, Severity::Warning)]));
    assert_eq!(told(&[(1, 300)]), (1, vec![(Code::CertificateDates, Severity::Error)]));
}

#[test]
fn what_time_alone_made_wrong_does_not_stop_serving() {
    let expired = "--- tenants/contoso.toml\nid = \"contoso\"\nname = \"Contoso\"\n[wsfed.partner]\nname = \"Partner\"\nissuer = \"urn:partner\"\n\
                   sign_in_url = \"https://id.partner.example/\"\ndomains = [\"partner.example\"]\ncertificates = [\"../partners/expired.pem\"]\n";
    assert_eq!(contoso(expired).providers.len(), 1);
}

#[test]
fn the_resolver_for_domain_proofs_can_be_named() {
    let (folder, _) = Folder::of(&format!("--- gatehouse.toml\n{}[outbound]\ndns = \"[::1]:5353\"\n", include_str!("good_gatehouse.toml")));
    let settings = settings::load(folder.place.path(), &|name| folder.lookup(name)).unwrap();
    assert_eq!(settings.outbound.dns.unwrap().port(), 5353);
}

#[test]
fn the_time_of_these_tests_is_within_the_certificates_committed() {
    let years = |years: i64| Timestamp::from_unix(years * 365 * 86400);
    assert!(years(51) < NOW && NOW < years(130));
}

#[test]
fn a_file_that_is_no_metadata_is_told_as_one() {
    for text in ["", "not xml", "<html/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "<EntityDescriptor"] {
        let (folder, _) = Folder::of(
            "--- tenants/contoso.toml\nid = \"contoso\"\nname = \"Contoso\"\n[saml.partner]\nname = \"Partner\"\nentity_id = \"urn:partner\"\n\
             metadata_file = \"partner.xml\"\ndomains = [\"partner.example\"]\n",
        );
        std::fs::write(folder.place.path().join("tenants/partner.xml"), text).unwrap();
        let said = folder.check(Form::Text);
        assert!(said.starts_with("tenants/contoso.toml:6:17: error[C0513]: "), "{text:?}: {said}");
    }
}

/// What `gatehouse check` says of a partner whose metadata is a file, and must be signed by `wanted`.
fn checked(text: &str, wanted: &Signer) -> String {
    let partner = "[saml.signed]\nname = \"Signed\"\nentity_id = \"urn:signed\"\nmetadata_file = \"signed.xml\"\n\
                   metadata_certificates = [\"signs.pem\"]\ndomains = [\"signed.example\"]";
    let tenant = include_str!("good_tenant.toml");
    let (pem, json) = (wanted.certificate_pem(), Form::Json);
    let case = format!("--- tenants/signed.xml\n{text}\n--- tenants/signs.pem\n{pem}\n--- tenants/contoso.toml\n{tenant}\n{partner}\n");
    Folder::of(&case).0.check(json)
}

#[test]
fn check_wants_a_metadata_file_to_be_signed_by_whom_the_operator_named() {
    let signer = || Signer::generate(KeyShape::P256, "signs", &Validity::around(Clock::system().now())).unwrap();
    let (theirs, another) = (signer(), signer());
    let slo = "https://id.signed.example/slo";
    let metadata = Metadata::saml("urn:signed", vec![theirs.certificate_base64()], "https://id.signed.example/sso", slo);
    let signed = metadata.to_xml(Some(&Signing::by(&theirs))).unwrap();
    assert_eq!(checked(&signed, &theirs), "");
    for (text, wanted) in [(&signed, &another), (&metadata.to_xml(None).unwrap(), &theirs), (&signed.replace("/slo", "/evil"), &theirs)] {
        let said = checked(text, wanted);
        assert_eq!(said.lines().count(), 1, "{said}");
        for part in ["\"error\"", "\"C0522\"", "\"tenants/signed.xml\"", "GH3165", "of contoso", "ask the partner"] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
}
