//! Invites the demo's guests as an organisation's own script would: a token in its own name, then Graph's body (`behaviour.md` §11.2).
//! Knows nothing of Gatehouse but two addresses and a secret.

use serde::Deserialize;
use serde_json::json;

use super::{configuration::Written, places::Places, relying_party, sample_tenants::SCRIPT};
use crate::domain::secret::Secret;

/// Whom to invite, and where they land.
#[derive(Debug, Clone)]
pub(super) struct Invitation {
    pub(super) address: String,
    pub(super) lands_at: String,
    pub(super) message: String,
}

/// Why somebody was not invited.
#[derive(Debug, thiserror::Error)]
pub(super) enum Uninvited {
    #[error("no answer: {0}")]
    NoAnswer(#[from] reqwest::Error),
    #[error("{0}")]
    Said(String),
}

/// The script of one tenant.
pub(super) struct Script {
    http: reqwest::Client,
    issuer: String,
    secret: Secret<String>,
}

/// One for each tenant.
pub(super) struct Scripts {
    pub(super) contoso: Script,
    pub(super) northwind: Script,
}

impl Scripts {
    pub(super) fn new(places: &Places, written: &Written) -> Result<Self, reqwest::Error> {
        let at = |tenant| Script::new(format!("{}/{tenant}", places.gatehouse.origin()), &written.script_secret);
        Ok(Self { contoso: at("contoso")?, northwind: at("northwind")? })
    }
}

#[derive(Deserialize)]
struct Token {
    access_token: Secret<String>,
}

impl Script {
    fn new(issuer: String, secret: &Secret<String>) -> Result<Self, reqwest::Error> {
        Ok(Self { http: relying_party::http()?, issuer, secret: Secret::new(secret.reveal().clone()) })
    }

    pub(super) async fn invite(&self, invitation: &Invitation) -> Result<(), Uninvited> {
        let Invitation { address, lands_at, message } = invitation;
        let body = json!({
            "invitedUserEmailAddress": address,
            "inviteRedirectUrl": lands_at,
            "sendInvitationMessage": true,
            "invitedUserMessageInfo": { "customizedMessageBody": message },
        });
        let to = format!("{}/admin/v1/invitations", self.issuer);
        let answer = self.http.post(to).bearer_auth(self.token().await?.reveal()).json(&body).send().await?;
        said(answer).await.map(drop)
    }

    /// RFC 6749 §4.4.
    async fn token(&self) -> Result<Secret<String>, Uninvited> {
        let scope = format!("{}/admin/v1/.default", self.issuer);
        let form = [("grant_type", "client_credentials"), ("scope", scope.as_str())];
        let to = format!("{}/token", self.issuer);
        let answer = self.http.post(to).basic_auth(SCRIPT, Some(self.secret.reveal())).form(&form).send().await?;
        let Token { access_token } = said(answer).await?.json().await?;
        Ok(access_token)
    }
}

/// What is in the way, in the words of whoever refused.
async fn said(answer: reqwest::Response) -> Result<reqwest::Response, Uninvited> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let text = answer.text().await?;
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let words = ["detail", "error_description", "title"].iter().find_map(|name| value[*name].as_str()).unwrap_or_default();
    Err(Uninvited::Said(format!("{status} {words}")))
}

/// Those whose mails lie in the mailbox when the demo opens. A guest of an earlier demo is in already, and gets none.
pub(super) fn samples(places: &Places) -> [Invitation; 3] {
    let (portal, orders) = (format!("{}/signin", places.portal.origin()), format!("{}/signin", places.orders.origin()));
    let of = |address: &str, lands_at: &str, message: &str| Invitation {
        address: address.to_owned(),
        lands_at: lands_at.to_owned(),
        message: message.to_owned(),
    };
    [
        of("you@example.net", &portal, "No account needed: a code by mail will do.\n\nSee you there!"),
        of("luis@litware.example", &orders, "Hello Luis,\nthe orders of this spring wait for you."),
        of("lena@litware.example", &orders, "Hello Lena,\nhere is where we order from now on.\n\nUntil Thursday!"),
    ]
}
