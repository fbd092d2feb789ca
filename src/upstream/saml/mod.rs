//! SAML 2.0 service provider (Profiles §4.1, §4.4): AuthnRequest out, Response in, single logout both ways, our own metadata.
//!
//! Must not verify signatures over XML: that is [`super::signed_xml`]'s alone, and samael's verifier never sees bytes from outside.

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use async_trait::async_trait;

use crate::{
    clock::Clock,
    domain::{
        address::DomainName,
        correlation::{Awaited, Correlation},
        error_code::ErrorCode,
        federation::{DomainProof, RequestSigning, SamlUpstream, SignedPart},
        identity_provider::IdentityProvider as Configured,
        tenant::Tenant,
        timestamp::Timestamp,
        verdict::{Outcome, Value, Verdicts},
    },
    random,
};

use super::{
    Ask, Departure, Heard, IdentityProvider, Inbound, Leaving, Once, Outbound, Prompting, RawMessage, Rejected, SignOutHeard, Unsolicited,
    correlation::{check, state},
    credentials::CredentialStore,
    examine::{Captured, Examination},
    partner::{Facts, Partner},
    signed_xml::{self, LogoutSignature, Trust},
};

mod attributes;
mod binding;
mod captured;
mod checks;
mod logout;
mod methods;
mod published;
mod request;
mod sign;
mod times;
mod writer;

use attributes::Speaker;
use binding::Arrived;
use checks::{Answers, Depth, Expectation};
use logout::Sides;
use request::{Question, Road};

/// One SAML identity provider of one tenant.
pub(super) struct SamlProvider {
    tenant: Arc<Tenant>,
    configured: Configured,
    saml: SamlUpstream,
    partner: Partner,
    credentials: CredentialStore,
    clock: Clock,
    /// Our assertion consumer service, `{issuer}/callback/{idp}`.
    answer_at: String,
    /// Our single logout service.
    sign_out_at: String,
    /// The domains that the partner has shown to be its own: none until [`SamlProvider::learn_proven`].
    proven: Arc<ArcSwap<BTreeSet<DomainName>>>,
}

impl SamlProvider {
    pub(super) fn new(
        tenant: Arc<Tenant>,
        configured: Configured,
        saml: SamlUpstream,
        partner: Partner,
        credentials: CredentialStore,
        clock: Clock,
    ) -> Self {
        let answer_at = tenant.issuer.at(&format!("/callback/{}", configured.id));
        let sign_out_at = format!("{answer_at}/logout");
        Self { tenant, configured, saml, partner, credentials, clock, answer_at, sign_out_at, proven: Arc::default() }
    }

    /// The same provider after a reload.
    pub(super) fn keeping_what_is_known(self, before: &Self) -> Self {
        let proven = if self.configured.domains == before.configured.domains && self.saml.trust == before.saml.trust {
            Arc::clone(&before.proven)
        } else {
            self.proven
        };
        Self { partner: self.partner.keeping_what_is_known(&before.partner), proven, ..self }
    }

    /// For maintenance: what it publishes is refreshed on schedule.
    pub(super) fn partner(&self) -> &Partner {
        &self.partner
    }

    /// The domains proven as of now; those of before are forgotten.
    pub(super) fn learn_proven(&self, domains: BTreeSet<DomainName>) {
        self.proven.store(Arc::new(domains));
    }

    /// Where proof is required, an unproven domain is nobody's (`behaviour.md` §5.2). A domain that is not the partner's own needs none:
    /// the gate has judged it.
    fn check_proof(&self, domain: &DomainName, verdicts: &mut Verdicts) -> Result<(), Rejected> {
        if self.saml.proof == DomainProof::Asked || !self.configured.domains.contains(domain) {
            return Ok(());
        }
        if self.proven.load().contains(domain) {
            verdicts.passed("domain proof", domain.as_str());
            return Ok(());
        }
        let (code, detail) = (ErrorCode::DomainUnproven, "the partner has not shown that the domain is its own");
        Err(checks::refuse(verdicts, "domain proof", code, domain.as_str(), "a sign-in address or DNS record of that domain", detail))
    }

    /// The question is kept, and asked again in the same words.
    fn correlation(&self, ask: &Ask) -> Correlation {
        let kept = ask.again.clone().filter(|asked| asked.provider == self.configured.id && request_of(asked).is_ok());
        kept.unwrap_or_else(|| {
            let left_at = self.clock.now();
            let age = match ask.prompting {
                Prompting::ForceLogin => Some(Duration::ZERO),
                _ => ask.max_age.map(Duration::from_secs),
            };
            Correlation {
                provider: self.configured.id.clone(),
                state: random::token(),
                awaited: Awaited::Saml { request: request::new_id() },
                left_at,
                authenticated_since: age.map(|age| left_at - age),
            }
        })
    }

