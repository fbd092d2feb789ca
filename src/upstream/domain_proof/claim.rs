//! What a federation partner claims, and what becomes of a claim that it has not proven (`behaviour.md` §5.2).
//!
//! Must not ask anybody itself.

use std::collections::BTreeSet;

use url::Url;

use crate::{
    domain::{
        address::DomainName,
        error_code::ErrorCode,
        federation::{DomainProof, TrustSource},
        identity_provider::{IdentityProvider, Kind},
        rejection::Rejected,
        verdict::{Outcome, Value, Verdicts},
    },
    upstream::partner::Role,
};

use super::{DomainProver, Proof};

/// A partner and the domains that are said to be its own.
pub(in crate::upstream) struct Claim<'p> {
    pub role: Role,
    pub entity_id: &'p str,
    pub source: &'p TrustSource,
    pub proof: DomainProof,
    pub domains: &'p BTreeSet<DomainName>,
}

impl<'p> Claim<'p> {
    /// `None`: no federation partner.
    pub(in crate::upstream) fn of(provider: &'p IdentityProvider) -> Option<Self> {
        let (role, entity_id, source, proof) = match &provider.kind {
            Kind::Saml(saml) => (Role::Saml, &saml.entity_id, &saml.trust, saml.proof),
            Kind::WsFed(fed) => (Role::WsFed, &fed.issuer, &fed.trust, fed.proof),
            Kind::OpenId(_) => return None,
        };
        Some(Self { role, entity_id, source, proof, domains: &provider.domains })
    }

    /// Whether `domain` is the partner's only once that is proven. One that is not among its own needs no proof: the gate judges it.
    pub(in crate::upstream) fn must_be_proven(&self, domain: &DomainName) -> bool {
        self.proof == DomainProof::Required && self.domains.contains(domain)
    }

    /// GH3168 where `domain` must be proven and is not. Nobody to ask is no proof either; what was proven lately still is.
    pub(in crate::upstream) async fn check(
        &self,
        domain: &DomainName,
        sign_in: &Url,
        prover: &DomainProver,
        verdicts: &mut Verdicts,
    ) -> Result<(), Rejected> {
        const CHECK: &str = "domain proof";
        if !self.must_be_proven(domain) {
            return Ok(());
        }
        match prover.prove(domain, sign_in, self.entity_id).await {
            proof @ Proof::Proven(_) => {
                verdicts.passed(CHECK, format!("{domain}: {proof}"));
                Ok(())
            }
            proof @ (Proof::Unproven(_) | Proof::Unasked(_)) => {
                let code = ErrorCode::DomainUnproven;
                let want = "a sign-in address in that domain, or a DNS record of it".to_owned();
                verdicts.push(CHECK, Outcome::Refused(code), Value::Plain(domain.to_string()), Some(want));
                Err(Rejected::new(code, format!("the partner has not shown that the domain is its own: {proof}")))
            }
        }
    }
}
