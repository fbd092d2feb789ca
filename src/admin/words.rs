//! Values that several requests have: addresses, names, properties that may be null.

use serde::{Deserialize, Deserializer};

use super::problem::Problem;
use crate::domain::{address::EmailAddress, errand::Destination, error_code::ErrorCode, tenant::Tenant};

/// Longest name that is kept, as Graph's.
const LONGEST_NAME: usize = 256;

/// Tells null from absent.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(reader: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(reader).map(Some)
}

pub(super) fn address(property: &str, text: &str) -> Result<EmailAddress, Problem> {
    EmailAddress::parse(text).map_err(|error| Problem::new(ErrorCode::InvitedAddressInvalid, format!("{property}: {text:?} {error}")))
}

/// A name that people read: one line.
pub(super) fn name(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let is_name = !text.is_empty() && text.chars().count() <= LONGEST_NAME && !text.chars().any(char::is_control);
    let wrong = || Problem::unreadable(format!("displayName: one line of 1 to {LONGEST_NAME} characters"));
    if is_name { Ok(text.to_owned()) } else { Err(wrong()) }
}

/// Where an invitation leads, as an address.
pub(super) fn redirect_url(tenant: &Tenant, destination: &Destination) -> String {
    match destination {
        Destination::Apps => tenant.issuer.at("/apps"),
        Destination::Account => tenant.issuer.at("/account"),
        Destination::Client(client) => tenant.issuer.at(&format!("/signin/{client}")),
        Destination::Page(url) => url.to_string(),
    }
}
