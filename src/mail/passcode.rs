//! The mail with a one-time passcode.

use std::time::Duration;

use askama::Template;
use uuid::Uuid;

use super::{Line, Message, look::Look};
use crate::domain::{address::EmailAddress, locale::Locale, secret::Secret, timestamp::Timestamp};

/// What the mail is made from.
#[derive(Debug, Clone)]
pub struct PasscodeMail<'a> {
    pub to: &'a EmailAddress,
    /// The tenant's name.
    pub tenant: &'a str,
    /// Its primary domain, or its id.
    pub domain: &'a str,
    /// The tenant's accent colour, `#rrggbb`.
    pub color: Option<&'a str>,
    pub locale: Locale,
    pub code: &'a Secret<String>,
    pub lifetime: Duration,
}

#[derive(Template)]
#[template(path = "passcode_mail.html")]
struct Html<'a> {
    look: Look<'a>,
    words: Words<'a>,
}

#[derive(Template)]
#[template(path = "passcode_mail.txt", whitespace = "preserve")]
struct Text<'a> {
    look: Look<'a>,
    words: Words<'a>,
}

#[derive(Clone, Copy)]
struct Words<'a> {
    mail: &'a PasscodeMail<'a>,
    look: Look<'a>,
}

impl PasscodeMail<'_> {
    pub fn message(&self, id: Uuid, at: Timestamp) -> Message {
        let Self { to, tenant, domain, color, locale, .. } = *self;
        let look = Look { locale, tenant, domain, color, to, statement: None, contact: None };
        let words = Words { mail: self, look };
        let why = "our templates write strings into a string, and that can't fail";
        Message {
            to: to.clone(),
            cc: None,
            reply_to: None,
            unsubscribe: None,
            subject: Line::new(&look.of_tenant("mail-passcode-subject")),
            text: Text { look, words }.render().expect(why),
            html: Html { look, words }.render().expect(why),
            id,
            at,
        }
    }
}

impl Words<'_> {
    fn code(&self) -> &str {
        self.mail.code.reveal()
    }

    fn preheader(&self) -> String {
        self.look.texts().with("mail-passcode-preheader", &[("code", self.code().into())])
    }

    fn expires(&self) -> String {
        let minutes = u32::try_from(self.mail.lifetime.as_secs().div_ceil(60)).unwrap_or(u32::MAX);
        self.look.texts().with("mail-passcode-expires", &[("minutes", minutes.into())])
    }

    fn footer(&self) -> String {
        let address = self.mail.to.to_string();
        self.look.texts().with("mail-passcode-footer", &[("address", (&address).into()), ("tenant", self.mail.tenant.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_in_both_parts_and_not_in_the_subject() {
        let (to, code) = (EmailAddress::parse("ida@viral.example").unwrap(), Secret::new("04210815".to_owned()));
        for locale in Locale::ALL {
            let mail = PasscodeMail {
                to: &to,
                tenant: "Köln & <Söhne>",
                domain: "koeln.example",
                color: Some("red;}"),
                locale,
                code: &code,
                lifetime: Duration::from_secs(1800),
            };
            let message = mail.message(Uuid::from_u128(1), Timestamp::from_unix(0));
            assert!(message.text.contains("\n    04210815\n") && message.html.contains(">04210815<"), "{}", message.text);
            assert!(message.text.contains("30") && message.text.contains("Köln & <Söhne>") && message.text.contains("ida@viral.example"));
            assert!(!message.html.contains("<Söhne>") && !message.html.contains("red;}") && !message.html.contains("href"));
            assert!(!message.subject.as_str().contains("0421") && message.subject.as_str().contains("Köln & <Söhne>"));
            assert!(!format!("{message:?}").contains("0421") && !format!("{mail:?}").contains("0421"));
        }
    }
}
