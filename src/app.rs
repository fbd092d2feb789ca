//! The composition root: the only file that knows every concrete type. Settings in, a door out.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinHandle;

use crate::{
    admin::Answers,
    clock::Clock,
    domain::{secret::Secret, tenant::Tenant},
    guests::{self, Inviter},
    mail::{self, FolderMailer, Mailer, Outbox, SmtpMailer, SmtpServer},
    random,
    settings::{Encryption, Mail, MailTransport, Sessions as SessionsSetting, Settings},
    signin::Porter,
    store::{
        directory::{Directory, DirectoryError},
        memory::MemorySessions,
        redis::{RedisConfig, RedisSessions},
        seal::Seal,
        sessions::{Sessions, SessionsError},
    },
    telemetry,
    tenants::Tenants,
    token::keys::{self, Keys},
    upstream::{
        Upstreams,
        credentials::CredentialStore,
        domain_proof::DomainProver,
        fetch::{FetchError, Fetcher, OutboundPolicy},
        lookup::Lookups,
    },
    web::{Door, Fittings},
};

/// Why the house could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Sessions(#[from] SessionsError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error("outbound connections: {0}")]
    Outbound(#[from] FetchError),
    #[error("the mail server: {0}")]
    Mail(#[from] mail::SmtpSetupError),
    #[error("{0}")]
    Setting(String),
}

/// An open house: the door, and what runs behind it until this is dropped.
#[derive(Debug)]
pub struct House {
    pub door: Arc<Door>,
    outbox: Option<Outbox>,
    maintenance: JoinHandle<()>,
}

impl House {
    /// To be called before it is dropped: mails that are being handed over are finished.
    pub async fn rest(&self) {
        if let Some(outbox) = &self.outbox {
            outbox.rest().await;
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.maintenance.abort();
    }
}

/// Opens stores, keys and outbound roads, and furnishes the door.
pub async fn open(settings: &Settings, tenants: Tenants, clock: Clock) -> Result<House, OpenError> {
    choose_cryptography();
    let all: Vec<Arc<Tenant>> = tenants.iter().map(Arc::clone).collect();
    let directory = Directory::open(&settings.directory).await?;
    let fetcher = fetcher(settings)?;
    let seal = &settings.seal_key;
    let credentials = CredentialStore::open(directory.clone(), Seal::new(seal), clock.clone());
    let upstreams = Arc::new(Upstreams::new(fetcher.clone(), clock.clone(), credentials.clone(), prover(settings, &clock), &all));
    let outbox = outbox(settings, &directory, &clock)?;
    let porter = Porter {
        inviter: Inviter { directory: directory.clone(), outbox: outbox.clone(), clock: clock.clone() },
        sessions: sessions(settings, &clock).await?,
        directory: directory.clone(),
        upstreams: Arc::clone(&upstreams),
        lookups: Lookups::new(fetcher, clock.clone()),
        // A key of its own, so that no use of the seal can be turned against a passcode.
        passcode_key: Secret::new(derived(seal, b"gatehouse passcode digests v1")),
        clock: clock.clone(),
    };
    let answers = Answers::new(directory.clone(), Seal::new(seal));
    let keys = Keys::open(directory.clone(), Seal::new(seal), clock.clone());
    keys.maintain(&all).await;
    let upkeep = guests::upkeep(directory, clock, all.clone());
    let notices = guests::tell_of_new_terms(porter.inviter.clone(), all.clone());
    let bulk = guests::bulk::work(porter.inviter.clone(), all.clone());
    let rounds = maintain(keys.clone(), credentials, upstreams, all);
    let sending = sending(outbox.clone());
    let maintenance = tokio::spawn(async { tokio::join!(rounds, upkeep, notices, sending, bulk).0 });
    let fittings = Fittings {
        is_https: settings.server.public_url.scheme() == "https",
        trusted_proxies: settings.server.trusted_proxies.clone(),
        metrics: telemetry::recorder(),
        mail_sender: settings.mail.as_ref().map(|mail| mail.from.address.to_string()),
        answers,
    };
    Ok(House { door: Arc::new(Door::new(porter, keys, tenants, fittings)), outbox, maintenance })
}

/// aws-lc for every TLS connection; a second house in one process keeps the first's choice.
pub fn choose_cryptography() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// The bounded client for everything that goes out.
pub fn fetcher(settings: &Settings) -> Result<Fetcher, FetchError> {
    let outbound = &settings.outbound;
    Fetcher::new(OutboundPolicy { allow_http: outbound.allow_http.clone(), ca: outbound.ca.clone(), timeout: outbound.timeout })
}

/// Asks name servers about the domains of partners.
pub fn prover(settings: &Settings, clock: &Clock) -> Arc<DomainProver> {
    Arc::new(DomainProver::new(settings.outbound.dns, clock.clone()))
}

async fn sessions(settings: &Settings, clock: &Clock) -> Result<Arc<dyn Sessions>, OpenError> {
    Ok(match &settings.sessions {
        SessionsSetting::Memory { capacity } => Arc::new(MemorySessions::new(clock.clone(), *capacity)),
        SessionsSetting::Redis { url, ca } => {
            let unusable = |error| OpenError::Setting(format!("the Redis address {error}"));
            let config = RedisConfig::parse(url).map_err(unusable)?;
            let config = ca.clone().map_or(Ok(config.clone()), |ca| config.with_ca(ca)).map_err(unusable)?;
            Arc::new(RedisSessions::connect(config).await?)
        }
    })
}

/// `None`: the operator gave no mail server, and the check of the files sees to it that no tenant counts on one.
pub fn outbox(settings: &Settings, directory: &Directory, clock: &Clock) -> Result<Option<Outbox>, OpenError> {
    let Some(mail) = &settings.mail else { return Ok(None) };
    Ok(Some(Outbox::new(directory.clone(), Seal::new(&settings.seal_key), clock.clone(), mailer(mail)?)))
}

fn mailer(mail: &Mail) -> Result<Arc<dyn Mailer>, OpenError> {
    let sender = mail::Sender { name: mail.from.name.as_deref().map(mail::Line::new), address: mail.from.address.clone() };
    let signature = mail.dkim.clone().map(mail::Signature::new);
    Ok(match &mail.transport {
        MailTransport::Folder(folder) => Arc::new(FolderMailer::new(folder.clone(), sender).signing(signature)),
        MailTransport::Smtp(smtp) => {
            let server = SmtpServer {
                host: smtp.host.clone(),
                port: smtp.port,
                encryption: match smtp.encryption {
                    Encryption::Starttls => mail::Encryption::StartTls,
                    Encryption::Tls => mail::Encryption::Tls,
                    Encryption::None => mail::Encryption::None,
                },
                login: smtp.login.as_ref().map(|l| mail::Login { username: l.username.clone(), password: l.password.clone() }),
                ca: smtp.ca.clone(),
            };
            Arc::new(SmtpMailer::new(server, sender)?.signing(signature))
        }
    })
}

async fn sending(outbox: Option<Outbox>) {
    if let Some(outbox) = outbox {
        outbox.keep_sending().await;
    }
}

async fn maintain(keys: Keys, credentials: CredentialStore, upstreams: Arc<Upstreams>, tenants: Vec<Arc<Tenant>>) {
    let mut every = tokio::time::interval(keys::MAINTENANCE.max(Duration::from_secs(1)));
    every.tick().await;
    loop {
        every.tick().await;
        keys.maintain(&tenants).await;
        credentials.maintain(&tenants).await;
        upstreams.maintain().await;
    }
}

fn derived(seal: &Secret<[u8; 32]>, purpose: &[u8]) -> [u8; 32] {
    random::hmac_sha256(seal.reveal(), purpose).try_into().expect("HMAC-SHA-256 has 32 octets")
}
