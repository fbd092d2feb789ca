//! Mail to guests: what it says, and handing it to a server or a folder. Which mail is due, and how often, is decided elsewhere.
//!
//! Header injection is kept out by types: recipients are [`EmailAddress`]es, whose grammar has no space, bracket or line end,
//! subjects and names are [`Line`]s, and everything is encoded by the mail library. The envelope's domain is exactly the
//! domain the guest was routed by (`security.md` E5).

use std::fmt;

use uuid::Uuid;

use crate::domain::{address::EmailAddress, secret::Secret, timestamp::Timestamp};

mod bounce;
mod dkim;
mod folder;
mod health;
mod invitation;
mod look;
mod mime;
mod outbox;
mod passcode;
mod sender;
mod smtp;
mod terms_changed;
mod written;

pub use bounce::{Bounce, Unreadable};
pub use dkim::Signature;
pub use folder::FolderMailer;
pub use health::MailHealth;
pub use invitation::{InvitationMail, Invites};
pub use outbox::{Outbox, Post};
pub use passcode::PasscodeMail;
pub use sender::{Sender, SenderError};
pub use smtp::{Encryption, Login, SmtpMailer, SmtpServer, SmtpSetupError};
pub use terms_changed::TermsChangedMail;

/// One line of text, as headers need: a control character becomes a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    pub fn new(text: &str) -> Self {
        Self(text.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c }).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A mail to one person, the same in plain text and in HTML.
#[derive(Clone)]
pub struct Message {
    pub to: EmailAddress,
    pub cc: Option<EmailAddress>,
    /// Where answers go; else nowhere.
    pub reply_to: Option<EmailAddress>,
    pub subject: Line,
    pub text: String,
    pub html: String,
    /// Where one click ends it (RFC 8058): an https address that takes a POST.
    pub unsubscribe: Option<Secret<String>>,
    /// Makes the Message-ID; from [`crate::random::ordered_uuid`].
    pub id: Uuid,
    /// The Date header.
    pub at: Timestamp,
}

/// What a message says is nobody's business but the reader's.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("to", &self.to).field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a message was not taken. Texts are for the operator and never hold an address: servers like to quote it back, so
/// nothing a server said is kept but its status codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Try again later (4xx).
    #[error("the mail server can't take the message now: {0}")]
    Temporary(String),
    /// This message will never be taken (5xx).
    #[error("the mail server refused the message: {0}")]
    Permanent(String),
    /// No conversation came about: network, TLS, no answer in time, or our login or sender was refused.
    #[error("the mail server can't be reached: {0}")]
    Unreachable(String),
    /// The conversation ended before the message was said.
    #[error("the mail server broke off: {0}")]
    BrokenOff(String),
    /// The message was said, and no answer came: it may have been taken.
    #[error("the mail server may have taken the message: {0}")]
    Uncertain(String),
}

impl MailError {
    /// Whether the next message, to somebody else, would fare no better. A 4xx is often about this one mailbox: a domain that does
    /// not resolve, greylisting. The server speaks of itself with 421 and 454 (RFC 5321 §4.2.3, RFC 4954 §6) and with 4.3.x (RFC 3463 §3.4).
    pub fn is_about_the_server(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::BrokenOff(_) | Self::Uncertain(_) => true,
            Self::Permanent(_) => false,
            Self::Temporary(told) => told.starts_with("421") || told.starts_with("454") || told.contains(" 4.3."),
        }
    }

    /// The status code, or what broke.
    pub fn why(&self) -> &str {
        match self {
            Self::Temporary(why) | Self::Permanent(why) | Self::Unreachable(why) | Self::BrokenOff(why) | Self::Uncertain(why) => why,
        }
    }
}

/// Someone who takes mail.
#[async_trait::async_trait]
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Done when the message is in the other's hands.
    async fn send(&self, message: Message) -> Result<(), MailError>;
}

#[cfg(test)]
mod tests {
    use super::{Line, MailError};

    #[test]
    fn one_mailbox_that_is_refused_says_nothing_of_the_next() {
        let temporary = |told: &str| MailError::Temporary(told.into()).is_about_the_server();
        assert!(["421", "421 4.7.0", "451 4.3.0", "452 4.3.1", "454 4.7.0"].map(temporary).iter().all(|said| *said));
        assert!(!["450 4.1.2", "450 4.2.0", "451 4.7.1", "450", "451 4.4.3"].map(temporary).iter().any(|said| *said));
        assert!(MailError::Unreachable(String::new()).is_about_the_server());
        assert!(!MailError::Permanent("550 5.1.1".into()).is_about_the_server());
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(Line::new("Contoso\r\nBcc: x@y.example\u{2028}\0").as_str(), "Contoso  Bcc: x@y.example  ");
    }
}
