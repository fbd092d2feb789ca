//! WS-Federation passive requestor (WS-Federation 1.2 §13): `wsignin1.0` out, RequestSecurityTokenResponse in, sign-out both ways.
//!
//! [`passive`] words what goes out, [`checks`] judges what a verified token says, [`claims`] reads whom it is about, [`metadata`] is
//! what we publish. Must not verify signatures over XML: that is [`super::signed_xml`]'s alone.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use url::form_urlencoded;

use crate::{
    clock::Clock,
    domain::{
        correlation::{Awaited, Correlation},
        error_code::ErrorCode,
        federation::WsFedUpstream,
        identity::{PartnerSession, VerifiedIdentity, Voucher},
        identity_provider::IdentityProvider as Configured,
        secret::Secret,
        tenant::Tenant,
        timestamp::Timestamp,
        verdict::Verdicts,
    },
    federation::metadata::{Binding, Endpoint},
    random,
};

use super::{
    Ask, Departure, Heard, IdentityProvider, Inbound, Leaving, Once, Outbound, RawMessage, Rejected, SignOutHeard,
    correlation::{WsFedAnswer, check, state},
    credentials::{CredentialStore, Credentials},
    examine::{Captured, Examination},
    partner::{Facts, Partner},
    signed_xml::{OpenedToken, Trust, open_token},
};

mod captured;
mod checks;
mod claims;
mod metadata;
mod passive;

pub(super) use checks::{Expectation, Parts};

/// One WS-Federation partner of one tenant.
pub(super) struct WsFedProvider {
    tenant: Arc<Tenant>,
    configured: Configured,
    ws_fed: WsFedUpstream,
    partner: Partner,
    credentials: CredentialStore,
    clock: Clock,
}

impl WsFedProvider {
    pub(super) fn new(
        tenant: Arc<Tenant>,
        configured: Configured,
        ws_fed: WsFedUpstream,
        partner: Partner,
        credentials: CredentialStore,
        clock: Clock,
    ) -> Self {
        Self { tenant, configured, ws_fed, partner, credentials, clock }
    }

    /// The same provider after a reload: what its partner published stays known.
    pub(super) fn keeping_what_is_known(self, before: &Self) -> Self {
        Self { partner: self.partner.keeping_what_is_known(&before.partner), ..self }
    }

    pub(super) const fn partner(&self) -> &Partner {
        &self.partner
    }

    /// `{issuer}/callback/{idp}`: where answers come, and the only `wreply` we ever name (B2).
    fn callback(&self) -> String {
        self.tenant.issuer.at(&format!("/callback/{}", self.configured.id))
    }

    fn open(&self, result: &Secret<String>, facts: &Facts, credentials: &Credentials) -> Result<(OpenedToken, Verdicts), Rejected> {
        let mut verdicts = Verdicts::default();
        let trust = Trust::new(&facts.signing, &self.ws_fed.acceptance, &credentials.published)?;
        match open_token(result.reveal().as_bytes(), &trust, &mut verdicts) {
            Ok(opened) => Ok((opened, verdicts)),
            Err(rejected) => Err(rejected.after(verdicts)),
        }
    }

