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

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use super::*;
    use crate::domain::{
        address::EmailAddress,
        guest::{Creation, PrincipalName, State},
        id::{GuestId, IdpId},
        identity::Subject,
        identity_provider::{EntraUpstream, OidcUpstream},
        timestamp::Timestamp,
    };

    fn labels(voucher: Option<&str>, kind: Option<fn(OidcUpstream) -> OpenId>) -> (String, Vec<(String, String)>) {
        let oidc = OidcUpstream {
            issuer: "https://id.partner.example".into(),
            client_id: "gatehouse".into(),
            client_secret: None,
            scopes: Vec::new(),
            id_token_algorithms: Vec::new(),
            clock_skew: Duration::ZERO,
        };
        let provider = kind.map(|kind| IdentityProvider {
            id: IdpId::parse("partner").unwrap(),
            name: "Partner".into(),
            kind: Kind::OpenId(kind(oidc)),
            domains: BTreeSet::new(),
            lookup: None,
        });
        let (now, mail) = (Timestamp::from_unix(0), EmailAddress::parse("ana@p.example").unwrap());
        let (id, name) = (GuestId::from_drawn(uuid::Uuid::nil()), PrincipalName::of(&mail, "c.example"));
        let identity =
            voucher.map(|voucher| BoundIdentity { voucher: Voucher::parse(voucher).unwrap(), subject: Subject::new("s").unwrap() });
        let state = State::stored("PendingAcceptance", now, identity).unwrap();
        let guest = Guest { state, ..Guest::pending(id, name, mail, Creation::Invitation, now) };
        let Labels { source, identities } = Labels::of(&guest, provider.as_ref(), "c.example");
        assert_eq!(identities[0].issuer_assigned_id, "ana_p.example#EXT#@c.example");
        (source, identities.into_iter().skip(1).map(|one| (one.issuer, one.issuer_assigned_id)).collect())
    }

    #[test]
    fn where_a_guest_comes_from_is_said_in_entra_s_words() {
        let entra = |oidc| OpenId::Entra(EntraUpstream { oidc, allowed_tids: BTreeSet::new() });
        let known = |issuer: &str| vec![(issuer.to_owned(), "s".to_owned())];
        assert_eq!(labels(None, None), ("Invited user".into(), Vec::new()));
        assert_eq!(labels(Some("mail"), None), ("OTP".into(), known("mail")));
        for (kind, source, issuer) in [
            (entra as fn(OidcUpstream) -> OpenId, "External Azure Active Directory", "ExternalAzureAD"),
            (OpenId::MicrosoftAccount, "Microsoft Account", "MicrosoftAccount"),
            (OpenId::Google, "google.com", "google.com"),
            (OpenId::Generic, "https://id.partner.example", "https://id.partner.example"),
        ] {
            assert_eq!(labels(Some("partner"), Some(kind)), (source.into(), known(issuer)));
        }
        assert_eq!(labels(Some("removed"), None), ("removed".into(), known("removed")));
    }
}
