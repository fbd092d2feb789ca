//! OpenID Connect providers: a partner's directory, Entra, Google, personal Microsoft accounts. Authorization code flow, PKCE always.
//!
//! Must not know whom a tenant lets in. Where the kinds differ is [`kind`]'s alone.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;

use crate::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        correlation::{Awaited, Correlation, OpenIdBinding},
        error_code::ErrorCode,
        identity::{AssertedAddress, VerifiedIdentity, Voucher},
        identity_provider::{IdentityProvider as Configured, OpenId},
    },
    random,
};

use super::{
    Ask, Departure, Heard, IdentityProvider, Inbound, Outbound, Prompting, Rejected,
    correlation::{OpenIdAnswer, check, state},
    fetch::Fetcher,
    metadata::Kept,
};

mod claims;
mod code;
mod discovery;
mod id_token;
mod kind;
mod signature;

use claims::Profile;
use discovery::{Discovery, Published};
use id_token::Unverified;
pub(super) use kind::is_guid;

/// One OpenID Connect provider of one tenant.
pub(super) struct OidcProvider {
    configured: Configured,
    open_id: OpenId,
    /// `{issuer}/callback/{idp}`: each provider has its own (C5).
    redirect_uri: String,
    published: Arc<Kept<Discovery>>,
    fetcher: Fetcher,
    clock: Clock,
}

impl OidcProvider {
    pub(super) fn new(configured: Configured, open_id: OpenId, redirect_uri: String, fetcher: Fetcher, clock: Clock) -> Self {
        let discovery =
            Discovery { fetcher: fetcher.clone(), base: kind::discovery_base(&open_id), issuer: kind::published_issuer(&open_id) };
        let published = Arc::new(Kept::new(discovery, clock.clone()));
        Self { configured, open_id, redirect_uri, published, fetcher, clock }
    }

    /// The same provider after a reload: what was published stays known if it is published at the same place.
    pub(super) fn keeping_what_is_known(mut self, before: &Self) -> Self {
        if kind::discovery_base(&self.open_id) == kind::discovery_base(&before.open_id)
            && kind::published_issuer(&self.open_id) == kind::published_issuer(&before.open_id)
        {
            self.published = Arc::clone(&before.published);
        }
        self
    }

    /// The earliest authentication that will do. Only a generic provider is held to it: `auth_time` is required of it once `max_age`
    /// is asked (OpenID Connect Core §2); Google and Microsoft promise no such thing.
    fn authenticated_since(&self, ask: &Ask) -> Option<Duration> {
        match (&self.open_id, ask.prompting) {
            (OpenId::Generic(_), Prompting::ForceLogin) => Some(Duration::ZERO),
            (OpenId::Generic(_), _) => ask.max_age.map(Duration::from_secs),
            _ => None,
        }
    }

    /// RFC 9207 §2.4, before anything else of the answer is looked at.
    fn check_response_issuer(&self, answer: &OpenIdAnswer, published: &Published) -> Result<(), Rejected> {
        let is_right = match answer.iss.as_deref() {
            Some(iss) => kind::answers_as(&self.open_id, &published.issuer, iss),
            None => !published.sends_iss,
        };
        if is_right { Ok(()) } else { Err(Rejected::new(ErrorCode::UpstreamIssuer, "the response's iss is missing or somebody else's")) }
    }

    async fn person(
        &self,
        tokens: code::Tokens,
        code: &str,
        answer: &OpenIdAnswer,
        asked: &Asked<'_>,
    ) -> Result<VerifiedIdentity, Rejected> {
        let (upstream, correlation, now) = (self.open_id.oidc(), asked.correlation, self.clock.now());
        let mut token = Unverified::read(tokens.id_token.reveal(), &upstream.id_token_algorithms)?;
        kind::check_issuer(&self.open_id, &asked.published.issuer, &token.claims)?;
        token.check_audience(&upstream.client_id)?;
        // A key we have not seen: asked for at once, but at most once a minute.
        let published = match token.has_a_key_among(&asked.published.keys) {
            true => Arc::clone(asked.published),
            false => self.published.newer_than(asked.published).await,
        };
        let key = token.check_signature(&published.keys)?;
        token.check_times(now, upstream.clock_skew, correlation)?;
        token.check_bindings(key, asked.binding, tokens.access_token.reveal(), code)?;
        if answer.iss.is_some() && matches!(self.open_id, OpenId::Entra(_)) && answer.iss != token.claims.iss {
            return Err(Rejected::new(ErrorCode::UpstreamIssuer, "the response's iss is not the ID token's"));
        }
        let subject = kind::subject(&self.open_id, &token.claims)?;
        let mut profile = token.claims.take_profile();
        if let (None, Some(endpoint), Some(sub)) = (&profile.email, &published.userinfo_endpoint, profile.sub.clone()) {
            profile = profile.or_else_from(code::userinfo(&self.fetcher, endpoint, &tokens.access_token, &sub).await?);
        }
        Ok(VerifiedIdentity {
            voucher: Voucher::Provider(self.configured.id.clone()),
            subject,
            address: self.address(&profile)?,
            name: profile.name(),
            authenticated_at: token.claims.auth_time.map_or(now, claims::NumericDate::moment),
            amr: token.claims.amr(),
            acr: token.claims.acr(),
            partner_session: None,
        })
    }

