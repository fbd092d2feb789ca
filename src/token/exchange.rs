//! The token endpoint: an authorization code for tokens, once (RFC 6749 §4.1.3, RFC 7636 §4.6, OpenID Connect Core §3.1.3).
//!
//! What can be judged without the code is judged first. Then the code is *spent*, in one atomic step, and only then judged: so a
//! code that comes from the wrong client, with the wrong verifier or to the wrong address is burnt. That is on purpose: whoever has it
//! should not, and its owner, if the thief was first, sees an error rather than nothing (RFC 9700 §4.5; `security.md` D4). A second
//! coming revokes what the first was given (RFC 6749 §4.1.2).

use serde::{Deserialize, Serialize, Serializer};
use subtle::ConstantTimeEq;

use crate::{
    domain::{
        client::{Client, Pkce},
        error_code::ErrorCode,
        grant::Grant,
        id::ClientId,
        secret::Secret,
    },
    oidc::parameters::Parameters,
    random,
    store::sessions::{Shelf, Spent},
};

use super::{
    Endpoint, claims,
    code::{self, Presented},
    ring::{ACCESS_TOKEN_ALGORITHM, Purpose},
};

/// RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3, as JSON. To be sent with `Cache-Control: no-store`.
#[derive(Debug, Serialize)]
pub struct TokenResponse {
    #[serde(serialize_with = "revealed")]
    pub access_token: Secret<String>,
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u64,
    /// An app that asks for itself gets none.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "revealed_if_any")]
    pub id_token: Option<Secret<String>>,
    pub scope: String,
}

/// On its way to the client it was made for.
fn revealed<S: Serializer>(secret: &Secret<String>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(secret.reveal())
}

fn revealed_if_any<S: Serializer>(secret: &Option<Secret<String>>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_some(&secret.as_ref().map(Secret::reveal))
}

/// A token request with every part in place.
struct Asked<'p> {
    code: Presented,
    redirect_uri: &'p str,
    verifier: Option<&'p str>,
}

/// Left where a code was: whom it served, and the token to revoke if it comes again.
#[derive(Serialize, Deserialize)]
struct Tombstone {
    jti: String,
    client: ClientId,
}

/// Answers the token request of `client`, which has proven itself.
pub async fn exchange(endpoint: &Endpoint<'_>, client: &Client, parameters: &Parameters) -> Result<TokenResponse, ErrorCode> {
    let asked = read(client, parameters)?;
    // Before the code is spent: a house without a key must not burn it.
    for algorithm in [ACCESS_TOKEN_ALGORITHM, client.id_token_signed_response_alg] {
        if !endpoint.ring.can_sign(algorithm, endpoint.now) {
            return Err(ErrorCode::KeysUnavailable);
        }
    }
    let tombstone = Tombstone { jti: jti(), client: client.id.clone() };
    let grant = spend(endpoint, &asked.code, &tombstone).await?;
    judge(endpoint, client, &asked, &grant)?;
    if !endpoint.still_stands(grant.guest(), grant.expires_at() - endpoint.tenant.tokens.authorization_code).await? {
        return Err(ErrorCode::InvalidCode);
    }
    issue(endpoint, client, &grant, tombstone.jti)
}

fn read<'p>(client: &Client, parameters: &'p Parameters) -> Result<Asked<'p>, ErrorCode> {
    let one = |name| parameters.one(name).map_err(|_| ErrorCode::InvalidTokenRequest);
    let required = |name| one(name)?.ok_or(ErrorCode::InvalidTokenRequest);
    match required("grant_type")? {
        "authorization_code" => {}
        _ => return Err(ErrorCode::UnsupportedGrantType),
    }
    let (code, redirect_uri, verifier) = (required("code")?, required("redirect_uri")?, one("code_verifier")?);
    // RFC 7636 §4.1: 43 to 128 unreserved characters.
    let is_verifier =
        |text: &str| (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    let may_lack_it = client.pkce == Pkce::Optional && !client.authentication.is_public();
    if !verifier.map_or(may_lack_it, is_verifier) {
        return Err(ErrorCode::InvalidTokenRequest);
    }
    Ok(Asked { code: code::parse(code).ok_or(ErrorCode::InvalidCode)?, redirect_uri, verifier })
}

