use std::collections::BTreeSet;

use super::*;
use crate::{
    domain::{
        address::DomainName,
        federation::{AttributeNames, DomainGate, NameIdFormat},
        id::IdpId,
        identity_provider::Kind,
        timestamp::Timestamp,
    },
    upstream::{
        saml::request::{EMAIL_FORMAT, PERSISTENT_FORMAT, UNSPECIFIED_FORMAT, tests::saml},
        signed_xml::{Attribute, Authentication, SamlVersion},
    },
};

fn domain(name: &str) -> DomainName {
    DomainName::parse(name).unwrap()
}

fn assertion(name_id: Option<(&str, Option<&str>)>, attributes: &[(&str, &[&str])]) -> Assertion {
    Assertion {
        version: SamlVersion::V2_0,
        id: "_a".into(),
        issuer: String::new(),
        issued_at: Timestamp::from_unix(0),
        subject: name_id.map(|(value, format)| NameId {
            value: value.into(),
            format: format.map(Into::into),
            name_qualifier: Some("q".into()),
            sp_name_qualifier: None,
        }),
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

/// Reads as a partner of `fabrikam.example` that is configured by `change`.
fn read(assertion: &Assertion, change: fn(&mut SamlUpstream)) -> Result<VerifiedIdentity, ErrorCode> {
    let mut upstream = saml();
    change(&mut upstream);
    let configured = Configured {
        id: IdpId::parse("fabrikam").unwrap(),
        name: "Fabrikam".into(),
        kind: Kind::Saml(Box::new(upstream.clone())),
        domains: BTreeSet::from([domain("fabrikam.example")]),
        lookup: None,
    };
    let authentication = Authentication {
        at: Timestamp::from_unix(7),
        session_index: Some("_s".into()),
        session_not_on_or_after: None,
        context: Some("urn:oasis:names:tc:SAML:2.0:ac:classes:Password".into()),
    };
    let judged = Judged { authentication: &authentication, until: Timestamp::from_unix(9), session_until: Some(Timestamp::from_unix(8)) };
    let mut verdicts = Verdicts::default();
    let read = Person::read(&configured, &upstream, assertion, &mut verdicts);
    let read = read.map(|person| person.identity(&configured, assertion, &judged));
    let shown = format!("{verdicts:?} {:?}", read.as_ref().err());
    assert!(!shown.contains("ana@"), "{shown}");
    read.map_err(|rejected| {
        assert_eq!(verdicts.iter().last().unwrap().outcome, Outcome::Refused(rejected.code));
        rejected.code
    })
}

const PERSISTENT: Option<(&str, Option<&str>)> = Some(("u-17", Some(PERSISTENT_FORMAT)));
const MAIL: (&str, &[&str]) = ("mail", &["ana@fabrikam.example"]);

#[test]
fn an_identity_carries_subject_methods_and_the_partners_session() {
    let attributes = [
        MAIL,
        ("http://schemas.microsoft.com/claims/authnmethodsreferences", &["http://schemas.microsoft.com/claims/multipleauthn"] as &[&str]),
    ];
    let identity = read(&assertion(PERSISTENT, &attributes), |_| {}).unwrap();
    assert_eq!((identity.subject.as_str(), identity.authenticated_at.unix()), ("u-17", 7));
    assert_eq!(identity.amr, ["pwd", "mfa"]);
    let session = identity.partner_session.unwrap();
    let name_id = session.name_id.unwrap();
    assert_eq!((session.index.as_deref(), session.until), (Some("_s"), Some(Timestamp::from_unix(8))));
    assert_eq!((name_id.value.as_str(), name_id.name_qualifier.as_deref()), ("u-17", Some("q")));
}

#[test]
fn a_name_that_does_not_last_is_no_subject() {
    let transient = Some(("x", Some(TRANSIENT_FORMAT)));
    let long = "x".repeat(256);
    for name_id in [transient, None, Some(("", None)), Some((long.as_str(), None)), Some(("a\u{7}b", None))] {
        assert_eq!(read(&assertion(name_id, &[MAIL]), |_| {}).unwrap_err(), ErrorCode::SamlSubject);
    }
    let by_attribute =
        |values: &[&str]| read(&assertion(transient, &[MAIL, ("uid", values)]), |saml| saml.attributes.subject = Some("uid".into()));
    assert_eq!(by_attribute(&["u-17"]).unwrap().subject.as_str(), "u-17");
    assert_eq!(by_attribute(&["u-17", "u-17"]).unwrap().subject.as_str(), "u-17");
    assert_eq!(by_attribute(&["u-17", "u-18"]).unwrap_err(), ErrorCode::SamlSubject);
    assert_eq!(by_attribute(&[]).unwrap_err(), ErrorCode::SamlSubject);
}

#[test]
fn a_name_of_another_lasting_format_than_asked_for_is_taken_with_a_warning_and_a_transient_one_never() {
    for (asked, wanted) in [(NameIdFormat::Persistent, PERSISTENT_FORMAT), (NameIdFormat::EmailAddress, EMAIL_FORMAT)] {
        let upstream = SamlUpstream { name_id_format: asked, ..saml() };
        for (format, outcome) in [
            (Some(wanted), Outcome::Passed),
            (None, Outcome::Passed),
            (Some(PERSISTENT_FORMAT), if wanted == PERSISTENT_FORMAT { Outcome::Passed } else { Outcome::Warned }),
            (Some(EMAIL_FORMAT), if wanted == EMAIL_FORMAT { Outcome::Passed } else { Outcome::Warned }),
            (Some(UNSPECIFIED_FORMAT), Outcome::Warned),
            (Some(TRANSIENT_FORMAT), Outcome::Refused(ErrorCode::SamlSubject)),
        ] {
            let (mut verdicts, named) = (Verdicts::default(), assertion(Some(("u-17", format)), &[]));
            let found = by_name_id(&upstream, named.subject.as_ref(), &mut verdicts);
            assert_eq!(found.is_err(), format == Some(TRANSIENT_FORMAT), "{format:?}");
            assert_eq!(verdicts.iter().next().unwrap().outcome, outcome, "{format:?} where {wanted} was asked for");
        }
    }
}

#[test]
fn there_must_be_one_address_and_it_must_be_one() {
    let with = |attributes: &[(&str, &[&str])]| read(&assertion(PERSISTENT, attributes), |_| {});
    let two = ["ana@fabrikam.example", "bo@fabrikam.example"];
    let wrong: [&[(&str, &[&str])]; 5] =
        [&[], &[("mail", &two)], &[("mail", &two[..1]), ("email", &two[1..])], &[("mail", &["ana"])], &[("unknown", &two[..1])]];
    for attributes in wrong {
        assert_eq!(with(attributes).unwrap_err(), ErrorCode::SamlAddress);
    }
    assert!(with(&[("mail", &two[..1]), ("email", &["ANA@fabrikam.example"])]).is_ok(), "the same twice is one");
}

#[test]
fn a_name_id_that_is_an_address_stands_in_where_no_attribute_does() {
    let name_id = Some(("ana@fabrikam.example", Some(EMAIL_FORMAT)));
    assert_eq!(read(&assertion(name_id, &[]), |_| {}).unwrap().address.unwrap().address.local(), "ana");
    let sign_in_name = Some(("u17@fabrikam.example", Some(EMAIL_FORMAT)));
    assert_eq!(read(&assertion(sign_in_name, &[MAIL]), |_| {}).unwrap().address.unwrap().address.local(), "ana");
    assert_eq!(read(&assertion(Some(("ana@fabrikam.example", None)), &[]), |_| {}).unwrap_err(), ErrorCode::SamlAddress);
}

#[test]
fn an_operators_own_names_replace_the_known_ones() {
    let own: fn(&mut SamlUpstream) = |saml| {
        saml.attributes =
            AttributeNames { subject: None, address: BTreeSet::from(["work".to_owned()]), name: BTreeSet::from(["called".to_owned()]) };
    };
    let attributes: [(&str, &[&str]); 4] = [("work", &["bo@fabrikam.example"]), MAIL, ("called", &["Bo"]), ("displayName", &["Ana"])];
    let identity = read(&assertion(PERSISTENT, &attributes), own).unwrap();
    assert_eq!((identity.address.unwrap().address.local(), identity.name.as_deref()), ("bo", Some("Bo")));
    assert_eq!(read(&assertion(PERSISTENT, &[MAIL]), own).unwrap_err(), ErrorCode::SamlAddress);
}

#[test]
fn names_are_put_together_from_what_there_is() {
    let named = |attributes: &[(&str, &[&str])]| {
        let all: Vec<_> = attributes.iter().copied().chain([MAIL]).collect();
        read(&assertion(PERSISTENT, &all), |_| {}).unwrap().name
    };
    assert_eq!(named(&[("displayName", &["Ana Ruiz"]), ("cn", &["aruiz"])]).as_deref(), Some("Ana Ruiz"));
    assert_eq!(named(&[("urn:oid:2.5.4.42", &["Ana"]), ("urn:oid:2.5.4.4", &["Ruiz"])]).as_deref(), Some("Ana Ruiz"));
    assert_eq!(named(&[("sn", &["Ruiz"])]).as_deref(), Some("Ruiz"));
    assert_eq!(named(&[("displayName", &["a\nb", &"x".repeat(300)])]), None);
}

#[test]
fn a_partner_speaks_for_its_own_domains_alone() {
    let of =
        |address: &str, change| read(&assertion(PERSISTENT, &[("mail", &[address])]), change).map(|i| i.address.unwrap().is_owner_verified);
    let open: fn(&mut SamlUpstream) = |saml| saml.domain_gate = DomainGate::Open;
    for outside in ["ana@contoso.example", "ana@sub.fabrikam.example", "ana@fabrikam.example.evil.example", "ana@notfabrikam.example"] {
        assert_eq!(of(outside, |_| {}), Err(ErrorCode::UpstreamDomain), "{outside}");
        assert_eq!(of(outside, open), Ok(false), "{outside}");
    }
    assert_eq!(of("ana@FABRIKAM.example", |_| {}), Ok(true));
}
