//! What elements say, read exactly: one run of text, moments that are moments, one where one belongs.
//!
//! Must be handed only nodes whose signature was verified, or that are checked before anything is believed.

use super::refusal::{Checked, Refusal, refuse};
use crate::{
    domain::{error_code::ErrorCode, timestamp::Timestamp},
    federation::xml::{Node, date_time},
};

pub(super) fn misshapen(why: impl Into<String>) -> Refusal {
    refuse("assertion shape", ErrorCode::AssertionShape, why)
}

/// All the text of an element that holds nothing else.
pub(super) fn text(node: Node<'_, '_>) -> Checked<String> {
    match node.text() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(misshapen(format!("{} holds more than text", node.name()))),
    }
}

/// The one child of this name, if there is one.
pub(super) fn at_most_one<'d, 'a>(node: Node<'d, 'a>, namespace: &str, name: &str) -> Checked<Option<Node<'d, 'a>>> {
    node.child(namespace, name).map_err(|_| misshapen(format!("{} has several {name}", node.name())))
}

pub(super) fn one<'d, 'a>(node: Node<'d, 'a>, namespace: &str, name: &str) -> Checked<Node<'d, 'a>> {
    at_most_one(node, namespace, name)?.ok_or_else(|| misshapen(format!("{} has no {name}", node.name())))
}

pub(super) fn texts(node: Node<'_, '_>, namespace: &str, name: &str) -> Checked<Vec<String>> {
    node.children(namespace, name).map(text).collect()
}

pub(super) fn owned(node: Node<'_, '_>, attribute: &str) -> Option<String> {
    node.attribute(attribute).map(str::to_owned)
}

pub(super) fn required(node: Node<'_, '_>, attribute: &str) -> Checked<String> {
    owned(node, attribute).filter(|v| !v.is_empty()).ok_or_else(|| misshapen(format!("{} has no {attribute}", node.name())))
}

pub(super) fn moment(node: Node<'_, '_>, attribute: &str) -> Checked<Option<Timestamp>> {
    let Some(text) = node.attribute(attribute) else { return Ok(None) };
    date_time(text).map(Some).ok_or_else(|| misshapen(format!("{attribute} of {} is no moment", node.name())))
}

pub(super) fn required_moment(node: Node<'_, '_>, attribute: &str) -> Checked<Timestamp> {
    moment(node, attribute)?.ok_or_else(|| misshapen(format!("{} has no {attribute}", node.name())))
}

/// An attribute's values. A value that is markup of its own (an `eduPersonTargetedID` holds a NameID) is no text and is left out; text
/// and markup side by side are refused (A8).
pub(super) fn values(attribute: Node<'_, '_>, namespace: &str) -> Checked<Vec<String>> {
    let mut values = Vec::new();
    for value in attribute.children(namespace, "AttributeValue") {
        if value.elements().next().is_none() {
            values.push(text(value)?);
        } else if !value.has_no_text() {
            return Err(misshapen("an attribute value mixes text and markup"));
        }
    }
    Ok(values)
}
