use proptest::prelude::*;

use super::*;
use crate::oidc::fixture::{CALLBACK, tenant};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A good request with some parameters replaced, added (a new name) or taken away (`None`).
fn ask(changes: &[(&str, Option<&str>)]) -> Result<AuthorizationRequest, Rejection> {
    let mut pairs: Vec<(&str, &str)> = vec![
        ("client_id", "portal"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "st"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        pairs.retain(|(key, _)| key != name);
        pairs.extend(value.map(|value| (*name, value)));
    }
    ask_raw(&url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

fn ask_raw(raw: &str) -> Result<AuthorizationRequest, Rejection> {
    read(&tenant(), &Parameters::parse(raw.as_bytes()).unwrap())
}

fn refused(changes: &[(&str, Option<&str>)]) -> (ErrorCode, Refusal) {
    match ask(changes) {
        Err(Rejection::Refuse { code, to, .. }) => (code, to),
        other => panic!("{changes:?}: {other:?}"),
    }
}

#[test]
fn a_confidential_client_excused_from_pkce_may_leave_it_out_and_may_not_weaken_it() {
    let plain = [("client_id", Some("either")), ("code_challenge", None), ("code_challenge_method", None)];
    assert_eq!(ask(&plain).unwrap().code_challenge, None);
    assert_eq!(ask(&[("client_id", Some("either"))]).unwrap().code_challenge.as_deref(), Some(CHALLENGE));
    assert_eq!(refused(&[("client_id", Some("either")), ("code_challenge_method", Some("plain"))]).0, ErrorCode::MissingPkce);
    for strict in ["portal", "native"] {
        assert_eq!(refused(&[("client_id", Some(strict)), ("code_challenge", None)]).0, ErrorCode::MissingPkce, "{strict}");
    }
}

#[test]
fn a_good_request_is_read_whole() {
    let request = ask(&[
        ("nonce", Some("n")),
        ("response_mode", Some("form_post")),
        ("prompt", Some("login consent login")),
        ("max_age", Some("0")),
        ("login_hint", Some("ana@partner.example")),
        ("whr", Some("partner.example")),
        ("scope", Some("email openid offline_access email phone")),
        ("utm_source", Some("ignored")),
        ("claims", Some("{}")),
        ("id_token_hint", Some("x.y.z")),
    ])
    .unwrap();
    assert_eq!(request.client.as_str(), "portal");
    assert_eq!(request.redirect_uri.as_str(), CALLBACK);
    assert_eq!(request.response_mode, ResponseMode::FormPost);
    assert_eq!(request.state.as_deref(), Some("st"));
    assert_eq!(request.nonce.as_deref(), Some("n"));
    assert_eq!(request.scopes, [Scope::Openid, Scope::Email]);
    assert_eq!(request.code_challenge.as_deref(), Some(CHALLENGE));
    assert_eq!(request.prompt, Prompt::Interactive(vec![Interaction::Login, Interaction::Consent]));
    assert_eq!(request.max_age, Some(0));
    assert_eq!(request.login_hint.as_deref(), Some("ana@partner.example"));
    assert_eq!(request.domain_hint.as_deref(), Some("partner.example"));
}

#[test]
fn scopes_the_client_did_not_register_are_dropped() {
    let request = ask(&[("client_id", Some("modest")), ("scope", Some("openid profile email"))]).unwrap();
    assert_eq!(request.scopes, [Scope::Openid]);
}

#[test]
fn a_loopback_client_may_bring_its_port_and_hears_back_on_it() {
    let request = ask(&[("redirect_uri", Some("http://127.0.0.1:49152/native?app=1"))]).unwrap();
    assert_eq!(request.redirect_uri.as_str(), "http://127.0.0.1:49152/native?app=1");
}

#[test]
fn nothing_is_ever_sent_to_an_unproven_address() {
    // Everything else is wrong, too: the client and the address are judged first.
    let wrong = "&response_type=token&prompt=none+login&request=x&scope=none&state=s";
    for (begin, code) in [
        ("", ErrorCode::UnknownClient),
        ("client_id=nobody", ErrorCode::UnknownClient),
        ("client_id=", ErrorCode::UnknownClient),
        ("client_id=portal&client_id=portal&redirect_uri=https://portal.contoso.example/cb", ErrorCode::UnknownClient),
        ("client_id=%00", ErrorCode::UnknownClient),
        ("client_id=portal", ErrorCode::UnregisteredRedirectUri),
        ("client_id=portal&redirect_uri=https://evil.example/", ErrorCode::UnregisteredRedirectUri),
        ("client_id=portal&redirect_uri=https://portal.contoso.example/cb/", ErrorCode::UnregisteredRedirectUri),
        (
            "client_id=portal&redirect_uri=https://portal.contoso.example/cb&redirect_uri=https://evil.example/",
            ErrorCode::UnregisteredRedirectUri,
        ),
    ] {
        match ask_raw(&format!("{begin}{wrong}")) {
            Err(Rejection::Show(shown)) => assert_eq!(shown, code, "{begin}"),
            other => panic!("{begin}: {other:?}"),
        }
    }
}

#[test]
fn each_check_has_its_own_error() {
    let long = "x".repeat(5000);
    let table: &[(&str, Option<&str>, ErrorCode)] = &[
        ("response_type", None, ErrorCode::UnsupportedResponseType),
        ("response_type", Some("code id_token"), ErrorCode::UnsupportedResponseType),
        ("response_type", Some("token"), ErrorCode::UnsupportedResponseType),
        ("response_mode", Some("fragment"), ErrorCode::UnsupportedResponseMode),
        ("response_mode", Some("web_message"), ErrorCode::UnsupportedResponseMode),
        ("scope", None, ErrorCode::MissingOpenidScope),
        ("scope", Some("profile"), ErrorCode::MissingOpenidScope),
        ("scope", Some("OpenID"), ErrorCode::MissingOpenidScope),
        ("scope", Some("openid\temail"), ErrorCode::MissingOpenidScope),
        ("code_challenge", None, ErrorCode::MissingPkce),
        ("code_challenge", Some(&CHALLENGE[1..]), ErrorCode::MissingPkce),
        ("code_challenge", Some(&long[..44]), ErrorCode::MissingPkce),
        ("code_challenge", Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"), ErrorCode::MissingPkce),
        ("code_challenge_method", None, ErrorCode::MissingPkce),
        ("code_challenge_method", Some("plain"), ErrorCode::MissingPkce),
        ("code_challenge_method", Some("s256"), ErrorCode::MissingPkce),
        ("prompt", Some("none login"), ErrorCode::InvalidPrompt),
        ("prompt", Some("create"), ErrorCode::InvalidPrompt),
        ("prompt", Some("None"), ErrorCode::InvalidPrompt),
        ("max_age", Some("-1"), ErrorCode::InvalidMaxAge),
        ("max_age", Some("+1"), ErrorCode::InvalidMaxAge),
        ("max_age", Some("1.5"), ErrorCode::InvalidMaxAge),
        ("max_age", Some("99999999999999999999"), ErrorCode::InvalidMaxAge),
        ("state", Some(&long), ErrorCode::ParameterTooLong),
        ("nonce", Some(&long), ErrorCode::ParameterTooLong),
        ("login_hint", Some(&long), ErrorCode::ParameterTooLong),
        ("domain_hint", Some(&long), ErrorCode::ParameterTooLong),
        ("whr", Some(&long), ErrorCode::ParameterTooLong),
        ("request", Some("e30.e30."), ErrorCode::RequestNotSupported),
        ("request_uri", Some("https://portal.contoso.example/r"), ErrorCode::RequestUriNotSupported),
        ("registration", Some("{}"), ErrorCode::RegistrationNotSupported),
    ];
    for (name, value, code) in table {
        let (got, to) = refused(&[(name, *value)]);
        assert_eq!(got, *code, "{name}={value:?}");
        assert_eq!(to.redirect_uri.as_str(), CALLBACK);
        assert_eq!(to.state.as_deref(), if *name == "state" { None } else { Some("st") });
    }
}

#[test]
fn every_known_parameter_may_come_once() {
    let base = format!("client_id=portal&redirect_uri={CALLBACK}");
    for name in KNOWN {
        match ask_raw(&format!("{base}&{name}=a&{name}=a")) {
            Err(Rejection::Refuse { code, .. }) => assert_eq!(code, ErrorCode::RepeatedParameter, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(
        ask_raw(&format!("{base}&utm=1&utm=2&response_type=code&scope=openid&code_challenge={CHALLENGE}&code_challenge_method=S256"))
            .is_ok()
    );
}

#[test]
fn a_refusal_travels_by_the_mode_asked_for_if_that_is_one_we_have() {
    assert_eq!(refused(&[("response_mode", Some("form_post")), ("scope", None)]).1.response_mode, ResponseMode::FormPost);
    assert_eq!(refused(&[("response_mode", Some("fragment"))]).1.response_mode, ResponseMode::Query);
}

#[test]
fn the_language_asked_for_is_a_wish() {
    let locale = |raw: &str| ui_locale(&Parameters::parse(raw.as_bytes()).unwrap());
    assert_eq!(locale("ui_locales=it+fr-CA+de"), Some(Locale::Fr));
    assert_eq!(locale("ui_locales=it"), None);
    assert_eq!(locale("ui_locales=fr&ui_locales=de"), None);
}

proptest! {
    #[test]
    fn whatever_is_asked_an_answer_goes_only_where_the_client_registered(
        client in prop_oneof!["portal", "native", "\\PC{0,8}"],
        redirect_uri in prop_oneof![Just(CALLBACK.to_owned()), "http://127\\.0\\.0\\.1:[0-9]{1,6}/native\\?app=1", "\\PC{0,40}"],
        others in proptest::collection::vec((proptest::sample::select(KNOWN.to_vec()), "\\PC{0,50}"), 0..8),
    ) {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_id", &client).append_pair("redirect_uri", &redirect_uri).extend_pairs(others);
        let tenant = tenant();
        let to = match read(&tenant, &Parameters::parse(form.finish().as_bytes()).unwrap()) {
            Ok(request) => request.redirect_uri,
            Err(Rejection::Refuse { to, .. }) => to.redirect_uri,
            Err(Rejection::Show(_)) => return Ok(()),
        };
        let client = &tenant.clients[&ClientId::parse(&client).unwrap()];
        prop_assert_eq!(client.redirect_uri(&redirect_uri), Some(to));
    }
}

#[test]
fn an_id_token_hint_names_a_guest_of_this_issuer_or_nobody() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let hinted = |claims: &str| {
        let token = format!("e30.{}.c2lnbmVk", URL_SAFE_NO_PAD.encode(claims));
        ask(&[("id_token_hint", Some(&token))]).unwrap().hinted_guest.map(|guest| guest.to_string())
    };
    let sub = "00000000000000000000000000000009";
    assert_eq!(hinted(&format!(r#"{{"iss":"https://login.example.org/contoso","sub":"{sub}"}}"#)).as_deref(), Some(sub));
    for other in [&format!(r#"{{"iss":"https://login.example.org/other","sub":"{sub}"}}"#), r#"{"sub":7}"#, "nonsense"] {
        assert_eq!(hinted(other), None);
    }
}
