//! What SAML and WS-Federation providers have in common: the partner's keys and ours, tried and then tried anew, and whether the
//! partner has shown that a domain is its own.
//!
//! Must not know how either protocol words anything.

use std::sync::Arc;

use url::Url;

use crate::{
    clock::Clock,
    domain::{
        address::DomainName,
        error_code::ErrorCode,
        federation::Acceptance,
        identity_provider::IdentityProvider as Configured,
        rejection::Rejected,
        tenant::Tenant,
        verdict::{Outcome, Value, Verdicts},
    },
};

use super::{
    credentials::{CredentialStore, Credentials},
    domain_proof::{Claim, DomainProver},
    partner::{Facts, Partner},
    signed_xml::Trust,
};

/// One federation partner of one tenant, and all it takes to believe it.
#[derive(Debug)]
pub(super) struct Federated {
    pub tenant: Arc<Tenant>,
    pub configured: Configured,
    pub partner: Partner,
    pub credentials: CredentialStore,
    pub prover: Arc<DomainProver>,
    pub clock: Clock,
}

impl Federated {
    /// The same partner after a reload: what it published stays known.
    pub(super) fn keeping_what_is_known(self, before: &Self) -> Self {
        Self { partner: self.partner.keeping_what_is_known(&before.partner), ..self }
    }

    /// Where answers come: `{issuer}/callback/{idp}`.
    pub(super) fn callback(&self) -> String {
        self.tenant.issuer.at(&format!("/callback/{}", self.configured.id))
    }

    /// Tries `open` with the keys that are known; if they do not fit, once more with those that are published now, theirs and ours.
    pub(super) async fn with_keys<T>(
        &self,
        acceptance: &Acceptance,
        verdicts: &mut Verdicts,
        open: impl Fn(&Trust<'_>, &mut Verdicts) -> Result<T, Rejected>,
    ) -> Result<T, Rejected> {
        let (facts, credentials) = (self.partner.facts().await?, self.credentials.of(&self.tenant).await?);
        let attempt = |facts: &Facts, credentials: &Credentials, verdicts: &mut Verdicts| {
            open(&Trust::of(&facts.signing, acceptance, &credentials.published)?, verdicts)
        };
        let mut tried = verdicts.clone();
        let rejected = match attempt(&facts, &credentials, &mut tried) {
            Err(rejected) if may_be_the_keys(rejected.code) => rejected,
            done => {
                *verdicts = tried;
                return done;
            }
        };
        let newer = self.partner.facts_newer_than(&facts).await;
        // Another node may have begun to use a key of ours that we have not read yet.
        let ours = match rejected.code {
            ErrorCode::DecryptionFailed => self.credentials.newer_than(&self.tenant, &credentials).await,
            _ => Arc::clone(&credentials),
        };
        if newer.signing == facts.signing && Arc::ptr_eq(&ours, &credentials) {
            *verdicts = tried;
            return Err(rejected);
        }
        verdicts.passed("keys", "read anew: those that were known did not fit");
        attempt(&newer, &ours, verdicts)
    }

    /// Whether `domain` is the partner's only once that is proven. One that is not among its own needs no proof: the gate judges it.
    pub(super) fn must_prove(&self, domain: &DomainName) -> bool {
        Claim::of(&self.configured).is_some_and(|claim| claim.must_be_proven(domain))
    }

    /// GH3168 unless the partner, whose people sign in at `sign_in`, has shown that `domain` is its own, or need not.
    pub(super) async fn check_proof(&self, domain: &DomainName, sign_in: &Url, verdicts: &mut Verdicts) -> Result<(), Rejected> {
        match Claim::of(&self.configured) {
            Some(claim) => claim.check(domain, sign_in, &self.prover, verdicts).await,
            None => Ok(()),
        }
    }
}

/// Refusals that other keys could turn: AD FS seals with CBC and signs inside alone, so that a new signing key of its shows as a
/// failed decryption (`signed_xml` conceals the reason).
const fn may_be_the_keys(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::SignatureInvalid | ErrorCode::NoTrustedKey | ErrorCode::WeakKey | ErrorCode::DecryptionFailed)
}

/// A rejection with all that was checked before it, the refusing check among it.
pub(super) fn told(rejected: Rejected, mut verdicts: Verdicts) -> Rejected {
    if !verdicts.iter().any(|verdict| matches!(verdict.outcome, Outcome::Refused(_))) {
        verdicts.push("answer", Outcome::Refused(rejected.code), Value::Plain(rejected.detail.clone()), None);
    }
    rejected.after(verdicts)
}
