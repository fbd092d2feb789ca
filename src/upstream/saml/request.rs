//! The question: an AuthnRequest (Core §3.4.1) in samael's type, written by our own writer, which escapes.
//!
//! Must not read answers.

use samael::schema::{
    AuthnContextClassRef, AuthnContextComparison, AuthnRequest, Issuer, NameIdPolicy, RequestedAuthnContext, Subject, SubjectNameID,
};
use url::Url;

use super::{
    binding::{self, Parameter, Redirect, Sign},
    sign::{self, Place},
    writer::{ASSERTION, Element, PROTOCOL},
};
use crate::{
    domain::{
        error_code::ErrorCode,
        federation::{HintCarrier, HintParameter, NameIdFormat, RequestBinding, RequestSigning, SamlUpstream, TrustSource},
        rejection::Rejected,
        timestamp::Timestamp,
    },
    federation::{
        metadata::{Binding, Endpoint},
        xml::instant,
    },
    random,
    upstream::{Ask, Outbound, Prompting, credentials::Credential, partner::Facts},
};

pub(super) const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
pub(super) const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
pub(super) const EMAIL_FORMAT: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
pub(super) const PERSISTENT_FORMAT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
pub(super) const TRANSIENT_FORMAT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
pub(super) const UNSPECIFIED_FORMAT: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// An ID that nobody guesses: 160 bits (Core §1.3.4), as an NCName.
pub(super) fn new_id() -> String {
    id_of(&random::bytes::<20>())
}

/// Octets as an NCName.
pub(super) fn id_of(octets: &[u8]) -> String {
    octets.iter().fold(String::from("_"), |id, octet| id + &format!("{octet:02x}"))
}

/// What a question is made of, besides what the person wants.
pub(super) struct Question<'a> {
    pub saml: &'a SamlUpstream,
    pub destination: &'a Url,
    pub answer_at: &'a str,
    pub id: &'a str,
    pub issued_at: Timestamp,
}

impl Question<'_> {
    pub(super) fn authn_request(&self, ask: &Ask) -> Result<AuthnRequest, Rejected> {
        let issue_instant = instant(self.issued_at).parse().map_err(|_| Rejected::new(ErrorCode::Internal, "the clock has no date"))?;
        Ok(AuthnRequest {
            id: self.id.to_owned(),
            version: "2.0".to_owned(),
            issue_instant,
            destination: Some(self.destination.to_string()),
            consent: None,
            issuer: Some(Issuer { value: Some(self.saml.our_entity_id.clone()), ..Issuer::default() }),
            signature: None,
            subject: self.subject(ask),
            name_id_policy: name_id_format(self.saml.name_id_format).map(|format| NameIdPolicy {
                format: Some(format.to_owned()),
                sp_name_qualifier: None,
                allow_create: Some(true),
            }),
            conditions: None,
            requested_authn_context: self.contexts(),
            force_authn: is_forced(ask).then_some(true),
            is_passive: None,
            assertion_consumer_service_index: None,
            assertion_consumer_service_url: Some(self.answer_at.to_owned()),
            protocol_binding: Some(POST.to_owned()),
            attribute_consuming_service_index: None,
            provider_name: None,
        })
    }

    fn subject(&self, ask: &Ask) -> Option<Subject> {
        let hint = ask.login_hint.as_ref().filter(|_| self.saml.login_hint == HintCarrier::Subject)?;
        let name_id = SubjectNameID { format: Some(EMAIL_FORMAT.to_owned()), value: hint.to_string() };
        Some(Subject { name_id: Some(name_id), subject_confirmations: None })
    }

    fn contexts(&self) -> Option<RequestedAuthnContext> {
        let wanted = &self.saml.authn_contexts;
        (!wanted.is_empty()).then(|| RequestedAuthnContext {
            authn_context_class_refs: Some(wanted.iter().map(|class| AuthnContextClassRef { value: Some(class.clone()) }).collect()),
            authn_context_decl_refs: None,
            comparison: Some(AuthnContextComparison::Exact),
        })
    }
}

/// Whoever must prove themselves anew, whoever wants another account than the one their provider remembers, and whoever's proof may be
/// only so old: SAML has no word for an age.
pub(super) fn is_forced(ask: &Ask) -> bool {
    ask.max_age.is_some() || matches!(ask.prompting, Prompting::ForceLogin | Prompting::SelectAccount)
}

/// The query parameter that carries the address a person typed, where the operator wants one.
pub(super) fn query_hint(saml: &SamlUpstream, ask: &Ask) -> Option<(&'static str, String)> {
    let HintCarrier::Query(parameter) = saml.login_hint else { return None };
    let name = match parameter {
        HintParameter::Username => "username",
        HintParameter::LoginHint => "login_hint",
    };
    Some((name, ask.login_hint.as_ref()?.to_string()))
}

pub(super) const fn name_id_format(asked: NameIdFormat) -> Option<&'static str> {
    match asked {
        NameIdFormat::Persistent => Some(PERSISTENT_FORMAT),
        NameIdFormat::EmailAddress => Some(EMAIL_FORMAT),
        NameIdFormat::Transient => Some(TRANSIENT_FORMAT),
        NameIdFormat::Unspecified => Some(UNSPECIFIED_FORMAT),
        NameIdFormat::Absent => None,
    }
}

