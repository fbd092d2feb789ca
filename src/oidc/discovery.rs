//! What this issuer can do (OpenID Connect Discovery §3, RFC 8414 §2). One text per tenant, made once per load of its file.
//!
//! Whatever stands here is done; whatever is not done does not stand here.

use serde::Serialize;

use crate::domain::{client::Scope, locale::Locale, tenant::Tenant, token_policy::SigningAlgorithm};

/// In the order a reader looks for them. `sub` is public: the guest's id, the same for every client of the tenant, stable for life.
#[derive(Debug, Serialize)]
struct Metadata<'t> {
    issuer: &'t str,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    scopes_supported: [&'static str; 3],
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 2],
    grant_types_supported: [&'static str; 2],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 2],
    token_endpoint_auth_methods_supported: [&'static str; 3],
    code_challenge_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
    prompt_values_supported: [&'static str; 4],
    claim_types_supported: [&'static str; 1],
    claims_supported: &'static [&'static str],
    ui_locales_supported: [&'static str; 3],
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    // Its default is true (Discovery §3), so silence would be a promise.
    request_uri_parameter_supported: bool,
    require_request_uri_registration: bool,
}

/// Claims an ID token or userinfo may hold.
const CLAIMS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nonce",
    "auth_time",
    "amr",
    "acr",
    "azp",
    "sid",
    "tid",
    "oid",
    "idp",
    "at_hash",
    "name",
    "preferred_username",
    "email",
    "email_verified",
];

/// The document behind `/.well-known/openid-configuration`.
pub fn document(tenant: &Tenant) -> String {
    let issuer = &tenant.issuer;
    let metadata = Metadata {
        issuer: &issuer.url,
        authorization_endpoint: issuer.at("/authorize"),
        token_endpoint: issuer.at("/token"),
        userinfo_endpoint: issuer.at("/userinfo"),
        jwks_uri: issuer.at("/jwks"),
        scopes_supported: Scope::ALL.map(Scope::as_str),
        response_types_supported: ["code"],
        response_modes_supported: ["query", "form_post"],
        grant_types_supported: ["authorization_code", "client_credentials"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: SigningAlgorithm::ALL.map(SigningAlgorithm::as_str),
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
        prompt_values_supported: ["none", "login", "select_account", "consent"],
        claim_types_supported: ["normal"],
        claims_supported: CLAIMS,
        ui_locales_supported: Locale::ALL.map(Locale::tag),
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        require_request_uri_registration: false,
    };
    serde_json::to_string(&metadata).expect("strings, lists and booleans always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_stands_under_the_issuer_and_the_issuer_is_exact() {
        let read: serde_json::Value = serde_json::from_str(&document(&crate::oidc::fixture::tenant())).unwrap();
        assert_eq!(read["issuer"], "https://login.example.org/contoso");
        for key in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
            assert!(read[key].as_str().unwrap().starts_with("https://login.example.org/contoso/"), "{key}");
        }
    }

    #[test]
    fn it_has_what_discovery_requires_and_promises_no_request_uri() {
        let read: serde_json::Value = serde_json::from_str(&document(&crate::oidc::fixture::tenant())).unwrap();
        // Discovery §3 REQUIRED, and RS256 "MUST be included".
        for key in ["jwks_uri", "response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"] {
            assert!(!read[key].is_null(), "{key}");
        }
        assert!(read["id_token_signing_alg_values_supported"].as_array().unwrap().contains(&"RS256".into()));
        assert_eq!(read["request_uri_parameter_supported"], false);
    }
}
