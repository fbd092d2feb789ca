//! Every domain of every federation partner, asked about once: what `gatehouse check --dns` tells.
//!
//! Must not print.

use std::sync::Arc;

use crate::{
    clock::Clock,
    domain::{
        address::DomainName,
        federation::DomainProof,
        id::{IdpId, TenantId},
        tenant::Tenant,
    },
    federation::metadata::{Binding, Endpoint},
    upstream::{
        fetch::Fetcher,
        partner::{Facts, Partner},
    },
};

use super::{Claim, DomainProver, Proof};

/// One domain of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    pub tenant: TenantId,
    pub provider: IdpId,
    pub domain: DomainName,
    /// Whether the operator wants it proven before anybody is believed.
    pub is_required: bool,
    pub proof: Proof,
}

/// Asks about the domains of all SAML and WS-Federation providers, one after the other; their metadata is read for where people sign in.
pub async fn examine(prover: &DomainProver, fetcher: &Fetcher, clock: &Clock, tenants: &[Arc<Tenant>]) -> Vec<Examined> {
    let mut examined = Vec::new();
    for tenant in tenants {
        for provider in tenant.providers.values() {
            let Some(known) = Claim::of(provider) else { continue };
            let partner = Partner::new(known.role, known.entity_id, known.source, fetcher.clone(), clock.clone());
            let facts = partner.facts().await;
            for domain in &provider.domains {
                let proof = match facts.as_deref().map(sign_in) {
                    Ok(Some(endpoint)) => prover.prove(domain, &endpoint.location, known.entity_id).await,
                    Ok(None) => Proof::Unasked("its metadata names no sign-in address".to_owned()),
                    Err(rejected) => Proof::Unasked(format!("where its people sign in is not known: {rejected}")),
                };
                examined.push(Examined {
                    tenant: tenant.id.clone(),
                    provider: provider.id.clone(),
                    domain: domain.clone(),
                    is_required: known.proof == DomainProof::Required,
                    proof,
                });
            }
        }
    }
    examined
}

/// Where a sign-in goes unless the operator chose another binding.
fn sign_in(facts: &Facts) -> Option<&Endpoint> {
    facts.sign_in.iter().find(|endpoint| endpoint.binding != Binding::Post).or_else(|| facts.sign_in.first())
}
