//! How Entra names where a guest comes from: `identities` as Graph and the portal show them, and the older Source
//! (`behaviour.md` §10.1). For people to read; no rule looks at them.

use super::{BoundIdentity, Guest};
use crate::domain::{
    identity::Voucher,
    identity_provider::{IdentityProvider, Kind, OpenId},
};

/// The labels of one guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// `Invited user`, `Microsoft Account`, `OTP`, … or the issuer of those for whom Entra never had a word.
    pub source: String,
    pub identities: Vec<LabelledIdentity>,
}

/// A row of `identities`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledIdentity {
    pub sign_in_type: &'static str,
    pub issuer: String,
    pub issuer_assigned_id: String,
}

impl Labels {
    /// `provider` is the one of the guest's voucher, if the tenant still has it; `initial_domain` is the tenant's, the issuer of a
    /// guest's own principal name.
    pub fn of(guest: &Guest, provider: Option<&IdentityProvider>, initial_domain: &str) -> Self {
        let here = LabelledIdentity {
            sign_in_type: "userPrincipalName",
            issuer: initial_domain.to_owned(),
            issuer_assigned_id: guest.principal_name.as_str().to_owned(),
        };
        let Some(BoundIdentity { voucher, subject }) = guest.identity() else {
            return Self { source: "Invited user".into(), identities: vec![here] };
        };
        let issuer = issuer(voucher, provider);
        let source = match issuer.as_str() {
            "ExternalAzureAD" => "External Azure Active Directory".into(),
            "MicrosoftAccount" => "Microsoft Account".into(),
            "mail" => "OTP".into(),
            _ => issuer.clone(),
        };
        let federated = LabelledIdentity { sign_in_type: "federated", issuer, issuer_assigned_id: subject.as_str().to_owned() };
        Self { source, identities: vec![here, federated] }
    }
}

/// Entra's word for the issuer, or the issuer's own name.
fn issuer(voucher: &Voucher, provider: Option<&IdentityProvider>) -> String {
    match provider.map(|provider| &provider.kind) {
        Some(Kind::OpenId(OpenId::Entra(_))) => "ExternalAzureAD".into(),
        Some(Kind::OpenId(OpenId::MicrosoftAccount(_))) => "MicrosoftAccount".into(),
        Some(Kind::OpenId(OpenId::Google(_))) => "google.com".into(),
        Some(Kind::OpenId(OpenId::Generic(oidc))) => oidc.issuer.clone(),
        Some(Kind::Saml(saml)) => saml.entity_id.clone(),
        Some(Kind::WsFed(wsfed)) => wsfed.issuer.clone(),
        // `mail`, or a provider that the operator has removed.
        None => voucher.as_str().to_owned(),
    }
}
