//! A mail that came back: the delivery status notification (RFC 3464) of whoever could not deliver it, read for what was ours in it.

use crate::domain::{address::EmailAddress, id::MailId};

/// Which mail, and what became of it, recipient by recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    pub mail: MailId,
    recipients: Vec<Report>,
}

/// A group of fields about one recipient (RFC 3464 §2.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Report {
    recipient: Option<EmailAddress>,
    action: String,
    status: String,
}

/// Why it was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("this is no delivery status notification (RFC 3464)")]
    NoReport,
    #[error("it does not say which mail it is about: none of our Message-IDs is in it")]
    NoMessageId,
}

impl Bounce {
    pub fn read(octets: &[u8]) -> Result<Self, Unreadable> {
        let text = String::from_utf8_lossy(octets).replace("\r\n", "\n");
        let lower = text.to_ascii_lowercase();
        let begin = lower.rfind("content-type: message/delivery-status").ok_or(Unreadable::NoReport)?;
        let report = &text[begin..];
        let recipients = groups(report);
        if recipients.is_empty() {
            return Err(Unreadable::NoReport);
        }
        // The mail that came back follows the report; some put its id into the head of their own.
        let mail = ids(report).next().or_else(|| ids(&text).next()).ok_or(Unreadable::NoMessageId)?;
        Ok(Self { mail, recipients })
    }

    /// The status of the failure, if there is one and not just a delay: that of `to`, else of whoever is named. Forwarding renames
    /// recipients.
    pub fn failure(&self, to: &EmailAddress) -> Option<&str> {
        let theirs = self.recipients.iter().find(|report| report.recipient.as_ref().is_some_and(|one| one.key() == to.key()));
        let report = theirs.or_else(|| self.recipients.iter().find(|report| report.action == "failed"))?;
        (report.action == "failed").then_some(report.status.as_str())
    }
}

/// Groups with an `Action` and a `Status`, up to the next part.
fn groups(report: &str) -> Vec<Report> {
    let mut groups = vec![Report::default()];
    for line in report.lines().skip(1).take_while(|line| !line.starts_with("--")) {
        if line.trim().is_empty() {
            groups.push(Report::default());
            continue;
        }
        let (Some((name, value)), Some(group)) = (line.split_once(':'), groups.last_mut()) else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "action" => group.action = value.to_ascii_lowercase(),
            "status" => group.status = status(value).unwrap_or_default(),
            "original-recipient" | "final-recipient" if group.recipient.is_none() => {
                let address = value.split_once(';').map_or(value, |(_, address)| address).trim();
                group.recipient = EmailAddress::parse(address.trim_matches(['<', '>'])).ok();
            }
            _ => {}
        }
    }
    groups.retain(|group| !group.action.is_empty() && !group.status.is_empty());
    groups
}

/// `5.1.1` (RFC 3463 §2); a comment may follow.
fn status(value: &str) -> Option<String> {
    let code = value.split([' ', '(', '\t']).next()?;
    let parts: Vec<&str> = code.split('.').collect();
    let is_shaped = parts.len() == 3 && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    is_shaped.then(|| code.to_owned())
}

/// Our own Message-IDs: 32 hexadecimal digits before the `@`.
fn ids(text: &str) -> impl Iterator<Item = MailId> {
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let named = fields.filter(|(name, _)| {
        let name = name.trim();
        ["message-id", "in-reply-to", "references", "original-envelope-id"].iter().any(|known| name.eq_ignore_ascii_case(known))
    });
    named.flat_map(|(_, value)| value.split(['<', '>', ' '])).filter_map(|word| MailId::parse(word.split('@').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTFIX: &str = "From: MAILER-DAEMON@mx.example\r\nMessage-ID: <20261120.ABC@mx.example>\r\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
        --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\nArrival-Date: now\r\n\r\n\
        Final-Recipient: rfc822; ana@partner.example\r\nAction: failed\r\nStatus: 5.1.1 (no such user)\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <ana@partner.example> unknown\r\n\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: us\r\nMessage-ID: <0000000000000000000000000000002a@login.example.org>\r\n\r\nHi\r\n--b--\r\n";

    #[test]
    fn a_notification_tells_mail_and_status() {
        let bounce = Bounce::read(POSTFIX.as_bytes()).unwrap();
        assert_eq!(bounce.mail.to_string(), "0000000000000000000000000000002a");
        let address = |text| EmailAddress::parse(text).unwrap();
        assert_eq!(bounce.failure(&address("Ana@partner.example")), Some("5.1.1"));
        assert_eq!(bounce.failure(&address("forwarded@elsewhere.example")), Some("5.1.1"));
    }

    #[test]
    fn a_delay_is_no_failure_and_other_mail_no_notification() {
        let delayed = POSTFIX.replace("Action: failed", "Action: delayed").replace("5.1.1 (", "4.4.1 (");
        assert_eq!(Bounce::read(delayed.as_bytes()).unwrap().failure(&EmailAddress::parse("ana@partner.example").unwrap()), None);
        assert_eq!(Bounce::read(b"Subject: out of office\r\n\r\nI am away"), Err(Unreadable::NoReport));
        let other = POSTFIX.replace("0000000000000000000000000000002a", "somebody-else-s");
        assert_eq!(Bounce::read(other.as_bytes()), Err(Unreadable::NoMessageId));
    }
}