    fn expectation<'a>(&'a self, answers: Answers<'a>, now: Timestamp) -> Expectation<'a> {
        Expectation {
            issuer: &self.saml.entity_id,
            audience: &self.saml.our_entity_id,
            answer_at: &self.answer_at,
            answers,
            now,
            skew: self.saml.acceptance.clock_skew,
            authenticated_since: None,
            contexts: &self.saml.authn_contexts,
        }
    }

    /// Tries `open` with the keys that are known; if none of them made the signature, with those that the partner publishes now.
    async fn with_keys<T>(
        &self,
        verdicts: &mut Verdicts,
        open: impl Fn(&Trust<'_>, &mut Verdicts) -> Result<T, Rejected>,
    ) -> Result<T, Rejected> {
        let (facts, credentials) = (self.partner.facts().await?, self.credentials.of(&self.tenant).await?);
        let attempt = |facts: &Facts, verdicts: &mut Verdicts| {
            open(&Trust::new(&facts.signing, &self.saml.acceptance, &credentials.published)?, verdicts)
        };
        let mut tried = verdicts.clone();
        let rejected = match attempt(&facts, &mut tried) {
            Err(rejected) if matches!(rejected.code, ErrorCode::SignatureInvalid | ErrorCode::NoTrustedKey) => rejected,
            done => {
                *verdicts = tried;
                return done;
            }
        };
        let newer = self.partner.facts_newer_than(&facts).await;
        if newer.signing == facts.signing {
            *verdicts = tried;
            return Err(rejected);
        }
        verdicts.passed("keys", "read anew: none that was known had signed it");
        attempt(&newer, verdicts)
    }

    /// The live path: from the octets of a response to a person.
    async fn person(&self, xml: &[u8], want: &Expectation<'_>, depth: Depth, verdicts: &mut Verdicts) -> Result<Heard, Rejected> {
        let opened = self.with_keys(verdicts, |trust, verdicts| signed_xml::open_response(xml, trust, verdicts)).await?;
        let assertion = &*opened.assertion;
        let speaker = Speaker { configured: &self.configured, saml: &self.saml };
        let judged = checks::judge(&opened.envelope, assertion, want, depth, verdicts).inspect_err(|_| {
            if depth == Depth::All {
                // For its verdicts alone: the answer is refused already.
                drop(speaker.person(assertion, verdicts));
            }
        })?;
        let person = speaker.person(assertion, verdicts)?;
        self.check_proof(person.address.address.domain(), verdicts)?;
        let identity = speaker.identity(person, assertion, &judged);
        let digest = random::sha256_base64url(format!("saml\n{}\n{}", assertion.issuer, assertion.id).as_bytes());
        Ok(Heard { identity, verdicts: verdicts.clone(), once: Some(Once { digest, until: judged.until }) })
    }

    async fn answered(&self, inbound: &Inbound, want: &Expectation<'_>) -> Result<Heard, Rejected> {
        let mut verdicts = Verdicts::default();
        let heard = match binding::from_base64(inbound.saml()?) {
            Ok(xml) => self.person(&xml, want, Depth::FirstRefusal, &mut verdicts).await,
            Err(rejected) => Err(rejected),
        };
        heard.map_err(|rejected| told(rejected, verdicts))
    }
}

/// The request whose answer is awaited.
fn request_of(correlation: &Correlation) -> Result<&str, Rejected> {
    match &correlation.awaited {
        Awaited::Saml { request } => Ok(request),
        Awaited::OpenId(_) | Awaited::WsFed => Err(Rejected::new(ErrorCode::UpstreamMismatch, "the sign-in left by another road")),
    }
}

/// A rejection with all that was checked before it, the refusing check among it.
fn told(rejected: Rejected, mut verdicts: Verdicts) -> Rejected {
    if !verdicts.iter().any(|verdict| matches!(verdict.outcome, Outcome::Refused(_))) {
        verdicts.push("answer", Outcome::Refused(rejected.code), Value::Plain(rejected.detail.clone()), None);
    }
    rejected.after(verdicts)
}

#[async_trait]
impl IdentityProvider for SamlProvider {
    async fn request(&self, ask: &Ask) -> Result<Departure, Rejected> {
        if let Some(hint) = &ask.login_hint {
            self.check_proof(hint.domain(), &mut Verdicts::default())?;
        }
        let facts = self.partner.facts().await?;
        let (endpoint, binding) = request::endpoint(&self.saml, &facts)?;
        let credentials = match request::is_signed(&self.saml, &facts) {
            true => Some(self.credentials.of(&self.tenant).await?),
            false => None,
        };
        let correlation = self.correlation(ask);
        let question = Question {
            saml: &self.saml,
            destination: &endpoint.location,
            answer_at: &self.answer_at,
            id: request_of(&correlation)?,
            issued_at: correlation.left_at,
        };
        let root = request::written(&question.authn_request(ask)?);
        let relay_state = state(ask.flow, &correlation.state);
        let signing = credentials.as_ref().map(|credentials| &*credentials.signing);
        let road = Road { endpoint, binding, signing, hint: request::query_hint(&self.saml, ask) };
        let outbound = road.send(root, &relay_state)?;
        Ok(Departure { outbound, correlation })
    }