    fn address(&self, profile: &Profile) -> Result<Option<AssertedAddress>, Rejected> {
        let misshapen = || Rejected::new(ErrorCode::UpstreamClaims, "the email claim is no address");
        let text = match &profile.email {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text,
            Some(_) => return Err(misshapen()),
        };
        let address = EmailAddress::parse(text).map_err(|_| misshapen())?;
        kind::check_domain(&self.configured, &address, profile)?;
        let is_owner_verified = kind::is_owner_verified(&self.configured, &self.open_id, &address, profile);
        Ok(Some(AssertedAddress { address, is_owner_verified }))
    }
}

/// The question an answer is held against.
struct Asked<'a> {
    published: &'a Arc<Published>,
    correlation: &'a Correlation,
    binding: &'a OpenIdBinding,
}

fn binding(correlation: &Correlation) -> Result<&OpenIdBinding, Rejected> {
    match &correlation.awaited {
        Awaited::OpenId(binding) => Ok(binding),
        Awaited::Saml { .. } | Awaited::WsFed => Err(Rejected::new(ErrorCode::UpstreamMismatch, "the sign-in left by another road")),
    }
}

#[async_trait]
impl IdentityProvider for OidcProvider {
    async fn request(&self, ask: &Ask) -> Result<Departure, Rejected> {
        let published = self.published.current().await?;
        let (upstream, left_at) = (self.open_id.oidc(), self.clock.now());
        let max_age = self.authenticated_since(ask);
        let correlation = ask.again.clone().filter(|asked| asked.provider == self.configured.id).unwrap_or_else(|| Correlation {
            provider: self.configured.id.clone(),
            state: random::token(),
            awaited: Awaited::OpenId(OpenIdBinding { nonce: random::token(), pkce_verifier: random::token() }),
            left_at,
            authenticated_since: max_age.map(|age| left_at - age),
        });
        let party = code::relying_party(upstream, &published, &self.redirect_uri)?;
        let mut url = code::authorization_url(&party, upstream, state(ask.flow, &correlation.state), binding(&correlation)?);
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("ui_locales", ask.locale.tag());
            if let Some(hint) = &ask.login_hint {
                query.append_pair("login_hint", &hint.to_string());
            }
            if let Some(age) = max_age {
                query.append_pair("max_age", &age.as_secs().to_string());
            }
            match (ask.prompting, &self.open_id) {
                (Prompting::Free, _) => {}
                // Google knows no `login`; choosing is the most it can be made to ask.
                // Strict providers refuse `select_account` unless they have a picker; `login` lets anyone sign in just as well.
                (Prompting::ForceLogin | Prompting::SelectAccount, OpenId::Generic(_))
                | (Prompting::ForceLogin, OpenId::Entra(_) | OpenId::MicrosoftAccount(_)) => {
                    query.append_pair("prompt", "login");
                }
                (Prompting::SelectAccount, _) | (Prompting::ForceLogin, OpenId::Google(_)) => {
                    query.append_pair("prompt", "select_account");
                }
                (Prompting::CreateAccount, _) => {
                    query.append_pair("prompt", "create");
                }
            }
        }
        Ok(Departure { outbound: Outbound::Redirect(url), correlation })
    }

    async fn verify(&self, inbound: &Inbound, correlation: &Correlation) -> Result<Heard, Rejected> {
        check(correlation, &self.configured.id, inbound)?;
        let (answer, binding) = (inbound.open_id()?, binding(correlation)?);
        let published = self.published.current().await?;
        self.check_response_issuer(answer, &published)?;
        if let Some(error) = &answer.error {
            return Err(refusal(error, answer.error_description.as_ref().map(|text| text.reveal().as_str())));
        }
        let code =
            answer.code.as_ref().ok_or_else(|| Rejected::new(ErrorCode::UpstreamMismatch, "the answer has neither code nor error"))?;
        let party = code::relying_party(self.open_id.oidc(), &published, &self.redirect_uri)?;
        let tokens = code::redeem(&party, &self.fetcher, code.reveal(), binding).await?;
        let asked = Asked { published: &published, correlation, binding };
        self.person(tokens, code.reveal(), answer, &asked).await.map(Heard::from)
    }
}

/// An error in place of a code (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
fn refusal(error: &str, description: Option<&str>) -> Rejected {
    let code = match error {
        "server_error" | "temporarily_unavailable" => ErrorCode::UpstreamUnavailable,
        _ => ErrorCode::UpstreamDenied,
    };
    // Microsoft's number says more than the error does; the rest of the description may name people.
    let number =
        description.and_then(|text| text.strip_prefix("AADSTS")).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect());
    let number: String = number.map(|digits: String| format!(" (AADSTS{digits})")).unwrap_or_default();
    Rejected::new(code, format!("the provider answered {}{number}", code::wire_word(error)))
}

impl fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcProvider").field("id", &self.configured.id).field("published", &self.published).finish_non_exhaustive()
    }
}