/// The address to ask at, and how.
pub(super) fn endpoint<'a>(saml: &SamlUpstream, facts: &'a Facts) -> Result<(&'a Endpoint, Binding), Rejected> {
    let at = |binding| facts.sign_in.iter().find(|endpoint| endpoint.binding == binding).map(|endpoint| (endpoint, binding));
    // An operator who typed one address means it for the binding they chose.
    let typed = |binding| match saml.trust {
        TrustSource::Typed { .. } => facts.sign_in.first().map(|endpoint| (endpoint, binding)),
        TrustSource::Url { .. } | TrustSource::File { .. } => None,
    };
    let found = match saml.request_binding {
        RequestBinding::Offered => at(Binding::Redirect).or_else(|| at(Binding::Post)),
        RequestBinding::Redirect => at(Binding::Redirect).or_else(|| typed(Binding::Redirect)),
        RequestBinding::Post => at(Binding::Post).or_else(|| typed(Binding::Post)),
    };
    found.ok_or_else(|| Rejected::new(ErrorCode::NoEndpoint, "the partner offers no sign-in address with the binding we may use"))
}

pub(super) const fn is_signed(saml: &SamlUpstream, facts: &Facts) -> bool {
    match saml.request_signing {
        RequestSigning::AsWanted => facts.wants_signed_requests,
        RequestSigning::Always => true,
        RequestSigning::Never => false,
    }
}

/// How a written request travels.
pub(super) struct Road<'a> {
    pub endpoint: &'a Endpoint,
    pub binding: Binding,
    /// The credential that signs it, if any does.
    pub signing: Option<&'a Credential>,
    /// [`query_hint`].
    pub hint: Option<(&'static str, String)>,
}

impl Road<'_> {
    pub(super) fn send(self, root: Element, relay_state: &str) -> Result<Outbound, Rejected> {
        let (location, parameter, relay_state, hint) = (&self.endpoint.location, Parameter::Request, Some(relay_state), self.hint);
        Ok(match self.binding {
            Binding::Post => {
                let xml = match self.signing {
                    Some(credential) => sign::enveloped(root, Place::AfterIssuer, credential)?,
                    None => root.to_xml(),
                };
                binding::post(location, parameter, &xml, relay_state, hint.as_ref())
            }
            Binding::Redirect | Binding::Passive => {
                let sign = self.signing.map(|credential| move |octets: &[u8]| credential.sign_sha256(octets));
                let sign = sign.as_ref().map(|sign| sign as Sign<'_>);
                Outbound::Redirect(Redirect { location, parameter, xml: &root.to_xml(), relay_state, sign, hint }.url())
            }
        })
    }
}

pub(super) fn issuer(entity_id: &str) -> Element {
    Element::new("saml:Issuer").with("xmlns:saml", ASSERTION).text(entity_id)
}

/// The request as XML, in the order of the schema.
pub(super) fn written(request: &AuthnRequest) -> Element {
    let mut root = Element::new("samlp:AuthnRequest")
        .with("xmlns:samlp", PROTOCOL)
        .with("ID", &request.id)
        .with("Version", &request.version)
        .with("IssueInstant", request.issue_instant.format("%Y-%m-%dT%H:%M:%SZ").to_string())
        .with_some("Destination", request.destination.as_deref())
        .with_some("ForceAuthn", request.force_authn.map(|_| "true"))
        .with_some("ProtocolBinding", request.protocol_binding.as_deref())
        .with_some("AssertionConsumerServiceURL", request.assertion_consumer_service_url.as_deref());
    root = root.children(request.issuer.as_ref().and_then(|issuer| issuer.value.as_deref()).map(issuer));
    if let Some(name_id) = request.subject.as_ref().and_then(|subject| subject.name_id.as_ref()) {
        let name_id = Element::new("saml:NameID").with_some("Format", name_id.format.as_deref()).text(&name_id.value);
        root = root.child(Element::new("saml:Subject").with("xmlns:saml", ASSERTION).child(name_id));
    }
    if let Some(policy) = &request.name_id_policy {
        let allow_create = policy.allow_create.map(|may| if may { "true" } else { "false" });
        root = root
            .child(Element::new("samlp:NameIDPolicy").with_some("Format", policy.format.as_deref()).with_some("AllowCreate", allow_create));
    }
    if let Some(contexts) = &request.requested_authn_context {
        let classes = contexts.authn_context_class_refs.iter().flatten().filter_map(|class| class.value.as_deref());
        let classes = classes.map(|class| Element::new("saml:AuthnContextClassRef").with("xmlns:saml", ASSERTION).text(class));
        let comparison = contexts.comparison.as_ref().map(AuthnContextComparison::value);
        root = root.child(Element::new("samlp:RequestedAuthnContext").with_some("Comparison", comparison).children(classes));
    }
    root
}

#[cfg(test)]
pub(super) mod tests;