/// Takes what is behind the code. The tombstone stays as long as what is issued now can be used.
async fn spend(endpoint: &Endpoint<'_>, code: &Presented, tombstone: &Tombstone) -> Result<Grant, ErrorCode> {
    let left = serde_json::to_vec(tombstone).map_err(|_| ErrorCode::Internal)?;
    let spent = endpoint.sessions.spend(&code.key(endpoint.tenant), &left, endpoint.tenant.tokens.access_token).await;
    match spent.map_err(|error| endpoint.store_failed(&error))? {
        Spent::First(value) => serde_json::from_slice(&value).map_err(|_| ErrorCode::Internal),
        Spent::Again(value) => Err(revoke(endpoint, code, &value).await?),
        Spent::Never => Err(ErrorCode::InvalidCode),
    }
}

/// Withdraws what the first use issued. If the store fails the caller hears of that, not of a revocation that did not happen (D3).
async fn revoke(endpoint: &Endpoint<'_>, code: &Presented, left: &[u8]) -> Result<ErrorCode, ErrorCode> {
    let first: Tombstone = serde_json::from_slice(left).map_err(|_| ErrorCode::Internal)?;
    let shelf = Shelf::Revoked { jti: first.jti };
    let put = endpoint.sessions.put(&code.slot(endpoint.tenant), &[(shelf, Vec::new(), endpoint.tenant.tokens.access_token)]).await;
    put.map_err(|error| endpoint.store_failed(&error))?;
    // The refusal itself is logged at the door; whom the first use served is known only here.
    tracing::info!(tenant.id = %endpoint.tenant.id, client.id = %first.client, "a code came twice: the token it had brought is revoked");
    Ok(ErrorCode::ReusedCode)
}

/// "ensure that the authorization code was issued to the authenticated … client, … is valid, … that the `redirect_uri` parameter
/// \[is\] identical" (RFC 6749 §4.1.3), and that the verifier is the challenge's (RFC 7636 §4.6). Expiry is asked here, at use, however
/// long the store kept the code (`security.md` E2).
fn judge(endpoint: &Endpoint<'_>, client: &Client, asked: &Asked<'_>, grant: &Grant) -> Result<(), ErrorCode> {
    if *grant.client() != client.id || endpoint.now >= grant.expires_at() {
        return Err(ErrorCode::InvalidCode);
    }
    if grant.redirect_uri().as_str() != asked.redirect_uri {
        return Err(ErrorCode::RedirectUriMismatch);
    }
    match (asked.verifier, grant.code_challenge()) {
        (None, None) => Ok(()),
        (Some(verifier), Some(challenge)) if is_digest_of(challenge, verifier) => Ok(()),
        // A verifier without a challenge is as wrong as the other way round: PKCE was taken out on the way (RFC 9700 §4.8.2).
        (Some(_) | None, _) => Err(ErrorCode::PkceMismatch),
    }
}

fn is_digest_of(challenge: &str, verifier: &str) -> bool {
    random::sha256_base64url(verifier.as_bytes()).as_bytes().ct_eq(challenge.as_bytes()).into()
}

fn issue(endpoint: &Endpoint<'_>, client: &Client, grant: &Grant, jti: String) -> Result<TokenResponse, ErrorCode> {
    let Endpoint { tenant, ring, now, .. } = *endpoint;
    let access = claims::access_token(tenant, grant, jti, now);
    let access_token = ring.sign(Purpose::AccessToken, ACCESS_TOKEN_ALGORITHM, &access, now)?;
    let id = claims::id_token(tenant, grant, &access_token, now);
    let id_token = ring.sign(Purpose::IdToken, client.id_token_signed_response_alg, &id, now)?;
    Ok(TokenResponse {
        access_token: Secret::new(access_token),
        token_type: "Bearer",
        expires_in: tenant.tokens.access_token.as_secs(),
        id_token: Some(Secret::new(id_token)),
        scope: access.scope,
    })
}

/// Not secret, only unique.
pub(super) fn jti() -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(random::bytes::<16>())
}

#[cfg(test)]
mod tests;
