//! A [`Message`] as RFC 5322 and MIME know it.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address,
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use super::{MailError, Message, Sender, Signature};
use crate::domain::{address::EmailAddress, secret::Secret};

/// A mail ready to be handed over.
pub(super) struct Composed {
    pub envelope: Envelope,
    pub octets: Vec<u8>,
}

pub(super) fn compose(message: Message, sender: &Sender, signature: Option<&Signature>) -> Result<Composed, MailError> {
    let at = message.at;
    let message = build(message, sender)?;
    let octets = message.formatted();
    let octets = match signature {
        Some(signature) => signature.sign(&octets, at)?,
        None => octets,
    };
    Ok(Composed { envelope: message.envelope().clone(), octets })
}

fn build(message: Message, sender: &Sender) -> Result<lettre::Message, MailError> {
    let from = Mailbox::new(sender.name.as_ref().map(|name| name.as_str().to_owned()), mailbox(&sender.address)?);
    let since = Duration::from_secs(u64::try_from(message.at.unix()).unwrap_or(0));
    let mut builder = lettre::Message::builder()
        .from(from)
        .to(Mailbox::new(None, mailbox(&message.to)?))
        .subject(message.subject.as_str())
        .date(UNIX_EPOCH + since)
        .message_id(Some(format!("<{}@{}>", message.id.simple(), sender.address.domain())))
        // RFC 3834 §5: no vacation answers to a machine.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    if let Some(copy) = &message.cc {
        builder = builder.cc(Mailbox::new(None, mailbox(copy)?));
    }
    if let Some(reply_to) = &message.reply_to {
        builder = builder.reply_to(Mailbox::new(None, mailbox(reply_to)?));
    }
    if let Some(link) = message.unsubscribe.as_ref().map(Secret::reveal).filter(|link| is_plain_https(link)) {
        builder = builder.raw_header(verbatim("List-Unsubscribe", format!("<{link}>")));
        builder = builder.raw_header(verbatim("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    builder
        .multipart(MultiPart::alternative_plain_html(message.text, message.html))
        .map_err(|_| MailError::Permanent("the message could not be composed".into()))
}

/// A value that must not be encoded or folded; it has no line end.
fn verbatim(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// RFC 8058 §3.1 wants https, RFC 2369 §2 no brackets or spaces.
fn is_plain_https(link: &str) -> bool {
    link.starts_with("https://") && link.len() < 900 && link.bytes().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b'<' | b'>'))
}

/// The same local part and the same domain, nothing rewritten.
fn mailbox(address: &EmailAddress) -> Result<Address, MailError> {
    Address::new(address.local(), address.domain().as_str())
        .map_err(|_| MailError::Permanent("the mail library does not take this form of address".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::timestamp::Timestamp, mail::Line};

    fn composed(to: &str, subject: &str) -> lettre::Message {
        let message = Message {
            to: EmailAddress::parse(to).unwrap(),
            cc: Some(EmailAddress::parse("boss@a.example").unwrap()),
            reply_to: Some(EmailAddress::parse("ines@a.example").unwrap()),
            unsubscribe: Some(Secret::new(format!("https://login.example.org/contoso/invitations/block?ticket={}", "x".repeat(43)))),
            subject: Line::new(subject),
            text: "Grüße".into(),
            html: "<p>Grüße</p>".into(),
            id: uuid::Uuid::from_u128(7),
            at: Timestamp::from_unix(1_700_000_000),
        };
        build(message, &Sender::parse("Contoso, Köln <no-reply@login.example.org>").unwrap()).unwrap()
    }

    #[test]
    fn the_envelope_is_the_address_that_was_parsed() {
        for (typed, local, domain) in [
            ("Ana+tag@Partner.EXAMPLE", "Ana+tag", "partner.example"),
            ("jürgen@bücher.example", "jürgen", "xn--bcher-kva.example"),
            ("o'neil{x}=a/b@a.example", "o'neil{x}=a/b", "a.example"),
            ("#!$%&'*+-/=?^_`{|}~@a.example", "#!$%&'*+-/=?^_`{|}~", "a.example"),
        ] {
            let mail = composed(typed, "x");
            let to = &mail.envelope().to()[0];
            assert_eq!((to.user(), to.domain()), (local, domain));
            assert_eq!(mail.envelope().to().len(), 2);
        }
    }

    #[test]
    fn no_header_can_be_added_from_a_subject() {
        let raw = String::from_utf8(composed("a@b.example", "Hi\r\nBcc: x@y.example").formatted()).unwrap();
        let head = raw.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc:")), "{head}");
        assert!(head.contains("Message-ID: <00000000000000000000000000000007@login.example.org>"), "{head}");
        assert!(head.contains("Date: Tue, 14 Nov 2023 22:13:20 +0000"), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
        assert!(head.contains("Cc: boss@a.example\r\n") && head.contains("Reply-To: ines@a.example\r\n"), "{head}");
        let link = format!("List-Unsubscribe: <https://login.example.org/contoso/invitations/block?ticket={}>\r\n", "x".repeat(43));
        assert!(head.contains(&link) && head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{head}");
        assert!(head.contains("From: \"Contoso, =?utf-8?b?") || head.contains("From: =?utf-8?b?"), "{head}");
    }
}
