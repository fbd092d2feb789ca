//! The XML we send: a small tree whose every value is escaped as it is written (A19). samael's own writer copies text unescaped.
//!
//! Must not read XML.

use std::fmt::Write;

pub(super) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(super) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(super) const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(super) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// An element under construction. Names are ours and constant; values may be anybody's.
#[derive(Debug)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Vec<Content>,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Child(Element),
}

impl Element {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), content: Vec::new() }
    }

    pub(super) fn with(mut self, attribute: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((attribute, value.into()));
        self
    }

    pub(super) fn with_some(self, attribute: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(attribute, value),
            None => self,
        }
    }

    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.content.push(Content::Text(text.into()));
        self
    }

    pub(super) fn child(mut self, child: Self) -> Self {
        self.content.push(Content::Child(child));
        self
    }

    pub(super) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.content.extend(children.into_iter().map(Content::Child));
        self
    }

    /// Puts `child` before the child at `place`: schemas give a signature its place.
    pub(super) fn insert(&mut self, place: usize, child: Self) {
        self.content.insert(place.min(self.content.len()), Content::Child(child));
    }

    /// The value of an attribute, as it was given.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The document, without an XML declaration: it is UTF-8.
    pub(super) fn to_xml(&self) -> String {
        let mut out = String::with_capacity(1024);
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        out.push('>');
        for content in &self.content {
            match content {
                Content::Text(text) => escape(text, out),
                Content::Child(child) => child.write(out),
            }
        }
        out.push_str("</");
        out.push_str(self.name);
        out.push('>');
    }
}

/// White space but the blank goes out as references, so that no parser normalises it away; what XML 1.0 can't carry (§2.2) goes out as
/// U+FFFD.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => write!(out, "&#{};", u32::from(c)).expect("a String takes all that is written"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that have broken out of other people's XML.
    const HOSTILE: [&str; 5] =
        ["a\"><evil/><x y=\"", "</saml:Issuer><saml:Issuer>evil", "]]>&lt;&#0;<!--", "a\r\nb\tc \u{85}\u{2028}", "'&quot;&amp;amp;"];

    #[test]
    fn no_value_breaks_out_of_its_place_and_each_reads_back_as_it_was() {
        for hostile in HOSTILE {
            let xml = Element::new("a").with("b", hostile).child(Element::new("c").text(hostile)).to_xml();
            let read = uppsala::parse(&xml).unwrap();
            let root = read.document_element().unwrap();
            assert_eq!(read.element(root).unwrap().get_attribute("b"), Some(hostile));
            assert_eq!(read.children(root).len(), 1, "{xml}");
            assert_eq!(read.text_content_deep(root), hostile);
        }
    }

    #[test]
    fn what_xml_cannot_carry_is_replaced() {
        assert_eq!(Element::new("a").text("x\u{0}y\u{b}\u{ffff}").to_xml(), "<a>x\u{fffd}y\u{fffd}\u{fffd}</a>");
    }
}
