use std::{collections::BTreeSet, sync::Arc, time::Duration};

use url::Url;

use super::{
    fixture::{CALLBACK, ISSUER, NOW, REALM, assertion, assertion_v2, at, attribute, configured, expected, parts, tenant, ws_fed},
    *,
};
use crate::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        federation::{AttributeNames, DomainGate},
        id::FlowId,
        locale::Locale,
    },
    store::{directory::Directory, seal::Seal},
    upstream::{
        Prompting,
        assertions::EMAIL_ADDRESS,
        credentials::CredentialStore,
        domain_proof::DomainProver,
        fetch::{Fetcher, OutboundPolicy},
        partner::Role,
        signed_xml::{Assertion, NameId},
    },
};

const STS: &str = "https://sts.fabrikam.example/adfs/ls/?client=a%20b&wa=old";

fn ask() -> Ask {
    Ask {
        flow: FlowId::from_drawn(random::ordered_uuid(NOW)),
        login_hint: None,
        prompting: Prompting::Free,
        max_age: None,
        locale: Locale::En,
        again: None,
    }
}

fn query(url: &Url) -> Vec<(String, String)> {
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn sign_in(ws_fed: &WsFedUpstream, ask: &Ask) -> Url {
    let back = passive::Return { wreply: CALLBACK, wctx: "flow.secret" };
    passive::sign_in(&STS.parse().unwrap(), ws_fed, ask, &back, Timestamp::from_unix(1_800_000_000))
}

fn named<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    let all: Vec<_> = query.iter().filter(|(known, _)| known == name).collect();
    assert!(all.len() <= 1, "{name} occurs once");
    all.first().map(|(_, value)| value.as_str())
}

#[test]
fn a_request_keeps_the_endpoints_own_query_and_says_each_word_once() {
    let url = sign_in(&ws_fed(), &ask());
    assert!(url.as_str().starts_with("https://sts.fabrikam.example/adfs/ls/?client=a%20b&wa=wsignin1.0&"), "{url}");
    let query = query(&url);
    for (name, value) in
        [("wtrealm", REALM), ("wreply", CALLBACK), ("wctx", "flow.secret"), ("wct", "2027-01-15T08:00:00Z"), ("client", "a b")]
    {
        assert_eq!(named(&query, name), Some(value));
    }
    for absent in ["wfresh", "whr", "wauth", "username"] {
        assert_eq!(named(&query, absent), None);
    }
}

#[test]
fn what_the_operator_and_the_app_wish_is_asked_for_and_remembered() {
    let wishing = WsFedUpstream {
        home_realm: Some("urn:home".into()),
        authentication: Some("urn:oasis:names:tc:SAML:1.0:am:password".into()),
        freshness: Some(60),
        ..ws_fed()
    };
    let ask = Ask { login_hint: Some(EmailAddress::parse("ana@fabrikam.example").unwrap()), ..ask() };
    let query = query(&sign_in(&wishing, &ask));
    assert_eq!(named(&query, "whr"), Some("urn:home"));
    assert_eq!(named(&query, "wauth"), Some("urn:oasis:names:tc:SAML:1.0:am:password"));
    assert_eq!(named(&query, "username"), Some("ana@fabrikam.example"));
    for (prompting, max_age, minutes, since) in [
        (Prompting::Free, None, "60", 3600),
        (Prompting::Free, Some(90), "1", 90),
        (Prompting::Free, Some(100_000), "60", 3600),
        (Prompting::ForceLogin, None, "0", 0),
        (Prompting::ForceLogin, Some(90), "0", 0),
    ] {
        let ask = Ask { prompting, max_age, ..ask.clone() };
        assert_eq!(named(&self::query(&sign_in(&wishing, &ask)), "wfresh"), Some(minutes));
        assert_eq!(passive::authenticated_since(&wishing, &ask, NOW), Some(NOW - Duration::from_secs(since)));
    }
    assert_eq!(passive::authenticated_since(&ws_fed(), &ask, NOW), None);
}

