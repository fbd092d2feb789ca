//! SAML 2.0 service provider (Profiles §4.1, §4.4): AuthnRequest out, Response in, single logout both ways, our own metadata.
//!
//! Must not verify signatures over XML: that is [`super::signed_xml`]'s alone, and samael's verifier never sees bytes from outside.

use std::{fmt, time::Duration};

use async_trait::async_trait;

use crate::{
    domain::{
        address::DomainName,
        correlation::{Awaited, Correlation},
        error_code::ErrorCode,
        federation::{RequestSigning, SamlUpstream, SignedPart},
        timestamp::Timestamp,
        verdict::Verdicts,
    },
    random,
};

use super::{
    Ask, Departure, Heard, IdentityProvider, Inbound, Leaving, Outbound, Prompting, RawMessage, Rejected, SignOutHeard, Unsolicited,
    assertions::{Now, once},
    correlation::{check, state},
    examine::{Captured, Examination},
    federated::{Federated, told},
    partner::{Facts, Partner},
    signed_xml::{self, LogoutSignature, Trust},
};

mod binding;
mod captured;
mod checks;
mod logout;
mod person;
mod published;
mod request;
mod sign;
mod writer;

use binding::Arrived;
use checks::{Answers, Depth, Expectation};
use logout::Sides;
use person::Person;
use request::{Question, Road};

/// How long a question may be asked again in the same words: for double clicks. Partners refuse requests that are minutes old, and
/// Shibboleth those it has seen before.
const REPEATED: Duration = Duration::from_secs(2 * 60);

/// One SAML identity provider of one tenant.
pub(super) struct SamlProvider {
    party: Federated,
    saml: SamlUpstream,
    /// Our assertion consumer service.
    answer_at: String,
    /// Our single logout service.
    sign_out_at: String,
    metadata: published::Signed,
}

impl SamlProvider {
    pub(super) fn new(party: Federated, saml: SamlUpstream) -> Self {
        let answer_at = party.callback();
        let sign_out_at = format!("{answer_at}/logout");
        Self { party, saml, answer_at, sign_out_at, metadata: published::Signed::default() }
    }

    /// The same provider after a reload.
    pub(super) fn keeping_what_is_known(self, before: &Self) -> Self {
        Self { party: self.party.keeping_what_is_known(&before.party), ..self }
    }

    /// For maintenance: what it publishes is refreshed on schedule.
    pub(super) const fn partner(&self) -> &Partner {
        &self.party.partner
    }

    /// An address of a domain that must be proven counts only once it is.
    async fn check_proof(&self, domain: &DomainName, facts: &Facts, verdicts: &mut Verdicts) -> Result<(), Rejected> {
        if !self.party.must_prove(domain) {
            return Ok(());
        }
        let (endpoint, _) = request::endpoint(&self.saml, facts)?;
        self.party.check_proof(domain, &endpoint.location, verdicts).await
    }

    /// The question is kept, and for a while asked again in the same words. After that it is a new one under the same state, so that
    /// an answer to the old one still finds its sign-in, and is refused for what it is.
    fn correlation(&self, ask: &Ask) -> Correlation {
        let left_at = self.party.clock.now();
        let asked = ask.again.as_ref().filter(|asked| asked.provider == self.party.configured.id && request_of(asked).is_ok());
        if let Some(asked) = asked.filter(|asked| left_at <= asked.left_at + REPEATED) {
            return asked.clone();
        }
        let age = match ask.prompting {
            Prompting::ForceLogin => Some(Duration::ZERO),
            _ => ask.max_age.map(Duration::from_secs),
        };
        Correlation {
            provider: self.party.configured.id.clone(),
            state: asked.map_or_else(random::token, |asked| asked.state.clone()),
            awaited: Awaited::Saml { request: request::new_id() },
            left_at,
            authenticated_since: age.map(|age| left_at - age),
        }
    }

    fn expectation<'a>(&'a self, answers: Answers<'a>, now: Timestamp) -> Expectation<'a> {
        Expectation {
            issuer: &self.saml.entity_id,
            audience: &self.saml.our_entity_id,
            answer_at: &self.answer_at,
            answers,
            now: Now { at: now, skew: self.saml.acceptance.clock_skew },
            authenticated_since: None,
            contexts: &self.saml.authn_contexts,
        }
    }

