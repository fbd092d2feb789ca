//! The whole room with its neighbours: a question leaves, a partner that signs with its own key answers.

use std::{collections::BTreeSet, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use samael::schema::AuthnRequest;
use url::{Url, form_urlencoded};

use super::{
    request::tests::saml,
    sign::{self, Place, tests::credential},
    writer::{ASSERTION, Element, PROTOCOL},
    *,
};
use crate::{
    clock::Clock,
    domain::{
        address::{DomainName, EmailAddress},
        federation::{DomainProof, RequestBinding, TrustSource},
        id::{FlowId, IdpId},
        identity_provider::{IdentityProvider as Configured, Kind},
        locale::Locale,
        secret::Secret,
        timestamp::Timestamp,
        verdict::Outcome,
    },
    federation::xml::instant,
    store::{directory::Directory, seal::Seal},
    upstream::{
        credentials::{Credential, CredentialStore, fixture},
        domain_proof::DomainProver,
        federated::LARGE,
        fetch::{Fetcher, OutboundPolicy},
        partner::{Partner, Role},
    },
};

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
const PARTNER: &str = "https://sts.fabrikam.example";

struct World {
    provider: SamlProvider,
    clock: Clock,
    partner: Credential,
    /// What else its answers say.
    groups: String,
}

async fn world(change: fn(&mut SamlUpstream)) -> World {
    let partner = credential();
    let mut upstream = saml();
    let at = |path: &str| Url::parse(&format!("{PARTNER}{path}")).unwrap();
    upstream.trust = TrustSource::Typed {
        sign_in: at("/sso?tenant=1"),
        sign_out: Some(at("/slo")),
        certificates: vec![credential().certificate, partner.certificate.clone()],
    };
    change(&mut upstream);
    let configured = Configured {
        id: IdpId::parse("fabrikam").unwrap(),
        name: "Fabrikam".into(),
        kind: Kind::Saml(Box::new(upstream.clone())),
        domains: BTreeSet::from([DomainName::parse("fabrikam.example").unwrap()]),
        lookup: None,
    };
    let clock = Clock::movable(NOW);
    let policy = OutboundPolicy { allow_http: Vec::new(), ca: None, timeout: Duration::from_secs(1) };
    let known = Partner::new(Role::Saml, PARTNER, &upstream.trust, Fetcher::new(policy).unwrap(), clock.clone());
    let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap();
    let store = CredentialStore::open(directory, Seal::new(&Secret::new([7; 32])), clock.clone());
    // Nobody answers there: only hosts prove a domain.
    let prover = Arc::new(DomainProver::new(Some(([127, 0, 0, 1], 9).into()), clock.clone()));
    let tenant = Arc::new(fixture::tenant());
    let party = Federated { tenant, configured, partner: known, credentials: store, prover, clock: clock.clone() };
    World { provider: SamlProvider::new(party, upstream), clock, partner, groups: "staff".into() }
}

fn ask() -> Ask {
    Ask {
        flow: FlowId::from_drawn(random::ordered_uuid(NOW)),
        login_hint: None,
        prompting: Prompting::Free,
        max_age: None,
        locale: Locale::default(),
        again: None,
    }
}

impl World {
    /// A response to `request`, signed by the partner in the assertion.
    fn answer(&self, request: Option<&str>) -> String {
        let (now, then) = (instant(self.clock.now()), instant(self.clock.now() + Duration::from_secs(300)));
        let element = |name| Element::new(name);
        let data = element("saml:SubjectConfirmationData")
            .with_some("InResponseTo", request)
            .with("Recipient", &self.provider.answer_at)
            .with("NotOnOrAfter", &then);
        let bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
        let name_id = element("saml:NameID").with("Format", request::PERSISTENT_FORMAT).text("u-17");
        let audience = element("saml:Audience").text(&self.provider.saml.our_entity_id);
        let context = element("saml:AuthnContextClassRef").text("urn:oasis:names:tc:SAML:2.0:ac:classes:Password");
        let address = element("saml:Attribute").with("Name", "mail");
        let groups = element("saml:Attribute").with("Name", "groups").child(element("saml:AttributeValue").text(&self.groups));
        let assertion = element("saml:Assertion")
            .with("xmlns:saml", ASSERTION)
            .with("ID", request::new_id())
            .with("Version", "2.0")
            .with("IssueInstant", &now)
            .child(request::issuer(PARTNER))
            .child(element("saml:Subject").child(name_id).child(element("saml:SubjectConfirmation").with("Method", bearer).child(data)))
            .child(
                element("saml:Conditions")
                    .with("NotBefore", &now)
                    .with("NotOnOrAfter", &then)
                    .child(element("saml:AudienceRestriction").child(audience)),
            )
            .child(element("saml:AuthnStatement").with("AuthnInstant", &now).child(element("saml:AuthnContext").child(context)))
            .child(
                element("saml:AttributeStatement")
                    .child(groups)
                    .child(address.child(element("saml:AttributeValue").text("ana@fabrikam.example"))),
            );
        let assertion = sign::enveloped(assertion, Place::AfterIssuer, &self.partner).unwrap();
        let status =
            "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode></samlp:Status>";
        let envelope = Element::new("samlp:Response")
            .with("xmlns:samlp", PROTOCOL)
            .with("ID", request::new_id())
            .with("Version", "2.0")
            .with("IssueInstant", &now)
            .with("Destination", &self.provider.answer_at)
            .with_some("InResponseTo", request)
            .child(request::issuer(PARTNER));
        envelope.to_xml().replace("</samlp:Response>", &format!("{status}{assertion}</samlp:Response>"))
    }

    fn inbound(&self, xml: &str, ask: &Ask, correlation: &Correlation) -> Inbound {
        let response = STANDARD.encode(xml);
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("SAMLResponse", &response)
            .append_pair("RelayState", &state(ask.flow, &correlation.state))
            .finish();
        Inbound::parse(&body).unwrap()
    }
}

fn asked(departure: &Departure) -> &str {
    request_of(&departure.correlation).unwrap()
}

#[tokio::test]
async fn a_question_is_answered_and_its_answer_believed() {
    let (world, ask) = (world(|saml| saml.request_signing = RequestSigning::Always).await, ask());
    let departure = world.provider.request(&ask).await.unwrap();
    let Outbound::Redirect(url) = &departure.outbound else { panic!("a redirect") };
    assert!(url.as_str().starts_with("https://sts.fabrikam.example/sso?tenant=1&SAMLRequest="), "{url}");
    let arrived = Arrived::read(&RawMessage::Query(url.query().unwrap())).unwrap();
    let request: AuthnRequest = std::str::from_utf8(&arrived.xml).unwrap().parse().unwrap();
    assert_eq!(request.id, asked(&departure));
    world.clock.advance(Duration::from_secs(20));
    let inbound = world.inbound(&world.answer(Some(&request.id)), &ask, &departure.correlation);
    let heard = world.provider.verify(&inbound, &departure.correlation).await.unwrap();
    assert_eq!(heard.identity.subject.as_str(), "u-17");
    assert!(heard.identity.address.unwrap().is_owner_verified);
    assert_eq!(heard.once.unwrap().until, world.clock.now() + Duration::from_secs(360));
    assert!(!heard.verdicts.warn(), "{:?}", heard.verdicts);
}

#[tokio::test]
async fn the_same_question_is_asked_again_in_the_same_words() {
    let (world, first) = (world(|saml| saml.request_binding = RequestBinding::Post).await, ask());
    let departure = world.provider.request(&first).await.unwrap();
    world.clock.advance(Duration::from_secs(60));
    let again = Ask { again: Some(departure.correlation.clone()), ..first };
    let repeated = world.provider.request(&again).await.unwrap();
    let fields = |departure: &Departure| match &departure.outbound {
        Outbound::Form { fields, .. } => fields.clone(),
        Outbound::Redirect(_) => panic!("a form"),
    };
    assert_eq!(fields(&departure), fields(&repeated));
}

#[tokio::test]
async fn a_question_older_than_two_minutes_is_asked_anew_and_the_old_one_s_answer_is_refused() {
    let (world, first) = (world(|_| {}).await, ask());
    let old = world.provider.request(&first).await.unwrap();
    let again = Ask { again: Some(old.correlation.clone()), ..first.clone() };
    world.clock.advance(REPEATED);
    let kept = world.provider.request(&again).await.unwrap();
    assert_eq!((asked(&kept), kept.correlation.left_at), (asked(&old), NOW));
    world.clock.advance(Duration::from_secs(1));
    let new = world.provider.request(&again).await.unwrap();
    assert_ne!(asked(&new), asked(&old));
    assert_eq!(new.correlation.left_at, world.clock.now());
    let late = world.inbound(&world.answer(Some(asked(&old))), &first, &new.correlation);
    assert_eq!(world.provider.verify(&late, &new.correlation).await.unwrap_err().code, ErrorCode::SamlInResponseTo);
    let inbound = world.inbound(&world.answer(Some(asked(&new))), &first, &new.correlation);
    assert!(inbound.is_answer_to(&old.correlation), "the state stays");
    assert!(world.provider.verify(&inbound, &new.correlation).await.is_ok());
}

#[tokio::test]
async fn a_large_answer_is_opened_beside_the_thread_that_serves_and_judged_alike() {
    let (mut world, ask) = (world(|_| {}).await, ask());
    world.groups = "x".repeat(40_000);
    let departure = world.provider.request(&ask).await.unwrap();
    let inbound = world.inbound(&world.answer(Some(asked(&departure))), &ask, &departure.correlation);
    let heard = world.provider.verify(&inbound, &departure.correlation).await.unwrap();
    assert_eq!(heard.identity.subject.as_str(), "u-17");
    assert!(heard.verdicts.iter().any(|verdict| verdict.check == "verifying key"), "{:?}", heard.verdicts);
    world.partner = credential();
    let inbound = world.inbound(&world.answer(Some(asked(&departure))), &ask, &departure.correlation);
    let rejected = world.provider.verify(&inbound, &departure.correlation).await.unwrap_err();
    assert_eq!(rejected.code, ErrorCode::SignatureInvalid);
    assert_eq!(rejected.verdicts.iter().last().unwrap().outcome, Outcome::Refused(ErrorCode::SignatureInvalid));
    let opened_by = async |size: usize| {
        let (document, mut verdicts) = (vec![0; size], Verdicts::default());
        let open = |_: &[u8], _: &Trust<'_>, _: &mut Verdicts| Ok(std::thread::current().id());
        world.provider.party.with_keys(&world.provider.saml.acceptance, &document, &mut verdicts, open).await.unwrap()
    };
    let here = std::thread::current().id();
    assert_eq!(opened_by(LARGE).await, here);
    // More of them than are opened at once.
    let large = || opened_by(LARGE + 1);
    let (a, b, c, d, e, f) = tokio::join!(large(), large(), large(), large(), large(), large());
    assert!([a, b, c, d, e, f].iter().all(|thread| *thread != here));
}

#[tokio::test]
async fn an_answer_to_another_question_or_by_another_key_is_refused_with_its_verdicts() {
    let (mut world, ask) = (world(|_| {}).await, ask());
    let departure = world.provider.request(&ask).await.unwrap();
    let inbound = world.inbound(&world.answer(Some("_another")), &ask, &departure.correlation);
    let rejected = world.provider.verify(&inbound, &departure.correlation).await.unwrap_err();
    assert_eq!(rejected.code, ErrorCode::SamlInResponseTo);
    assert_eq!(rejected.verdicts.iter().last().unwrap().outcome, Outcome::Refused(ErrorCode::SamlInResponseTo));
    world.partner = credential();
    let inbound = world.inbound(&world.answer(Some(asked(&departure))), &ask, &departure.correlation);
    let rejected = world.provider.verify(&inbound, &departure.correlation).await.unwrap_err();
    assert_eq!(rejected.code, ErrorCode::SignatureInvalid);
    let garbage = Inbound::from_pairs([
        ("SAMLResponse".to_owned(), "*".to_owned()),
        ("RelayState".to_owned(), state(ask.flow, &departure.correlation.state)),
    ]);
    let rejected = world.provider.verify(&garbage.unwrap(), &departure.correlation).await.unwrap_err();
    assert_eq!(rejected.verdicts.iter().last().unwrap().outcome, Outcome::Refused(ErrorCode::SamlBinding));
}

#[tokio::test]
async fn an_unasked_answer_counts_only_where_the_operator_allowed_them() {
    let unasked = |world: &World| Inbound::from_pairs([("SAMLResponse".to_owned(), STANDARD.encode(world.answer(None)))]).unwrap();
    let closed = world(|_| {}).await;
    assert_eq!(closed.provider.verify_unsolicited(&unasked(&closed)).await.unwrap_err().code, ErrorCode::SamlUnsolicited);
    let open = world(|saml| saml.unsolicited = Some("portal".to_owned().try_into().unwrap())).await;
    let heard = open.provider.verify_unsolicited(&unasked(&open)).await.unwrap();
    assert_eq!(heard.client.as_str(), "portal");
    // An answer to a question that somebody else asked is none.
    let asked = Inbound::from_pairs([("SAMLResponse".to_owned(), STANDARD.encode(open.answer(Some("_1"))))]).unwrap();
    assert_eq!(open.provider.verify_unsolicited(&asked).await.unwrap_err().code, ErrorCode::SamlInResponseTo);
}

#[tokio::test]
async fn where_proof_is_required_an_unproven_domain_is_nobodys() {
    let at_home = world(|saml| saml.proof = DomainProof::Required).await;
    let elsewhere = world(|saml| {
        saml.proof = DomainProof::Required;
        if let TrustSource::Typed { sign_in, .. } = &mut saml.trust {
            sign_in.set_host(Some("sts.elsewhere.example")).unwrap();
        }
    })
    .await;
    for (world, wanted) in [(at_home, None), (elsewhere, Some(ErrorCode::DomainUnproven))] {
        let ask = ask();
        let departure = world.provider.request(&ask).await.unwrap();
        let inbound = world.inbound(&world.answer(Some(asked(&departure))), &ask, &departure.correlation);
        let heard = world.provider.verify(&inbound, &departure.correlation).await;
        assert_eq!(heard.err().map(|rejected| rejected.code), wanted);
        let hinted = Ask { login_hint: Some(EmailAddress::parse("ana@fabrikam.example").unwrap()), ..ask.clone() };
        assert_eq!(world.provider.request(&hinted).await.err().map(|rejected| rejected.code), wanted, "nobody of it is sent there");
        let other = Ask { login_hint: Some(EmailAddress::parse("ana@other.example").unwrap()), ..ask };
        assert!(world.provider.request(&other).await.is_ok(), "a domain that is not the partner's needs no proof");
    }
}

#[tokio::test]
async fn a_captured_answer_is_examined_whenever_and_with_whatever_is_known() {
    let world = world(|_| {}).await;
    let text = world.answer(Some("_1"));
    world.clock.advance(Duration::from_secs(86_400));
    let captured = |request: Option<&str>, at| Captured { text: text.clone(), request: request.map(Into::into), at };
    let examination = world.provider.examine(&captured(Some("_1"), Some(NOW))).await;
    assert_eq!(examination.outcome.unwrap().subject.as_str(), "u-17");
    let late = world.provider.examine(&captured(None, None)).await;
    assert_eq!(late.outcome.unwrap_err().code, ErrorCode::SamlExpired);
    assert!(late.verdicts.iter().any(|verdict| verdict.check == "domain"), "the rest is told all the same: {:?}", late.verdicts);
}

#[tokio::test]
async fn signing_out_goes_out_signed_and_what_comes_unsigned_is_refused() {
    let world = world(|_| {}).await;
    let heard = {
        let (ask, departure) = {
            let ask = ask();
            let departure = world.provider.request(&ask).await.unwrap();
            (ask, departure)
        };
        let inbound = world.inbound(&world.answer(Some(asked(&departure))), &ask, &departure.correlation);
        world.provider.verify(&inbound, &departure.correlation).await.unwrap()
    };
    let leaving = Leaving { session: heard.identity.partner_session.unwrap(), state: Secret::new("f.s".into()) };
    let Some(Outbound::Redirect(url)) = world.provider.sign_out(&leaving).await.unwrap() else { panic!("a redirect") };
    assert!(url.as_str().starts_with("https://sts.fabrikam.example/slo?SAMLRequest=") && url.as_str().contains("&Signature="), "{url}");
    // Their request, by Redirect: signed by them, then by nobody.
    let xml = Element::new("samlp:LogoutRequest")
        .with("xmlns:samlp", PROTOCOL)
        .with("ID", "_l")
        .with("Version", "2.0")
        .with("IssueInstant", instant(NOW))
        .with("Destination", &world.provider.sign_out_at)
        .child(request::issuer(PARTNER))
        .child(Element::new("saml:NameID").with("xmlns:saml", ASSERTION).text("u-17"));
    let sign = |octets: &[u8]| world.partner.sign_sha256(octets);
    let at = Url::parse(&world.provider.sign_out_at).unwrap();
    let sent = |sign| {
        binding::Redirect {
            location: &at,
            parameter: binding::Parameter::Request,
            xml: &xml.to_xml(),
            relay_state: Some("r"),
            sign,
            hint: None,
        }
        .url()
    };
    let query = sent(Some(&sign as binding::Sign<'_>)).query().unwrap().to_owned();
    let heard = world.provider.hear_sign_out(&RawMessage::Query(&query)).await.unwrap();
    let SignOutHeard::Asked { sessions, answer: Outbound::Redirect(answer), .. } = heard else { panic!("asked") };
    assert_eq!(sessions.name_id.value.as_str(), "u-17");
    assert!(answer.as_str().contains("SAMLResponse=") && answer.as_str().contains("&RelayState=r&SigAlg="), "{answer}");
    let unsigned = sent(None).query().unwrap().to_owned();
    assert!(world.provider.hear_sign_out(&RawMessage::Query(&unsigned)).await.is_err());
    let posted = sign::enveloped(xml, Place::AfterIssuer, &world.partner).unwrap();
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("SAMLRequest", &STANDARD.encode(posted)).finish();
    assert!(world.provider.hear_sign_out(&RawMessage::Form(&form)).await.is_ok());
}

#[tokio::test]
async fn our_metadata_is_signed_by_the_key_that_signs() {
    let world = world(|_| {}).await;
    let document = world.provider.our_metadata().await.unwrap().unwrap();
    let credentials = world.provider.party.credentials.of(&world.provider.party.tenant).await.unwrap();
    signed_xml::check_metadata_signature(document.as_bytes(), std::slice::from_ref(&credentials.signing.certificate)).unwrap();
}
