//! What an operation is given, and what it gives back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    permit::{Operation, Reach},
    problem::Problem,
    query::Query,
    replay::Answers,
};
use crate::{
    domain::{
        client::Client,
        guest::{Entry, Principal, PrincipalName},
        id::{GuestId, InvitationId},
        permission::Permission,
        tenant::Tenant,
        timestamp::Timestamp,
    },
    guests::Inviter,
    store::{
        directory::{AuditEvent, Directory, Whom},
        sessions::Sessions,
    },
    token::ring::Ring,
};

/// What the API works with, for one tenant at one moment.
#[derive(Debug, Clone)]
pub struct House {
    pub tenant: Arc<Tenant>,
    pub ring: Arc<Ring>,
    pub inviter: Inviter,
    pub sessions: Arc<dyn Sessions>,
    pub answers: Answers,
    pub now: Timestamp,
    /// The number of this request.
    pub reference: String,
}

/// One request.
#[derive(Clone)]
pub struct Ask {
    pub operation: Operation,
    /// The address as the operation's path names its parts.
    pub path: BTreeMap<String, String>,
    /// Without the question mark.
    pub query: String,
    /// Empty until it is known that the caller may send one.
    pub body: Vec<u8>,
    pub authorization: Option<Vec<u8>>,
    /// What the caller would read.
    pub accept: Option<String>,
    /// What the body is said to be.
    pub content_type: Option<String>,
    /// `Idempotency-Key`, of requests that have one.
    pub key: Option<Vec<u8>>,
    /// Whether repeating it could do it twice.
    pub is_post: bool,
}

/// It holds a token and addresses.
impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ask({})", self.operation.as_str())
    }
}

/// One answer. Where something was made, `location` says where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Body,
    pub location: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Nothing,
    Json(Value),
    Text(String),
    Csv(String),
}

impl Answer {
    pub fn ok(value: Value) -> Self {
        Self { status: 200, body: Body::Json(value), location: None }
    }

    pub fn created(value: Value, location: String) -> Self {
        Self { status: 201, body: Body::Json(value), location: Some(location) }
    }

    pub fn nothing() -> Self {
        Self { status: 204, body: Body::Nothing, location: None }
    }

    pub fn text(text: impl std::fmt::Display) -> Self {
        Self { status: 200, body: Body::Text(text.to_string()), location: None }
    }
}

/// A permitted request on its way: whose it is, and how far they may reach.
#[derive(Debug)]
pub struct Desk<'a> {
    pub house: &'a House,
    pub ask: &'a Ask,
    pub client: &'a Client,
    pub held: BTreeSet<Permission>,
    pub reach: Reach,
    pub query: Query,
}

impl<'a> Desk<'a> {
    pub fn tenant(&self) -> &'a Tenant {
        &self.house.tenant
    }

    pub fn directory(&self) -> &'a Directory {
        &self.house.inviter.directory
    }

    pub fn now(&self) -> Timestamp {
        self.house.now
    }

    /// Whoever acts, as the directory names them.
    pub fn principal(&self) -> Principal {
        Principal::new(self.client.id.as_str()).expect("a client id is one line of at most 128 characters")
    }

    /// Whether the client may do more than invite.
    pub fn is_administrator(&self) -> bool {
        self.held.contains(&Permission::UserReadWriteAll) || self.held.contains(&Permission::DirectoryReadWriteAll)
    }

    /// A part of the address, by its name in the path.
    pub fn part(&self, name: &str) -> &str {
        self.ask.path.get(name).map_or("", String::as_str)
    }

    /// The JSON body. Properties it does not know are ignored, as Graph does; a wrong type is refused, with where it is.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body: &[u8] = if self.ask.body.iter().all(u8::is_ascii_whitespace) { b"{}" } else { &self.ask.body };
        let reader = &mut serde_json::Deserializer::from_slice(body);
        serde_path_to_error::deserialize(reader).map_err(|error| {
            let place = error.path().to_string();
            let at = if place == "." { "the body".to_owned() } else { place };
            Problem::unreadable(format!("{at}: {}", error.inner()))
        })
    }

    /// Whom the address names by id or user principal name: somebody who is there.
    pub async fn entry(&self) -> Result<Entry, Problem> {
        let text = self.part("id");
        let by_name = || PrincipalName::parse(text).map(Whom::PrincipalName);
        let whom = GuestId::parse(text).map(Whom::Id).or_else(by_name).ok_or_else(|| Problem::nobody("user"))?;
        let found = self.directory().entry(&self.tenant().id, &whom).await?;
        found.filter(|entry| !entry.guest.is_deleted()).ok_or_else(|| Problem::nobody("user"))
    }

    pub fn deleted_id(&self) -> Result<GuestId, Problem> {
        GuestId::parse(self.part("id")).ok_or_else(|| Problem::nobody("deleted user"))
    }

    pub fn invitation_id(&self) -> Result<InvitationId, Problem> {
        InvitationId::parse(self.part("id")).ok_or_else(|| Problem::nobody("invitation"))
    }

    /// Writes down what this client did to a guest.
    pub async fn record(&self, action: &'static str, guest: GuestId, details: Value) -> Result<(), Problem> {
        let mut details = details;
        if let Value::Object(details) = &mut details {
            details.insert("by".into(), json!("app"));
        }
        let event = AuditEvent {
            client: Some(self.client.id.to_string()),
            reference: self.house.reference.clone(),
            ..AuditEvent::without_sign_in(self.now(), action, guest, details)
        };
        Ok(self.directory().record(&self.tenant().id, &event).await?)
    }
}
