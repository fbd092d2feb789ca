//! One look at the octets before any parser does: size, encoding, DTD, depth, and how much there is of everything.
//!
//! Must not decide what is well-formed: the parser does, and what this scan misreads the parser refuses.

use super::{Asides, Bounds};
use crate::domain::{error_code::ErrorCode, rejection::Rejected};

const BOM: &str = "\u{feff}";
const PREDEFINED: [&[u8]; 5] = [b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"];

fn refuse<T>(code: ErrorCode, why: impl Into<String>) -> Result<T, Rejected> {
    Err(Rejected::new(code, why))
}

/// The text of a document within bounds, without its byte order mark.
pub(super) fn scan<'a>(octets: &'a [u8], bounds: &Bounds) -> Result<&'a str, Rejected> {
    if octets.len() > bounds.octets {
        return refuse(ErrorCode::XmlTooLarge, format!("{} octets, read are at most {}", octets.len(), bounds.octets));
    }
    // UTF-16 with or without a mark; NUL is no character of XML anyway.
    if octets.starts_with(&[0xff, 0xfe]) || octets.starts_with(&[0xfe, 0xff]) || octets.iter().take(4).any(|o| *o == 0) {
        return refuse(ErrorCode::XmlEncoding, "it is not UTF-8");
    }
    let Ok(text) = std::str::from_utf8(octets) else { return refuse(ErrorCode::XmlEncoding, "it is not UTF-8") };
    let text = text.strip_prefix(BOM).unwrap_or(text);
    if text.starts_with(BOM) {
        return refuse(ErrorCode::XmlEncoding, "it begins with two byte order marks");
    }
    let body = text.len() - after_declaration(text)?.len();
    Scan { octets: text.as_bytes(), at: body, bounds, elements: 0, scopes: Vec::new(), namespaces: 0 }.run()?;
    Ok(text)
}

/// `<?xml version="1.0" encoding="UTF-8"?>` and nothing else may be declared.
fn after_declaration(text: &str) -> Result<&str, Rejected> {
    let Some(rest) = text.strip_prefix("<?xml").filter(|rest| rest.starts_with(|c: char| c.is_ascii_whitespace())) else {
        return Ok(text);
    };
    let Some((declared, after)) = rest.split_once("?>") else {
        return refuse(ErrorCode::XmlMalformed, "its XML declaration has no end");
    };
    if let Some((_, encoding)) = declared.split_once("encoding") {
        let named = encoding.trim_ascii_start().strip_prefix('=').map(str::trim_ascii_start).unwrap_or_default();
        let quoted = named.get(1..).unwrap_or_default();
        let name = named.chars().next().and_then(|quote| quoted.split_once(quote)).map_or(quoted, |(name, _)| name);
        if !name.eq_ignore_ascii_case("utf-8") {
            return refuse(ErrorCode::XmlEncoding, "it declares another encoding than UTF-8");
        }
    }
    if !declared.contains("1.0") {
        return refuse(ErrorCode::XmlMalformed, "it is not XML 1.0");
    }
    Ok(after)
}

struct Scan<'a> {
    octets: &'a [u8],
    at: usize,
    bounds: &'a Bounds,
    elements: usize,
    /// Namespace declarations of each open element.
    scopes: Vec<usize>,
    /// Their sum.
    namespaces: usize,
}

