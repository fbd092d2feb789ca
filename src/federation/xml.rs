//! XML from outside, read strictly and cheaply: bounded before it is parsed, without DTD, and by one parser only (A2, A7, A17).
//!
//! Must not interpret; the documents' rooms do.

use uppsala::{Document, NodeId, NodeKind, Parser};

use crate::domain::{error_code::ErrorCode, rejection::Rejected};

mod node;
mod scan;
mod time;

#[cfg(test)]
mod tests;

pub use node::{Mixed, Node, Repeated};
pub use time::{date_time, duration, instant};

/// How much of a document we read. Every bound is checked before the parser sees an octet, for the parser's cost is quadratic in the
/// attributes of one element and its depth is the stack's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub octets: usize,
    pub depth: u32,
    pub elements: usize,
    pub attributes_per_element: usize,
    /// Namespace declarations in scope at any one place.
    pub namespaces: usize,
    pub asides: Asides,
}

/// What becomes of comments, processing instructions and CDATA sections, which split text for some readers and not for others (A8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asides {
    Refused,
    /// Taken where no text is read: text is never put together from pieces around them.
    Taken,
}

impl Bounds {
    /// A message that a browser carries.
    pub const MESSAGE: Self =
        Self { octets: 256 * 1024, depth: 48, elements: 8_000, attributes_per_element: 48, namespaces: 96, asides: Asides::Refused };

    /// A document that a partner publishes.
    pub const METADATA: Self =
        Self { octets: 4 * 1024 * 1024, depth: 48, elements: 100_000, attributes_per_element: 48, namespaces: 96, asides: Asides::Taken };
}

/// A document that was read. It borrows the octets it was read from.
pub struct Xml<'a> {
    tree: Document<'a>,
    root: NodeId,
}

/// Reads one document: UTF-8, within bounds, well-formed, with one root and nothing after it.
pub fn read<'a>(octets: &'a [u8], bounds: &Bounds) -> Result<Xml<'a>, Rejected> {
    let text = scan::scan(octets, bounds)?;
    let parser = Parser::new().with_forbid_dtd(true).with_forbid_entities(true).with_max_depth(bounds.depth);
    // The parser's own words quote the document, which may name a person.
    let tree = parser.parse(text).map_err(|_| Rejected::new(ErrorCode::XmlMalformed, "it is not well-formed"))?;
    let root = only_root(&tree)?;
    Ok(Xml { tree, root })
}

fn only_root(tree: &Document<'_>) -> Result<NodeId, Rejected> {
    let mut root = None;
    for child in tree.children_iter(tree.root()) {
        match tree.node_kind(child) {
            Some(NodeKind::Element(_)) if root.is_none() => root = Some(child),
            Some(NodeKind::Comment(_) | NodeKind::ProcessingInstruction(_)) => {}
            Some(NodeKind::Text(text)) if text.trim_ascii().is_empty() => {}
            _ => return Err(Rejected::new(ErrorCode::XmlMalformed, "there is more than one root element, or text beside it")),
        }
    }
    root.ok_or_else(|| Rejected::new(ErrorCode::XmlMalformed, "there is no root element"))
}

impl<'a> Xml<'a> {
    pub fn root(&self) -> Node<'_, 'a> {
        Node::new(&self.tree, self.root)
    }

    pub fn node(&self, id: NodeId) -> Node<'_, 'a> {
        Node::new(&self.tree, id)
    }

    /// The parser's own tree, for the one room that verifies signatures on it.
    pub const fn tree(&self) -> &Document<'a> {
        &self.tree
    }
}
