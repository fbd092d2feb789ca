use std::collections::BTreeSet;

use super::{
    names::{ADDRESS, ADDRESS_FORMATS},
    *,
};
use crate::{
    domain::{
        address::DomainName,
        federation::{
            Acceptance, AttributeNames, DomainGate, DomainProof, HintCarrier, NameIdFormat, RequestBinding, RequestSigning, SamlUpstream,
            SignedPart, TrustSource,
        },
        id::IdpId,
        identity::AssertedAddress,
        identity_provider::{IdentityProvider as Configured, Kind},
    },
    upstream::signed_xml::{Attribute, Authentication, NameId, SamlVersion},
};

const PLAIN: &str = "http://schemas.xmlsoap.org/claims/";

fn assertion(attributes: &[(&str, &[&str])]) -> Assertion {
    Assertion {
        version: SamlVersion::V2_0,
        id: "_a".into(),
        issuer: "https://sts.fabrikam.example".into(),
        issued_at: Timestamp::from_unix(0),
        subject: None,
        confirmations: Vec::new(),
        conditions: None,
        authentications: Vec::new(),
        attributes: attributes
            .iter()
            .map(|(name, values)| Attribute {
                name: (*name).into(),
                friendly_name: Some("mail".into()),
                values: values.iter().map(|value| (*value).into()).collect(),
            })
            .collect(),
    }
}

fn configured() -> Configured {
    let saml = SamlUpstream {
        entity_id: "https://sts.fabrikam.example".into(),
        our_entity_id: "https://gate.example/saml".into(),
        trust: TrustSource::Typed { sign_in: "https://sts.fabrikam.example/".parse().unwrap(), sign_out: None, certificates: Vec::new() },
        domain_gate: DomainGate::Closed,
        proof: DomainProof::Asked,
        acceptance: Acceptance {
            clock_skew: std::time::Duration::ZERO,
            allows_sha1: false,
            signed: SignedPart::Either,
            requires_encryption: false,
        },
        attributes: AttributeNames::default(),
        request_binding: RequestBinding::Offered,
        request_signing: RequestSigning::AsWanted,
        name_id_format: NameIdFormat::Persistent,
        authn_contexts: Vec::new(),
        login_hint: HintCarrier::None,
        unsolicited: None,
    };
    Configured {
        id: IdpId::parse("fabrikam").unwrap(),
        name: "Fabrikam".into(),
        kind: Kind::Saml(Box::new(saml)),
        domains: BTreeSet::from([DomainName::parse("fabrikam.example").unwrap()]),
        lookup: None,
    }
}

fn address(assertion: &Assertion) -> Result<AssertedAddress, ErrorCode> {
    let (configured, names) = (configured(), AttributeNames::default());
    let speaker = Speaker { configured: &configured, names: &names };
    speaker.address(assertion, &mut Verdicts::default()).map_err(|rejected| rejected.code)
}

#[test]
fn keycloaks_x500_name_and_ad_fs_1_s_are_addresses() {
    for attribute in ["urn:oid:1.2.840.113549.1.9.1", "http://schemas.xmlsoap.org/claims/EmailAddress"] {
        let found = address(&assertion(&[(attribute, &["ana@fabrikam.example"])]));
        assert_eq!(found.map(|found| found.address.to_string()), Ok("ana@fabrikam.example".to_owned()), "{attribute}");
    }
}

fn name(attributes: &[(&str, &[&str])]) -> Option<String> {
    let (configured, names) = (configured(), AttributeNames::default());
    Speaker { configured: &configured, names: &names }.name(&assertion(attributes))
}

#[test]
fn every_products_name_for_the_address_is_known_bare_and_below_ad_fs_s_prefix() {
    for name in ADDRESS.iter().map(|name| (*name).to_owned()).chain(ADDRESS.iter().map(|name| format!("{PLAIN}{name}"))) {
        let asserted = address(&assertion(&[(&name, &[" Ana@Fabrikam.example "])])).unwrap();
        assert_eq!((asserted.address.key().as_str(), asserted.is_owner_verified), ("ana@fabrikam.example", true), "{name}");
    }
    assert_eq!(address(&assertion(&[("FriendlyMail", &["ana@fabrikam.example"])])), Err(ErrorCode::SamlAddress));
}

#[test]
fn a_name_id_that_is_an_address_counts_only_where_no_attribute_states_one() {
    for format in ADDRESS_FORMATS {
        let name_id =
            |value: &str| NameId { value: value.into(), format: Some(format.into()), name_qualifier: None, sp_name_qualifier: None };
        let alone = Assertion { subject: Some(name_id("ana@fabrikam.example")), ..assertion(&[]) };
        assert_eq!(address(&alone).unwrap().address.local(), "ana");
        let beside = Assertion { subject: Some(name_id("u17@fabrikam.example")), ..assertion(&[("mail", &["ana@fabrikam.example"])]) };
        assert_eq!(address(&beside).unwrap().address.local(), "ana");
    }
}

#[test]
fn a_persons_name_goes_before_an_accounts() {
    let account = ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", &["FABRIKAM\\ana"] as &[&str]);
    let display = ("http://schemas.microsoft.com/identity/claims/displayname", &["Ana Trujillo"] as &[&str]);
    assert_eq!(name(&[account, display]).as_deref(), Some("Ana Trujillo"));
    assert_eq!(name(&[account, ("givenName", &["Ana"]), ("sn", &["Ruiz"])]).as_deref(), Some("Ana Ruiz"));
    assert_eq!(name(&[account, ("sn", &["Ruiz"])]).as_deref(), Some("FABRIKAM\\ana"));
    assert_eq!(name(&[("http://schemas.xmlsoap.org/claims/CommonName", &["Ana"])]).as_deref(), Some("Ana"));
    assert_eq!(name(&[]), None);
}

#[test]
fn known_methods_are_named_once_and_unknown_ones_not_at_all() {
    let authentication = |context: &str| Authentication {
        at: Timestamp::from_unix(0),
        session_index: None,
        session_not_on_or_after: None,
        context: Some(context.into()),
    };
    let pwd = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
    let mfa = "http://schemas.microsoft.com/claims/multipleauthn";
    let stated = assertion(&[("http://schemas.microsoft.com/claims/authnmethodsreferences", &[mfa, pwd, "unknown"])]);
    assert_eq!(amr(&stated, &authentication(pwd)), ["pwd", "mfa"]);
    for kerberos in ["urn:federation:authentication:windows", "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos", "urn:ietf:rfc:1510"] {
        assert_eq!(amr(&assertion(&[]), &authentication(kerberos)), ["wia"]);
    }
}
