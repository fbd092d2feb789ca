//! The management API as a script meets it: tokens, permissions, guests, invitations, repeated requests, refusals.

mod bulk;
mod description;
mod doors;
mod guests;
mod invitations;
mod matrix;
mod repeated;
mod script;
mod tokens;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{SECRET, Setup, World};

/// One client of each permission, and one of all; named by it.
const CLIENTS: &[(&str, &str)] = &[
    ("inviter", "User.Invite.All"),
    ("reader", "User.Read.All"),
    ("writer", "User.ReadWrite.All"),
    ("directory", "Directory.ReadWrite.All"),
    ("agreements", "Agreement.Read.All"),
    ("auditor", "AuditLog.Read.All"),
    ("assigner", "AppRoleAssignment.ReadWrite.All"),
];

/// A tenant's clients for the API.
pub fn clients() -> String {
    let client = |(id, permission): &(&str, &str)| {
        format!(
            "[clients.{id}]\nname = \"{id}\"\nredirect_uris = [\"https://{id}.example/cb\"]\nauthentication = \"client_secret_basic\"\n\
             secrets = [{{ file = \"../../secret\" }}]\npermissions = [\"{permission}\"]\n"
        )
    };
    CLIENTS.iter().map(client).collect()
}

pub async fn world() -> World {
    Setup::new().tenant("contoso", &clients()).tenant("woodgrove", &clients()).open().await
}

/// An answer, read.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub kind: String,
    pub location: Option<String>,
    pub retry_after: Option<String>,
    pub challenge: Option<String>,
    pub request_id: Option<String>,
    pub text: String,
}

impl Told {
    async fn of(asked: reqwest::RequestBuilder) -> Self {
        let answer = asked.send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, kind) = (answer.status().as_u16(), header("content-type").unwrap_or_default());
        let (location, retry_after, challenge) = (header("location"), header("retry-after"), header("www-authenticate"));
        let request_id = header("request-id");
        assert_eq!(header("access-control-allow-origin"), None);
        assert_eq!(header("set-cookie"), None);
        Self { status, kind, location, retry_after, challenge, request_id, text: answer.text().await.unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// A script: a base address and a token.
#[derive(Debug, Clone)]
pub struct Script {
    pub base: String,
    pub token: String,
    http: reqwest::Client,
}

/// What came of asking for a token.
pub async fn token_answer(world: &World, tenant: &str, client: &str, secret: &str, scope: Option<&str>) -> (u16, Value) {
    let mut form = vec![("grant_type", "client_credentials")];
    form.extend(scope.map(|scope| ("scope", scope)));
    let asked = reqwest::Client::new().post(format!("{}/{tenant}/token", world.url)).basic_auth(client, Some(secret)).form(&form);
    let answer = asked.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

impl Script {
    pub async fn of(world: &World, tenant: &str, client: &str) -> Self {
        let base = format!("{}/{tenant}/admin/v1", world.url);
        let (status, answer) = token_answer(world, tenant, client, SECRET, Some(&format!("{base}/.default"))).await;
        assert_eq!(status, 200, "{answer}");
        Self { base, token: answer["access_token"].as_str().unwrap().to_owned(), http: http() }
    }

    pub fn with(world: &World, tenant: &str, token: &str) -> Self {
        Self { base: format!("{}/{tenant}/admin/v1", world.url), token: token.to_owned(), http: http() }
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Told {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut asked = self.http.request(method, url).bearer_auth(&self.token);
        for (name, value) in headers {
            asked = asked.header(*name, *value);
        }
        if let Some(body) = body {
            asked = asked.json(&body);
        }
        Told::of(asked).await
    }

    pub async fn read(&self, path: &str) -> Told {
        self.ask(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Told {
        self.ask(Method::POST, path, Some(body), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Told {
        self.ask(Method::PATCH, path, Some(body), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Told {
        self.ask(Method::DELETE, path, None, &[]).await
    }

    /// Invites without a mail.
    pub async fn invite(&self, address: &str) -> Told {
        self.post("/invitations", asked(&self.base, address)).await
    }
}

/// Leads to My Apps.
pub fn asked(base: &str, address: &str) -> Value {
    json!({ "invitedUserEmailAddress": address, "inviteRedirectUrl": base.replace("/admin/v1", "/apps"), "sendInvitationMessage": false })
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap()
}

/// Both tongues of a refusal, whole.
pub fn is_problem(told: &Told, status: u16, code: &str) {
    assert_eq!((told.status, told.kind.as_str()), (status, "application/problem+json"), "{told:?}");
    let problem = told.json();
    assert_eq!(problem["type"], format!("urn:gatehouse:error:{code}"), "{problem}");
    assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some(code), Some(u64::from(status))), "{problem}");
    assert!(!problem["title"].as_str().unwrap().is_empty());
    assert_eq!(problem["reference"].as_str(), told.request_id.as_deref());
    assert!(!problem["error"]["code"].as_str().unwrap().is_empty());
    assert!(problem["error"]["message"].as_str().unwrap().starts_with(code), "{problem}");
    assert_eq!(problem["error"]["innerError"]["request-id"], problem["reference"]);
}
