//! Tokens that an app gets for itself (RFC 6749 §4.4), for the management API alone: what the operator permitted it, and no person.
//!
//! Their audience keeps them from userinfo, and a guest's from the API.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{client::Client, error_code::ErrorCode, permission::Permission, secret::Secret, tenant::Tenant, timestamp::Timestamp},
    oidc::parameters::Parameters,
};

use super::{
    Endpoint,
    exchange::{self, TokenResponse},
    ring::{ACCESS_TOKEN_ALGORITHM, Purpose},
};

/// All that is permitted: Microsoft's spelling.
const DEFAULT: &str = ".default";

/// RFC 9068 §2.2; `roles` as Entra's tokens for apps have them (RFC 9068 §2.2.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppTokenClaims {
    pub iss: String,
    /// The client: there is no resource owner.
    pub sub: String,
    /// [`audience`].
    pub aud: String,
    pub client_id: String,
    pub exp: Timestamp,
    pub iat: Timestamp,
    pub jti: String,
    /// Space-separated, bare.
    pub scope: String,
    pub tid: String,
    pub roles: Vec<Permission>,
}

/// Where the management API of a tenant is, and whom its tokens are for.
pub fn audience(tenant: &Tenant) -> String {
    tenant.issuer.at("/admin/v1")
}

/// Answers a client credentials request of `client`, which has proven itself.
pub(super) fn grant(endpoint: &Endpoint<'_>, client: &Client, parameters: &Parameters) -> Result<TokenResponse, ErrorCode> {
    let Endpoint { tenant, ring, now, .. } = *endpoint;
    // "The client credentials grant type MUST only be used by confidential clients" (§4.4).
    if client.authentication.is_public() || client.permissions.is_empty() {
        return Err(ErrorCode::UnauthorizedClient);
    }
    let asked = parameters.one("scope").map_err(|_| ErrorCode::InvalidTokenRequest)?;
    let audience = audience(tenant);
    let roles = permitted(client, &audience, asked.ok_or(ErrorCode::InvalidScope)?)?;
    let claims = AppTokenClaims {
        iss: tenant.issuer.url.clone(),
        sub: client.id.to_string(),
        aud: audience,
        client_id: client.id.to_string(),
        exp: now + tenant.tokens.access_token,
        iat: now,
        jti: exchange::jti(),
        scope: roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" "),
        tid: tenant.id.to_string(),
        roles,
    };
    let access_token = ring.sign(Purpose::AccessToken, ACCESS_TOKEN_ALGORITHM, &claims, now)?;
    Ok(TokenResponse {
        access_token: Secret::new(access_token),
        token_type: "Bearer",
        expires_in: tenant.tokens.access_token.as_secs(),
        id_token: None,
        scope: claims.scope,
    })
}

/// `.default` is all; else each word must name a permission that the client has, bare or below the API's address.
fn permitted(client: &Client, audience: &str, asked: &str) -> Result<Vec<Permission>, ErrorCode> {
    let mut roles = std::collections::BTreeSet::new();
    for word in asked.split(' ').filter(|word| !word.is_empty()) {
        let bare = word.strip_prefix(audience).and_then(|rest| rest.strip_prefix('/'));
        match (bare, Permission::parse(bare.unwrap_or(word))) {
            (Some(DEFAULT), _) => roles.extend(&client.permissions),
            (_, Some(permission)) if client.permissions.contains(&permission) => roles.extend([permission]),
            _ => return Err(ErrorCode::InvalidScope),
        }
    }
    if roles.is_empty() { Err(ErrorCode::InvalidScope) } else { Ok(roles.into_iter().collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, domain::token_policy::SigningAlgorithm, store::memory::MemorySessions, token::fixture};

    const API: &str = "https://login.example.org/contoso/admin/v1";

    fn client(permissions: &[Permission]) -> Client {
        let tenant = fixture::tenant();
        let confidential = tenant.clients.values().find(|client| !client.authentication.is_public()).unwrap();
        Client { permissions: permissions.iter().copied().collect(), ..confidential.clone() }
    }

    #[test]
    fn a_scope_is_everything_or_a_part_of_what_is_permitted() {
        let client = client(&[Permission::UserInviteAll, Permission::UserReadAll]);
        let of = |asked: &str| permitted(&client, API, asked);
        let all = vec![Permission::UserInviteAll, Permission::UserReadAll];
        assert_eq!(of(&format!("{API}/.default")), Ok(all.clone()));
        assert_eq!(of(&format!("User.Read.All {API}/User.Invite.All")), Ok(all));
        assert_eq!(of("User.Read.All"), Ok(vec![Permission::UserReadAll]));
        for asked in [
            "",
            " ",
            ".default",
            "openid",
            "User.ReadWrite.All",
            "User.Read.All User.ReadWrite.All",
            "https://graph.microsoft.com/.default",
        ] {
            assert_eq!(of(asked), Err(ErrorCode::InvalidScope), "{asked}");
        }
    }

    #[tokio::test]
    async fn only_a_confidential_client_with_permissions_has_this_grant() {
        let (tenant, ring) = (fixture::tenant(), fixture::ring(&[SigningAlgorithm::Es256]));
        let sessions = MemorySessions::new(Clock::movable(fixture::NOW), 10);
        let directory = fixture::directory().await;
        let endpoint = Endpoint { tenant: &tenant, ring: &ring, sessions: &sessions, directory: &directory, now: fixture::NOW };
        let asked = Parameters::parse(format!("grant_type=client_credentials&scope={API}/.default").as_bytes()).unwrap();
        let refused = |client: &Client| grant(&endpoint, client, &asked).unwrap_err();
        assert_eq!(refused(&client(&[])), ErrorCode::UnauthorizedClient);
        let public = Client { authentication: crate::domain::client::ClientAuthentication::None, ..client(&[Permission::UserReadAll]) };
        assert_eq!(refused(&public), ErrorCode::UnauthorizedClient);
        let tokens = grant(&endpoint, &client(&[Permission::UserReadAll]), &asked).unwrap();
        assert_eq!((tokens.scope.as_str(), tokens.id_token.is_none()), ("User.Read.All", true));
        let token = tokens.access_token.reveal();
        let claims = ring.verify_app_token(&tenant, token, fixture::NOW).unwrap();
        assert_eq!((claims.aud.as_str(), claims.sub.as_str()), (API, claims.client_id.as_str()));
        assert_eq!(claims.roles, vec![Permission::UserReadAll]);
        assert_eq!(ring.verify_access_token(&tenant, token, fixture::NOW).unwrap_err(), ErrorCode::InvalidToken);
        assert!(ring.verify_app_token(&tenant, token, claims.exp).is_err());
    }
}
