//! Step: somebody comes for our own pages, My Apps or My account, and for no app. A session that suffices goes straight on.

use super::{
    Failure, Porter, Visit, Visitor,
    fresh::{Fresh, suffices},
};
use crate::domain::{
    errand::{Destination, Errand},
    home_realm::Entry,
    locale::Locale,
    tenant::Tenant,
};

/// `session` is the tenant's session cookie.
pub async fn enter(
    porter: &Porter,
    tenant: &Tenant,
    destination: Destination,
    locale: Locale,
    session: Option<&str>,
    visitor: &Visitor,
) -> Result<Visit, Failure> {
    let known = super::recognise(porter, tenant, session).await?;
    let fresh = Fresh::new(porter, tenant, Errand::Portal(destination), Entry::Direct, locale);
    let fresh = match known.filter(|session| suffices(porter, tenant, &fresh.flow, session, None)) {
        Some(session) => fresh.recognised(session),
        None => fresh,
    };
    fresh.set_out(porter, tenant, visitor).await
}
