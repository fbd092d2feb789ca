//! Finding one's way in a document: by namespace and local name, never by prefix.
//!
//! Must not guess: what occurs twice, or text with something in between, is told as such.

use std::borrow::Cow;

use uppsala::{Document, Element, NodeId, NodeKind};

/// One element of a document.
#[derive(Clone, Copy)]
pub struct Node<'d, 'a> {
    tree: &'d Document<'a>,
    id: NodeId,
}

/// There are several where one was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated;

/// There is something other than text where only text belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mixed;

impl<'d, 'a> Node<'d, 'a> {
    pub(super) const fn new(tree: &'d Document<'a>, id: NodeId) -> Self {
        Self { tree, id }
    }

    pub const fn id(self) -> NodeId {
        self.id
    }

    /// `None` for what is no element, which a `Node` never is.
    pub fn element(self) -> Option<&'d Element<'a>> {
        self.tree.element(self.id)
    }

    /// Empty for an element in no namespace.
    pub fn namespace(self) -> &'d str {
        self.element().and_then(|e| e.name.namespace_uri.as_deref()).unwrap_or_default()
    }

    /// The local name.
    pub fn name(self) -> &'d str {
        self.element().map(|e| &*e.name.local_name).unwrap_or_default()
    }

    pub fn is(self, namespace: &str, name: &str) -> bool {
        self.element().is_some_and(|e| e.matches_name_ns(namespace, name))
    }

    pub fn parent(self) -> Option<Self> {
        self.tree.parent(self.id).filter(|id| self.tree.element(*id).is_some()).map(|id| Self::new(self.tree, id))
    }

    /// The child elements, in order.
    pub fn elements(self) -> impl Iterator<Item = Self> + use<'d, 'a> {
        self.tree.children_iter(self.id).filter(move |id| self.tree.element(*id).is_some()).map(move |id| Self::new(self.tree, id))
    }

    /// The child elements of this name, in order.
    pub fn children<'n>(self, namespace: &'n str, name: &'n str) -> impl Iterator<Item = Self> + use<'d, 'a, 'n> {
        self.elements().filter(move |child| child.is(namespace, name))
    }

    /// The one child of this name, if there is one.
    pub fn child(self, namespace: &str, name: &str) -> Result<Option<Self>, Repeated> {
        let mut all = self.children(namespace, name);
        let first = all.next();
        if all.next().is_some() { Err(Repeated) } else { Ok(first) }
    }

    /// This element and all below it, in document order.
    pub fn walk(self) -> Walk<'d, 'a> {
        Walk { top: self, next: Some(self.id) }
    }

    /// An attribute in no namespace.
    pub fn attribute(self, name: &str) -> Option<&'d str> {
        let attributes = &self.element()?.attributes;
        attributes.iter().find(|a| a.name.matches(None, name)).map(|a| &*a.value)
    }

    pub fn attribute_in(self, namespace: &str, name: &str) -> Option<&'d str> {
        let attributes = &self.element()?.attributes;
        attributes.iter().find(|a| a.name.matches(Some(namespace), name)).map(|a| &*a.value)
    }

    /// What `prefix:local` means here: the namespace in scope, and the local name.
    pub fn resolve(self, name: &'d str) -> (Option<&'d str>, &'d str) {
        let (prefix, local) = name.trim_ascii().split_once(':').unwrap_or(("", name.trim_ascii()));
        let mut at = Some(self);
        while let Some(here) = at {
            let declared = here.element().and_then(|e| e.namespace_declarations.iter().find(|(known, _)| **known == *prefix));
            if let Some((_, namespace)) = declared {
                return (Some(&**namespace).filter(|uri| !uri.is_empty()), local);
            }
            at = here.parent();
        }
        (None, local)
    }

    /// All the text of an element that holds nothing but text, exactly as it is there; nothing for an empty element.
    pub fn text(self) -> Result<Cow<'d, str>, Mixed> {
        let mut pieces = self.tree.children_iter(self.id).map(|id| match self.tree.node_kind(id) {
            Some(NodeKind::Text(text)) => Ok(&**text),
            _ => Err(Mixed),
        });
        let first = pieces.next().unwrap_or(Ok(""))?;
        match pieces.next() {
            None => Ok(Cow::Borrowed(first)),
            // One run of text, which the parser may hand over in pieces.
            Some(second) => {
                let mut whole = first.to_owned() + second?;
                for piece in pieces {
                    whole += piece?;
                }
                Ok(Cow::Owned(whole))
            }
        }
    }

    /// Whether there is only white space between this element's children.
    pub fn has_no_text(self) -> bool {
        self.tree.children_iter(self.id).all(|id| match self.tree.node_kind(id) {
            Some(NodeKind::Text(text)) => text.trim_ascii().is_empty(),
            Some(NodeKind::CData(_)) => false,
            _ => true,
        })
    }

    /// Where the element stands in the text that was read.
    pub fn range(self) -> Option<std::ops::Range<usize>> {
        self.tree.node_range(self.id)
    }

    /// How the document is written where this element stands.
    pub fn source(self) -> Option<&'a str> {
        self.tree.node_source(self.id)
    }
}

/// See [`Node::walk`].
pub struct Walk<'d, 'a> {
    top: Node<'d, 'a>,
    next: Option<NodeId>,
}

impl<'d, 'a> Iterator for Walk<'d, 'a> {
    type Item = Node<'d, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let tree = self.top.tree;
        loop {
            let here = self.next?;
            self.next = tree.first_child(here).or_else(|| {
                let mut from = here;
                loop {
                    if from == self.top.id {
                        return None;
                    }
                    if let Some(beside) = tree.next_sibling(from) {
                        return Some(beside);
                    }
                    from = tree.parent(from)?;
                }
            });
            if tree.element(here).is_some() {
                return Some(Node::new(tree, here));
            }
        }
    }
}
