//! Reads the mails that Gatehouse writes: headers, a tree of parts, quoted-printable and base64 (RFC 2045 §6, RFC 2047).
//! Tolerant, for display alone; a mail client it is not.

use base64::{Engine, engine::general_purpose::STANDARD};

/// A mail as a person reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) from: String,
    pub(super) subject: String,
    /// The plain text, or nothing.
    pub(super) text: String,
    /// The same as HTML, or nothing.
    pub(super) html: String,
}

pub(super) fn read(source: &[u8]) -> Letter {
    let source = String::from_utf8_lossy(source).replace("\r\n", "\n");
    let (headers, body) = split(&source);
    let text = first(Kind::Plain, &headers, body, 0).unwrap_or_default();
    let html = first(Kind::Html, &headers, body, 0).unwrap_or_default();
    Letter { from: header(&headers, "from"), subject: header(&headers, "subject"), text: text.trim().to_owned(), html }
}

/// Unfolded headers and the body (RFC 5322 §2.2.3).
fn split(part: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = match part.strip_prefix('\n') {
        Some(body) => ("", body),
        None => part.split_once("\n\n").unwrap_or((part, "")),
    };
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let headers = unfolded.lines().filter_map(|line| line.split_once(':'));
    (headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect(), body)
}

fn raw<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

fn header(headers: &[(String, String)], name: &str) -> String {
    encoded_words(raw(headers, name))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Html,
}

/// The first part of this kind.
fn first(kind: Kind, headers: &[(String, String)], body: &str, depth: u8) -> Option<String> {
    let content_type = raw(headers, "content-type");
    let lower = content_type.to_ascii_lowercase();
    if lower.starts_with("multipart/") && depth < 4 {
        let framed = format!("\n{body}");
        let boundary = format!("\n--{}", parameter(content_type, "boundary")?);
        let mut parts = framed.split(&boundary).skip(1).take_while(|part| !part.starts_with("--"));
        return parts.find_map(|part| {
            let (headers, body) = split(part.strip_prefix('\n').unwrap_or(part));
            first(kind, &headers, body, depth + 1)
        });
    }
    let is_it = match kind {
        Kind::Plain => lower.is_empty() || lower.starts_with("text/plain"),
        Kind::Html => lower.starts_with("text/html"),
    };
    is_it.then(|| match raw(headers, "content-transfer-encoding").to_ascii_lowercase().as_str() {
        "quoted-printable" => String::from_utf8_lossy(&quoted_printable(&body.replace("=\n", ""))).into_owned(),
        "base64" => String::from_utf8_lossy(&base64(body)).into_owned(),
        _ => body.to_owned(),
    })
}

fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (known, value) = part.split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn base64(text: &str) -> Vec<u8> {
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(packed).unwrap_or_default()
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, hex) {
            (b'=', Some(decoded)) => {
                out.push(decoded);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

/// `=?charset?B|Q?text?=`; white space between two of them is not text (RFC 2047 §6.2).
fn encoded_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    let mut is_after_word = false;
    while let Some((before, after)) = rest.split_once("=?") {
        if !(is_after_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        let mut fields = after.splitn(3, '?');
        let (_charset, encoding, tail) = (fields.next(), fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let Some((text, next)) = tail.split_once("?=") else {
            out.push_str("=?");
            rest = after;
            is_after_word = false;
            continue;
        };
        let bytes = if encoding.eq_ignore_ascii_case("b") { base64(text) } else { quoted_printable(&text.replace('_', " ")) };
        out.push_str(&String::from_utf8_lossy(&bytes));
        rest = next;
        is_after_word = true;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_in_parts_is_read_by_its_plain_text() {
        let source = "From: =?utf-8?b?Q29udG9zbw==?= <a@b.example>\r\nSubject: =?utf-8?Q?Votre_code=C2=A0:?=\r\n =?utf-8?Q?_1?=\r\n\
            Content-Type: multipart/alternative;\r\n boundary=\"xyz\"\r\n\r\n--xyz\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\nVoil=C3=A0 12345=\r\n678\r\n--xyz\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--xyz--\r\n";
        let letter = read(source.as_bytes());
        assert_eq!(letter.from, "Contoso <a@b.example>");
        assert_eq!(letter.subject, "Votre code\u{a0}: 1");
        assert_eq!((letter.text.as_str(), letter.html.as_str()), ("Voilà 12345678", "<p>no</p>"));
    }

    #[test]
    fn base64_and_bare_text_are_read_too() {
        let coded = "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVs\nbG8=\n";
        assert_eq!(read(coded.as_bytes()).text, "Hello");
        assert_eq!(read(b"Subject: x\n\nplain\n").text, "plain");
        assert_eq!(read(b"").text, "");
    }
}
