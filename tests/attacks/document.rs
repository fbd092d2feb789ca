//! A genuine answer as text, taken apart and put together by hand: an attacker's tools know no schema, and no parser of ours.

use std::ops::Range;

pub const ROOT: &str = "root@fabrikam.example";

/// What a partner really sent, and whom it is about.
#[derive(Clone)]
pub struct Genuine {
    pub name: String,
    pub xml: String,
    pub subject: String,
    pub address: String,
}

/// One thing an attacker may send.
pub struct Variant {
    pub name: String,
    pub octets: Vec<u8>,
}

impl Variant {
    pub fn new(name: impl Into<String>, octets: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), octets: octets.into() }
    }
}

/// The first element of this local name at or after `from`, tags included.
pub fn element_from(xml: &str, local: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    while let Some(found) = xml[at..].find('<') {
        let start = at + found;
        let name = qualified_name(&xml[start + 1..]);
        if name.rsplit(':').next() == Some(local) && !name.is_empty() {
            return Some(start..end_of(xml, start, name)?);
        }
        at = start + 1;
    }
    None
}

pub fn element(xml: &str, local: &str) -> Option<Range<usize>> {
    element_from(xml, local, 0)
}

fn qualified_name(after: &str) -> &str {
    let end = after.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(after.len());
    &after[..end]
}

fn end_of(xml: &str, start: usize, name: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, start);
    loop {
        let tag = at + xml[at..].find('<')?;
        let close = tag + xml[tag..].find('>')? + 1;
        let inside = &xml[tag + 1..];
        if inside.strip_prefix('/').is_some_and(|inside| qualified_name(inside) == name) {
            depth -= 1;
        } else if qualified_name(inside) == name && !xml[..close].ends_with("/>") {
            depth += 1;
        } else if tag == start {
            return Some(close);
        }
        if depth == 0 {
            return Some(close);
        }
        at = close;
    }
}

pub fn replaced(xml: &str, range: &Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &xml[..range.start], &xml[range.end..])
}

pub fn inserted(xml: &str, at: usize, new: &str) -> String {
    replaced(xml, &(at..at), new)
}

/// Puts `new` into the first element of this name, as its last child or its first. An empty element is opened.
pub fn within(xml: &str, local: &str, new: &str, is_last: bool) -> Option<String> {
    let range = element(xml, local)?;
    let text = &xml[range.clone()];
    let tag_end = text.find('>')?;
    if text[..tag_end].ends_with('/') {
        let name = qualified_name(&text[1..]);
        let opened = format!("{}>{new}</{name}>", &text[..tag_end - 1]);
        return Some(replaced(xml, &range, &opened));
    }
    let at = range.start + if is_last { text.rfind("</")? } else { tag_end + 1 };
    Some(inserted(xml, at, new))
}

/// Adds text to the start tag of the first element of this name.
pub fn tagged(xml: &str, local: &str, more: &str) -> Option<String> {
    let range = element(xml, local)?;
    let at = range.start + 1 + qualified_name(&xml[range.start + 1..]).len();
    Some(inserted(xml, at, &format!(" {more}")))
}

/// Where the value of the first such attribute of the element stands.
pub fn attribute(xml: &str, local: &str, name: &str) -> Option<Range<usize>> {
    let range = element(xml, local)?;
    let tag = &xml[range.start..range.start + xml[range.clone()].find('>')?];
    let start = range.start + tag.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(start..start + xml[start..].find('"')?)
}

/// Where the content of the first element of this name stands.
pub fn content(xml: &str, local: &str) -> Option<Range<usize>> {
    let range = element(xml, local)?;
    let text = &xml[range.clone()];
    Some(range.start + text.find('>')? + 1..range.start + text.rfind("</")?)
}

impl Genuine {
    pub fn is_token(&self) -> bool {
        !self.xml.contains("SAML:2.0:protocol")
    }

    pub fn root(&self) -> &'static str {
        if self.is_token() { "RequestSecurityTokenResponse" } else { "Response" }
    }

    pub fn identifier(&self) -> &'static str {
        if self.xml.contains("AssertionID=") { "AssertionID" } else { "ID" }
    }

    pub fn assertion(&self) -> String {
        self.xml[element(&self.xml, "Assertion").expect("an assertion in clear")].to_owned()
    }

    /// The first signature in the document.
    pub fn signature(&self) -> String {
        self.xml[element(&self.xml, "Signature").expect("it is signed")].to_owned()
    }

    pub fn assertion_id(&self) -> String {
        self.xml[attribute(&self.xml, "Assertion", self.identifier()).expect("an identifier")].to_owned()
    }

    /// The signature that the assertion itself carries.
    pub fn own_signature(&self) -> Option<String> {
        let assertion = self.assertion();
        element(&assertion, "Signature").map(|range| assertion[range].to_owned())
    }

    /// The assertion without its signature.
    pub fn bare(&self) -> String {
        let assertion = self.assertion();
        element(&assertion, "Signature").map_or_else(|| assertion.clone(), |range| replaced(&assertion, &range, ""))
    }

    /// About somebody whom the partner did not speak of.
    pub fn turned(&self, text: &str) -> String {
        text.replace(&self.subject, "root").replace(&self.address, ROOT)
    }

    pub fn renamed(&self, text: &str, id: &str) -> String {
        text.replacen(&format!("{}=\"{}\"", self.identifier(), self.assertion_id()), &format!("{}=\"{id}\"", self.identifier()), 1)
    }

    pub fn with_assertion(&self, other: &str) -> String {
        self.xml.replacen(&self.assertion(), other, 1)
    }

    pub fn with_signature(&self, other: &str) -> String {
        self.xml.replacen(&self.signature(), other, 1)
    }
}
