//! The part of the check that is about partners that speak SAML 2.0 or WS-Federation. Where their keys and endpoints come from is
//! `check_trust`'s.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use url::Url;

use super::{
    check::{self, Desk},
    check_providers::{self, Claims},
    check_trust::{Protocol, Words},
    file::{Client, Named},
    file_partners::{self as file, Binding, Gate, Hint, NameId, Proof, Signed, Signing},
};
use crate::{
    domain::{
        federation::{
            Acceptance, AttributeNames, DomainGate, DomainProof, FederationPolicy, HintCarrier, HintParameter, NameIdFormat,
            RequestBinding, RequestSigning, SamlUpstream, SignedPart, WsFedUpstream,
        },
        id::{ClientId, IdpId},
        identity_provider::{IdentityProvider, Kind},
        tenant::Issuer,
    },
    settings::{
        at::At,
        problem::Code,
        source::Reporter,
        values::{self, Bounds, DAY, MINUTE},
    },
};

/// What of the tenant its partners depend on.
pub(super) struct Tenant<'a> {
    /// `None`: it could not be made, and that is told already.
    pub(super) issuer: Option<&'a Issuer>,
    pub(super) clients: &'a Named<Client>,
}

/// SAML Core §8.3.6: at most 1024 characters.
const LONGEST_NAME: usize = 1024;

pub(super) fn saml(
    id: Option<IdpId>,
    table: &At<file::Saml>,
    tenant: &Tenant<'_>,
    claims: &mut Claims,
    desk: &mut Desk<'_>,
) -> Option<IdentityProvider> {
    let raw = &table.value;
    let name = raw.name.as_ref().and_then(|text| check::shown_name(text, &mut desk.reporter));
    let entity_id = raw.entity_id.as_ref().and_then(|text| entity_name(text, &mut desk.reporter));
    let trust = Words {
        table: &table.span,
        metadata_url: raw.metadata_url.as_ref(),
        metadata_refresh: raw.metadata_refresh.as_ref(),
        metadata_certificates: raw.metadata_certificates.as_ref(),
        metadata_file: raw.metadata_file.as_ref(),
        sign_in_url: raw.sign_in_url.as_ref(),
        sign_out_url: raw.sign_out_url.as_ref(),
        certificates: raw.certificates.as_ref(),
        request_binding: raw.request_binding.as_ref(),
        sign_requests: raw.sign_requests.as_ref(),
    }
    .check(Protocol::Saml, entity_id.as_deref(), desk);
    let reporter = &mut desk.reporter;
    let domains = check::domains(raw.domains.as_deref(), reporter);
    claims.take(&domains, reporter);
    let attributes = attributes(raw.attributes.as_ref(), reporter);
    let our_entity_id = match raw.our_entity_id.as_ref().map(|at| (at, at.value.as_str())) {
        None | Some((_, "tenant")) => tenant.issuer.map(|issuer| issuer.at("/saml")),
        Some((_, "provider")) => tenant.issuer.zip(id.as_ref()).map(|(issuer, id)| issuer.at(&format!("/saml/{id}"))),
        Some((at, _)) => entity_name(at, reporter),
    };
    name_id(raw, &attributes, reporter);
    hint(raw, reporter);
    let upstream = SamlUpstream {
        entity_id: entity_id.unwrap_or_default(),
        our_entity_id: our_entity_id.unwrap_or_default(),
        domain_gate: gate(raw.domain_gate),
        proof: proof(raw.domain_proof),
        acceptance: Acceptance {
            signed: signed(raw.signed.unwrap_or_default()),
            requires_encryption: raw.encrypted.unwrap_or(false),
            ..acceptance(raw.clock_skew.as_ref(), raw.allow_sha1.as_ref(), reporter)
        },
        attributes,
        request_binding: match value(raw.request_binding.as_ref()) {
            Binding::Offered => RequestBinding::Offered,
            Binding::Redirect => RequestBinding::Redirect,
            Binding::Post => RequestBinding::Post,
        },
        request_signing: match value(raw.sign_requests.as_ref()) {
            Signing::AsWanted => RequestSigning::AsWanted,
            Signing::Always => RequestSigning::Always,
            Signing::Never => RequestSigning::Never,
        },
        name_id_format: match value(raw.name_id.as_ref()) {
            NameId::Persistent => NameIdFormat::Persistent,
            NameId::Email => NameIdFormat::EmailAddress,
            NameId::Transient => NameIdFormat::Transient,
            NameId::Unspecified => NameIdFormat::Unspecified,
            NameId::None => NameIdFormat::Absent,
        },
        authn_contexts: authn_contexts(raw.authn_contexts.as_deref(), reporter),
        login_hint: match value(raw.login_hint.as_ref()) {
            Hint::None => HintCarrier::None,
            Hint::Subject => HintCarrier::Subject,
            Hint::Username => HintCarrier::Query(HintParameter::Username),
            Hint::LoginHint => HintCarrier::Query(HintParameter::LoginHint),
        },
        unsolicited: raw.unsolicited.as_ref().and_then(|text| unsolicited(text, tenant.clients, reporter)),
        trust: trust?,
    };
    let kind = Kind::Saml(Box::new(upstream));
    Some(IdentityProvider { id: id?, name: name?, kind, domains: check_providers::set(&domains), lookup: None })
}