fn heard_from(assertion: &Assertion, ws_fed: &WsFedUpstream) -> Result<(VerifiedIdentity, Once), ErrorCode> {
    let mut verdicts = Verdicts::default();
    let heard = hear(&configured(ws_fed), ws_fed, &parts(assertion), &expected(), &mut verdicts);
    let shown = format!("{verdicts:?} {heard:?}");
    assert!(!serde_json::to_string(&verdicts).unwrap().contains("ana@"), "an address in what operators read: {shown}");
    heard.map_err(|rejected| {
        assert!(!rejected.detail.contains('@'), "{}", rejected.detail);
        rejected.code
    })
}

#[test]
fn a_token_yields_the_person_and_may_be_used_once() {
    for assertion in [assertion(), assertion_v2()] {
        let (identity, once) = heard_from(&assertion, &ws_fed()).unwrap();
        assert_eq!(identity.subject.as_str(), "qo8F0J1Yl0mVd0b0x7Jx3A==");
        let address = identity.address.unwrap();
        assert_eq!((address.address.to_string().as_str(), address.is_owner_verified), ("ana@fabrikam.example", true));
        assert_eq!(identity.name.as_deref(), Some("Ana Trujillo"));
        assert_eq!((identity.authenticated_at, identity.amr), (at(-5), vec!["pwd".to_owned()]));
        assert_eq!(once, Once { digest: random::sha256_base64url(format!("{ISSUER}\0_a1").as_bytes()), until: at(3660) });
    }
}

#[test]
fn a_person_without_one_lasting_name_is_refused() {
    let mut none = assertion();
    none.attributes.remove(0);
    assert_eq!(heard_from(&none, &ws_fed()).unwrap_err(), ErrorCode::WsFedImmutableId);
    for values in [&["a", "b"][..], &[""], &["  "], &["a\u{7}"], &[]] {
        let mut odd = assertion();
        odd.attributes[0] = attribute(IMMUTABLE_ID, values);
        assert_eq!(heard_from(&odd, &ws_fed()).unwrap_err(), ErrorCode::WsFedImmutableId, "{values:?}");
    }
    let other = WsFedUpstream { attributes: AttributeNames { subject: Some("uid".into()), ..AttributeNames::default() }, ..ws_fed() };
    assert_eq!(heard_from(&assertion(), &other).unwrap_err(), ErrorCode::SamlSubject);
    let mut plain = assertion();
    plain.attributes[0] = attribute("http://schemas.xmlsoap.org/claims/uid", &["4711"]);
    assert_eq!(heard_from(&plain, &other).unwrap().0.subject.as_str(), "4711");
}

#[test]
fn an_address_is_one_well_formed_and_of_the_partners_domains() {
    let with = |values: &[&str]| {
        let mut assertion = assertion();
        assertion.attributes[1] = attribute(EMAIL_ADDRESS, values);
        heard_from(&assertion, &ws_fed()).map(|(identity, _)| identity.address.unwrap().address.to_string())
    };
    assert_eq!(with(&[" ana@fabrikam.example\n"]).unwrap(), "ana@fabrikam.example");
    for values in [&[][..], &["ana"], &["ana@fabrikam.example", "eve@fabrikam.example"]] {
        assert_eq!(with(values).unwrap_err(), ErrorCode::SamlAddress, "{values:?}");
    }
    for other in ["ana@evil.example", "ana@fabrikam.example.evil.example", "ana@sub.fabrikam.example", "ana@notfabrikam.example"] {
        assert_eq!(with(&[other]).unwrap_err(), ErrorCode::UpstreamDomain, "{other}");
    }
}

#[test]
fn an_open_gate_lets_other_addresses_in_and_vouches_for_none_of_them() {
    let open = WsFedUpstream { domain_gate: DomainGate::Open, ..ws_fed() };
    let mut assertion = assertion();
    assertion.attributes[1] = attribute(EMAIL_ADDRESS, &["ana@elsewhere.example"]);
    assert!(!heard_from(&assertion, &open).unwrap().0.address.unwrap().is_owner_verified);
}

