//! XML, read strictly and cheaply, for metadata: bounded before it is parsed, no DTD, one parser.
//!
//! Must not interpret. Comments and processing instructions are read over, as real metadata has them.

use uppsala::{Document, Element, NodeId, Parser};

use crate::domain::{error_code::ErrorCode, rejection::Rejected};

/// Largest document that is read, in octets.
pub const LARGEST: usize = 4 * 1024 * 1024;
const DEEPEST: u32 = 48;
/// A parser takes quadratic time over attributes of one element, so they are counted before it sees them.
const MOST_ATTRIBUTES: usize = 128;
const MOST_ELEMENTS: usize = 100_000;

/// A document that was read whole.
pub(super) struct Tree<'x>(Document<'x>);

/// One element of it.
#[derive(Clone, Copy)]
pub(super) struct Node<'t>(&'t Document<'t>, NodeId);

pub(super) fn read(xml: &[u8]) -> Result<Tree<'_>, Rejected> {
    let refuse = |why: &str| Err(Rejected::new(ErrorCode::MetadataUnreadable, why));
    if xml.len() > LARGEST {
        return refuse("it is larger than 4 MB");
    }
    let Ok(text) = std::str::from_utf8(xml) else { return refuse("it is not UTF-8") };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(why) = flood(text.as_bytes()) {
        return refuse(why);
    }
    let parser = Parser::new().with_forbid_dtd(true).with_forbid_entities(true).with_max_depth(DEEPEST);
    match parser.parse(text) {
        Ok(document) => Ok(Tree(document)),
        Err(_) => refuse("it is no well-formed XML without a document type declaration"),
    }
}

/// What a parser would choke on, found by looking at each octet once.
fn flood(xml: &[u8]) -> Option<&'static str> {
    let (mut at, mut elements) = (0, 0);
    while let Some(next) = position(&xml[at..], b"<") {
        at += next + 1;
        let rest = &xml[at..];
        let end: &[u8] = if rest.starts_with(b"!--") {
            b"-->"
        } else if rest.starts_with(b"![CDATA[") {
            b"]]>"
        } else if rest.starts_with(b"?") {
            b"?>"
        } else {
            elements += usize::from(!rest.starts_with(b"/"));
            if elements > MOST_ELEMENTS {
                return Some("it has too many elements");
            }
            let (length, attributes) = tag(rest);
            if attributes > MOST_ATTRIBUTES {
                return Some("one of its elements has too many attributes");
            }
            at += length;
            continue;
        };
        match position(rest, end) {
            Some(found) => at += found + end.len(),
            None => return Some("it ends in the middle"),
        }
    }
    None
}

/// How long a tag is, and how many `=` stand in it outside of values.
fn tag(rest: &[u8]) -> (usize, usize) {
    let (mut quote, mut attributes) = (None, 0);
    for (index, octet) in rest.iter().copied().enumerate() {
        match (quote, octet) {
            (None, b'>') => return (index + 1, attributes),
            (None, b'=') => attributes += 1,
            (None, b'"' | b'\'') => quote = Some(octet),
            (Some(open), _) if open == octet => quote = None,
            _ => {}
        }
    }
    (rest.len(), attributes)
}

fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

impl Tree<'_> {
    pub(super) fn root(&self) -> Option<Node<'_>> {
        self.0.document_element().map(|root| Node(&self.0, root))
    }
}

impl<'t> Node<'t> {
    fn element(self) -> Option<&'t Element<'t>> {
        self.0.element(self.1)
    }

    pub(super) fn is(self, namespace: &str, local: &str) -> bool {
        self.element().is_some_and(|element| element.matches_name_ns(namespace, local))
    }

    pub(super) fn local_name(self) -> &'t str {
        self.element().map_or("", |element| &*element.name.local_name)
    }

    pub(super) fn children(self) -> impl Iterator<Item = Node<'t>> {
        self.0.children_iter(self.1).map(move |child| Node(self.0, child)).filter(|child| child.element().is_some())
    }

    pub(super) fn children_called(self, namespace: &'t str, local: &'t str) -> impl Iterator<Item = Node<'t>> {
        self.children().filter(move |child| child.is(namespace, local))
    }

    /// An attribute without a prefix.
    pub(super) fn attribute(self, local: &str) -> Option<&'t str> {
        self.element()?.attributes.iter().find(|a| a.name.namespace_uri.is_none() && *a.name.local_name == *local).map(|a| &*a.value)
    }

    pub(super) fn attribute_of(self, namespace: &str, local: &str) -> Option<&'t str> {
        self.element()?.get_attribute_ns(namespace, local)
    }

    /// All text inside, without the comments in it.
    pub(super) fn text(self) -> String {
        self.0.text_content_deep(self.1)
    }

    /// What `prefix:local` means here: the namespace in scope, and the local name.
    pub(super) fn qualified(self, name: &'t str) -> (Option<&'t str>, &'t str) {
        let (prefix, local) = name.trim().split_once(':').unwrap_or(("", name.trim()));
        let mut at = Some(self.1);
        while let Some(id) = at {
            let declared = self.0.element(id).and_then(|e| e.namespace_declarations.iter().find(|(p, _)| *p == *prefix));
            if let Some((_, namespace)) = declared {
                return (Some(&**namespace).filter(|n| !n.is_empty()), local);
            }
            at = self.0.parent(id);
        }
        (None, local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(xml: &str) -> String {
        read(xml.as_bytes()).err().unwrap().detail
    }

    #[test]
    fn what_would_cost_too_much_is_refused_before_it_is_parsed() {
        let attributes: String = (0..200).map(|n| format!(" a{n}='='")).collect();
        assert!(refusal(&format!("<a{attributes}/>")).contains("attributes"));
        assert!(refusal(&format!("<a>{}</a>", "<b/>".repeat(MOST_ELEMENTS))).contains("elements"));
        assert!(refusal(&"<a>".repeat(100)).contains("well-formed"));
        assert!(refusal(&format!("<a>{}</a>", " ".repeat(LARGEST))).contains("4 MB"));
        assert!(refusal("<a><!-- ").contains("middle"));
    }

    #[test]
    fn document_types_and_entities_are_refused() {
        assert!(refusal("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").contains("document type"));
        assert!(refusal("<!DOCTYPE a SYSTEM 'http://127.0.0.1/x'><a/>").contains("document type"));
    }

    #[test]
    fn text_is_read_over_comments_and_prefixes_mean_what_is_in_scope() {
        let tree = read(b"<?x y?><a xmlns:p='urn:p'><!-- <b a='1'> --><b>o<!-- - -->n<![CDATA[e]]></b></a>").unwrap();
        let root = tree.root().unwrap();
        let b = root.children().next().unwrap();
        assert_eq!((b.text().as_str(), b.qualified("p:T"), b.qualified("T")), ("one", (Some("urn:p"), "T"), (None, "T")));
    }
}
