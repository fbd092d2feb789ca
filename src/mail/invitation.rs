//! The mail that invites (`behaviour.md` §11.1), and the notice of an automatic redemption.

use url::Url;
use uuid::Uuid;

use super::{Line, Message};
use crate::domain::{address::EmailAddress, invitation::PersonalMessage, locale::Locale, secret::Secret, timestamp::Timestamp};

/// What the mail is made from. Links come from the configured public URL alone.
#[derive(Debug, Clone)]
pub struct InvitationMail<'a> {
    pub to: &'a EmailAddress,
    pub cc: Option<&'a EmailAddress>,
    /// The tenant's name.
    pub tenant: &'a str,
    /// Its primary domain, or its id.
    pub domain: &'a str,
    /// The tenant's accent colour, `#rrggbb`.
    pub color: Option<&'a str>,
    pub locale: Locale,
    /// Who invites, as the mail names them.
    pub inviter: Option<&'a str>,
    /// Where answers go, if the inviter's address is known.
    pub reply_to: Option<&'a EmailAddress>,
    pub message: Option<&'a PersonalMessage>,
    /// The link; for a notice, the way to where the invitation leads.
    pub link: &'a Secret<String>,
    /// Where the link leads in the end, in words: an app's name, or a host.
    pub destination: &'a str,
    /// Where further invitations can be blocked.
    pub block_link: Option<&'a Secret<String>>,
    pub statement: Option<&'a Url>,
    pub contact: Option<&'a EmailAddress>,
    pub expires_at: Option<Timestamp>,
    pub kind: Invites,
}

/// What the guest is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invites {
    /// Accept.
    ToAccept,
    /// Nothing: both organisations agreed (automatic redemption).
    ForInformation,
}

impl InvitationMail<'_> {
    pub fn message(&self, id: Uuid, at: Timestamp) -> Message {
        let text = format!("{} {}", self.tenant, self.link.reveal());
        Message {
            to: self.to.clone(),
            cc: None,
            reply_to: None,
            unsubscribe: None,
            subject: Line::new(self.tenant),
            html: text.clone(),
            text,
            id,
            at,
        }
    }
}
