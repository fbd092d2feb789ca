use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use samael::schema::{LogoutRequest as ReadRequest, LogoutResponse as ReadResponse};
use url::Url;

use super::{super::sign::tests::credential, *};
use crate::{
    domain::identity::{AssertedNameId, Subject},
    upstream::{RawMessage, signed_xml::NameId},
};

const HERE: &str = "https://gate.example/contoso/callback/fabrikam/logout";
const THEIRS: &str = "https://sts.fabrikam.example";
const NOW: i64 = 1_800_000_000;

fn facts(binding: Option<Binding>) -> Facts {
    let endpoint = |binding| Endpoint {
        binding,
        location: Url::parse("https://sts.fabrikam.example/slo").unwrap(),
        response_location: Some(Url::parse("https://sts.fabrikam.example/slo/answers").unwrap()),
    };
    Facts {
        entity_id: THEIRS.into(),
        sign_in: Vec::new(),
        sign_out: binding.map(endpoint).into_iter().collect(),
        signing: Vec::new().into(),
        wants_signed_requests: false,
        valid_until: None,
    }
}

fn with<T>(binding: Option<Binding>, act: impl FnOnce(&Sides<'_>) -> T) -> T {
    static OURS: LazyLock<Credential> = LazyLock::new(credential);
    let facts = facts(binding);
    act(&Sides {
        ours: "https://gate.example/contoso/saml",
        theirs: THEIRS,
        here: HERE,
        facts: &facts,
        credential: &OURS,
        now: Timestamp::from_unix(NOW),
        skew: Duration::from_secs(60),
    })
}

fn session() -> PartnerSession {
    let name_id = AssertedNameId {
        value: Subject::new("u<1>").unwrap(),
        format: Some("urn:f".into()),
        name_qualifier: Some("q".into()),
        sp_name_qualifier: None,
    };
    PartnerSession { index: Some("_s&1".into()), name_id: Some(name_id), until: None }
}

fn state() -> Secret<String> {
    Secret::new("flow.secret".into())
}

fn arrived(parameter: Parameter) -> Arrived {
    Arrived { parameter, xml: Vec::new(), relay_state: Some(state()) }
}

fn posted(outbound: &Outbound) -> String {
    let Outbound::Form { fields, .. } = outbound else { panic!("a form") };
    String::from_utf8(STANDARD.decode(&fields[0].1).unwrap()).unwrap()
}

fn asked() -> LogoutRequest {
    LogoutRequest {
        id: "_theirs".into(),
        issuer: Some(THEIRS.into()),
        destination: Some(HERE.into()),
        issued_at: Timestamp::from_unix(NOW - 5),
        not_on_or_after: Some(Timestamp::from_unix(NOW + 60)),
        name_id: NameId { value: "u1".into(), format: None, name_qualifier: None, sp_name_qualifier: None },
        session_indexes: vec!["_s".into()],
    }
}

fn hear(change: fn(&mut LogoutRequest)) -> Result<SignOutHeard, ErrorCode> {
    let mut request = asked();
    change(&mut request);
    let mut verdicts = Verdicts::default();
    let heard =
        with(Some(Binding::Post), |sides| sides.heard(LogoutMessage::Request(request), &arrived(Parameter::Request), &mut verdicts));
    heard.map_err(|rejected| rejected.code)
}

#[test]
fn our_request_names_the_session_and_travels_signed_with_its_state() {
    let outbound = with(Some(Binding::Post), |sides| sides.request(&session(), &state())).unwrap().unwrap();
    let xml = posted(&outbound);
    let read: ReadRequest = xml.parse().unwrap();
    assert_eq!((read.id.unwrap(), read.destination.as_deref()), (id_for(&state()), Some("https://sts.fabrikam.example/slo")));
    assert!(xml.contains("</saml:Issuer><ds:Signature"), "{xml}");
    assert!(xml.contains(" NameQualifier=\"q\">u&lt;1&gt;</saml:NameID><samlp:SessionIndex>_s&amp;1</samlp:SessionIndex>"), "{xml}");
}

#[test]
fn a_redirected_request_can_be_read_again() {
    let outbound = with(Some(Binding::Redirect), |sides| sides.request(&session(), &state())).unwrap().unwrap();
    let Outbound::Redirect(url) = outbound else { panic!("a redirect") };
    let arrived = Arrived::read(&RawMessage::Query(url.query().unwrap())).unwrap();
    assert_eq!(arrived.relay_state.unwrap().reveal(), "flow.secret");
    assert!(url.query().unwrap().contains("&SigAlg="));
    assert!(std::str::from_utf8(&arrived.xml).unwrap().starts_with("<samlp:LogoutRequest "));
}

#[test]
fn no_request_goes_to_a_partner_that_takes_none_or_gave_no_name() {
    assert!(with(None, |sides| sides.request(&session(), &state())).unwrap().is_none());
    let nameless = PartnerSession { name_id: None, ..session() };
    assert!(with(Some(Binding::Post), |sides| sides.request(&nameless, &state())).unwrap().is_none());
}

#[test]
fn a_partners_request_is_answered_at_its_answer_address() {
    let SignOutHeard::Asked { sessions, answer, .. } = hear(|_| {}).unwrap() else { panic!("asked") };
    assert_eq!((sessions.name_id.value.as_str(), sessions.indexes.as_slice()), ("u1", &["_s".to_owned()][..]));
    let Outbound::Form { action, fields } = &answer else { panic!("a form") };
    assert_eq!((action.path(), fields[0].0, fields[1].1.as_str()), ("/slo/answers", "SAMLResponse", "flow.secret"));
    let read: ReadResponse = posted(&answer).parse().unwrap();
    assert_eq!(read.in_response_to.as_deref(), Some("_theirs"));
    assert_eq!(read.status.unwrap().status_code.value.as_deref(), Some(SUCCESS));
}

#[test]
fn a_logout_request_must_be_from_them_to_us_and_of_now() {
    let refused: [fn(&mut LogoutRequest); 8] = [
        |r| r.issuer = None,
        |r| r.issuer = Some("https://evil.example".into()),
        |r| r.destination = None,
        |r| r.destination = Some("https://evil.example".into()),
        |r| r.not_on_or_after = Some(Timestamp::from_unix(NOW - 60)),
        |r| r.issued_at = Timestamp::from_unix(NOW + 61),
        |r| r.issued_at = Timestamp::from_unix(NOW - 3661),
        |r| r.name_id.value.clear(),
    ];
    for change in refused {
        assert_eq!(hear(change).unwrap_err(), ErrorCode::LogoutRefused);
    }
    let taken: [fn(&mut LogoutRequest); 4] = [
        |r| r.not_on_or_after = Some(Timestamp::from_unix(NOW - 59)),
        |r| r.not_on_or_after = None,
        |r| r.issued_at = Timestamp::from_unix(NOW + 60),
        |r| r.issued_at = Timestamp::from_unix(NOW - 3660),
    ];
    for change in taken {
        assert!(hear(change).is_ok());
    }
}

#[test]
fn a_logout_request_is_remembered_for_as_long_as_it_would_be_taken() {
    let once = |change| match hear(change) {
        Ok(SignOutHeard::Asked { once, .. }) => once,
        other => panic!("{other:?}"),
    };
    let (bounded, unbounded) = (once(|_| {}), once(|r| r.not_on_or_after = None));
    assert_eq!(bounded.until, Timestamp::from_unix(NOW + 60 + 60));
    assert_eq!(unbounded.until, Timestamp::from_unix(NOW - 5 + 3600 + 60 + 1));
    assert_eq!(bounded.digest, unbounded.digest);
    assert_ne!(bounded.digest, once(|r| r.id.push('2')).digest);
}

#[test]
fn an_answer_must_be_to_the_request_that_left_with_its_state() {
    let answer = |in_response_to: Option<String>| {
        let response = LogoutResponse {
            id: "_r".into(),
            issuer: Some(THEIRS.into()),
            destination: Some(HERE.into()),
            in_response_to,
            issued_at: Timestamp::from_unix(NOW),
            is_success: true,
        };
        let message = LogoutMessage::Response(response);
        with(Some(Binding::Post), |sides| sides.heard(message, &arrived(Parameter::Response), &mut Verdicts::default()))
    };
    let heard = answer(Some(id_for(&state()))).unwrap();
    assert!(matches!(heard, SignOutHeard::Answered { state: Some(_), is_success: true }));
    for wrong in [None, Some("_other".to_owned())] {
        assert_eq!(answer(wrong).unwrap_err().code, ErrorCode::LogoutRefused);
    }
}

#[test]
fn a_response_in_the_place_of_a_request_is_refused() {
    let heard = with(Some(Binding::Post), |sides| {
        sides.heard(LogoutMessage::Request(asked()), &arrived(Parameter::Response), &mut Verdicts::default())
    });
    assert_eq!(heard.unwrap_err().code, ErrorCode::LogoutRefused);
}