#[test]
fn the_names_that_products_use_are_known() {
    let with = |attributes: &[(&str, &str)]| {
        let mut assertion = assertion();
        assertion.attributes.truncate(1);
        assertion.attributes.extend(attributes.iter().map(|(name, value)| attribute(name, &[value])));
        heard_from(&assertion, &ws_fed()).unwrap().0
    };
    for mail in ["mail", "email", "http://schemas.xmlsoap.org/claims/EmailAddress", "http://schemas.xmlsoap.org/claims/mail"] {
        let identity = with(&[(mail, "ana@fabrikam.example"), ("givenName", "Ana"), ("sn", "Trujillo")]);
        assert_eq!(identity.name.as_deref(), Some("Ana Trujillo"), "{mail}");
    }
    let amr = "http://schemas.microsoft.com/claims/authnmethodsreferences";
    let identity = with(&[("mail", "ana@fabrikam.example"), (amr, "http://schemas.microsoft.com/claims/multipleauthn")]);
    assert_eq!((identity.amr, identity.name), (vec!["pwd".to_owned(), "mfa".to_owned()], None));
    // An email NameID stands in for a missing attribute.
    let mut assertion = assertion();
    assertion.attributes.remove(1);
    assertion.subject = Some(NameId {
        value: "ana@fabrikam.example".into(),
        format: Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".into()),
        name_qualifier: None,
        sp_name_qualifier: None,
    });
    assert!(heard_from(&assertion, &ws_fed()).is_ok());
    // Where the operator named the attribute, no other counts.
    let address = BTreeSet::from(["workMail".to_owned()]);
    let named = WsFedUpstream { attributes: AttributeNames { address, ..AttributeNames::default() }, ..ws_fed() };
    assert_eq!(heard_from(&fixture::assertion(), &named).unwrap_err(), ErrorCode::SamlAddress);
}

async fn provider() -> WsFedProvider {
    let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap();
    let (clock, ws_fed) = (Clock::movable(NOW), ws_fed());
    let fetcher = Fetcher::new(OutboundPolicy { allow_http: Vec::new(), ca: None, timeout: Duration::from_secs(1) }).unwrap();
    let partner = Partner::new(Role::WsFed, ISSUER, &ws_fed.trust, fetcher, clock.clone());
    let credentials = CredentialStore::open(directory, Seal::new(&Secret::new([7; 32])), clock.clone());
    let prover = Arc::new(DomainProver::new(None, clock.clone()));
    let party = Federated { tenant: tenant(), configured: configured(&ws_fed), partner, credentials, prover, clock };
    WsFedProvider::new(party, ws_fed)
}

#[tokio::test]
async fn an_answer_that_is_none_is_refused_before_anything_is_read() {
    let provider = provider().await;
    let kept = Correlation {
        provider: provider.party.configured.id.clone(),
        state: random::token(),
        awaited: Awaited::WsFed,
        left_at: NOW,
        authenticated_since: None,
    };
    let context = state(ask().flow, &kept.state);
    for (text, code) in [
        ("wa=wsignout1.0&wresult=x".to_owned(), ErrorCode::WsFedAction),
        ("wa=&wresult=x".to_owned(), ErrorCode::WsFedAction),
        ("wa=wsignin1.0&wresultptr=https://evil.example/".to_owned(), ErrorCode::WsFedAction),
        ("wa=wsignin1.0&wresult=x&wresultptr=y".to_owned(), ErrorCode::WsFedAction),
        ("wa=wsignin1.0".to_owned(), ErrorCode::WsFedResponse),
        ("SAMLResponse=x".to_owned(), ErrorCode::UpstreamMismatch),
        ("code=x".to_owned(), ErrorCode::UpstreamMismatch),
    ] {
        let inbound = Inbound::parse(&format!("{text}&wctx={context}")).unwrap();
        assert_eq!(provider.verify(&inbound, &kept).await.unwrap_err().code, code, "{text}");
    }
    for context in [String::new(), state(ask().flow, &random::token())] {
        let inbound = Inbound::parse(&format!("wa=wsignin1.0&wresult=x&wctx={context}")).unwrap();
        assert_eq!(provider.verify(&inbound, &kept).await.unwrap_err().code, ErrorCode::UpstreamMismatch, "wctx is bound to the flow");
    }
    let saml = Correlation { awaited: Awaited::Saml { request: "_r".into() }, ..kept };
    let inbound = Inbound::parse(&format!("wa=wsignin1.0&wresult=x&wctx={context}")).unwrap();
    assert_eq!(provider.verify(&inbound, &saml).await.unwrap_err().code, ErrorCode::UpstreamMismatch);
}

