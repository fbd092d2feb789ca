//! WS-Federation passive requestor (WS-Federation 1.2 §13): `wsignin1.0` out, RequestSecurityTokenResponse in, sign-out both ways.
//!
//! [`passive`] words what goes out, [`checks`] judges what a verified token says, [`metadata`] is what we
//! publish; whom a token is about is read in [`super::assertions`]. Must not verify signatures over XML: that is [`super::signed_xml`]'s alone.

use std::fmt;

use async_trait::async_trait;
use url::form_urlencoded;

use crate::{
    domain::{
        address::DomainName,
        correlation::{Awaited, Correlation},
        error_code::ErrorCode,
        federation::WsFedUpstream,
        identity::{PartnerSession, VerifiedIdentity, Voucher},
        identity_provider::IdentityProvider as Configured,
        secret::Secret,
        timestamp::Timestamp,
        verdict::Verdicts,
    },
    federation::metadata::{Binding, Endpoint},
    random,
};

use super::{
    Ask, Departure, Heard, IdentityProvider, Inbound, Leaving, Once, Outbound, RawMessage, Rejected, SignOutHeard,
    assertions::{IMMUTABLE_ID, Now, Speaker, amr, once},
    correlation::{WsFedAnswer, check, state},
    examine::{Captured, Examination},
    federated::{Federated, told},
    partner::{Facts, Partner},
    signed_xml::open_token,
};

mod captured;
mod checks;
mod metadata;
mod passive;

pub(super) use checks::{Expectation, Parts};

/// One WS-Federation partner of one tenant.
pub(super) struct WsFedProvider {
    party: Federated,
    ws_fed: WsFedUpstream,
}

impl WsFedProvider {
    pub(super) const fn new(party: Federated, ws_fed: WsFedUpstream) -> Self {
        Self { party, ws_fed }
    }

    /// The same provider after a reload.
    pub(super) fn keeping_what_is_known(self, before: &Self) -> Self {
        Self { party: self.party.keeping_what_is_known(&before.party), ..self }
    }

    pub(super) const fn partner(&self) -> &Partner {
        &self.party.partner
    }

    /// The live path: from the text of a `wresult` to a person.
    async fn person(
        &self,
        result: &Secret<String>,
        (at, authenticated_since): (Timestamp, Option<Timestamp>),
        verdicts: &mut Verdicts,
    ) -> Result<(VerifiedIdentity, Once), Rejected> {
        let opened = self.party.with_keys(&self.ws_fed.acceptance, result.reveal().as_bytes(), verdicts, open_token).await?;
        let expected = Expectation {
            issuer: &self.ws_fed.issuer,
            realm: &self.ws_fed.realm,
            // The only `wreply` we ever name (B2).
            callback: &self.party.callback(),
            now: Now { at, skew: self.ws_fed.acceptance.clock_skew },
            authenticated_since,
        };
        let (identity, once) = hear(&self.party.configured, &self.ws_fed, &Parts::of(&opened), &expected, verdicts)?;
        if let Some(asserted) = &identity.address {
            let facts = self.party.partner.facts().await?;
            self.check_proof(asserted.address.domain(), &facts, verdicts).await?;
        }
        Ok((identity, once))
    }

    /// An address of a domain that must be proven counts only once it is.
    async fn check_proof(&self, domain: &DomainName, facts: &Facts, verdicts: &mut Verdicts) -> Result<(), Rejected> {
        if !self.party.must_prove(domain) {
            return Ok(());
        }
        let endpoint = passive_endpoint(&facts.sign_in)?;
        self.party.check_proof(domain, &endpoint.location, verdicts).await
    }
}

/// Whom a token is about, whose signature was verified. The captured and the live one go through here alike.
pub(super) fn hear(
    configured: &Configured,
    ws_fed: &WsFedUpstream,
    parts: &Parts<'_>,
    expected: &Expectation<'_>,
    verdicts: &mut Verdicts,
) -> Result<(VerifiedIdentity, Once), Rejected> {
    let accepted = checks::check(parts, expected, verdicts)?;
    let (assertion, names) = (parts.assertion, &ws_fed.attributes);
    let speaker = Speaker { configured, names };
    let subject = match &names.subject {
        Some(name) => speaker.lasting_name(assertion, name, ErrorCode::SamlSubject, verdicts)?,
        None => speaker.lasting_name(assertion, IMMUTABLE_ID, ErrorCode::WsFedImmutableId, verdicts)?,
    };
    let address = speaker.address(assertion, verdicts)?;
    let authentication = accepted.authentication;
    let identity = VerifiedIdentity {
        voucher: Voucher::Provider(configured.id.clone()),
        subject,
        address: Some(address),
        name: speaker.name(assertion),
        authenticated_at: authentication.at.min(expected.now.at),
        amr: amr(assertion, authentication),
        acr: authentication.context.clone(),
        partner_session: Some(PartnerSession {
            index: authentication.session_index.clone(),
            name_id: None,
            until: authentication.session_not_on_or_after,
        }),
    };
    Ok((identity, once(assertion, accepted.until)))
}