pub(super) fn ws_fed(
    id: Option<IdpId>,
    table: &At<file::WsFed>,
    tenant: &Tenant<'_>,
    claims: &mut Claims,
    desk: &mut Desk<'_>,
) -> Option<IdentityProvider> {
    let raw = &table.value;
    let name = raw.name.as_ref().and_then(|text| check::shown_name(text, &mut desk.reporter));
    let issuer = raw.issuer.as_ref().and_then(|text| entity_name(text, &mut desk.reporter));
    let trust = Words {
        table: &table.span,
        metadata_url: raw.metadata_url.as_ref(),
        metadata_refresh: raw.metadata_refresh.as_ref(),
        metadata_certificates: raw.metadata_certificates.as_ref(),
        metadata_file: raw.metadata_file.as_ref(),
        sign_in_url: raw.sign_in_url.as_ref(),
        sign_out_url: raw.sign_out_url.as_ref(),
        certificates: raw.certificates.as_ref(),
        request_binding: None,
        sign_requests: None,
    }
    .check(Protocol::WsFed, issuer.as_deref(), desk);
    let reporter = &mut desk.reporter;
    let domains = check::domains(raw.domains.as_deref(), reporter);
    claims.take(&domains, reporter);
    let realm = match &raw.realm {
        Some(text) => entity_name(text, reporter),
        None => tenant.issuer.map(|issuer| issuer.at("/wsfed")),
    };
    let upstream = WsFedUpstream {
        issuer: issuer.unwrap_or_default(),
        realm: realm.unwrap_or_default(),
        domain_gate: gate(raw.domain_gate),
        proof: proof(raw.domain_proof),
        acceptance: acceptance(raw.clock_skew.as_ref(), raw.allow_sha1.as_ref(), reporter),
        attributes: attributes(raw.attributes.as_ref(), reporter),
        home_realm: raw.home_realm.as_ref().and_then(|text| entity_name(text, reporter)),
        freshness: raw.freshness.as_ref().map(|text| minutes(text, reporter)),
        authentication: raw.authentication.as_ref().and_then(|text| class_reference(text, reporter)),
        trust: trust?,
    };
    let kind = Kind::WsFed(Box::new(upstream));
    Some(IdentityProvider { id: id?, name: name?, kind, domains: check_providers::set(&domains), lookup: None })
}

