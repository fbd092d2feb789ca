//! What every handler is given.

use std::{collections::HashMap, sync::Arc};

use ipnet::IpNet;

use crate::{
    admin::Answers,
    domain::{id::TenantId, tenant::Tenant},
    oidc::discovery,
    signin::Porter,
    telemetry::Metrics,
    tenants::Tenants,
    token::keys::Keys,
};

#[derive(Debug)]
pub struct Door {
    pub porter: Porter,
    pub keys: Keys,
    pub tenants: Tenants,
    pub is_https: bool,
    pub trusted_proxies: Vec<IpNet>,
    pub metrics: Metrics,
    pub logos: HashMap<TenantId, Logo>,
    /// Shown on passcode pages, so that the mail can be found.
    pub mail_sender: Option<String>,
    /// What the management API answered under a caller's key.
    pub answers: Answers,
    documents: HashMap<TenantId, Arc<str>>,
}

/// A tenant's logo, read once.
#[derive(Debug, Clone)]
pub struct Logo {
    pub bytes: actix_web::web::Bytes,
    pub content_type: &'static str,
}

/// What a door is made of.
#[derive(Debug)]
pub struct Fittings {
    pub is_https: bool,
    pub trusted_proxies: Vec<IpNet>,
    pub metrics: Metrics,
    pub mail_sender: Option<String>,
    pub answers: Answers,
}

impl Door {
    pub fn new(porter: Porter, keys: Keys, tenants: Tenants, fittings: Fittings) -> Self {
        let documents = tenants.iter().map(|tenant| (tenant.id.clone(), discovery::document(tenant).into())).collect();
        let logos = tenants.iter().filter_map(|tenant| Some((tenant.id.clone(), logo(tenant)?))).collect();
        let Fittings { is_https, trusted_proxies, metrics, mail_sender, answers } = fittings;
        Self { porter, keys, tenants, is_https, trusted_proxies, metrics, logos, mail_sender, answers, documents }
    }

    /// The discovery document, serialised once.
    pub fn discovery(&self, tenant: &TenantId) -> Option<Arc<str>> {
        self.documents.get(tenant).map(Arc::clone)
    }
}

fn logo(tenant: &Tenant) -> Option<Logo> {
    let path = tenant.branding.logo.as_ref()?;
    let content_type = match path.extension()?.to_str()? {
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        _ => return None,
    };
    match std::fs::read(path) {
        Ok(bytes) => Some(Logo { bytes: bytes.into(), content_type }),
        Err(error) => {
            tracing::warn!(tenant.id = %tenant.id, error = %error, "the logo can't be read; the tenant's initial is shown");
            None
        }
    }
}
