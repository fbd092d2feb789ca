//! The raw shape of `gatehouse.toml`: no opinions beyond types and bounds. Its JSON Schema is generated from here.
//!
//! Everything is optional to serde, even what the schema requires: `super::shape` has already reported what is missing.

use serde::Deserialize;

use super::{
    at::At,
    secrets::{SecretRef, TextOrSecret},
};
use schemars::JsonSchema;

/// The process: where it listens, what it remembers where, how it mails. Paths are relative to this file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "gatehouse.toml")]
pub struct GatehouseFile {
    /// The door: where browsers and apps come in.
    #[schemars(required)]
    pub server: Option<At<Server>>,
    /// A listener of its own for `/metrics` and `/health`. Absent: they are on the main one.
    pub operator: Option<At<Operator>>,
    /// Where sign-ins under way and browser sessions are kept. Absent: in this process's memory.
    pub sessions: Option<At<Sessions>>,
    /// Where guests, consents and signing keys are kept. Absent: SQLite in `data/gatehouse.db`.
    pub directory: Option<At<Directory>>,
    /// Keys of the house itself.
    pub keys: Option<At<Keys>>,
    /// How mails leave: invitations, passcodes, notices. Absent: no tenant may have passcodes on, and nobody is invited by mail.
    pub mail: Option<At<Mail>>,
    /// What we may reach: identity providers, lookups.
    pub outbound: Option<At<Outbound>>,
    /// What is logged, and how.
    pub telemetry: Option<At<Telemetry>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// `host:port` to listen on; port 0 takes a free one.
    #[schemars(required)]
    pub listen: Option<At<String>>,
    /// The origin that people and apps see, such as `https://login.example.org`. http only on loopback.
    #[schemars(required)]
    pub public_url: Option<At<String>>,
    /// Serve TLS ourselves. Absent: a proxy in front does.
    pub tls: Option<At<Tls>>,
    /// Networks of proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`.
    pub trusted_proxies: Option<Vec<At<String>>>,
    /// Worker threads. Absent: one per processor.
    #[schemars(range(min = 1, max = 1024))]
    pub workers: Option<u16>,
    /// Octets of a request body that are read at most.
    #[schemars(range(min = 4096, max = 16_777_216), extend("default" = 65536))]
    pub body_limit: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM file of the certificate and those that vouch for it, leaf first.
    #[schemars(required)]
    pub certificate: Option<At<String>>,
    /// Its private key in PEM.
    #[schemars(required)]
    pub key: Option<At<SecretRef>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// `host:port`, not reachable from outside.
    #[schemars(required)]
    pub listen: Option<At<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    /// A Redis: `redis://host:6379`, `rediss://…` (TLS), `redis+sentinel://h1:26379,h2:26379/mymaster`,
    /// `redis+cluster://h1,h2`; as text if it has no password, else as a secret reference.
    pub redis: Option<At<TextOrSecret>>,
    /// PEM file of an extra trust anchor for `rediss`.
    pub ca: Option<At<String>>,
    /// In memory: how many values are held at most.
    #[schemars(range(min = 1000, max = 100_000_000), extend("default" = 1_000_000))]
    pub capacity: Option<At<u32>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// `sqlite:path`, `sqlite::memory:`, or `postgres://user@host/database`; a secret reference if it has a password.
    #[schemars(required)]
    pub url: Option<At<TextOrSecret>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// 32 random octets in base64 that seal what the directory stores; make them with `openssl rand -base64 32`.
    #[schemars(required)]
    pub seal: Option<At<SecretRef>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The sender: `no-reply@login.example.org`, or with a name `Contoso <no-reply@login.example.org>`.
    #[schemars(required)]
    pub from: Option<At<String>>,
    /// The mail server to hand over to.
    pub smtp: Option<At<Smtp>>,
    /// For development, instead of `smtp`: a folder to write `.eml` files into.
    pub folder: Option<At<String>>,
    /// Sign every mail (DKIM, RFC 6376). Absent: the mail server does, or nobody.
    pub dkim: Option<At<Dkim>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    /// Whose signature it is: the domain of the sender, or one above it.
    #[schemars(required)]
    pub domain: Option<At<String>>,
    /// Under which name the public key is published: `{selector}._domainkey.{domain}`. `gatehouse check` prints the record.
    #[schemars(required)]
    pub selector: Option<At<String>>,
    /// The private key in PKCS#8 PEM: RSA with 2048 bits or more, or Ed25519.
    #[schemars(required)]
    pub key: Option<At<SecretRef>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Its name, as in its certificate.
    #[schemars(required)]
    pub host: Option<At<String>>,
    /// Absent: 587 for `starttls`, 465 for `tls`, 25 for `none`.
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
    /// `starttls` (the default), `tls`, or `none` for a server on this very machine.
    pub encryption: Option<At<Encryption>>,
    /// Absent: we don't log in.
    pub username: Option<At<String>>,
    /// Goes with `username`.
    pub password: Option<At<SecretRef>>,
    /// PEM file of an extra trust anchor.
    pub ca: Option<At<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    #[default]
    Starttls,
    Tls,
    None,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    /// `host:port` of services that may be spoken to in plain http or at private addresses. For demonstrations and tests.
    pub allow_http: Option<Vec<At<String>>>,
    /// PEM file of an extra trust anchor.
    pub ca: Option<At<String>>,
    /// `address:port` of the resolver that is asked who owns a domain. Absent: the system's.
    pub dns: Option<At<String>>,
    /// How long an answer may take.
    #[schemars(extend("default" = "5s"))]
    pub timeout: Option<At<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// `info`, or a filter such as `warn,gatehouse::upstream=debug`.
    #[schemars(extend("default" = "info"))]
    pub log: Option<At<String>>,
    /// How a line of log looks; `json` unless said otherwise.
    pub format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Json,
    Text,
}
