//! The invariant of everything that is signed: whatever is accepted says what a trusted key signed, to the letter. One function per kind
//! of document, for `cargo fuzz` (`fuzz/`) and for the tests beside this file; each panics where the invariant does not hold.
//!
//! The input is taken twice: as a document, and as a script that changes documents which were really signed. Those are made with keys of
//! this run, so no key and nothing signed is ever kept.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
    time::Duration,
};

use gatehouse::{
    demo::partner::{
        Addressee, Cipher, KeyShape, Metadata, Person, Prefixes, Response, Sealing, Signer, Signing, TokenResponse, TokenSealing,
        TrustVersion, Validity,
    },
    domain::{
        certificate::Certificate,
        federation::{Acceptance, SignedPart},
        secret::Secret,
        timestamp::Timestamp,
        verdict::Verdicts,
    },
    federation::metadata::{EntityMetadata, PartnerRole, parse},
    upstream::{
        credentials::Credential,
        signed_xml::{Assertion, ResponseEnvelope, Trust, check_metadata_signature, open_response, open_token},
    },
};

use crate::script::changed;

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
const ENTITY: &str = "https://idp.litware.example/saml";

struct Keys {
    /// The partner's, which we trust.
    partner: Signer,
    certificate: Vec<Certificate>,
    /// Somebody else's.
    stranger: Signer,
    /// Ours, to decrypt with.
    ours: Vec<Arc<Credential>>,
    acceptance: Acceptance,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let generate = |shape, name| Signer::generate(shape, name, &Validity::around(NOW)).expect("a key can be made");
    let (partner, ours) = (generate(KeyShape::P256, "partner"), generate(KeyShape::Rsa2048, "ours"));
    let read = |signer: &Signer| Certificate::from_der(signer.certificate_der()).expect("it is a certificate");
    let credential = Credential::new(read(&ours), Secret::new(ours.private_der().to_vec())).expect("it is a key");
    Keys {
        certificate: vec![read(&partner)],
        partner,
        stranger: generate(KeyShape::P256, "stranger"),
        ours: vec![Arc::new(credential)],
        acceptance: Acceptance { clock_skew: Duration::ZERO, allows_sha1: false, signed: SignedPart::Either, requires_encryption: false },
    }
});

impl Keys {
    fn trust(&self) -> Trust<'_> {
        Trust::new(&self.certificate, &self.acceptance, &self.ours).expect("there is a key")
    }
}

/// Documents to change, and all that a trusted key ever said in them.
struct Signed {
    documents: Vec<String>,
    assertions: BTreeSet<String>,
    envelopes: BTreeSet<String>,
}

fn people() -> [Person; 2] {
    [Person::new("ana@litware.example", "Ana Ruiz & <Co>"), Person::new("bo@litware.example", "Bö")]
}

fn to() -> Addressee {
    Addressee { entity_id: "https://gate.example/saml".into(), acs: "https://gate.example/acs".into(), in_response_to: Some("_q".into()) }
}

static RESPONSES: LazyLock<Signed> = LazyLock::new(|| {
    let (keys, [ana, bo]) = (&*KEYS, people());
    let mut documents = Vec::new();
    let mut made = |person: &Person, sealing: &Sealing<'_>| {
        let response = Response::about(person, ENTITY, &to(), NOW);
        documents.push(response.seal(sealing).expect("it can be signed"));
    };
    made(&ana, &Sealing::assertion(&keys.partner));
    made(&bo, &Sealing::response(&keys.partner));
    made(&ana, &Sealing::both(&keys.partner).in_style(Prefixes::Long));
    made(&bo, &Sealing::assertion(&keys.partner).in_style(Prefixes::Unprefixed));
    let recipient = keys.ours[0].certificate.der();
    made(&ana, &Sealing::assertion(&keys.partner).encrypted_for(recipient));
    let mut by_cbc = Sealing::both(&keys.partner).encrypted_for(recipient);
    if let Some(encryption) = &mut by_cbc.encryption {
        encryption.cipher = Cipher::Aes256Cbc;
    }
    made(&bo, &by_cbc);
    let (mut assertions, mut envelopes) = (BTreeSet::new(), BTreeSet::new());
    for document in &documents {
        let opened = open_response(document.as_bytes(), &keys.trust(), &mut Verdicts::default()).expect("what was signed is accepted");
        assertions.insert(said(&opened.assertion));
        envelopes.extend(opened.envelope.is_signed.then(|| said_around(&opened.envelope)));
    }
    // Material for attacks: what a stranger signed, and what nobody did.
    let evil = Response::about(&Person::new("admin@litware.example", "Admin"), ENTITY, &to(), NOW);
    for sealing in [Sealing::both(&keys.stranger), Sealing::nothing()] {
        documents.push(evil.seal(&sealing).expect("it can be written"));
    }
    Signed { documents, assertions, envelopes }
});

static TOKENS: LazyLock<Signed> = LazyLock::new(|| {
    let (keys, [ana, bo]) = (&*KEYS, people());
    let sealing = TokenSealing::by(&keys.partner);
    let old = TokenResponse::about(&ana, ENTITY, &to(), NOW);
    let new = TokenResponse { version: TrustVersion::V1_3, ..TokenResponse::with_saml_2(&bo, ENTITY, &to(), NOW) };
    let seal = |token: &TokenResponse, sealing: &TokenSealing<'_>| token.seal(sealing).expect("it can be signed");
    let mut documents = vec![seal(&old, &sealing), seal(&old, &sealing.in_style(Prefixes::Unprefixed)), seal(&new, &sealing)];
    let mut assertions = BTreeSet::new();
    for document in &documents {
        let opened = open_token(document.as_bytes(), &keys.trust(), &mut Verdicts::default()).expect("what was signed is accepted");
        assertions.insert(said(&opened.assertion));
    }
    let evil = TokenResponse::about(&Person::new("admin@litware.example", "Admin"), ENTITY, &to(), NOW);
    documents.extend([TokenSealing::by(&keys.stranger), TokenSealing::nothing()].iter().map(|sealing| seal(&evil, sealing)));
    Signed { documents, assertions, envelopes: BTreeSet::new() }
});

