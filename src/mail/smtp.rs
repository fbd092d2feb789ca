//! Submission to a mail server (RFC 6409): TLS required, except on loopback; connections kept for the next mail; limits on time.
//!
//! The conversation is held step by step, because what a failure means depends on when it happened: before the message was said it
//! was not taken, and after that, without an answer, nobody knows.

mod conversation;

use std::{fmt, net::IpAddr};

use lettre::transport::smtp::{
    authentication::Credentials,
    client::{Certificate, TlsParameters},
};

use super::{MailError, Mailer, Message, Sender, Signature, mime};
use crate::domain::secret::Secret;
use conversation::Line;

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
pub struct SmtpMailer {
    line: Line,
    sender: Sender,
    signature: Option<Signature>,
}

impl SmtpMailer {
    /// Checks the declaration; nobody is called yet.
    pub fn new(server: SmtpServer, sender: Sender) -> Result<Self, SmtpSetupError> {
        let security = match server.encryption {
            Encryption::StartTls => Security::StartTls(tls_parameters(&server)?),
            Encryption::Tls => Security::Tls(tls_parameters(&server)?),
            Encryption::None if is_loopback(&server.host) => Security::None,
            Encryption::None => return Err(SmtpSetupError::Plain),
        };
        let login = server.login.map(|login| Credentials::new(login.username, login.password.reveal().clone()));
        Ok(Self { line: Line::new(server.host, server.port, security, login), sender, signature: None })
    }

    /// Every mail is signed from now on (RFC 6376).
    #[must_use]
    pub fn signing(self, signature: Option<Signature>) -> Self {
        Self { signature, ..self }
    }
}

/// TLS, ready to be spoken.
enum Security {
    StartTls(TlsParameters),
    Tls(TlsParameters),
    None,
}

/// A login is in there.
impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").field("sender", &self.sender).finish_non_exhaustive()
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
        let mail = mime::compose(message, &self.sender, self.signature.as_ref())?;
        self.line.submit(&mail).await
    }
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
}
