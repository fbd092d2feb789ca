//! What the operator said about a federation partner that speaks SAML 2.0 or WS-Federation (`behaviour.md` §5).

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use url::Url;

use super::{certificate::Certificate, id::ClientId};

/// What a SAML 2.0 service provider must know of its identity provider.
#[derive(Debug, Clone)]
pub struct SamlUpstream {
    /// Their entity id, exactly as their assertions' Issuer spells it.
    pub entity_id: String,
    /// Ours towards them: the audience of their assertions.
    pub our_entity_id: String,
    pub trust: TrustSource,
    pub domain_gate: DomainGate,
    pub proof: DomainProof,
    pub acceptance: Acceptance,
    pub attributes: AttributeNames,
    pub request_binding: RequestBinding,
    pub request_signing: RequestSigning,
    /// Asked for by `NameIDPolicy`.
    pub name_id_format: NameIdFormat,
    /// `RequestedAuthnContext` class references, compared `exact`; empty: none is asked for, any is taken.
    pub authn_contexts: Vec<String>,
    pub login_hint: HintCarrier,
    /// The app to which people are sent whose identity provider sends them unasked. `None`: such answers are refused.
    pub unsolicited: Option<ClientId>,
}

/// What a WS-Federation requestor must know of its security token service.
#[derive(Debug, Clone)]
pub struct WsFedUpstream {
    /// The issuer its tokens name.
    pub issuer: String,
    /// Who we are there: `wtrealm`, and the audience of its tokens.
    pub realm: String,
    pub trust: TrustSource,
    pub domain_gate: DomainGate,
    pub proof: DomainProof,
    pub acceptance: Acceptance,
    pub attributes: AttributeNames,
    /// `whr`: which of its own realms it should send people on to.
    pub home_realm: Option<String>,
    /// `wfresh`, in minutes, sent with every request; a forced login sends 0.
    pub freshness: Option<u64>,
    /// `wauth`.
    pub authentication: Option<String>,
}

/// Where a partner's keys and endpoints come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustSource {
    Url {
        url: Url,
        /// How often it is read again, unless the document says sooner.
        refresh: Duration,
        /// The document must be signed by one of these. Empty: TLS is its only protection.
        signed_by: Vec<Certificate>,
    },
    File {
        /// For messages.
        name: String,
        text: Arc<str>,
        signed_by: Vec<Certificate>,
    },
    /// Typed by the operator, as in Entra's form.
    Typed { sign_in: Url, sign_out: Option<Url>, certificates: Vec<Certificate> },
}

/// Whether a partner may assert addresses outside its domains. Such an address is never taken as verified by its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DomainGate {
    #[default]
    Closed,
    Open,
}

/// Whether a partner must have shown that its domains are its own (`behaviour.md` §5.2): by the host of its sign-in address, or a DNS
/// TXT record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DomainProof {
    /// The operator's word is enough; `gatehouse check --dns` tells what is missing.
    #[default]
    Asked,
    /// No one of an unproven domain is sent there, and none of its addresses is believed.
    Required,
}

/// How strictly an answer is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The clock difference we forgive, on every time bound.
    pub clock_skew: Duration,
    /// RSA-SHA1 signatures and SHA-1 digests are taken, with a warning at every sign-in.
    pub allows_sha1: bool,
    pub signed: SignedPart,
    pub requires_encryption: bool,
}

/// Which element must carry a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignedPart {
    /// The response or the assertion, whichever the partner signs.
    #[default]
    Either,
    Assertion,
    Response,
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RequestBinding {
    /// As their metadata offers: Redirect if it can, else POST.
    #[default]
    Offered,
    Redirect,
    Post,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RequestSigning {
    /// When their metadata says `WantAuthnRequestsSigned`.
    #[default]
    AsWanted,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameIdFormat {
    #[default]
    Persistent,
    EmailAddress,
    Transient,
    Unspecified,
    /// No `NameIDPolicy` at all.
    Absent,
}

/// How the address a person typed travels along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HintCarrier {
    #[default]
    None,
    /// `saml:Subject` of the AuthnRequest (Core §3.4.1).
    Subject,
    /// `username=` or `login_hint=` in the query, as AD FS and others read it beside the request.
    Query(HintParameter),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HintParameter {
    /// AD FS.
    Username,
    /// Entra, Okta and Google.
    LoginHint,
}

/// The names under which a partner states what we need, besides those everybody's products use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeNames {
    /// The attribute that names the person for ever, in place of the NameID (WS-Federation: of `ImmutableID`).
    pub subject: Option<String>,
    /// The address; empty: the well-known names, and a NameID of email format.
    pub address: BTreeSet<String>,
    /// What the person is called; empty: the well-known names.
    pub name: BTreeSet<String>,
}

/// How long our own keys towards partners live: what we sign with, and what partners encrypt for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederationPolicy {
    /// How long one signs before the next takes over.
    pub key_rotation: Duration,
    /// How long one is published before it signs, and still decrypts after it signed.
    pub key_publish_ahead: Duration,
}

impl Default for FederationPolicy {
    fn default() -> Self {
        Self { key_rotation: Duration::from_secs(730 * 24 * 3600), key_publish_ahead: Duration::from_secs(60 * 24 * 3600) }
    }
}
