//! The signature of a mail (RFC 6376), over relaxed forms of head and body: what relays may do to white space breaks nothing.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::MailError;
use crate::{domain::timestamp::Timestamp, random, settings::Dkim};

/// Headers that are signed where they are there. `From` comes once more than it is there, so that none can be added (§8.15);
/// RFC 8058 §4 wants those about unsubscribing.
const SIGNED: [&str; 13] = [
    "From",
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// Signs every mail for one domain.
#[derive(Debug, Clone)]
pub struct Signature {
    dkim: Dkim,
}

impl Signature {
    pub fn new(dkim: Dkim) -> Self {
        Self { dkim }
    }

    /// The mail with its signature in front.
    pub(super) fn sign(&self, mail: &[u8], at: Timestamp) -> Result<Vec<u8>, MailError> {
        let header = self.header(mail, at).ok_or_else(|| MailError::Permanent("the message could not be signed".into()))?;
        Ok([header.as_bytes(), mail].concat())
    }

    fn header(&self, mail: &[u8], at: Timestamp) -> Option<String> {
        let cut = mail.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = fields(std::str::from_utf8(&mail[..cut + 2]).ok()?);
        let body = STANDARD.encode(random::sha256(&relaxed_body(&mail[cut + 4..])));
        let mut left: Vec<&(String, String)> = head.iter().collect();
        let (mut names, mut text) = (Vec::new(), String::new());
        for name in SIGNED {
            // The last of a name first (§5.4.2). One that is not there counts as empty: nobody can add it afterwards.
            let found = left.iter().rposition(|(known, _)| known.eq_ignore_ascii_case(name));
            if let Some(index) = found {
                let (known, value) = left.remove(index);
                text.push_str(&format!("{}:{}\r\n", known.to_ascii_lowercase(), relaxed(value)));
            }
            if found.is_some() || name == "From" {
                names.push(name.to_ascii_lowercase());
            }
        }
        let unsigned = format!(
            "v=1; a={}; c=relaxed/relaxed; d={}; s={};\r\n t={}; h={};\r\n bh={body};\r\n b=",
            self.dkim.key.algorithm(),
            self.dkim.domain,
            self.dkim.selector,
            at.unix(),
            names.join(":\r\n  "),
        );
        text.push_str(&format!("dkim-signature:{}", relaxed(&unsigned)));
        let signature = STANDARD.encode(self.dkim.key.sign(text.as_bytes())?);
        let folded: Vec<&str> = signature.as_bytes().chunks(72).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        Some(format!("DKIM-Signature: {unsigned}{}\r\n", folded.join("\r\n  ")))
    }
}

/// Name and value of every header, folds and all.
fn fields(head: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split_terminator("\r\n") {
        match fields.last_mut() {
            Some((_, value)) if line.starts_with([' ', '\t']) => {
                value.push_str("\r\n");
                value.push_str(line);
            }
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    fields.push((name.trim_end().to_owned(), value.to_owned()));
                }
            }
        }
    }
    fields
}

/// §3.4.2: unfolded, white space as one space, none at the ends.
fn relaxed(value: &str) -> String {
    value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// §3.4.4: white space as one space, none at the end of a line, no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for line in body.split(|octet| *octet == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut is_spaced = false;
        for octet in line {
            match octet {
                b' ' | b'\t' => is_spaced = true,
                other => {
                    if is_spaced {
                        out.push(b' ');
                    }
                    is_spaced = false;
                    out.push(*other);
                }
            }
        }
        out.extend_from_slice(b"\r\n");
    }
    while out.ends_with(b"\r\n\r\n") {
        out.truncate(out.len() - 2);
    }
    if out == b"\r\n" {
        out.clear();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_6376_3_4_5_come_out_as_they_should() {
        let head = fields("A: X\r\nB : Y\t\r\n\tZ  \r\n");
        let canonical: Vec<String> = head.iter().map(|(name, value)| format!("{}:{}", name.to_lowercase(), relaxed(value))).collect();
        assert_eq!(canonical, ["a:X", "b:Y Z"]);
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
    }
}