    async fn verify(&self, inbound: &Inbound, correlation: &Correlation) -> Result<Heard, Rejected> {
        check(correlation, &self.configured.id, inbound)?;
        let want = self.expectation(Answers::Request(request_of(correlation)?), self.clock.now());
        self.answered(inbound, &Expectation { authenticated_since: correlation.authenticated_since, ..want }).await
    }

    async fn verify_unsolicited(&self, inbound: &Inbound) -> Result<Unsolicited, Rejected> {
        let Some(client) = &self.saml.unsolicited else {
            return Err(Rejected::new(ErrorCode::SamlUnsolicited, "this provider is not allowed to send people unasked"));
        };
        let heard = self.answered(inbound, &self.expectation(Answers::Nothing, self.clock.now())).await?;
        Ok(Unsolicited { heard, client: client.clone() })
    }

    fn answers_by_post(&self) -> bool {
        true
    }

    async fn our_metadata(&self) -> Result<Option<String>, Rejected> {
        let credentials = self.credentials.of(&self.tenant).await?;
        let signs_requests = match self.saml.request_signing {
            RequestSigning::Always => true,
            RequestSigning::Never => false,
            // Partners need our metadata before we can have theirs: what is not known yet is not waited for as an error.
            RequestSigning::AsWanted => self.partner.facts().await.is_ok_and(|facts| facts.wants_signed_requests),
        };
        let published = published::Published {
            entity_id: &self.saml.our_entity_id,
            answer_at: &self.answer_at,
            sign_out_at: &self.sign_out_at,
            signs_requests,
            wants_signed_assertions: self.saml.acceptance.signed != SignedPart::Response,
            credentials: &credentials,
        };
        published.document().map(Some)
    }

    async fn sign_out(&self, leaving: &Leaving) -> Result<Option<Outbound>, Rejected> {
        let facts = self.partner.facts().await?;
        if logout::endpoint(&facts).is_none() {
            return Ok(None);
        }
        let credentials = self.credentials.of(&self.tenant).await?;
        self.sides(&facts, &credentials.signing).request(&leaving.session, &leaving.state)
    }

    async fn hear_sign_out(&self, raw: &RawMessage<'_>) -> Result<SignOutHeard, Rejected> {
        let mut verdicts = Verdicts::default();
        let heard = match Arrived::read(raw) {
            Ok(arrived) => self.heard(raw, &arrived, &mut verdicts).await,
            Err(rejected) => Err(rejected),
        };
        heard.map_err(|rejected| told(rejected, verdicts))
    }

    async fn examine(&self, captured: &Captured) -> Examination {
        let answers = captured.request.as_deref().map_or(Answers::Unknown, Answers::Request);
        let want = self.expectation(answers, captured.at.unwrap_or_else(|| self.clock.now()));
        let mut verdicts = Verdicts::default();
        let outcome = match captured::document(&captured.text) {
            Ok(xml) => self.person(&xml, &want, Depth::All, &mut verdicts).await.map(|heard| heard.identity),
            Err(rejected) => Err(rejected),
        };
        let outcome = outcome.map_err(|rejected| told(rejected, verdicts.clone()));
        let verdicts = outcome.as_ref().map_or_else(|rejected| rejected.verdicts.clone(), |_| verdicts);
        Examination { verdicts, outcome }
    }
}

impl SamlProvider {
    fn sides<'a>(&'a self, facts: &'a Facts, credential: &'a super::credentials::Credential) -> Sides<'a> {
        Sides {
            ours: &self.saml.our_entity_id,
            theirs: &self.saml.entity_id,
            here: &self.sign_out_at,
            facts,
            credential,
            now: self.clock.now(),
            skew: self.saml.acceptance.clock_skew,
        }
    }

    async fn heard(&self, raw: &RawMessage<'_>, arrived: &Arrived, verdicts: &mut Verdicts) -> Result<SignOutHeard, Rejected> {
        let open = |trust: &Trust<'_>, verdicts: &mut Verdicts| {
            let signature = match *raw {
                RawMessage::Query(query) => LogoutSignature::InQuery(signed_xml::verify_query(query, trust, verdicts)?),
                RawMessage::Form(_) => LogoutSignature::Inside(trust),
            };
            signed_xml::open_logout(&arrived.xml, signature, verdicts)
        };
        let message = self.with_keys(verdicts, open).await?;
        let (facts, credentials) = (self.partner.facts().await?, self.credentials.of(&self.tenant).await?);
        self.sides(&facts, &credentials.signing).heard(message, arrived, verdicts)
    }
}

impl fmt::Debug for SamlProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlProvider").field("id", &self.configured.id).field("partner", &self.partner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