#[async_trait]
impl IdentityProvider for WsFedProvider {
    async fn request(&self, ask: &Ask) -> Result<Departure, Rejected> {
        let facts = self.party.partner.facts().await?;
        if let Some(hint) = &ask.login_hint {
            self.check_proof(hint.domain(), &facts, &mut Verdicts::default()).await?;
        }
        let endpoint = passive_endpoint(&facts.sign_in)?;
        let left_at = self.party.clock.now();
        let correlation = ask
            .again
            .clone()
            .filter(|asked| asked.provider == self.party.configured.id && matches!(asked.awaited, Awaited::WsFed))
            .unwrap_or_else(|| Correlation {
                provider: self.party.configured.id.clone(),
                state: random::token(),
                awaited: Awaited::WsFed,
                left_at,
                authenticated_since: passive::authenticated_since(&self.ws_fed, ask, left_at),
            });
        let context = state(ask.flow, &correlation.state);
        let url = passive::sign_in(
            &endpoint.location,
            &self.ws_fed,
            ask,
            &passive::Return { wreply: &self.party.callback(), wctx: &context },
            correlation.left_at,
        );
        Ok(Departure { outbound: Outbound::Redirect(url), correlation })
    }

    async fn verify(&self, inbound: &Inbound, correlation: &Correlation) -> Result<Heard, Rejected> {
        check(correlation, &self.party.configured.id, inbound)?;
        if !matches!(correlation.awaited, Awaited::WsFed) {
            return Err(Rejected::new(ErrorCode::UpstreamMismatch, "the sign-in left by another road"));
        }
        let result = result(inbound.ws_fed()?)?;
        let mut verdicts = Verdicts::default();
        match self.person(result, (self.party.clock.now(), correlation.authenticated_since), &mut verdicts).await {
            Ok((identity, once)) => Ok(Heard { identity, verdicts, once: Some(once) }),
            Err(rejected) => Err(told(rejected, verdicts)),
        }
    }

    async fn examine(&self, captured: &Captured) -> Examination {
        let at = captured.at.unwrap_or_else(|| self.party.clock.now());
        let mut verdicts = Verdicts::default();
        let outcome = match captured::result(&captured.text) {
            Ok(result) => self.person(&result, (at, None), &mut verdicts).await,
            Err(rejected) => Err(rejected),
        };
        match outcome {
            Ok((identity, _)) => Examination { verdicts, outcome: Ok(identity) },
            Err(rejected) => told(rejected, verdicts).into(),
        }
    }

    fn answers_by_post(&self) -> bool {
        true
    }

    async fn our_metadata(&self) -> Result<Option<String>, Rejected> {
        let credentials = self.party.credentials.of(&self.party.tenant).await?;
        let ours = metadata::Ours { realm: &self.ws_fed.realm, callback: &self.party.callback(), display_name: &self.party.tenant.name };
        Ok(Some(metadata::write(&ours, &credentials.published, &self.ws_fed.attributes)))
    }

    async fn sign_out(&self, leaving: &Leaving) -> Result<Option<Outbound>, Rejected> {
        let facts = self.party.partner.facts().await?;
        // One endpoint serves both (§13.2.4), unless the partner named another.
        let endpoint = facts.sign_out.iter().chain(&facts.sign_in).find(|endpoint| endpoint.binding == Binding::Passive);
        let wreply = format!("{}/logout", self.party.callback());
        Ok(endpoint.map(|endpoint| {
            let back = passive::Return { wreply: &wreply, wctx: leaving.state.reveal() };
            Outbound::Redirect(passive::sign_out(&endpoint.location, &self.ws_fed, &back))
        }))
    }

    async fn hear_sign_out(&self, raw: &RawMessage<'_>) -> Result<SignOutHeard, Rejected> {
        let (RawMessage::Query(text) | RawMessage::Form(text)) = raw;
        let (action, context) = (word(text, "wa")?, word(text, "wctx")?);
        match action.as_deref() {
            Some(passive::SIGN_OUT | passive::CLEAN_UP) => Ok(SignOutHeard::CleanUp),
            // Back at our `wreply`; few services return anything with it.
            None => Ok(SignOutHeard::Answered { state: context.map(Secret::new), is_success: true }),
            Some(_) => Err(Rejected::new(ErrorCode::LogoutRefused, "wa asks for no sign-out")),
        }
    }
}

/// The token of a `wsignin1.0` answer. A pointer to it is refused by name: nothing is fetched because an answer says so.
fn result(answer: &WsFedAnswer) -> Result<&Secret<String>, Rejected> {
    if answer.action != passive::SIGN_IN {
        return Err(Rejected::new(ErrorCode::WsFedAction, "wa is not wsignin1.0"));
    }
    if answer.has_pointer {
        return Err(Rejected::new(ErrorCode::WsFedAction, "the token comes by pointer (wresultptr)"));
    }
    answer.result.as_ref().ok_or_else(|| Rejected::new(ErrorCode::WsFedResponse, "there is no wresult"))
}

fn passive_endpoint(endpoints: &[Endpoint]) -> Result<&Endpoint, Rejected> {
    let passive = endpoints.iter().find(|endpoint| endpoint.binding == Binding::Passive);
    passive.ok_or_else(|| Rejected::new(ErrorCode::NoEndpoint, "the partner names no passive requestor endpoint"))
}

/// A parameter that may occur once.
fn word(text: &str, name: &str) -> Result<Option<String>, Rejected> {
    let mut found = form_urlencoded::parse(text.as_bytes()).filter(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        (_, Some(_)) => Err(Rejected::new(ErrorCode::LogoutRefused, format!("{name} occurs twice"))),
    }
}

impl fmt::Debug for WsFedProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WsFedProvider").field("id", &self.party.configured.id).field("partner", &self.party.partner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
