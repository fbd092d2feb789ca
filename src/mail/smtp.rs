//! Submission to a mail server (RFC 6409): TLS required, except on loopback; a pool of connections; a limit on time.

use std::{net::IpAddr, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{
        self, PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};

use super::{MailError, Mailer, Message, Sender, mime};
use crate::domain::secret::Secret;

/// For one message, from the connection to the last answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A mail server as the operator declared it.
#[derive(Debug, Clone)]
pub struct SmtpServer {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    pub login: Option<Login>,
    /// Extra trust anchors, PEM.
    pub ca: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Plain at first, TLS before anything of value is said; a server that does not offer it gets no mail (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// Loopback only.
    None,
}

#[derive(Debug, Clone)]
pub struct Login {
    pub username: String,
    pub password: Secret<String>,
}

/// Why a mail server can't be used as declared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpSetupError {
    #[error("encryption `none` is for a mail server on loopback only; use `starttls` or `tls`")]
    Plain,
    #[error("`ca` holds no PEM certificate")]
    Ca,
    #[error("TLS can't be set up for this host: {0}")]
    Tls(String),
}

/// Hands messages to one mail server.
#[derive(Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
}

impl SmtpMailer {
    /// Checks the declaration; nobody is called yet. Call it inside a Tokio runtime: the pool has a task of its own.
    pub fn new(server: SmtpServer, sender: Sender) -> Result<Self, SmtpSetupError> {
        let tls = match server.encryption {
            Encryption::StartTls => Tls::Required(tls_parameters(&server)?),
            Encryption::Tls => Tls::Wrapper(tls_parameters(&server)?),
            Encryption::None if is_loopback(&server.host) => Tls::None,
            Encryption::None => return Err(SmtpSetupError::Plain),
        };
        let pool = PoolConfig::new().max_size(8).idle_timeout(Duration::from_secs(30));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            .pool_config(pool);
        if let Some(Login { username, password }) = server.login {
            builder = builder.credentials(Credentials::new(username, password.reveal().clone()));
        }
        Ok(Self { transport: builder.build(), sender })
    }
}

fn tls_parameters(server: &SmtpServer) -> Result<TlsParameters, SmtpSetupError> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.ca {
        if !pem.windows(11).any(|window| window == b"-----BEGIN ") {
            return Err(SmtpSetupError::Ca);
        }
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(|_| SmtpSetupError::Ca)?);
    }
    builder.build().map_err(|error| SmtpSetupError::Tls(error.to_string()))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[async_trait::async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, message: Message) -> Result<(), MailError> {
        let mail = mime::compose(message, &self.sender)?;
        match tokio::time::timeout(TIMEOUT, self.transport.send(mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(read(&error)),
            Err(_) => Err(MailError::Unreachable(format!("no answer within {} s", TIMEOUT.as_secs()))),
        }
    }
}

/// Of what a server says only its codes are kept: its words often quote the address.
fn read(error: &smtp::Error) -> MailError {
    if let Some(status) = error.status() {
        let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        let told = match enhanced_status(&words) {
            Some(enhanced) => format!("{status} {enhanced}"),
            None => status.to_string(),
        };
        return if error.is_permanent() { MailError::Permanent(told) } else { MailError::Temporary(told) };
    }
    if error.is_client() {
        // No AUTH mechanism in common, or no SMTPUTF8 for an address that needs it.
        return MailError::Permanent("the server lacks an extension this message needs (AUTH or SMTPUTF8)".into());
    }
    let what = if error.is_tls() {
        "TLS failed"
    } else if error.is_timeout() {
        "no answer in time"
    } else if error.is_response() {
        "its answer is not SMTP"
    } else {
        "the connection failed"
    };
    MailError::Unreachable(what.into())
}

/// `5.1.1` (RFC 3463 §2) at the start of a reply.
fn enhanced_status(reply: &str) -> Option<&str> {
    let first = reply.split_whitespace().next()?;
    let is_shaped = first.split('.').count() == 3
        && first.split('.').all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    is_shaped.then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn plain_mail_is_for_loopback_alone() {
        let sender = Sender::parse("a@b.example").unwrap();
        let server = |host: &str| SmtpServer { host: host.into(), port: 25, encryption: Encryption::None, login: None, ca: None };
        assert_eq!(SmtpMailer::new(server("mail.example.org"), sender.clone()).err(), Some(SmtpSetupError::Plain));
        assert_eq!(SmtpMailer::new(server("localhost.example.org"), sender.clone()).err(), Some(SmtpSetupError::Plain));
        for host in ["127.0.0.1", "::1", "localhost"] {
            assert!(SmtpMailer::new(server(host), sender.clone()).is_ok());
        }
        let odd = SmtpServer { encryption: Encryption::Tls, ca: Some(b"nonsense".into()), ..server("mail.example.org") };
        assert_eq!(SmtpMailer::new(odd, sender).err(), Some(SmtpSetupError::Ca));
    }

    #[test]
    fn only_codes_of_a_reply_are_kept() {
        assert_eq!(enhanced_status("5.1.1 <ana@partner.example> unknown"), Some("5.1.1"));
        assert_eq!(enhanced_status("ana@partner.example unknown"), None);
        assert_eq!(enhanced_status("10.0.0.1.example"), None);
    }
}
