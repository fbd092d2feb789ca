//! Metadata documents of SAML 2.0 identity providers (Metadata §2) and of WS-Federation services (WS-Federation 1.2 §3.1).
//!
//! Must not fetch, and must not decide whether a document is trusted.

use std::time::Duration;

use url::Url;

use crate::domain::{certificate::Certificate, error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp};

mod roles;
#[cfg(test)]
mod tests;

use super::xml::{self, Node};
use roles::Roles;

/// Largest document that is read, in octets.
pub const LARGEST: usize = xml::Bounds::METADATA.octets;

const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

/// One entity's document, or the one entity looked for in an `EntitiesDescriptor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityMetadata {
    pub entity_id: String,
    /// The earliest one on the way from the document's root to this entity's roles.
    pub valid_until: Option<Timestamp>,
    /// The shortest one on that way.
    pub cache_duration: Option<Duration>,
    /// The `IDPSSODescriptor`, if it is a SAML 2.0 identity provider.
    pub saml: Option<PartnerRole>,
    /// The `SecurityTokenServiceType` role, if it is a WS-Federation service.
    pub ws_fed: Option<PartnerRole>,
    /// Roles that are no identity provider (`SPSSODescriptor`, …), by element name: for telling an operator what was mistaken for one.
    pub other_roles: Vec<String>,
    /// What was skipped and why: unreadable certificates, addresses that are none.
    pub notes: Vec<String>,
    /// The document as a whole carries a signature. Whether it is worth anything is for `upstream` to say.
    pub has_signature: bool,
}

/// What a partner does in one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerRole {
    pub sign_in: Vec<Endpoint>,
    pub sign_out: Vec<Endpoint>,
    /// Keys to verify with: a `KeyDescriptor` without `use` counts (A11).
    pub signing: Vec<Certificate>,
    pub wants_signed_requests: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub binding: Binding,
    pub location: Url,
    /// Where answers go, if elsewhere (SAML Metadata §2.2.2).
    pub response_location: Option<Url>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    Redirect,
    Post,
    /// WS-Federation's own, which is a redirect.
    Passive,
}

/// Reads one entity's metadata. In an `EntitiesDescriptor`, the entity called `wanted`; without a wish there must be just one.
///
/// Refuses with GH3161 what is no metadata, and with GH3162 what is another entity's.
pub fn parse(octets: &[u8], wanted: Option<&str>) -> Result<EntityMetadata, Rejected> {
    let document = xml::read(octets, &xml::Bounds::METADATA);
    let document = document.map_err(|rejected| unreadable(&format!("{} ({})", rejected.detail, rejected.code.code())))?;
    let (root, mut entities) = (document.root(), Vec::new());
    gather(root, Bounds::default(), &mut entities)?;
    let (entity, bounds) = match (wanted, entities.as_slice()) {
        (_, []) => return Err(unreadable("its root is neither an EntityDescriptor nor an EntitiesDescriptor with one in it")),
        (None, [only]) => *only,
        (None, several) => {
            return Err(Rejected::new(ErrorCode::MetadataEntity, format!("it describes {} entities: say which", several.len())));
        }
        (Some(wanted), all) => {
            let mut same = all.iter().filter(|(entity, _)| entity.attribute("entityID") == Some(wanted));
            match (same.next(), same.next(), all) {
                (Some(found), None, _) => *found,
                (Some(_), Some(_), _) => return Err(unreadable("it describes this entity twice")),
                (None, _, [(other, _)]) => {
                    let named = shortened(other.attribute("entityID").unwrap_or_default());
                    return Err(Rejected::new(ErrorCode::MetadataEntity, format!("it describes {named:?}, not {wanted:?}")));
                }
                (None, _, several) => {
                    let detail = format!("none of the {} entities it describes is {wanted:?}", several.len());
                    return Err(Rejected::new(ErrorCode::MetadataEntity, detail));
                }
            }
        }
    };
    let entity_id = entity.attribute("entityID").filter(|id| !id.is_empty() && id.len() <= 1024);
    let entity_id = entity_id.ok_or_else(|| unreadable("its entityID is missing or longer than 1024 characters"))?;
    let bounds = entity.elements().filter(|child| child.name().ends_with("Descriptor")).try_fold(bounds, Bounds::within)?;
    let Roles { saml, ws_fed, others, notes } = Roles::of(entity);
    Ok(EntityMetadata {
        entity_id: entity_id.to_owned(),
        valid_until: bounds.valid_until,
        cache_duration: bounds.cache_duration,
        saml,
        ws_fed,
        other_roles: others,
        notes,
        has_signature: root.elements().any(|child| child.is(DS, "Signature")),
    })
}

/// Every entity below `node`, with what bounds it. Groups nest (Metadata §2.3.1); nothing else is looked into.
fn gather<'d, 'a>(node: Node<'d, 'a>, bounds: Bounds, found: &mut Vec<(Node<'d, 'a>, Bounds)>) -> Result<(), Rejected> {
    if node.is(MD, "EntityDescriptor") {
        found.push((node, bounds.within(node)?));
    } else if node.is(MD, "EntitiesDescriptor") {
        let bounds = bounds.within(node)?;
        for child in node.elements() {
            gather(child, bounds, found)?;
        }
    }
    Ok(())
}

fn unreadable(why: &str) -> Rejected {
    Rejected::new(ErrorCode::MetadataUnreadable, why)
}

/// A foreign text, short enough for a message.
fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

/// What limits a document's life, gathered from the root down (Metadata §2.3.1, §2.3.2, §2.4.1).
#[derive(Debug, Clone, Copy, Default)]
struct Bounds {
    valid_until: Option<Timestamp>,
    cache_duration: Option<Duration>,
}

impl Bounds {
    /// A bound that can't be read is no bound that may be ignored.
    fn within(self, node: Node<'_, '_>) -> Result<Self, Rejected> {
        let valid_until = match node.attribute("validUntil") {
            Some(text) => Some(xml::date_time(text).ok_or_else(|| unreadable("its validUntil is no time"))?),
            None => None,
        };
        let cache_duration = node.attribute("cacheDuration").and_then(xml::duration);
        Ok(Self {
            valid_until: self.valid_until.into_iter().chain(valid_until).min(),
            cache_duration: self.cache_duration.into_iter().chain(cache_duration).min(),
        })
    }
}
