//! How an identity provider is shown: its name and a sign of its kind.

use crate::domain::identity_provider::{Family, IdentityProvider, Kind, OpenId};

/// A small drawing beside a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A directory where accounts live.
    Directory,
    /// A partner's own sign-in.
    Partner,
    Google,
    /// Entra.
    Microsoft,
    /// A personal Microsoft account.
    MicrosoftAccount,
    /// A code by mail.
    Mail,
}

impl From<&IdentityProvider> for Icon {
    fn from(provider: &IdentityProvider) -> Self {
        match (&provider.kind, provider.family()) {
            (Kind::OpenId(OpenId::Google(_)), _) => Self::Google,
            (Kind::OpenId(OpenId::Entra(_)), _) => Self::Microsoft,
            (Kind::OpenId(OpenId::MicrosoftAccount(_)), _) => Self::MicrosoftAccount,
            (Kind::OpenId(OpenId::Generic(_)), Family::HomeDirectory) => Self::Directory,
            (Kind::OpenId(OpenId::Generic(_)) | Kind::Saml(_) | Kind::WsFed(_), _) => Self::Partner,
        }
    }
}

/// A provider as a button.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its id, sent as `provider`.
    pub id: String,
    pub name: String,
    pub icon: Icon,
}

impl From<&IdentityProvider> for Provider {
    fn from(provider: &IdentityProvider) -> Self {
        Self { id: provider.id.to_string(), name: provider.name.clone(), icon: provider.into() }
    }
}
