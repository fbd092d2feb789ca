//! Relying parties, as the operator declared them, already checked. A [`RedirectUri`] exists only by matching a registered one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{id::ClientId, permission::Permission, secret::Secret, token_policy::SigningAlgorithm};

/// An application that trusts this tenant's issuer.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: ClientId,
    pub name: String,
    pub authentication: ClientAuthentication,
    pub pkce: Pkce,
    pub redirect_uris: Vec<RegisteredUri>,
    /// Scopes it may ask for besides `openid`.
    pub scopes: Vec<Scope>,
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// Where guests start it from; shown as the way back from an error page, and in My Apps.
    pub launch_url: Option<Url>,
    /// One line for My Apps.
    pub description: Option<String>,
    /// Whether My Apps shows it.
    pub is_listed: bool,
    /// Whether only guests assigned to it get in (AADSTS50105); an invitation to the app assigns.
    pub is_assignment_required: bool,
    /// An administrator consented for everybody: Review permissions is not shown on the way to this app (`behaviour.md` §12.3).
    pub is_consented: bool,
    /// What it may do by the management API in its own name (client credentials). None: it has no such grant.
    pub permissions: BTreeSet<Permission>,
}

/// How the client proves itself at the token endpoint (OpenID Connect Core §9). The method is registered, never guessed.
#[derive(Debug, Clone)]
pub enum ClientAuthentication {
    /// A public client: PKCE is its only proof.
    None,
    /// Either of the two ways to send a secret: certified libraries differ in which they choose by themselves.
    ClientSecret(ClientSecrets),
    ClientSecretBasic(ClientSecrets),
    ClientSecretPost(ClientSecrets),
}

impl ClientAuthentication {
    pub fn is_public(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// Whether a client must use PKCE (RFC 9700 §2.1.1). A public one always must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pkce {
    #[default]
    Required,
    /// For confidential clients whose library does not know it. One that begins with a challenge must still end with its verifier.
    Optional,
}

/// One or two secrets: the second lets an operator roll without an outage.
#[derive(Debug, Clone)]
pub struct ClientSecrets(pub Vec<Secret<String>>);

/// Scopes with a meaning here (OpenID Connect Core §5.4). Others are ignored, as §3.1.2.1 asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    Openid,
    Profile,
    Email,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Openid, Self::Profile, Self::Email];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openid => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// A redirect URI as registered: absolute, no fragment; https, http on loopback, or a private-use scheme with a dot (RFC 8252 §7.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredUri(String);

/// Why a redirect URI was refused at registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    #[error("is not an absolute URI")]
    NotAbsolute,
    #[error("has a fragment (RFC 6749 §3.1.2)")]
    Fragment,
    #[error("has a user name or password in it")]
    Userinfo,
    #[error("is http and not on loopback; use https")]
    Http,
    #[error("uses a scheme browsers give a meaning of their own, or one without a dot (RFC 8252 §7.1)")]
    Scheme,
    #[error("has characters that must be percent-encoded")]
    Characters,
}

impl RegisteredUri {
    pub fn parse(text: &str) -> Result<Self, RedirectUriError> {
        if text.bytes().any(|b| !(0x21..=0x7e).contains(&b) || b"\\\"<>^`{|}*".contains(&b)) {
            return Err(RedirectUriError::Characters);
        }
        let url = Url::parse(text).map_err(|_| RedirectUriError::NotAbsolute)?;
        if text.contains('#') {
            return Err(RedirectUriError::Fragment);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(RedirectUriError::Userinfo);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(RedirectUriError::Http),
            scheme if scheme.contains('.') => {}
            _ => return Err(RedirectUriError::Scheme),
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The web origin, for CORS: only http(s) has one.
    pub fn origin(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
    }

    /// Byte for byte (RFC 9700 §2.1), with the one exception of RFC 8252 §7.3: a native app on a loopback *address*
    /// may bring any port.
    fn matches(&self, asked: &str) -> bool {
        if self.0 == asked {
            return true;
        }
        let Some((before, after)) = loopback_parts(&self.0) else { return false };
        let Some((asked_before, asked_after)) = loopback_parts(asked) else { return false };
        before == asked_before && after == asked_after
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Splits `http://127.0.0.1:PORT/rest` around its port. Nothing else parses: not `localhost`, not https, no userinfo.
fn loopback_parts(uri: &str) -> Option<(&'static str, &str)> {
    for host in ["http://127.0.0.1", "http://[::1]"] {
        if let Some(rest) = uri.strip_prefix(host) {
            let after = match rest.strip_prefix(':') {
                Some(port) => {
                    let digits = port.bytes().take_while(u8::is_ascii_digit).count();
                    port[..digits].parse::<u16>().ok().filter(|port| *port != 0)?;
                    &port[digits..]
                }
                None => rest,
            };
            return (after.is_empty() || after.starts_with(['/', '?'])).then_some((host, after));
        }
    }
    None
}

/// An address we may send a browser to with an answer. It exists only because a client registered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

impl RedirectUri {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Client {
    /// Exact match against what is registered (`security.md` D1).
    pub fn redirect_uri(&self, asked: &str) -> Option<RedirectUri> {
        self.redirect_uris.iter().any(|registered| registered.matches(asked)).then(|| RedirectUri(asked.to_owned()))
    }

    /// Whether a page at `origin` may read answers: only a public client's own origins (its redirect URIs').
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.authentication.is_public() && self.redirect_uris.iter().any(|uri| uri.origin().as_deref() == Some(origin))
    }
}