/// `[federation]`.
pub(super) fn policy(raw: Option<&file::Federation>, reporter: &mut Reporter) -> FederationPolicy {
    let default = FederationPolicy::default();
    let Some(raw) = raw else { return default };
    let policy = FederationPolicy {
        key_rotation: values::duration(raw.key_rotation.as_ref(), Bounds::seconds(30 * DAY, 3650 * DAY), default.key_rotation, reporter),
        key_publish_ahead: values::duration(
            raw.key_publish_ahead.as_ref(),
            Bounds::seconds(DAY, 365 * DAY),
            default.key_publish_ahead,
            reporter,
        ),
    };
    let blamed = raw.key_publish_ahead.as_ref().or(raw.key_rotation.as_ref());
    if let Some(at) = blamed.filter(|_| policy.key_publish_ahead >= policy.key_rotation) {
        let hint = "make `key_publish_ahead` shorter than `key_rotation`";
        let message = "the next certificate would have to be published before the last one is used";
        reporter.error(Code::Contradiction, &at.span, message, hint);
    }
    policy
}

fn value<T: Copy + Default>(word: Option<&At<T>>) -> T {
    word.map_or_else(T::default, |at| at.value)
}

fn gate(word: Option<Gate>) -> DomainGate {
    match word.unwrap_or_default() {
        Gate::Closed => DomainGate::Closed,
        Gate::Open => DomainGate::Open,
    }
}

fn proof(word: Option<Proof>) -> DomainProof {
    match word.unwrap_or_default() {
        Proof::Asked => DomainProof::Asked,
        Proof::Required => DomainProof::Required,
    }
}

fn signed(word: Signed) -> SignedPart {
    match word {
        Signed::Either => SignedPart::Either,
        Signed::Assertion => SignedPart::Assertion,
        Signed::Response => SignedPart::Response,
        Signed::Both => SignedPart::Both,
    }
}

/// With nothing said about what is signed and encrypted.
fn acceptance(clock_skew: Option<&At<String>>, allow_sha1: Option<&At<bool>>, reporter: &mut Reporter) -> Acceptance {
    if let Some(at) = allow_sha1.filter(|at| at.value) {
        let hint = "ask the partner to sign with SHA-256, then take `allow_sha1` out; until then every sign-in warns";
        reporter.warn(Code::Sha1, &at.span, "signatures with SHA-1 are taken, and those can be forged", hint);
    }
    Acceptance {
        clock_skew: values::duration(clock_skew, Bounds::seconds(0, 5 * MINUTE), Duration::from_secs(60), reporter),
        allows_sha1: allow_sha1.is_some_and(|at| at.value),
        signed: SignedPart::Either,
        requires_encryption: false,
    }
}

/// An entity id, issuer, realm or attribute name: compared octet by octet, so it stays as written.
fn entity_name(text: &At<String>, reporter: &mut Reporter) -> Option<String> {
    let written = text.value.as_str();
    let wrong = match written.chars().count() {
        0 => "this is empty",
        longer if longer > LONGEST_NAME => "this is longer than 1024 characters",
        _ if written.chars().any(char::is_control) => "this has control characters in it",
        _ if written.trim() != written => "this begins or ends with a space",
        _ => return Some(written.to_owned()),
    };
    reporter.error(Code::EntityId, &text.span, wrong, "copy it exactly as the partner's metadata or messages spell it");
    None
}

fn attributes(raw: Option<&At<file::Attributes>>, reporter: &mut Reporter) -> AttributeNames {
    let Some(raw) = raw.map(|at| &at.value) else { return AttributeNames::default() };
    let mut names = |list: &Option<Vec<At<String>>>| {
        let mut names = BTreeSet::new();
        for text in list.iter().flatten() {
            let Some(name) = entity_name(text, reporter) else { continue };
            if !names.insert(name) {
                reporter.error(Code::Repeated, &text.span, "this name is listed twice", "take one of them out");
            }
        }
        names
    };
    let (address, name) = (names(&raw.address), names(&raw.name));
    AttributeNames { subject: raw.subject.as_ref().and_then(|text| entity_name(text, reporter)), address, name }
}