static METADATA: LazyLock<(Vec<String>, Vec<EntityMetadata>)> = LazyLock::new(|| {
    let keys = &*KEYS;
    let document = |host: &str, by: Option<&Signer>| {
        let at = |path: &str| format!("https://{host}/{path}");
        let certificates = vec![keys.partner.certificate_base64(), keys.stranger.certificate_base64()];
        let saml = Metadata::saml(ENTITY, certificates, &at("sso"), &at("slo"));
        let both = Metadata { valid_until: Some(NOW), cache_duration: Some("PT1H".into()), passive: Some(at("fed")), ..saml };
        both.to_xml(by.map(Signing::by).as_ref()).expect("it can be written")
    };
    let genuine = document("idp.litware.example", Some(&keys.partner));
    check_metadata_signature(genuine.as_bytes(), &keys.certificate).expect("what was signed is accepted");
    let told = parse(genuine.as_bytes(), Some(ENTITY)).expect("it is metadata");
    let evil = [document("idp.evil.example", Some(&keys.stranger)), document("idp.evil.example", None)];
    (std::iter::once(genuine).chain(evil).collect(), vec![told])
});

/// A `samlp:Response`.
pub fn response(input: &[u8]) {
    let signed = &*RESPONSES;
    for octets in [input.to_vec(), changed(&signed.documents, input).into_bytes()] {
        let Ok(opened) = open_response(&octets, &KEYS.trust(), &mut Verdicts::default()) else { continue };
        let shown = String::from_utf8_lossy(&octets);
        assert!(signed.assertions.contains(&said(&opened.assertion)), "nobody signed what was accepted of {shown}");
        let is_said = !opened.envelope.is_signed || signed.envelopes.contains(&said_around(&opened.envelope));
        assert!(is_said, "nobody signed the envelope that was accepted of {shown}");
    }
}

/// A `RequestSecurityTokenResponse` with SAML 1.1 or 2.0 in it.
pub fn token(input: &[u8]) {
    let signed = &*TOKENS;
    for octets in [input.to_vec(), changed(&signed.documents, input).into_bytes()] {
        let Ok(opened) = open_token(&octets, &KEYS.trust(), &mut Verdicts::default()) else { continue };
        let shown = String::from_utf8_lossy(&octets);
        assert!(signed.assertions.contains(&said(&opened.assertion)), "nobody signed what was accepted of {shown}");
    }
}

/// A metadata document that must be signed. A comment, which no signature covers, may hide a key or an endpoint, but adds none.
pub fn metadata(input: &[u8]) {
    let (documents, told) = &*METADATA;
    for octets in [input.to_vec(), changed(documents, input).into_bytes()] {
        let read = parse(&octets, Some(ENTITY));
        let (Ok(read), Ok(())) = (read, check_metadata_signature(&octets, &KEYS.certificate)) else { continue };
        let shown = String::from_utf8_lossy(&octets);
        assert!(told.iter().any(|told| is_within(&read, told)), "nobody signed what was accepted of {shown}");
    }
}

fn is_within(read: &EntityMetadata, told: &EntityMetadata) -> bool {
    let bounds = |of: &EntityMetadata| (of.entity_id.clone(), of.valid_until, of.cache_duration, of.other_roles.clone());
    let is_role_within = |read: &Option<PartnerRole>, told: &Option<PartnerRole>| match (read, told) {
        (Some(read), Some(told)) => {
            read.sign_in.iter().all(|one| told.sign_in.contains(one))
                && read.sign_out.iter().all(|one| told.sign_out.contains(one))
                && read.signing.iter().all(|one| told.signing.contains(one))
                && read.wants_signed_requests == told.wants_signed_requests
        }
        (read, told) => read.is_none() && told.is_none(),
    };
    bounds(read) == bounds(told) && is_role_within(&read.saml, &told.saml) && is_role_within(&read.ws_fed, &told.ws_fed)
}

/// Everything that is read of an assertion, in words.
fn said(of: &Assertion) -> String {
    let subject = of.subject.as_ref().map(|s| (&s.value, &s.format, &s.name_qualifier, &s.sp_name_qualifier));
    let confirmations: Vec<_> =
        of.confirmations.iter().map(|c| (&c.method, &c.recipient, &c.in_response_to, c.not_before, c.not_on_or_after)).collect();
    let conditions = of.conditions.as_ref().map(|c| (c.not_before, c.not_on_or_after, &c.audiences));
    let logins: Vec<_> = of.authentications.iter().map(|a| (a.at, &a.session_index, a.session_not_on_or_after, &a.context)).collect();
    let attributes: Vec<_> = of.attributes.iter().map(|a| (&a.name, &a.friendly_name, &a.values)).collect();
    format!(
        "{:?} {:?} {:?} {:?} {subject:?} {confirmations:?} {conditions:?} {logins:?} {attributes:?}",
        of.version, of.id, of.issuer, of.issued_at
    )
}

fn said_around(of: &ResponseEnvelope) -> String {
    format!("{:?} {:?} {:?} {:?} {:?}", of.id, of.issued_at, of.destination, of.in_response_to, of.issuer)
}
