//! The mail that says that terms somebody agreed to will change.

use askama::Template;
use url::Url;
use uuid::Uuid;

use super::{Line, Message, look::Look};
use crate::domain::{address::EmailAddress, locale::Locale, timestamp::Timestamp};

/// What the mail is made from. Links come from the configured public URL alone.
#[derive(Debug, Clone)]
pub struct TermsChangedMail<'a> {
    pub to: &'a EmailAddress,
    /// The tenant's name.
    pub tenant: &'a str,
    /// Its primary domain, or its id.
    pub domain: &'a str,
    /// The tenant's accent colour, `#rrggbb`.
    pub color: Option<&'a str>,
    pub locale: Locale,
    /// Their name.
    pub terms: &'a str,
    /// From when they count.
    pub effective: Timestamp,
    /// Whether the guest will be asked again.
    pub is_asked_again: bool,
    /// My account, where they can be read.
    pub link: &'a str,
    pub statement: Option<&'a Url>,
    pub contact: Option<&'a EmailAddress>,
}

#[derive(Template)]
#[template(path = "terms_changed_mail.html")]
struct Html<'a> {
    look: Look<'a>,
    words: Words<'a>,
}

#[derive(Template)]
#[template(path = "terms_changed_mail.txt", whitespace = "preserve")]
struct Text<'a> {
    look: Look<'a>,
    words: Words<'a>,
}

#[derive(Clone, Copy)]
struct Words<'a> {
    mail: &'a TermsChangedMail<'a>,
    look: Look<'a>,
}

impl TermsChangedMail<'_> {
    pub fn message(&self, id: Uuid, at: Timestamp) -> Message {
        let Self { to, tenant, domain, color, locale, statement, contact, .. } = *self;
        let look = Look { locale, tenant, domain, color, to, statement, contact };
        let words = Words { mail: self, look };
        let why = "our templates write strings into a string, and that can't fail";
        Message {
            to: to.clone(),
            cc: None,
            reply_to: contact.cloned(),
            subject: Line::new(&words.of_terms("mail-terms-subject")),
            text: Text { look, words }.render().expect(why),
            html: Html { look, words }.render().expect(why),
            unsubscribe: None,
            id,
            at,
        }
    }
}

impl Words<'_> {
    fn of_terms(&self, key: &str) -> String {
        self.look.texts().with(key, &[("tenant", self.mail.tenant.into()), ("terms", self.mail.terms.into())])
    }

    fn effective(&self) -> String {
        let day = self.look.day(self.mail.effective);
        self.look.texts().with("mail-terms-effective", &[("day", (&day).into())])
    }

    fn what_now(&self) -> String {
        self.look.text(if self.mail.is_asked_again { "mail-terms-asked" } else { "mail-terms-nothing" })
    }
}
