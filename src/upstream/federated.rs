//! What SAML and WS-Federation providers have in common: the partner's keys and ours, tried and then tried anew, and whether the
//! partner has shown that a domain is its own.
//!
//! Must not know how either protocol words anything.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::spawn_blocking};
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

/// Longer than nearly every answer, and verified in about a millisecond.
pub(super) const LARGE: usize = 32 * 1024;
/// How many large documents are opened at once.
static TURNS: Semaphore = Semaphore::const_new(4);

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

    /// Tries `open` on the document with the keys that are known; if they do not fit, once more with those that are published now,
    /// theirs and ours.
    pub(super) async fn with_keys<T: Send + 'static>(
        &self,
        acceptance: &Acceptance,
        document: &[u8],
        verdicts: &mut Verdicts,
        open: impl Open<T>,
    ) -> Result<T, Rejected> {
        let (facts, credentials) = (self.partner.facts().await?, self.credentials.of(&self.tenant).await?);
        let attempt = async |facts: &Arc<Facts>, credentials: &Arc<Credentials>, verdicts: Verdicts| {
            let keys = Keys { facts: Arc::clone(facts), acceptance: acceptance.clone(), credentials: Arc::clone(credentials) };
            keys.open(document, verdicts, open.clone()).await
        };
        let (tried, outcome) = attempt(&facts, &credentials, verdicts.clone()).await?;
        let rejected = match outcome {
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
        let (tried, outcome) = attempt(&newer, &ours, verdicts.clone()).await?;
        *verdicts = tried;
        outcome
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

/// Opens the octets of a document.
pub(super) trait Open<T>: Fn(&[u8], &Trust<'_>, &mut Verdicts) -> Result<T, Rejected> + Clone + Send + 'static {}

impl<T, F: Fn(&[u8], &Trust<'_>, &mut Verdicts) -> Result<T, Rejected> + Clone + Send + 'static> Open<T> for F {}

/// Both sides' keys, held for as long as a document takes.
struct Keys {
    facts: Arc<Facts>,
    acceptance: Acceptance,
    credentials: Arc<Credentials>,
}

impl Keys {
    /// A large document would keep everybody else on this thread waiting: it is opened beside, a few at a time.
    async fn open<T: Send + 'static>(
        self,
        document: &[u8],
        mut verdicts: Verdicts,
        open: impl Open<T>,
    ) -> Result<(Verdicts, Result<T, Rejected>), Rejected> {
        if document.len() <= LARGE {
            let outcome = self.tried(document, &mut verdicts, &open);
            return Ok((verdicts, outcome));
        }
        let document = document.to_vec();
        let turn = TURNS.acquire().await;
        let opened = spawn_blocking(move || {
            let outcome = self.tried(&document, &mut verdicts, &open);
            drop(turn);
            (verdicts, outcome)
        });
        opened.await.map_err(|_| Rejected::new(ErrorCode::Internal, "opening a large document went down"))
    }

    fn tried<T>(&self, document: &[u8], verdicts: &mut Verdicts, open: &impl Open<T>) -> Result<T, Rejected> {
        open(document, &Trust::of(&self.facts.signing, &self.acceptance, &self.credentials.published)?, verdicts)
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
