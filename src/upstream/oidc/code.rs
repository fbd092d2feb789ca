//! Our errands at a provider's back door: the code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5), the access token for userinfo.
//!
//! Must not read what an ID token says.

use std::{future::Future, pin::Pin};

use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType},
};
use reqwest::{
    Method, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderValue},
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    domain::{correlation::OpenIdBinding, error_code::ErrorCode, identity_provider::OidcUpstream, secret::Secret},
    upstream::{
        Rejected,
        fetch::{FetchError, Fetcher},
    },
};

use super::{
    claims::Profile,
    discovery::{Published, SecretBy},
};

/// The ID token, still a text.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Extra {
    id_token: Option<Secret<String>>,
}

impl ExtraTokenFields for Extra {}

pub(super) type RelyingParty = Client<
    BasicErrorResponse,
    StandardTokenResponse<Extra, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What the token endpoint gave for the code.
pub(super) struct Tokens {
    pub id_token: Secret<String>,
    pub access_token: Secret<String>,
}

/// Ourselves, as this provider knows us.
pub(super) fn relying_party(upstream: &OidcUpstream, published: &Published, redirect_uri: &str) -> Result<RelyingParty, Rejected> {
    let redirect =
        RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| Rejected::new(ErrorCode::Internal, "our own callback is no URL"))?;
    let by = match published.takes_secret_by {
        SecretBy::Basic => AuthType::BasicAuth,
        SecretBy::Post => AuthType::RequestBody,
    };
    let party = Client::new(ClientId::new(upstream.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(published.authorization_endpoint.clone()))
        .set_token_uri(TokenUrl::from_url(published.token_endpoint.clone()))
        .set_redirect_uri(redirect)
        .set_auth_type(by);
    Ok(match &upstream.client_secret {
        Some(secret) => party.set_client_secret(ClientSecret::new(secret.reveal().clone())),
        None => party,
    })
}

/// The authorization request (OpenID Connect Core §3.1.2.1) with PKCE S256, state and nonce.
pub(super) fn authorization_url(party: &RelyingParty, upstream: &OidcUpstream, state: String, binding: &OpenIdBinding) -> Url {
    let verifier = PkceCodeVerifier::new(binding.pkce_verifier.reveal().clone());
    let has_openid = upstream.scopes.iter().any(|scope| scope == "openid");
    let scopes = (!has_openid).then_some("openid").into_iter().chain(upstream.scopes.iter().map(String::as_str));
    let (url, _) = party
        .authorize_url(|| CsrfToken::new(state))
        .add_scopes(scopes.map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_extra_param("nonce", binding.nonce.reveal().clone())
        .url();
    url
}

/// Redeems the code.
pub(super) async fn redeem(party: &RelyingParty, fetcher: &Fetcher, code: &str, binding: &OpenIdBinding) -> Result<Tokens, Rejected> {
    let verifier = PkceCodeVerifier::new(binding.pkce_verifier.reveal().clone());
    let answer =
        party.exchange_code(AuthorizationCode::new(code.to_owned())).set_pkce_verifier(verifier).request_async(&Wire(fetcher)).await;
    let answer = answer.map_err(|error| match error {
        RequestTokenError::ServerResponse(refusal) => {
            let named = wire_word(refusal.error().as_ref());
            Rejected::new(ErrorCode::UpstreamTokenRefused, format!("the token endpoint answered {named}"))
        }
        RequestTokenError::Request(error) => Rejected::from(error),
        // The body may hold tokens: nothing of it is repeated.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            Rejected::new(ErrorCode::UpstreamUnavailable, "the token endpoint answered nonsense")
        }
    })?;
    let id_token = answer.extra_fields().id_token.clone();
    let id_token = id_token.ok_or_else(|| Rejected::new(ErrorCode::UpstreamClaims, "the token endpoint gave no ID token"))?;
    Ok(Tokens { id_token, access_token: Secret::new(answer.access_token().secret().clone()) })
}

/// What userinfo says about the same person (OpenID Connect Core §5.3).
pub(super) async fn userinfo(fetcher: &Fetcher, endpoint: &Url, access_token: &Secret<String>, sub: &str) -> Result<Profile, Rejected> {
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", access_token.reveal()))
        .map_err(|_| Rejected::new(ErrorCode::UpstreamClaims, "the access token has characters no header can carry"))?;
    bearer.set_sensitive(true);
    let mut request = Request::new(Method::GET, endpoint.clone());
    request.headers_mut().insert(AUTHORIZATION, bearer);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    let fetched = fetcher.send(request).await?;
    if fetched.status != StatusCode::OK {
        return Err(Rejected::new(ErrorCode::UpstreamUnavailable, format!("userinfo answered HTTP {}", fetched.status.as_u16())));
    }
    let profile: Profile = fetched.json()?;
    if profile.sub.as_deref() != Some(sub) {
        return Err(Rejected::new(ErrorCode::UpstreamClaims, "userinfo is about somebody else than the ID token"));
    }
    Ok(profile)
}

/// An error code of RFC 6749 as operators may read it: never a text the partner made up.
pub(super) fn wire_word(word: &str) -> &str {
    let is_plain = !word.is_empty() && word.len() <= 64 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_plain { word } else { "an error of no known shape" }
}

/// `oauth2` over the bounded fetcher.
struct Wire<'f>(&'f Fetcher);

impl<'c> AsyncHttpClient<'c> for Wire<'_> {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = Request::try_from(request).map_err(|error| FetchError::Setup(error.without_url().to_string()))?;
            let fetched = self.0.send(request).await?;
            let mut response = HttpResponse::new(fetched.body);
            *response.status_mut() = fetched.status;
            *response.headers_mut() = fetched.headers;
            Ok(response)
        })
    }
}