/// A guest is known by the name for ever; a transient one is another at every sign-in (SAML Core §8.3.8).
fn name_id(raw: &file::Saml, attributes: &AttributeNames, reporter: &mut Reporter) {
    if let Some(at) = raw.name_id.as_ref().filter(|at| at.value == NameId::Transient && attributes.subject.is_none()) {
        let hint = "use \"persistent\", or say which attribute never changes: `attributes = { subject = \"…\" }`";
        reporter.error(Code::Contradiction, &at.span, "a transient name is another at every sign-in, so nobody would be recognised", hint);
    }
}

fn hint(raw: &file::Saml, reporter: &mut Reporter) {
    let is_posted = value(raw.request_binding.as_ref()) == Binding::Post;
    if let Some(at) = raw.login_hint.as_ref().filter(|at| is_posted && matches!(at.value, Hint::Username | Hint::LoginHint)) {
        let hint = "use login_hint = \"subject\", or request_binding = \"redirect\"";
        reporter.error(Code::Contradiction, &at.span, "this hint travels in the query, and requests are posted", hint);
    }
}

fn authn_contexts(list: Option<&[At<String>]>, reporter: &mut Reporter) -> Vec<String> {
    let mut contexts = Vec::new();
    for text in list.unwrap_or_default() {
        let Some(context) = class_reference(text, reporter) else { continue };
        if contexts.contains(&context) {
            reporter.error(Code::Repeated, &text.span, "this is listed twice", "take one of them out");
        } else {
            contexts.push(context);
        }
    }
    contexts
}

/// An absolute URI (SAML Core §2.7.2.2).
fn class_reference(text: &At<String>, reporter: &mut Reporter) -> Option<String> {
    if Url::parse(&text.value).is_err() || text.value.contains(char::is_whitespace) {
        let hint = "write it whole, such as \"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\"";
        reporter.error(Code::AuthnContext, &text.span, format!("{:?} is not a URI", text.value), hint);
        return None;
    }
    Some(text.value.clone())
}

/// `wfresh` counts in minutes (WS-Federation §13.2.2).
fn minutes(text: &At<String>, reporter: &mut Reporter) -> u64 {
    let freshness = values::duration(Some(text), Bounds::seconds(0, 7 * DAY), Duration::from_secs(0), reporter);
    if freshness.subsec_nanos() != 0 || !freshness.as_secs().is_multiple_of(MINUTE) {
        reporter.error(Code::DurationRange, &text.span, format!("{} is no whole number of minutes", text.value), "write \"60m\" or \"8h\"");
    }
    freshness.as_secs() / MINUTE
}

/// Unasked answers begin a sign-in at an app, so there must be one to begin at.
fn unsolicited(text: &At<String>, clients: &Named<Client>, reporter: &mut Reporter) -> Option<ClientId> {
    let known: BTreeMap<&str, bool> = clients.iter().map(|(id, client)| (id.value.as_str(), client.value.launch_url.is_some())).collect();
    match known.get(text.value.as_str()) {
        Some(true) => ClientId::parse(&text.value).ok(),
        Some(false) => {
            let hint = format!("add `launch_url = \"https://…\"` to [clients.{}]: where it is started from", text.value);
            reporter.error(Code::Unsolicited, &text.span, format!("the client {} has no launch_url", text.value), hint);
            None
        }
        None => {
            let able: Vec<&str> = known.iter().filter(|(_, can_start)| **can_start).map(|(id, _)| *id).collect();
            let hint = match able.as_slice() {
                [] => "name a client of this tenant that has a `launch_url`".to_owned(),
                able => format!("name a client with a `launch_url`: {}", able.join(", ")),
            };
            reporter.error(Code::Unsolicited, &text.span, format!("there is no client {:?} in this tenant", text.value), hint);
            None
        }
    }
}