impl Scan<'_> {
    fn run(mut self) -> Result<(), Rejected> {
        while let Some(octet) = self.octets.get(self.at) {
            self.at += 1;
            match octet {
                b'<' => self.markup()?,
                b'&' => self.reference()?,
                _ => {}
            }
        }
        Ok(())
    }

    fn starts_with(&self, word: &[u8]) -> bool {
        self.octets[self.at..].starts_with(word)
    }

    fn markup(&mut self) -> Result<(), Rejected> {
        match self.octets.get(self.at) {
            Some(b'/') => {
                self.namespaces -= self.scopes.pop().unwrap_or_default();
                Ok(())
            }
            Some(b'?') => self.aside(b"?", b"?>"),
            Some(b'!') if self.starts_with(b"!--") => self.aside(b"!--", b"-->"),
            Some(b'!') if self.starts_with(b"![CDATA[") => self.aside(b"![CDATA[", b"]]>"),
            Some(b'!') => refuse(ErrorCode::XmlDoctype, "it has a document type declaration"),
            _ => self.tag(),
        }
    }

    fn aside(&mut self, begin: &[u8], end: &[u8]) -> Result<(), Rejected> {
        if self.bounds.asides == Asides::Refused {
            return refuse(ErrorCode::XmlComment, "it has a comment, a processing instruction or a CDATA section");
        }
        self.at += begin.len();
        let Some(length) = self.octets[self.at..].windows(end.len()).position(|window| window == end) else {
            return refuse(ErrorCode::XmlMalformed, "a comment or section has no end");
        };
        self.at += length + end.len();
        Ok(())
    }

    /// Without a DTD there are no entities but the five of XML itself (XML 1.0 §4.6).
    fn reference(&self) -> Result<(), Rejected> {
        if self.starts_with(b"#") || PREDEFINED.iter().any(|name| self.starts_with(name)) {
            return Ok(());
        }
        refuse(ErrorCode::XmlDoctype, "it refers to an entity that XML itself does not have")
    }

    /// A start tag, up to and with its `>`.
    fn tag(&mut self) -> Result<(), Rejected> {
        let (mut attributes, mut namespaces) = (0, 0);
        self.elements += 1;
        while let Some(octet) = self.octets.get(self.at) {
            match octet {
                b'>' => break,
                b'"' | b'\'' => self.value(*octet)?,
                b'<' => return refuse(ErrorCode::XmlMalformed, "a tag begins within a tag"),
                b'=' if self.is_namespace_before_here() => namespaces += 1,
                b'=' => attributes += 1,
                _ => {}
            }
            self.at += 1;
        }
        self.opened(attributes, namespaces)
    }

    fn is_namespace_before_here(&self) -> bool {
        let before = self.octets[..self.at].trim_ascii_end();
        let starts = before.iter().rposition(|o| o.is_ascii_whitespace() || matches!(o, b'"' | b'\'' | b'=' | b'<'));
        before[starts.map_or(0, |at| at + 1)..].starts_with(b"xmlns")
    }

    /// An attribute's value, from its opening quote to its closing one.
    fn value(&mut self, quote: u8) -> Result<(), Rejected> {
        self.at += 1;
        while let Some(octet) = self.octets.get(self.at) {
            match octet {
                _ if *octet == quote => return Ok(()),
                b'&' => {
                    self.at += 1;
                    self.reference()?;
                }
                _ => self.at += 1,
            }
        }
        refuse(ErrorCode::XmlMalformed, "an attribute has no end")
    }

    fn opened(&mut self, attributes: usize, namespaces: usize) -> Result<(), Rejected> {
        let is_empty_element = self.at > 0 && self.octets[self.at - 1] == b'/';
        let bounds = self.bounds;
        if self.elements > bounds.elements {
            return refuse(ErrorCode::XmlTooComplex, format!("more than {} elements", bounds.elements));
        }
        if attributes > bounds.attributes_per_element {
            return refuse(ErrorCode::XmlTooComplex, format!("more than {} attributes on one element", bounds.attributes_per_element));
        }
        if self.namespaces + namespaces > bounds.namespaces {
            return refuse(ErrorCode::XmlTooComplex, format!("more than {} namespaces in one place", bounds.namespaces));
        }
        if self.scopes.len() >= bounds.depth as usize {
            return refuse(ErrorCode::XmlTooComplex, format!("nested deeper than {}", bounds.depth));
        }
        if !is_empty_element {
            self.scopes.push(namespaces);
            self.namespaces += namespaces;
        }
        Ok(())
    }
}