#[tokio::test]
async fn sign_out_is_heard_by_get_and_by_post() {
    let provider = provider().await;
    for text in ["wa=wsignoutcleanup1.0", "wa=wsignout1.0&wreply=https://evil.example/", "wtrealm=x&wa=wsignoutcleanup1.0"] {
        for raw in [RawMessage::Query(text), RawMessage::Form(text)] {
            assert!(matches!(provider.hear_sign_out(&raw).await, Ok(SignOutHeard::CleanUp)), "{text}");
        }
    }
    for (text, wanted) in [("", None), ("wctx=back", Some("back"))] {
        let Ok(SignOutHeard::Answered { state, is_success: true }) = provider.hear_sign_out(&RawMessage::Query(text)).await else {
            panic!("{text}");
        };
        assert_eq!(state.as_ref().map(|state| state.reveal().as_str()), wanted);
    }
    for text in ["wa=wsignin1.0", "wa=", "wa=wsignout1.0&wa=wsignoutcleanup1.0"] {
        let refused = provider.hear_sign_out(&RawMessage::Query(text)).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::LogoutRefused, "{text}");
    }
}

#[test]
fn signing_out_comes_back_to_us_alone() {
    let back = passive::Return { wreply: &format!("{CALLBACK}/logout"), wctx: "state" };
    let query = query(&passive::sign_out(&STS.parse().unwrap(), &ws_fed(), &back));
    assert_eq!(named(&query, "wa"), Some("wsignout1.0"));
    assert_eq!(named(&query, "wtrealm"), Some(REALM));
    assert_eq!(named(&query, "wreply"), Some("https://login.example.org/contoso/callback/adfs/logout"));
}

#[tokio::test]
async fn our_metadata_names_realm_callback_and_every_published_certificate() {
    let provider = provider().await;
    let text = provider.our_metadata().await.unwrap().unwrap();
    let parsed = uppsala::parse(&text);
    assert!(parsed.is_ok(), "{text}");
    let certificate = provider.party.credentials.of(&provider.party.tenant).await.unwrap().signing.certificate.to_base64();
    assert_eq!(text.matches(&certificate).count(), 2, "to encrypt for and to verify with");
    for part in [
        &format!(r#"entityID="{REALM}""#),
        r#"xsi:type="fed:ApplicationServiceType""#,
        &format!("<wsa:Address>{CALLBACK}</wsa:Address></wsa:EndpointReference></fed:PassiveRequestorEndpoint>"),
        &format!("<wsa:Address>{REALM}</wsa:Address></wsa:EndpointReference></fed:TargetScopes>"),
        &format!(r#"Uri="{IMMUTABLE_ID}""#),
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn nothing_chosen_by_somebody_breaks_out_of_our_metadata() {
    let ours = metadata::Ours { realm: "urn:x\"><evil a='1'/>", callback: "https://a.example/?a=1&b=2", display_name: "R&D <\"'>\n\u{1}" };
    let text = metadata::write(&ours, &[], &AttributeNames { subject: Some("\"/><evil".into()), ..AttributeNames::default() });
    assert!(!text.contains("<evil") && !text.contains("&b"), "{text}");
    assert!(uppsala::parse(&text).is_ok(), "{text}");
}
