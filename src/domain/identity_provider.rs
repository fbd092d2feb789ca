//! Identity providers, as the operator declared them, already checked.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use url::Url;

use super::{
    address::{DomainName, EmailAddress},
    federation::{DomainGate, SamlUpstream, WsFedUpstream},
    id::IdpId,
    secret::Secret,
};

/// Somewhere guests can prove who they are.
#[derive(Debug, Clone)]
pub struct IdentityProvider {
    pub id: IdpId,
    /// What people read on a button or in the account picker.
    pub name: String,
    pub kind: Kind,
    /// Domains this provider may speak for: a guest is routed here by them, and addresses outside them are refused.
    /// Empty only for kinds that own their domains (Google, Microsoft account) or prove them per account (entra, lookups).
    pub domains: BTreeSet<DomainName>,
    /// How to ask "is this account yours?". `None`: it can't be asked, only its domains decide.
    pub lookup: Option<Lookup>,
}

/// The road a provider speaks.
#[derive(Debug, Clone)]
pub enum Kind {
    OpenId(OpenId),
    /// A federation partner's SAML 2.0 identity provider.
    Saml(Box<SamlUpstream>),
    /// A federation partner's WS-Federation security token service.
    WsFed(Box<WsFedUpstream>),
}

/// The dialects of OpenID Connect.
#[derive(Debug, Clone)]
pub enum OpenId {
    /// Any OpenID Connect provider: a partner's directory, another tenant of a Gatehouse.
    Generic(OidcUpstream),
    /// Microsoft Entra, any tenant of an allow-list: the issuer is a template filled per token from its `tid`.
    Entra(EntraUpstream),
    Google(OidcUpstream),
    /// Personal Microsoft accounts.
    MicrosoftAccount(OidcUpstream),
}

/// What an OpenID Connect relying party must know of its provider.
#[derive(Debug, Clone)]
pub struct OidcUpstream {
    /// The exact issuer; its discovery document is at `{issuer}/.well-known/openid-configuration`.
    pub issuer: String,
    pub client_id: String,
    /// `None`: we are a public client there, with PKCE alone.
    pub client_secret: Option<Secret<String>>,
    pub scopes: Vec<String>,
    /// Algorithms its ID tokens may be signed with; from configuration, never from the token's header (C6).
    pub id_token_algorithms: Vec<UpstreamAlgorithm>,
    /// Clock difference we forgive on `exp`, `iat` and `nbf`.
    pub clock_skew: Duration,
}

/// Entra's multi-tenant endpoint: `authority` + `{tid}/v2.0`.
#[derive(Debug, Clone)]
pub struct EntraUpstream {
    pub oidc: OidcUpstream,
    /// Entra tenant ids whose accounts may come. Empty: any.
    pub allowed_tids: BTreeSet<String>,
}

/// Signature algorithms we verify (never HMAC, never `none`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UpstreamAlgorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Es256,
    Es384,
    EdDsa,
}

/// Exactly these suffixes are Google's (`behaviour.md` §6); a Workspace domain is federated instead.
pub const GOOGLE_DOMAINS: [&str; 2] = ["gmail.com", "googlemail.com"];

/// A way to ask a home directory whether an account exists.
#[derive(Debug, Clone)]
pub struct Lookup {
    pub source: LookupSource,
    /// After this the answer is "can't say".
    pub timeout: Duration,
    /// How long an answer is believed.
    pub cache: Duration,
}

#[derive(Debug, Clone)]
pub enum LookupSource {
    /// Every address of the provider's domains.
    Domains,
    /// Accounts and domains listed in the tenant file or a CSV beside it.
    Listed { accounts: BTreeSet<Account>, domains: BTreeMap<DomainName, DomainStanding> },
    /// Entra's public OpenID configuration by domain: answers for the domain, not for the account.
    EntraDomain { authority: Url },
    /// RFC 7033 at the address's own domain, or at a fixed base: an `http://openid.net/specs/connect/1.0/issuer` link to this provider's issuer means yes.
    WebFinger { base: Option<Url> },
    /// RFC 7644 `GET {base}/Users?filter=userName eq "…"`.
    Scim { base: Url, token: Option<Secret<String>> },
    /// The operator's own service: `POST {"address": …}`, answered `{"exists": true|false, "managed": true|false}`.
    Hook { url: Url, token: Option<Secret<String>> },
}

