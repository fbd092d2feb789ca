//! What tokens say about a guest (`product.md` "Tokens"). Pure: from a grant, a tenant and a moment.

use serde::Serialize;

use crate::{
    domain::{client::Scope, grant::Grant, identity::VerifiedIdentity, tenant::Tenant, timestamp::Timestamp},
    random,
};

use super::access_token::{AccessTokenClaims, Person};

/// OpenID Connect Core §2, and the names by which Entra's apps know a guest (`oid`, `tid`, `idp`).
#[derive(Debug, Serialize)]
pub struct IdTokenClaims<'g> {
    iss: &'g str,
    /// Public and stable: the guest's id. Never an address, which may change hands.
    sub: String,
    aud: &'g str,
    azp: &'g str,
    exp: Timestamp,
    iat: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'g str>,
    auth_time: Timestamp,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    amr: &'g [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'g str>,
    sid: String,
    tid: &'g str,
    oid: String,
    idp: &'g str,
    at_hash: String,
    #[serde(flatten)]
    person: Person,
}

/// The ID token that goes with `access_token`.
pub fn id_token<'g>(tenant: &'g Tenant, grant: &'g Grant, access_token: &str, now: Timestamp) -> IdTokenClaims<'g> {
    let identity = grant.identity();
    let guest = grant.guest().to_string();
    IdTokenClaims {
        iss: &tenant.issuer.url,
        sub: guest.clone(),
        aud: grant.client().as_str(),
        azp: grant.client().as_str(),
        exp: now + tenant.tokens.id_token,
        iat: now,
        nonce: grant.nonce(),
        auth_time: identity.authenticated_at,
        amr: &identity.amr,
        acr: identity.acr.as_deref(),
        sid: grant.session().to_string(),
        tid: tenant.id.as_str(),
        oid: guest,
        idp: identity.voucher.as_str(),
        at_hash: at_hash(access_token),
        person: person(identity, grant.scopes()),
    }
}

/// The access token whose `jti` was drawn before the code was spent, so that the code's tombstone can name it.
pub fn access_token(tenant: &Tenant, grant: &Grant, jti: String, now: Timestamp) -> AccessTokenClaims {
    let identity = grant.identity();
    let guest = grant.guest().to_string();
    AccessTokenClaims {
        iss: tenant.issuer.url.clone(),
        sub: guest.clone(),
        aud: tenant.issuer.url.clone(),
        client_id: grant.client().to_string(),
        exp: now + tenant.tokens.access_token,
        iat: now,
        jti,
        scope: scope(grant.scopes()),
        sid: grant.session().to_string(),
        tid: tenant.id.to_string(),
        oid: guest,
        auth_time: identity.authenticated_at,
        amr: identity.amr.clone(),
        acr: identity.acr.clone(),
        person: person(identity, grant.scopes()),
    }
}

/// As `scope` is written in tokens and responses (RFC 6749 §3.3).
pub fn scope(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

/// By scope (OpenID Connect Core §5.4). `preferred_username` is the address the person signed in with, as in Entra: a label that
/// must never be a key (§5.7). An address that nobody stands behind (`security.md` C1) is left out, also in Entra's way: apps that
/// look a person up by it would be taken in.
fn person(identity: &VerifiedIdentity, scopes: &[Scope]) -> Person {
    let mut person = Person::default();
    let address = identity.address.as_ref().filter(|asserted| asserted.is_owner_verified);
    if scopes.contains(&Scope::Profile) {
        person.name.clone_from(&identity.name);
        person.preferred_username = address.map(|asserted| asserted.address.to_string());
    }
    if scopes.contains(&Scope::Email) {
        person.email = address.map(|asserted| asserted.address.to_string());
        person.email_verified = address.map(|asserted| asserted.is_owner_verified);
    }
    person
}

/// OpenID Connect Core §3.1.3.6: the left half of the hash that the algorithm names, SHA-256 for ES256 and RS256 alike.
fn at_hash(access_token: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(&random::sha256(access_token.as_bytes())[..16])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::fixture::{Asking, NOW, grant, tenant};

    fn claims(scopes: &[Scope]) -> serde_json::Value {
        let (tenant, grant) = (tenant(), grant(&Asking { scopes, ..Asking::default() }));
        serde_json::to_value(id_token(&tenant, &grant, "token", NOW)).unwrap()
    }

    #[test]
    fn an_id_token_says_who_to_whom_and_when() {
        let all = claims(&Scope::ALL);
        assert_eq!(
            all,
            serde_json::json!({
                "iss": "https://login.example.org/contoso", "sub": "00000000000000000000000000000009", "aud": "portal", "azp": "portal",
                "exp": NOW.unix() + 3600, "iat": NOW.unix(), "nonce": "n-0S6_WzA2Mj", "auth_time": NOW.unix() - 5, "amr": ["pwd", "otp"],
                "sid": "00000000000000000000000000000007", "tid": "contoso", "oid": "00000000000000000000000000000009", "idp": "fabrikam",
                "at_hash": at_hash("token"), "name": "Ana", "preferred_username": "ana@fabrikam.example",
                "email": "ana@fabrikam.example", "email_verified": true,
            })
        );
    }

    #[test]
    fn scopes_open_what_they_name_and_no_more() {
        for (scopes, open) in [
            (&[Scope::Openid][..], &[][..]),
            (&[Scope::Openid, Scope::Profile], &["name", "preferred_username"]),
            (&[Scope::Openid, Scope::Email], &["email", "email_verified"]),
        ] {
            let claims = claims(scopes);
            for name in ["name", "preferred_username", "email", "email_verified"] {
                assert_eq!(claims.get(name).is_some(), open.contains(&name), "{scopes:?} {name}");
            }
        }
    }

    #[test]
    fn an_address_nobody_stands_behind_is_told_to_no_app() {
        let (grant, all) = (grant(&Asking::default()), Scope::ALL);
        let mut identity = grant.identity().clone();
        assert_eq!(person(&identity, &all).email.as_deref(), Some("ana@fabrikam.example"));
        identity.address.as_mut().unwrap().is_owner_verified = false;
        let told = person(&identity, &all);
        assert_eq!((told.email, told.email_verified, told.preferred_username), (None, None, None));
        assert_eq!(told.name.as_deref(), Some("Ana"));
    }

    #[test]
    fn discovery_names_every_claim() {
        let discovery: serde_json::Value = serde_json::from_str(&crate::oidc::discovery::document(&tenant())).unwrap();
        let known = discovery["claims_supported"].as_array().unwrap();
        for name in claims(&Scope::ALL).as_object().unwrap().keys() {
            assert!(known.contains(&name.as_str().into()), "{name}");
        }
    }

    #[test]
    fn at_hash_is_the_one_of_the_specification() {
        // OpenID Connect Core appendix A.3.
        assert_eq!(at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
