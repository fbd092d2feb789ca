//! One conversation with the mail server (RFC 5321 §3.3), and the connections between conversations. Of what a server says only its
//! codes are kept: its words often quote the address.

use std::{
    error::Error as _,
    time::{Duration, Instant},
};

use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::{sync::Mutex, time::timeout};

use super::Security;
use crate::mail::{MailError, mime::Composed};

/// To get connected, and again to agree on sender and recipients.
const PATIENCE: Duration = Duration::from_secs(10);
/// For the answer after the message. Longer: to give up here is to know nothing (RFC 5321 §4.5.3.2.6).
const LAST_PATIENCE: Duration = Duration::from_secs(60);
/// A connection that rested longer is not tried again.
const REST: Duration = Duration::from_secs(20);
const MOST_AT_REST: usize = 8;

/// The way to one server.
pub(super) struct Line {
    host: String,
    port: u16,
    security: Security,
    login: Option<Credentials>,
    resting: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Line {
    pub(super) fn new(host: String, port: u16, security: Security, login: Option<Credentials>) -> Self {
        Self { host, port, security, login, resting: Mutex::default() }
    }

    pub(super) async fn submit(&self, mail: &Composed) -> Result<(), MailError> {
        let mut connection = self.greeted(mail).await?;
        let outcome = hand_over(&mut connection, mail).await;
        // What the server answered, well or not, leaves the connection as good as it was; silence does not.
        let is_sound = match &outcome {
            Ok(()) => true,
            Err(MailError::Permanent(_)) => matches!(timeout(PATIENCE, connection.command(Rset)).await, Ok(Ok(_))),
            Err(_) => false,
        };
        if is_sound {
            let mut resting = self.resting.lock().await;
            if resting.len() < MOST_AT_REST {
                resting.push((connection, Instant::now()));
            }
        }
        outcome
    }

    /// A connection on which the sender has been named: one that rested, if it is still alive, else a new one.
    async fn greeted(&self, mail: &Composed) -> Result<AsyncSmtpConnection, MailError> {
        while let Some((mut connection, since)) = self.rested().await {
            if since.elapsed() < REST && matches!(timeout(PATIENCE, name_sender(&mut connection, mail)).await, Ok(Ok(()))) {
                return Ok(connection);
            }
        }
        let mut connection = match timeout(PATIENCE, self.connect()).await {
            Ok(connected) => connected?,
            Err(_) => return Err(MailError::Unreachable(silence())),
        };
        match timeout(PATIENCE, name_sender(&mut connection, mail)).await {
            Ok(named) => named.map(|()| connection),
            Err(_) => Err(MailError::BrokenOff(silence())),
        }
    }

    async fn rested(&self) -> Option<(AsyncSmtpConnection, Instant)> {
        self.resting.lock().await.pop()
    }

    /// Whatever fails here is about the server or our login, and so about every mail.
    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let hello = ClientId::default();
        let tls = match &self.security {
            Security::Tls(parameters) => Some(parameters.clone()),
            Security::StartTls(_) | Security::None => None,
        };
        let reached = AsyncSmtpConnection::connect_tokio1((self.host.as_str(), self.port), Some(PATIENCE), &hello, tls, None).await;
        let mut connection = reached.map_err(|error| unreachable("", &error))?;
        if let Security::StartTls(parameters) = &self.security {
            let upgraded = connection.starttls(parameters.clone(), &hello).await;
            upgraded.map_err(|error| unreachable("STARTTLS: ", &error))?;
        }
        if let Some(login) = &self.login {
            let logged_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], login).await;
            logged_in.map_err(|error| unreachable("our login: ", &error))?;
        }
        Ok(connection)
    }
}

