//! Userinfo (OpenID Connect Core §5.3): what the access token was granted, while it is good and not revoked, and the
//! guest welcome. One read of each store.

use serde::Serialize;

use crate::{
    domain::{
        error_code::ErrorCode,
        id::{ClientId, GuestId, SessionId},
    },
    oidc::parameters::Parameters,
    store::sessions::{Shelf, Slot},
};

use super::{Endpoint, access_token::Person};

/// "`sub` MUST always be returned", the rest by scope.
#[derive(Debug, Serialize)]
pub struct Userinfo {
    pub sub: String,
    #[serde(flatten)]
    pub person: Person,
}

/// The token of a request: in the `Authorization` header (RFC 6750 §2.1) or in a form body (§2.2). "Clients MUST NOT use more than
/// one method": both is [`ErrorCode::InvalidTokenRequest`]; neither, or no bearer, [`ErrorCode::InvalidToken`]. Never from a query.
pub fn bearer<'r>(authorization: Option<&'r [u8]>, form: Option<&'r Parameters>) -> Result<&'r str, ErrorCode> {
    let posted = form.map_or(Ok(None), |form| form.one("access_token")).map_err(|_| ErrorCode::InvalidTokenRequest)?;
    match (authorization, posted) {
        (Some(_), Some(_)) => Err(ErrorCode::InvalidTokenRequest),
        (Some(header), None) => {
            let (scheme, token) = header.split_at_checked("Bearer ".len()).ok_or(ErrorCode::InvalidToken)?;
            let token = std::str::from_utf8(token.trim_ascii()).map_err(|_| ErrorCode::InvalidToken)?;
            if scheme.eq_ignore_ascii_case(b"Bearer ") { Ok(token) } else { Err(ErrorCode::InvalidToken) }
        }
        (None, Some(token)) => Ok(token),
        (None, None) => Err(ErrorCode::InvalidToken),
    }
}

/// Answers for `token`. A client that the operator has taken away loses its tokens with its entry.
pub async fn userinfo(endpoint: &Endpoint<'_>, token: &str) -> Result<Userinfo, ErrorCode> {
    let claims = endpoint.ring.verify_access_token(endpoint.tenant, token, endpoint.now)?;
    let is_registered = ClientId::parse(&claims.client_id).is_ok_and(|id| endpoint.tenant.clients.contains_key(&id));
    let session = SessionId::parse(&claims.sid).filter(|_| is_registered).ok_or(ErrorCode::InvalidToken)?;
    let revoked = Slot::of_session(&endpoint.tenant.id, session).key(&Shelf::Revoked { jti: claims.jti.clone() });
    match endpoint.sessions.read(&revoked).await {
        Ok(None) => {}
        Ok(Some(_)) => return Err(ErrorCode::InvalidToken),
        Err(error) => return Err(endpoint.store_failed(&error)),
    }
    let guest = GuestId::parse(&claims.oid).ok_or(ErrorCode::InvalidToken)?;
    if !endpoint.still_stands(guest, claims.iat).await? {
        return Err(ErrorCode::InvalidToken);
    }
    Ok(Userinfo { sub: claims.sub.clone(), person: claims.person.clone() })
}
