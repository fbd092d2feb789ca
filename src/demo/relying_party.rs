//! The sample app's OpenID Connect, over the `openidconnect` crate: discovery, PKCE, nonce, state, and an ID token that is
//! really verified. Knows nothing of Gatehouse but its issuer, like any other app.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse,
    core::{CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType},
    http,
};
use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use crate::{domain::secret::Secret, random};

type Discovered = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Why a sign-in did not end well, in words for the app's own page.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
pub(super) struct Refused {
    what: &'static str,
    why: String,
}

fn refused<E: std::fmt::Display>(what: &'static str) -> impl FnOnce(E) -> Refused {
    move |error| Refused { what, why: error.to_string() }
}

/// What an app is registered with.
#[derive(Debug)]
pub(super) struct Registration {
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) client_secret: Secret<String>,
    pub(super) redirect_uri: String,
}

/// What the app must remember between the question and the answer.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) state: String,
    nonce: String,
    verifier: String,
}

#[derive(Debug)]
pub(super) struct RelyingParty {
    registration: Registration,
    http: Wire,
    client: OnceCell<Discovered>,
}

impl RelyingParty {
    pub(super) fn new(registration: Registration, http: reqwest::Client) -> Self {
        Self { registration, http: Wire(http), client: OnceCell::new() }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.registration.issuer
    }

    /// Discovery happens with the first sign-in, since app and provider start together.
    async fn client(&self) -> Result<&Discovered, Refused> {
        self.client
            .get_or_try_init(|| async {
                let Registration { issuer, client_id, client_secret, redirect_uri } = &self.registration;
                let issuer = IssuerUrl::new(issuer.clone()).map_err(refused("The issuer is no address"))?;
                let metadata = CoreProviderMetadata::discover_async(issuer, &self.http).await.map_err(refused("Discovery failed"))?;
                let redirect = RedirectUrl::new(redirect_uri.clone()).map_err(refused("The redirect URI is no address"))?;
                let secret = ClientSecret::new(client_secret.reveal().clone());
                let token_endpoint = metadata.token_endpoint().cloned();
                if token_endpoint.is_none() {
                    return Err(Refused { what: "Discovery failed", why: "no token endpoint".into() });
                }
                Ok(CoreClient::from_provider_metadata(metadata, ClientId::new(client_id.clone()), Some(secret)).set_redirect_uri(redirect))
            })
            .await
    }

    /// Where to send the browser, and what to remember meanwhile.
    pub(super) async fn begin(&self) -> Result<(String, Pending), Refused> {
        let client = self.client().await?;
        let fresh = || random::token().reveal().clone();
        let pending = Pending { state: fresh(), nonce: fresh(), verifier: fresh() };
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(pending.verifier.clone()));
        let (state, nonce) = (pending.state.clone(), pending.nonce.clone());
        let (to, _, _) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(["profile", "email"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        Ok((to.into(), pending))
    }

    /// Spends the code and answers the claims of the ID token, all of them, once they are proven.
    pub(super) async fn finish(&self, pending: Pending, code: &str, issuer: Option<&str>) -> Result<Map<String, Value>, Refused> {
        // RFC 9207 §2.4: against the mix-up of two providers
        if issuer.is_some_and(|issuer| issuer != self.registration.issuer) {
            return Err(Refused { what: "The answer came from another issuer", why: issuer.unwrap_or_default().to_owned() });
        }
        let client = self.client().await?;
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(refused("The code can't be exchanged"))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier))
            .request_async(&self.http)
            .await
            .map_err(refused("The code was not accepted"))?;
        let id_token = answer.id_token().ok_or_else(|| Refused { what: "The answer is not OpenID Connect", why: "no ID token".into() })?;
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs([CoreJwsSigningAlgorithm::EcdsaP256Sha256, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256]);
        // signature, iss, aud, exp and nonce: OpenID Connect Core §3.1.3.7
        let claims = id_token.claims(&verifier, &Nonce::new(pending.nonce)).map_err(refused("The ID token is not valid"))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(refused("The ID token is not valid"))?;
            let key = id_token.signing_key(&verifier).map_err(refused("The ID token is not valid"))?;
            let actual =
                AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(refused("The ID token is not valid"))?;
            if actual != *expected {
                return Err(Refused { what: "The ID token is not valid", why: "at_hash is of another access token".into() });
            }
        }
        every_claim(id_token)
    }
}

/// The verified token's payload as it is: the typed claims would hide what they have no field for.
fn every_claim(verified: &CoreIdToken) -> Result<Map<String, Value>, Refused> {
    let compact = verified.to_string();
    let payload = compact.split('.').nth(1).unwrap_or_default();
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(refused("The ID token can't be read"))?;
    serde_json::from_slice(&payload).map_err(refused("The ID token can't be read"))
}

/// A client that follows no redirect and gives up in time (`openidconnect` asks for the first: a redirect could leave the issuer).
pub(super) fn http() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(10)).build()
}

/// `openidconnect` over our `reqwest`.
#[derive(Debug)]
struct Wire(reqwest::Client);

#[derive(Debug, thiserror::Error)]
enum WireError {
    #[error("no answer: {0}")]
    Reqwest(#[from] reqwest::Error),
    #[error("unreadable answer: {0}")]
    Http(#[from] http::Error),
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = WireError;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.execute(request.try_into()?).await?;
            let mut response = http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                response = response.header(name, value);
            }
            Ok(response.body(answer.bytes().await?.to_vec())?)
        })
    }
}