impl LookupSource {
    /// Whether an answer costs somebody else a request.
    pub const fn asks_elsewhere(&self) -> bool {
        match self {
            Self::Domains | Self::Listed { .. } => false,
            Self::EntraDomain { .. } | Self::WebFinger { .. } | Self::Scim { .. } | Self::Hook { .. } => true,
        }
    }
}

/// One account of a static list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// [`EmailAddress::key`] of its UPN.
    pub upn_key: String,
    /// False: it lives in an unmanaged ("viral") directory, which the 2024 edition no longer counts.
    pub is_managed: bool,
}

impl Account {
    pub fn new(upn: &EmailAddress, is_managed: bool) -> Self {
        Self { upn_key: upn.key(), is_managed }
    }
}

/// What a home directory said when asked about an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Stated {
        account: AccountStanding,
        domain: DomainStanding,
    },
    /// It could not be asked: a stated verdict, never an outage. Says why, for the operator.
    Unanswered(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStanding {
    Managed,
    /// Self-service ("viral") account in a directory nobody administers.
    Unmanaged,
    Absent,
    /// The source speaks of domains only.
    Unstated,
}

/// How an address's domain stands in a home directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainStanding {
    Unverified,
    Verified {
        /// Its sign-ins happen at the directory's own on-premises provider.
        is_federated: bool,
        /// `AllowEmailVerifiedUsers` (`behaviour.md` §9).
        allows_email_verified_users: bool,
    },
}

impl DomainStanding {
    pub const MANAGED: Self = Self::Verified { is_federated: false, allows_email_verified_users: true };

    pub const fn is_verified(self) -> bool {
        matches!(self, Self::Verified { .. })
    }
}

/// The three primaries and the fallback family of Microsoft's `invitationRedemptionIdentityProviderConfiguration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// `azureActiveDirectory`: a home directory that can be asked about an account.
    HomeDirectory,
    /// `externalFederation`: a partner's provider, matched by domain.
    ExternalFederation,
    /// `socialIdentityProviders`: Google.
    Social,
    /// Personal Microsoft accounts: only ever a fallback.
    MicrosoftAccount,
}

impl IdentityProvider {
    /// Which place of the redemption order this provider stands in. An `oidc` provider that can be asked is a home
    /// directory, one that only has domains is a federation partner.
    pub fn family(&self) -> Family {
        match &self.kind {
            Kind::OpenId(OpenId::Entra(_)) => Family::HomeDirectory,
            Kind::OpenId(OpenId::Generic(_)) if self.lookup.is_some() => Family::HomeDirectory,
            Kind::OpenId(OpenId::Generic(_)) | Kind::Saml(_) | Kind::WsFed(_) => Family::ExternalFederation,
            Kind::OpenId(OpenId::Google(_)) => Family::Social,
            Kind::OpenId(OpenId::MicrosoftAccount(_)) => Family::MicrosoftAccount,
        }
    }

    /// Whether it may speak for `domain`: the domain gate. Google owns its two domains and nothing else here; a provider that
    /// lists none speaks for any domain its accounts have (Entra, Microsoft accounts, directories that are asked).
    pub fn may_speak_for(&self, domain: &DomainName) -> bool {
        match self.kind {
            Kind::OpenId(OpenId::Google(_)) => GOOGLE_DOMAINS.contains(&domain.as_str()),
            Kind::OpenId(_) => self.domains.is_empty() || self.domains.contains(domain),
            // A federation partner speaks for the domains listed and no others, unless the operator opened the gate.
            Kind::Saml(ref saml) => saml.domain_gate == DomainGate::Open || self.domains.contains(domain),
            Kind::WsFed(ref ws_fed) => ws_fed.domain_gate == DomainGate::Open || self.domains.contains(domain),
        }
    }

