//! What Review permissions says in this sign-in: the one source for the page, the form token and the record.

use crate::{
    domain::{flow::Flow, tenant::Tenant},
    i18n::ReviewDocument,
};

pub fn document(tenant: &Tenant, flow: &Flow) -> ReviewDocument {
    let client = flow.errand.client();
    let app = client.map(|id| tenant.clients.get(id).map_or_else(|| id.to_string(), |client| client.name.clone()));
    ReviewDocument {
        locale: flow.locale,
        organization: tenant.name.clone(),
        domain: tenant.domains.first().map_or_else(|| tenant.id.to_string(), |domain| domain.display()),
        app: app.unwrap_or_else(|| tenant.name.clone()),
        statement: tenant.privacy.statement.as_ref().map(ToString::to_string),
        contact: tenant.privacy.contact.as_ref().map(ToString::to_string),
    }
}