    /// The live path: from the text of a `wresult` to a person.
    async fn judged(&self, result: &Secret<String>, authenticated_since: Option<Timestamp>, now: Timestamp) -> Result<Heard, Rejected> {
        let (credentials, facts) = (self.credentials.of(&self.tenant).await?, self.partner.facts().await?);
        let (opened, mut verdicts) = match self.open(result, &facts, &credentials) {
            // A key we have not seen: asked for at once, and once.
            Err(rejected) if rejected.code == ErrorCode::SignatureInvalid => {
                let newer = self.partner.facts_newer_than(&facts).await;
                if newer.signing == facts.signing { Err(rejected) } else { self.open(result, &newer, &credentials) }
            }
            first => first,
        }?;
        let expected = Expectation {
            issuer: &self.ws_fed.issuer,
            realm: &self.ws_fed.realm,
            callback: &self.callback(),
            skew: self.ws_fed.acceptance.clock_skew,
            now,
            authenticated_since,
        };
        match hear(&self.configured, &self.ws_fed, &Parts::of(&opened), &expected, &mut verdicts) {
            Ok((identity, once)) => Ok(Heard { identity, verdicts, once: Some(once) }),
            Err(rejected) => Err(rejected.after(verdicts)),
        }
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
    let subject = claims::subject(parts.assertion, &ws_fed.attributes, verdicts)?;
    let address = claims::address(parts.assertion, &ws_fed.attributes, verdicts)?;
    let address = claims::gated(address, configured, ws_fed.proof, verdicts)?;
    let authentication = accepted.authentication;
    let identity = VerifiedIdentity {
        voucher: Voucher::Provider(configured.id.clone()),
        subject,
        address: Some(address),
        name: claims::name(parts.assertion, &ws_fed.attributes),
        authenticated_at: authentication.at.min(expected.now),
        amr: claims::methods(parts.assertion, authentication),
        acr: authentication.context.clone(),
        partner_session: Some(PartnerSession {
            index: authentication.session_index.clone(),
            name_id: None,
            until: authentication.session_not_on_or_after,
        }),
    };
    // Neither part can hold a zero in XML, so no two pairs have the same spelling.
    let digest = random::sha256_base64url(format!("{}\0{}", parts.assertion.issuer, parts.assertion.id).as_bytes());
    Ok((identity, Once { digest, until: accepted.until }))
}

#[async_trait]
impl IdentityProvider for WsFedProvider {
    async fn request(&self, ask: &Ask) -> Result<Departure, Rejected> {
        let facts = self.partner.facts().await?;
        let endpoint = passive_endpoint(&facts.sign_in)?;
        let left_at = self.clock.now();
        let correlation = ask
            .again
            .clone()
            .filter(|asked| asked.provider == self.configured.id && matches!(asked.awaited, Awaited::WsFed))
            .unwrap_or_else(|| Correlation {
                provider: self.configured.id.clone(),
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
            &passive::Return { wreply: &self.callback(), wctx: &context },
            correlation.left_at,
        );
        Ok(Departure { outbound: Outbound::Redirect(url), correlation })
    }

    async fn verify(&self, inbound: &Inbound, correlation: &Correlation) -> Result<Heard, Rejected> {
        check(correlation, &self.configured.id, inbound)?;
        if !matches!(correlation.awaited, Awaited::WsFed) {
            return Err(Rejected::new(ErrorCode::UpstreamMismatch, "the sign-in left by another road"));
        }
        self.judged(result(inbound.ws_fed()?)?, correlation.authenticated_since, self.clock.now()).await
    }

    async fn examine(&self, captured: &Captured) -> Examination {
        let now = captured.at.unwrap_or_else(|| self.clock.now());
        match self.judged(&captured::result(&captured.text), None, now).await {
            Ok(heard) => Examination { verdicts: heard.verdicts, outcome: Ok(heard.identity) },
            Err(rejected) => rejected.into(),
        }
    }

    fn answers_by_post(&self) -> bool {
        true
    }

    async fn our_metadata(&self) -> Result<Option<String>, Rejected> {
        let credentials = self.credentials.of(&self.tenant).await?;
        let ours = metadata::Ours { realm: &self.ws_fed.realm, callback: &self.callback(), display_name: &self.tenant.name };
        Ok(Some(metadata::write(&ours, &credentials.published, &self.ws_fed.attributes)))
    }

    async fn sign_out(&self, leaving: &Leaving) -> Result<Option<Outbound>, Rejected> {
        let facts = self.partner.facts().await?;
        // One endpoint serves both (§13.2.4), unless the partner named another.
        let endpoint = facts.sign_out.iter().chain(&facts.sign_in).find(|endpoint| endpoint.binding == Binding::Passive);
        let wreply = format!("{}/logout", self.callback());
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
        f.debug_struct("WsFedProvider").field("id", &self.configured.id).field("partner", &self.partner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
