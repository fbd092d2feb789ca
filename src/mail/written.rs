//! A [`Message`] as the outbox keeps it: written down, sealed by the caller, and read back by whoever sends it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Line, Message};
use crate::domain::{address::EmailAddress, secret::Secret, timestamp::Timestamp};

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    subject: std::borrow::Cow<'a, str>,
    text: std::borrow::Cow<'a, str>,
    html: std::borrow::Cow<'a, str>,
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cc: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unsubscribe: Option<Secret<String>>,
}

impl Message {
    /// Everything but id and recipient, which stand beside it.
    pub(crate) fn written(&self) -> Secret<Vec<u8>> {
        let written = Written {
            subject: self.subject.as_str().into(),
            text: (&self.text).into(),
            html: (&self.html).into(),
            at: self.at.unix(),
            cc: self.cc.as_ref().map(ToString::to_string),
            reply_to: self.reply_to.as_ref().map(ToString::to_string),
            unsubscribe: self.unsubscribe.clone(),
        };
        Secret::new(serde_json::to_vec(&written).expect("strings and a number become JSON"))
    }

    /// `None`: nothing that [`Message::written`] wrote.
    pub(super) fn read(written: &Secret<Vec<u8>>, id: Uuid, to: EmailAddress) -> Option<Self> {
        let written: Written<'_> = serde_json::from_slice(written.reveal()).ok()?;
        let address = |text: Option<String>| text.map(|text| EmailAddress::parse(&text)).transpose().ok();
        Some(Self {
            to,
            cc: address(written.cc)?,
            reply_to: address(written.reply_to)?,
            subject: Line::new(&written.subject),
            text: written.text.into_owned(),
            html: written.html.into_owned(),
            unsubscribe: written.unsubscribe,
            id,
            at: Timestamp::from_unix(written.at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_back_as_it_was_written() {
        let address = |text| EmailAddress::parse(text).unwrap();
        let message = Message {
            to: address("ana+x@partner.example"),
            cc: Some(address("boss@partner.example")),
            reply_to: None,
            subject: Line::new("Grüße"),
            text: "a\n\"b\"".into(),
            html: "<p>a</p>".into(),
            unsubscribe: Some(Secret::new("https://a.example/x".into())),
            id: Uuid::from_u128(7),
            at: Timestamp::from_unix(1_800_000_000),
        };
        let back = Message::read(&message.written(), message.id, message.to.clone()).unwrap();
        assert_eq!((&back.to, &back.cc, &back.reply_to, &back.subject), (&message.to, &message.cc, &message.reply_to, &message.subject));
        assert_eq!((&back.text, &back.html, back.id, back.at), (&message.text, &message.html, message.id, message.at));
        assert_eq!(back.unsubscribe.unwrap().reveal(), "https://a.example/x");
        assert!(Message::read(&Secret::new(b"{}".to_vec()), Uuid::from_u128(7), message.to).is_none());
    }
}
