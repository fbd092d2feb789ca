//! Writes XML, escaped so that any XML reader and any canonicalizer reads back what was meant. Must not read any.

use crate::domain::timestamp::Timestamp;

/// Writes one element after the other; what is left open is closed by [`Xml::finish`].
#[derive(Debug, Default)]
pub struct Xml {
    out: String,
    open: Vec<String>,
    is_in_tag: bool,
}

impl Xml {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn open(&mut self, name: &str) -> &mut Self {
        self.end_tag();
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name.to_owned());
        self.is_in_tag = true;
        self
    }

    /// Of the element that was opened last; nothing if something has been written into it already.
    pub fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        if self.is_in_tag {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.out.push_str(&escape(value));
            self.out.push('"');
        }
        self
    }

    pub fn maybe(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.end_tag();
        self.out.push_str(&escape(text));
        self
    }

    /// XML that was written before.
    pub fn raw(&mut self, xml: &str) -> &mut Self {
        self.end_tag();
        self.out.push_str(xml);
        self
    }

    pub fn close(&mut self) -> &mut Self {
        self.end_tag();
        if let Some(name) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(&name);
            self.out.push('>');
        }
        self
    }

    /// An element with nothing but text.
    pub fn leaf(&mut self, name: &str, text: &str) -> &mut Self {
        self.open(name).text(text).close()
    }

    pub fn finish(&mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        std::mem::take(&mut self.out)
    }

    fn end_tag(&mut self) {
        if self.is_in_tag {
            self.out.push('>');
            self.is_in_tag = false;
        }
    }
}

/// For text and quoted attributes. White space that a reader would normalize is written by number (XML 1.0 §2.11, §3.3.3).
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\n' => out.push_str("&#xA;"),
            '\t' => out.push_str("&#x9;"),
            other => out.push(other),
        }
    }
    out
}

/// `xs:dateTime` in UTC (SAML Core §1.3.3).
pub fn date_time(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.unix()).map_or_else(|_| String::from("1970-01-01T00:00:00Z"), |at| at.to_string())
}

/// Which prefixes a partner's software writes. What is meant is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prefixes {
    /// `samlp:`, `saml:`, `ds:`, `t:`: SimpleSAMLphp and the specification's own examples.
    #[default]
    Short,
    /// `saml2p:`, `saml2:`, `ds:`, `trust:`: Shibboleth, Okta, Google.
    Long,
    /// Default namespaces for assertion and signature: AD FS, Entra.
    Unprefixed,
}

/// A namespace that is written with this or that prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Namespace {
    pub uri: &'static str,
    short: &'static str,
    long: &'static str,
    unprefixed: &'static str,
}

const fn namespace(uri: &'static str, short: &'static str, long: &'static str, unprefixed: &'static str) -> Namespace {
    Namespace { uri, short, long, unprefixed }
}

pub const PROTOCOL: Namespace = namespace("urn:oasis:names:tc:SAML:2.0:protocol", "samlp", "saml2p", "samlp");
pub const ASSERTION: Namespace = namespace("urn:oasis:names:tc:SAML:2.0:assertion", "saml", "saml2", "");
pub const ASSERTION_1_1: Namespace = namespace("urn:oasis:names:tc:SAML:1.0:assertion", "saml", "saml1", "");
pub const SIGNATURE: Namespace = namespace("http://www.w3.org/2000/09/xmldsig#", "ds", "ds", "");
pub const ENCRYPTION: Namespace = namespace("http://www.w3.org/2001/04/xmlenc#", "xenc", "xenc", "xenc");
pub const METADATA: Namespace = namespace("urn:oasis:names:tc:SAML:2.0:metadata", "md", "md", "");
pub const TRUST_2005: Namespace = namespace("http://schemas.xmlsoap.org/ws/2005/02/trust", "t", "trust", "t");
pub const TRUST_1_3: Namespace = namespace("http://docs.oasis-open.org/ws-sx/ws-trust/200512", "t", "trust", "trust");

impl Prefixes {
    const fn of(self, namespace: Namespace) -> &'static str {
        match self {
            Self::Short => namespace.short,
            Self::Long => namespace.long,
            Self::Unprefixed => namespace.unprefixed,
        }
    }

    /// The qualified name of `local`.
    pub fn name(self, namespace: Namespace, local: &str) -> String {
        match self.of(namespace) {
            "" => local.to_owned(),
            prefix => format!("{prefix}:{local}"),
        }
    }

    /// The attribute that declares the prefix.
    pub fn declaration(self, namespace: Namespace) -> String {
        match self.of(namespace) {
            "" => String::from("xmlns"),
            prefix => format!("xmlns:{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut xml = Xml::new();
        let nasty = "a<b>&\"'\r\n\tü]]>";
        xml.open("a").attribute("x", nasty).maybe("y", None).open("b").close().leaf("c", nasty);
        let xml = xml.finish();
        let read = uppsala::parse(&xml).unwrap();
        let root = read.document_element().unwrap();
        assert_eq!(read.element(root).unwrap().get_attribute("x"), Some(nasty));
        assert_eq!(read.text_content_deep(root), nasty);
    }

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(date_time(Timestamp::from_unix(1_800_000_000)), "2027-01-15T08:00:00Z");
    }
}
