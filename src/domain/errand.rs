//! What a sign-in is for: an app's request, an invitation to accept, or our own pages for guests.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    address::EmailAddress,
    authorization_request::{AuthorizationRequest, Interaction, Prompt},
    id::{ClientId, FlowId, GuestId, IdpId, InvitationId},
    tenant::Tenant,
    timestamp::Timestamp,
};

/// Why the person is here, and so where they go at the end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// An app asked for a sign-in (OpenID Connect).
    App(AuthorizationRequest),
    /// An invitation is being accepted.
    Redemption(Redemption),
    /// Our own pages: My Apps, My account.
    Portal(Destination),
    /// A code shown in an embedded browser was typed here: what is proven here continues there (`behaviour.md` §6).
    Handoff(Handoff),
}

/// The sign-in in an app's window that another browser continues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    pub flow: FlowId,
    /// The app it is for.
    pub client: Option<ClientId>,
    /// Who is to prove the person.
    pub provider: IdpId,
    /// SHA-256, base64url, of the code that was shown there.
    pub digest: String,
    pub asked_at: Timestamp,
}

/// The invitation that a sign-in redeems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    pub invitation: InvitationId,
    pub guest: GuestId,
    /// Which redemption of the guest the link is for: after a reset it is worth nothing.
    pub round: u32,
    /// The address invited, which decides the road.
    pub invited: EmailAddress,
    pub destination: Destination,
}

/// Where somebody lands who came for no app's request. An app's address is in it only because the tenant knows it
/// ([`Destination::of`]), and is asked about again before anybody is sent there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// My Apps.
    Apps,
    /// My account.
    Account,
    /// The app's own front door.
    Client(ClientId),
    /// A page of an app, or one that the operator listed.
    Page(Url),
}

/// Where Microsoft's own portals for guests are: scripts written for them mean My Apps.
const PORTALS: [&str; 4] =
    ["myapps.microsoft.com", "myapplications.microsoft.com", "account.activedirectory.windowsazure.com", "portal.azure.com"];

impl Destination {
    /// Reads an `inviteRedirectUrl`. `None`: no app of this tenant lives there, and the operator did not list it.
    pub fn of(tenant: &Tenant, text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|url| url.username().is_empty() && url.password().is_none())?;
        let own = Url::parse(&tenant.issuer.url).ok()?;
        if url.origin() == own.origin() && url.path().starts_with(own.path()) {
            return Some(if url.path().trim_end_matches('/').ends_with("/account") { Self::Account } else { Self::Apps });
        }
        if url.host_str().is_some_and(|host| PORTALS.contains(&host)) {
            return Some(Self::Apps);
        }
        if !matches!(url.scheme(), "https" | "http") {
            return None;
        }
        let origin = url.origin().ascii_serialization();
        let is_app = |uri: &str| Url::parse(uri).is_ok_and(|known| known.origin().ascii_serialization() == origin);
        let has_app = tenant.clients.values().any(|client| {
            client.redirect_uris.iter().any(|uri| is_app(uri.as_str()))
                || client.launch_url.as_ref().is_some_and(|url| is_app(url.as_str()))
        });
        let is_listed = tenant.invitations.redirect_origins.iter().any(|listed| *listed == origin);
        (has_app || is_listed).then_some(Self::Page(url))
    }
}

impl Errand {
    /// The app's request, if an app asked.
    pub fn request(&self) -> Option<&AuthorizationRequest> {
        match self {
            Self::App(request) => Some(request),
            Self::Redemption(_) | Self::Portal(_) | Self::Handoff(_) => None,
        }
    }

    /// The app that this sign-in is for, or leads to.
    pub fn client(&self) -> Option<&ClientId> {
        match self {
            Self::App(request) => Some(&request.client),
            Self::Redemption(Redemption { destination: Destination::Client(client), .. }) | Self::Portal(Destination::Client(client)) => {
                Some(client)
            }
            Self::Handoff(handoff) => handoff.client.as_ref(),
            Self::Redemption(_) | Self::Portal(_) => None,
        }
    }

    /// The sign-in elsewhere that this one is for.
    pub fn handoff(&self) -> Option<&Handoff> {
        match self {
            Self::Handoff(handoff) => Some(handoff),
            Self::App(_) | Self::Redemption(_) | Self::Portal(_) => None,
        }
    }

    pub fn redemption(&self) -> Option<&Redemption> {
        match self {
            Self::Redemption(redemption) => Some(redemption),
            Self::App(_) | Self::Portal(_) | Self::Handoff(_) => None,
        }
    }

    /// Whether the app wants this to happen though it is not needed.
    pub fn wants(&self, interaction: Interaction) -> bool {
        self.request().is_some_and(|request| request.prompt.wants(interaction))
    }

    /// Whether no page may be shown.
    pub fn is_silent(&self) -> bool {
        self.request().is_some_and(|request| request.prompt == Prompt::None)
    }

    pub fn max_age(&self) -> Option<u64> {
        self.request().and_then(|request| request.max_age)
    }

    pub fn hinted_guest(&self) -> Option<GuestId> {
        self.request().and_then(|request| request.hinted_guest)
    }
}