/// MAIL FROM. A server that refuses our sender refuses every mail.
async fn name_sender(connection: &mut AsyncSmtpConnection, mail: &Composed) -> Result<(), MailError> {
    let mut parameters = Vec::new();
    let mut addresses = mail.envelope.from().into_iter().chain(mail.envelope.to());
    if !addresses.all(|address| address.to_string().is_ascii()) {
        needs(connection, Extension::SmtpUtfEight, "SMTPUTF8")?;
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !mail.octets.is_ascii() {
        needs(connection, Extension::EightBitMime, "8BITMIME")?;
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let is_plain = parameters.is_empty();
    match connection.command(Mail::new(mail.envelope.from().cloned(), parameters)).await {
        Ok(_) => Ok(()),
        Err(error) if error.status().is_some() && is_plain => Err(unreachable("our sender: ", &error)),
        Err(error) => Err(refused(&error)),
    }
}

fn needs(connection: &AsyncSmtpConnection, extension: Extension, name: &str) -> Result<(), MailError> {
    let has = connection.server_info().supports_feature(extension);
    if has { Ok(()) } else { Err(MailError::Permanent(format!("the server lacks {name}, which this address needs"))) }
}

/// Recipients and message. A copy that is refused keeps nobody else from theirs.
async fn hand_over(connection: &mut AsyncSmtpConnection, mail: &Composed) -> Result<(), MailError> {
    let agreed = timeout(PATIENCE, async {
        let (first, copies) = mail.envelope.to().split_first().ok_or_else(|| MailError::Permanent("it has no recipient".into()))?;
        name_recipient(connection, first).await?;
        for copy in copies {
            match name_recipient(connection, copy).await {
                Ok(()) | Err(MailError::Permanent(_) | MailError::Temporary(_)) => {}
                Err(broken) => return Err(broken),
            }
        }
        connection.command(Data).await.map(|_| ()).map_err(|error| refused(&error))
    });
    match agreed.await {
        Ok(agreed) => agreed?,
        Err(_) => return Err(MailError::BrokenOff(silence())),
    }
    match timeout(LAST_PATIENCE, connection.message(&mail.octets)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) if error.status().is_some() => Err(refused(&error)),
        Ok(Err(error)) => Err(MailError::Uncertain(what_broke(&error).into())),
        Err(_) => Err(MailError::Uncertain(format!("no answer within {} s of the message", LAST_PATIENCE.as_secs()))),
    }
}

async fn name_recipient(connection: &mut AsyncSmtpConnection, address: &Address) -> Result<(), MailError> {
    connection.command(Rcpt::new(address.clone(), Vec::new())).await.map(|_| ()).map_err(|error| refused(&error))
}

fn silence() -> String {
    format!("no answer within {} s", PATIENCE.as_secs())
}

fn unreachable(step: &str, error: &Error) -> MailError {
    MailError::Unreachable(format!("{step}{}", codes(error).unwrap_or_else(|| what_broke(error).to_owned())))
}

/// An answer that says no, or none.
fn refused(error: &Error) -> MailError {
    match codes(error) {
        Some(told) if error.is_permanent() => MailError::Permanent(told),
        Some(told) => MailError::Temporary(told),
        None => MailError::BrokenOff(what_broke(error).into()),
    }
}

fn codes(error: &Error) -> Option<String> {
    let status = error.status()?;
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    Some(match enhanced_status(&words) {
        Some(enhanced) => format!("{status} {enhanced}"),
        None => status.to_string(),
    })
}

fn what_broke(error: &Error) -> &'static str {
    if error.is_client() {
        "the server lacks what is needed (STARTTLS, or a way to log in)"
    } else if error.is_tls() {
        "TLS failed"
    } else if error.is_timeout() {
        "no answer in time"
    } else if error.is_response() {
        "the server hung up, or its answer is not SMTP"
    } else {
        "the connection failed"
    }
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
    use super::enhanced_status;

    #[test]
    fn only_codes_of_a_reply_are_kept() {
        assert_eq!(enhanced_status("5.1.1 <ana@partner.example> unknown"), Some("5.1.1"));
        assert_eq!(enhanced_status("ana@partner.example unknown"), None);
        assert_eq!(enhanced_status("10.0.0.1.example"), None);
    }
}