    /// The live path: from the octets of a response to a person.
    async fn person(&self, xml: &[u8], want: &Expectation<'_>, depth: Depth, verdicts: &mut Verdicts) -> Result<Heard, Rejected> {
        let opened = self.party.with_keys(&self.saml.acceptance, xml, verdicts, signed_xml::open_response).await?;
        let assertion = &*opened.assertion;
        let read = |verdicts: &mut Verdicts| Person::read(&self.party.configured, &self.saml, assertion, verdicts);
        let judged = checks::judge(&opened.envelope, assertion, want, depth, verdicts).inspect_err(|_| {
            if depth == Depth::All {
                // For its verdicts alone: the answer is refused already.
                drop(read(verdicts));
            }
        })?;
        let person = read(verdicts)?;
        let facts = self.party.partner.facts().await?;
        self.check_proof(person.address.address.domain(), &facts, verdicts).await?;
        let identity = person.identity(&self.party.configured, assertion, &judged);
        Ok(Heard { identity, verdicts: verdicts.clone(), once: Some(once(assertion, judged.until)) })
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

#[async_trait]
impl IdentityProvider for SamlProvider {
    async fn request(&self, ask: &Ask) -> Result<Departure, Rejected> {
        let facts = self.party.partner.facts().await?;
        if let Some(hint) = &ask.login_hint {
            self.check_proof(hint.domain(), &facts, &mut Verdicts::default()).await?;
        }
        let (endpoint, binding) = request::endpoint(&self.saml, &facts)?;
        let credentials = match request::is_signed(&self.saml, &facts) {
            true => Some(self.party.credentials.of(&self.party.tenant).await?),
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
        check(correlation, &self.party.configured.id, inbound)?;
        let want = self.expectation(Answers::Request(request_of(correlation)?), self.party.clock.now());
        self.answered(inbound, &Expectation { authenticated_since: correlation.authenticated_since, ..want }).await
    }

    async fn verify_unsolicited(&self, inbound: &Inbound) -> Result<Unsolicited, Rejected> {
        let Some(client) = &self.saml.unsolicited else {
            return Err(Rejected::new(ErrorCode::SamlUnsolicited, "this provider is not allowed to send people unasked"));
        };
        let heard = self.answered(inbound, &self.expectation(Answers::Nothing, self.party.clock.now())).await?;
        Ok(Unsolicited { heard, client: client.clone() })
    }

    fn answers_by_post(&self) -> bool {
        true
    }

    async fn our_metadata(&self) -> Result<Option<String>, Rejected> {
        let credentials = self.party.credentials.of(&self.party.tenant).await?;
        let signs_requests = match self.saml.request_signing {
            RequestSigning::Always => true,
            RequestSigning::Never => false,
            // Partners need our metadata before we can have theirs: what is not known yet is not waited for as an error.
            RequestSigning::AsWanted => self.party.partner.facts().await.is_ok_and(|facts| facts.wants_signed_requests),
        };
        let published = published::Published {
            entity_id: &self.saml.our_entity_id,
            answer_at: &self.answer_at,
            sign_out_at: &self.sign_out_at,
            signs_requests,
            wants_signed_assertions: self.saml.acceptance.signed != SignedPart::Response,
            credentials: &credentials,
        };
        self.metadata.document(&published).map(Some)
    }

    async fn sign_out(&self, leaving: &Leaving) -> Result<Option<Outbound>, Rejected> {
        let facts = self.party.partner.facts().await?;
        if logout::endpoint(&facts).is_none() {
            return Ok(None);
        }
        let credentials = self.party.credentials.of(&self.party.tenant).await?;
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
        let want = self.expectation(answers, captured.at.unwrap_or_else(|| self.party.clock.now()));
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
            now: self.party.clock.now(),
            skew: self.saml.acceptance.clock_skew,
        }
    }

    async fn heard(&self, raw: &RawMessage<'_>, arrived: &Arrived, verdicts: &mut Verdicts) -> Result<SignOutHeard, Rejected> {
        let query = match *raw {
            RawMessage::Query(query) => Some(query.to_owned()),
            RawMessage::Form(_) => None,
        };
        let open = move |xml: &[u8], trust: &Trust<'_>, verdicts: &mut Verdicts| {
            let signature = match &query {
                Some(query) => LogoutSignature::InQuery(signed_xml::verify_query(query, trust, verdicts)?),
                None => LogoutSignature::Inside(trust),
            };
            signed_xml::open_logout(xml, signature, verdicts)
        };
        let message = self.party.with_keys(&self.saml.acceptance, &arrived.xml, verdicts, open).await?;
        let (facts, credentials) = (self.party.partner.facts().await?, self.party.credentials.of(&self.party.tenant).await?);
        self.sides(&facts, &credentials.signing).heard(message, arrived, verdicts)
    }
}

impl fmt::Debug for SamlProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlProvider").field("id", &self.party.configured.id).field("partner", &self.party.partner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
