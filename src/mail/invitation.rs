//! The mail that invites (`behaviour.md` §11.1), and the notice of an automatic redemption.

use askama::Template;
use url::Url;
use uuid::Uuid;

use super::{
    Line, Message,
    look::{Look, plain},
};
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

#[derive(Template)]
#[template(path = "invitation_mail.html")]
struct Html<'a> {
    look: Look<'a>,
    words: Words<'a>,
}

#[derive(Template)]
#[template(path = "invitation_mail.txt", whitespace = "preserve")]
struct Text<'a> {
    look: Look<'a>,
    words: Words<'a>,
}

#[derive(Clone, Copy)]
struct Words<'a> {
    mail: &'a InvitationMail<'a>,
    look: Look<'a>,
}

impl InvitationMail<'_> {
    pub fn message(&self, id: Uuid, at: Timestamp) -> Message {
        let Self { to, tenant, domain, color, locale, statement, contact, .. } = *self;
        let look = Look { locale, tenant, domain, color, to, statement, contact };
        let words = Words { mail: self, look };
        let why = "our templates write strings into a string, and that can't fail";
        Message {
            to: to.clone(),
            cc: self.cc.cloned(),
            reply_to: self.reply_to.cloned(),
            subject: Line::new(&words.subject()),
            text: Text { look, words }.render().expect(why),
            html: Html { look, words }.render().expect(why),
            unsubscribe: self.block_link.cloned(),
            id,
            at,
        }
    }
}

impl Words<'_> {
    fn is_notice(&self) -> bool {
        self.mail.kind == Invites::ForInformation
    }

    fn inviter(&self) -> Option<String> {
        self.mail.inviter.map(|name| plain(Line::new(name).as_str().trim())).filter(|name| !name.is_empty())
    }

    /// The text that names who invites, or its form where nobody is named.
    fn by(&self, named: &str, unnamed: &str) -> String {
        match self.inviter() {
            Some(inviter) => self.look.texts().with(named, &[("inviter", (&inviter).into()), ("tenant", self.mail.tenant.into())]),
            None => self.look.of_tenant(unnamed),
        }
    }

    fn subject(&self) -> String {
        match self.mail.kind {
            Invites::ToAccept => self.by("mail-invitation-subject", "mail-invitation-subject-unnamed"),
            Invites::ForInformation => self.look.of_tenant("mail-notice-subject"),
        }
    }

    fn heading(&self) -> String {
        match self.mail.kind {
            Invites::ToAccept => self.by("mail-invitation-heading", "mail-invitation-heading-unnamed"),
            Invites::ForInformation => self.by("mail-notice-heading", "mail-notice-heading-unnamed"),
        }
    }

    /// Line by line.
    fn message(&self) -> Option<Vec<String>> {
        self.mail.message.map(|message| message.as_str().split('\n').map(plain).collect())
    }

    fn message_from(&self) -> String {
        self.by("mail-invitation-message", "mail-invitation-message-unnamed")
    }

    fn button(&self) -> String {
        match self.mail.kind {
            Invites::ToAccept => self.look.text("mail-invitation-button"),
            Invites::ForInformation => self.of_destination("mail-notice-button"),
        }
    }

    /// Where the button leads, in words.
    fn leads(&self) -> String {
        match self.mail.kind {
            Invites::ToAccept => self.of_destination("mail-invitation-leads"),
            Invites::ForInformation => self.of_destination("mail-notice-leads"),
        }
    }

    fn of_destination(&self, key: &str) -> String {
        let address = self.mail.to.to_string();
        let destination = plain(self.mail.destination);
        self.look
            .texts()
            .with(key, &[("destination", (&destination).into()), ("address", (&address).into()), ("tenant", self.mail.tenant.into())])
    }

    fn link(&self) -> &str {
        self.mail.link.reveal()
    }

    fn block_link(&self) -> Option<&str> {
        self.mail.block_link.map(|link| link.reveal().as_str())
    }

    fn stays(&self) -> String {
        self.of_destination(if self.is_notice() { "mail-notice-stays" } else { "mail-invitation-stays" })
    }

    /// Where there is something to accept.
    fn expires(&self) -> Option<String> {
        let day = self.look.day(self.mail.expires_at.filter(|_| !self.is_notice())?);
        Some(self.look.texts().with("mail-invitation-expires", &[("day", (&day).into())]))
    }
}

#[cfg(test)]
mod tests;
