use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{super::sign::tests::credential, *};
use crate::domain::{
    federation::{Acceptance, AttributeNames, DomainGate, DomainProof, SignedPart},
    id::FlowId,
    locale::Locale,
};

const ACS: &str = "https://gate.example/contoso/callback/fabrikam";

pub(in crate::upstream::saml) fn saml() -> SamlUpstream {
    SamlUpstream {
        entity_id: "https://sts.fabrikam.example".into(),
        our_entity_id: "https://gate.example/contoso/saml".into(),
        trust: TrustSource::File { name: "fabrikam.xml".into(), text: Arc::from(""), signed_by: Vec::new() },
        domain_gate: DomainGate::Closed,
        proof: DomainProof::Asked,
        acceptance: Acceptance {
            clock_skew: Duration::from_secs(60),
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
    }
}

fn ask(prompting: Prompting) -> Ask {
    Ask {
        flow: FlowId::from_drawn(random::ordered_uuid(Timestamp::from_unix(0))),
        login_hint: Some("ana&co@fabrikam.example".parse_address()),
        prompting,
        max_age: None,
        locale: Locale::default(),
        again: None,
    }
}

trait ParseAddress {
    fn parse_address(&self) -> crate::domain::address::EmailAddress;
}

impl ParseAddress for str {
    fn parse_address(&self) -> crate::domain::address::EmailAddress {
        crate::domain::address::EmailAddress::parse(self).unwrap()
    }
}

fn sso(binding: Binding) -> Endpoint {
    let location = Url::parse(&format!("https://sts.fabrikam.example/{binding:?}?a=1&b=\"2\"")).unwrap();
    Endpoint { binding, location, response_location: None }
}

fn facts(sign_in: &[Binding]) -> Facts {
    Facts {
        entity_id: String::new(),
        sign_in: sign_in.iter().map(|binding| sso(*binding)).collect(),
        sign_out: Vec::new(),
        signing: Vec::new().into(),
        wants_signed_requests: false,
        valid_until: None,
    }
}

fn request(saml: &SamlUpstream, ask: &Ask) -> AuthnRequest {
    let destination = sso(Binding::Redirect).location;
    let question = Question { saml, destination: &destination, answer_at: ACS, id: "_1", issued_at: Timestamp::from_unix(1_800_000_000) };
    question.authn_request(ask).unwrap()
}

#[test]
fn another_reader_reads_exactly_what_we_meant_whatever_the_values_hold() {
    for hostile in ["urn:ok", "</saml:Issuer><evil/>", "a\"b'c<d>&e;&#0;", "]]><!--", "x\ty"] {
        let mut saml = saml();
        saml.our_entity_id = hostile.to_owned();
        saml.authn_contexts = vec![hostile.to_owned(), "urn:b".to_owned()];
        saml.login_hint = HintCarrier::Subject;
        let meant = request(&saml, &ask(Prompting::ForceLogin));
        let xml = written(&meant).to_xml();
        let read: AuthnRequest = xml.parse().unwrap();
        assert_eq!(read, meant, "{xml}");
    }
}

#[test]
fn a_request_says_all_that_a_partner_needs() {
    let xml = written(&request(&saml(), &ask(Prompting::Free))).to_xml();
    for part in [
        "ID=\"_1\"",
        "Version=\"2.0\"",
        "IssueInstant=\"2027-01-15T08:00:00Z\"",
        "Destination=\"https://sts.fabrikam.example/Redirect?a=1&amp;b=%222%22\"",
        "ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"",
        "AssertionConsumerServiceURL=\"https://gate.example/contoso/callback/fabrikam\"",
        ">https://gate.example/contoso/saml</saml:Issuer>",
        "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\" AllowCreate=\"true\"",
    ] {
        assert!(xml.contains(part), "{part} is missing in {xml}");
    }
    for part in ["ForceAuthn", "RequestedAuthnContext", "Subject", "ana"] {
        assert!(!xml.contains(part), "{part} in {xml}");
    }
}

#[test]
fn who_must_prove_themselves_anew_is_asked_to() {
    let forced = |ask: &Ask| request(&saml(), ask).force_authn == Some(true);
    assert!(forced(&ask(Prompting::ForceLogin)) && forced(&ask(Prompting::SelectAccount)));
    assert!(forced(&Ask { max_age: Some(60), ..ask(Prompting::Free) }));
    assert!(!forced(&ask(Prompting::Free)) && !forced(&ask(Prompting::CreateAccount)));
}

#[test]
fn the_typed_address_travels_only_as_the_operator_wants() {
    let with = |login_hint| query_hint(&SamlUpstream { login_hint, ..saml() }, &ask(Prompting::Free));
    assert_eq!(with(HintCarrier::None), None);
    assert_eq!(with(HintCarrier::Subject), None);
    let typed = "ana&co@fabrikam.example".to_owned();
    assert_eq!(with(HintCarrier::Query(HintParameter::Username)), Some(("username", typed.clone())));
    assert_eq!(with(HintCarrier::Query(HintParameter::LoginHint)), Some(("login_hint", typed)));
}

#[test]
fn the_binding_is_the_one_offered_unless_the_operator_says_otherwise() {
    let chosen = |request_binding, offered: &[Binding]| {
        let (saml, facts) = (SamlUpstream { request_binding, ..saml() }, facts(offered));
        endpoint(&saml, &facts).map(|(_, binding)| binding).map_err(|rejected| rejected.code)
    };
    let both = [Binding::Post, Binding::Redirect];
    assert_eq!(chosen(RequestBinding::Offered, &both), Ok(Binding::Redirect));
    assert_eq!(chosen(RequestBinding::Offered, &[Binding::Post]), Ok(Binding::Post));
    assert_eq!(chosen(RequestBinding::Post, &both), Ok(Binding::Post));
    assert_eq!(chosen(RequestBinding::Redirect, &[Binding::Post]), Err(ErrorCode::NoEndpoint));
    assert_eq!(chosen(RequestBinding::Offered, &[]), Err(ErrorCode::NoEndpoint));
}

#[test]
fn requests_are_signed_when_wanted_or_always_or_never() {
    let wanting = Facts { wants_signed_requests: true, ..facts(&[]) };
    let signed = |request_signing, facts: &Facts| is_signed(&SamlUpstream { request_signing, ..saml() }, facts);
    assert!(signed(RequestSigning::AsWanted, &wanting) && signed(RequestSigning::Always, &facts(&[])));
    assert!(!signed(RequestSigning::AsWanted, &facts(&[])) && !signed(RequestSigning::Never, &wanting));
}

#[test]
fn a_posted_request_is_signed_inside() {
    let (endpoint, credential) = (sso(Binding::Post), credential());
    let road = Road { endpoint: &endpoint, binding: Binding::Post, signing: Some(&credential), hint: None };
    let Outbound::Form { fields, .. } = road.send(written(&request(&saml(), &ask(Prompting::Free))), "state").unwrap() else {
        panic!("a form");
    };
    let xml = String::from_utf8(STANDARD.decode(&fields[0].1).unwrap()).unwrap();
    assert!(xml.contains("</saml:Issuer><ds:Signature"), "{xml}");
    assert_eq!(xml.parse::<AuthnRequest>().unwrap().id, "_1");
}

#[test]
fn ids_are_names_that_nobody_guesses() {
    let (one, other) = (new_id(), new_id());
    assert!(one != other && one.len() == 41 && one.starts_with('_') && one[1..].bytes().all(|b| b.is_ascii_hexdigit()));
}