    /// Whether whoever this one vouches for, `other` would vouch for: the same house, trusted by the same keys. Where that is not
    /// certain it is not said.
    pub fn is_same_home(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::OpenId(here), Kind::OpenId(there)) => here.is_same_home(there),
            (Kind::Saml(here), Kind::Saml(there)) => here.entity_id == there.entity_id && here.trust == there.trust,
            (Kind::WsFed(here), Kind::WsFed(there)) => here.issuer == there.issuer && here.trust == there.trust,
            (Kind::OpenId(_) | Kind::Saml(_) | Kind::WsFed(_), _) => false,
        }
    }

    /// Its OpenID Connect issuer, if it speaks that.
    pub fn openid_issuer(&self) -> Option<&str> {
        match &self.kind {
            Kind::OpenId(open_id) => Some(&open_id.oidc().issuer),
            Kind::Saml(_) | Kind::WsFed(_) => None,
        }
    }
}

impl OpenId {
    fn is_same_home(&self, other: &Self) -> bool {
        let is_same_house = match (self, other) {
            // Its keys are every directory's: the other must let in whichever directory of these it was.
            (Self::Entra(here), Self::Entra(there)) => {
                let (some, all) = (&here.allowed_tids, &there.allowed_tids);
                all.is_empty() || (!some.is_empty() && some.is_subset(all))
            }
            (Self::Generic(_), Self::Generic(_)) | (Self::Google(_), Self::Google(_)) => true,
            (Self::MicrosoftAccount(_), Self::MicrosoftAccount(_)) => true,
            (Self::Generic(_) | Self::Entra(_) | Self::Google(_) | Self::MicrosoftAccount(_), _) => false,
        };
        is_same_house && self.oidc().issuer == other.oidc().issuer
    }

    pub fn oidc(&self) -> &OidcUpstream {
        match self {
            Self::Generic(oidc) | Self::Google(oidc) | Self::MicrosoftAccount(oidc) => oidc,
            Self::Entra(entra) => &entra.oidc,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: &str = "https://login.example";

    fn oidc(issuer: &str) -> OidcUpstream {
        OidcUpstream {
            issuer: issuer.into(),
            client_id: "gatehouse".into(),
            client_secret: None,
            scopes: Vec::new(),
            id_token_algorithms: Vec::new(),
            clock_skew: Duration::ZERO,
        }
    }

    fn provider(id: &str, open_id: OpenId) -> IdentityProvider {
        let kind = Kind::OpenId(open_id);
        IdentityProvider { id: IdpId::parse(id).unwrap(), name: id.into(), kind, domains: BTreeSet::new(), lookup: None }
    }

    fn entra(tids: &[&str]) -> IdentityProvider {
        let allowed_tids = tids.iter().map(|&tid| tid.to_owned()).collect();
        provider("entra", OpenId::Entra(EntraUpstream { oidc: oidc(LOGIN), allowed_tids }))
    }

    #[test]
    fn one_home_is_the_same_by_what_it_is_and_not_by_what_it_is_called() {
        let here = provider("fabrikam", OpenId::Generic(oidc("https://fabrikam.example")));
        assert!(here.is_same_home(&provider("partner", OpenId::Generic(oidc("https://fabrikam.example")))));
        assert!(!here.is_same_home(&provider("fabrikam", OpenId::Generic(oidc("https://litware.example")))));
        assert!(!here.is_same_home(&provider("fabrikam", OpenId::Google(oidc("https://fabrikam.example")))));
    }

    #[test]
    fn a_directory_of_many_is_the_same_home_where_all_who_may_come_here_may_come_there() {
        assert!(entra(&["a"]).is_same_home(&entra(&["a", "b"])) && entra(&["a"]).is_same_home(&entra(&[])));
        assert!(entra(&[]).is_same_home(&entra(&[])));
        assert!(!entra(&["a", "b"]).is_same_home(&entra(&["a"])) && !entra(&[]).is_same_home(&entra(&["a"])));
    }
}
