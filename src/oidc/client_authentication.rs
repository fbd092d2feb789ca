//! Who asks at the token endpoint: exactly one method, and the one that was registered (RFC 6749 §2.3, OpenID Connect Core §9).
//!
//! Secrets are compared as digests in constant time. Client ids are public, so a missing client may be told sooner than a wrong secret.

use base64::{Engine, engine::general_purpose::STANDARD};
use subtle::{Choice, ConstantTimeEq};

use crate::{
    domain::{
        client::{Client, ClientAuthentication, ClientSecrets},
        error_code::ErrorCode,
        id::ClientId,
        secret::Secret,
        tenant::Tenant,
    },
    random,
};

use super::parameters::{self, Parameters};

/// The client was not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unauthenticated {
    pub code: ErrorCode,
    /// Answer with `WWW-Authenticate: Basic`: "If the client attempted to authenticate via the `Authorization` request header
    /// field, the authorization server MUST" (RFC 6749 §5.2).
    pub is_challenged: bool,
}

/// What was presented, by which method.
enum Presented {
    /// As it reads decoded, and as it came.
    Basic([Option<Secret<String>>; 2]),
    Post(Secret<String>),
    Nothing,
}

/// Proves the client of a token request by its `Authorization` header and its body.
pub fn authenticate<'t>(tenant: &'t Tenant, authorization: Option<&[u8]>, body: &Parameters) -> Result<&'t Client, Unauthenticated> {
    let no = Unauthenticated { code: ErrorCode::InvalidClient, is_challenged: authorization.is_some() };
    let named = body.one("client_id").map_err(|_| no)?;
    let posted = body.one("client_secret").map_err(|_| no)?.map(|text| Secret::new(text.to_owned()));
    let (id, presented) = match (authorization, posted) {
        // "The client MUST NOT use more than one authentication method in each request" (RFC 6749 §2.3).
        (Some(_), Some(_)) => return Err(no),
        (Some(header), None) => {
            let (id, secret) = basic(header).ok_or(no)?;
            // Naming itself again in the body is no second method, as long as it is the same name.
            if named.is_some_and(|named| named != id) {
                return Err(no);
            }
            (id, Presented::Basic(secret))
        }
        (None, Some(secret)) => (named.ok_or(no)?.to_owned(), Presented::Post(secret)),
        (None, None) => (named.ok_or(no)?.to_owned(), Presented::Nothing),
    };
    let client = ClientId::parse(&id).ok().and_then(|id| tenant.clients.get(&id)).ok_or(no)?;
    let is_proven = match (&client.authentication, &presented) {
        (ClientAuthentication::None, Presented::Nothing) => true,
        (ClientAuthentication::ClientSecret(secrets) | ClientAuthentication::ClientSecretBasic(secrets), Presented::Basic(readings)) => {
            readings.iter().flatten().fold(false, |any, secret| is_one_of(secrets, secret) | any)
        }
        (ClientAuthentication::ClientSecret(secrets) | ClientAuthentication::ClientSecretPost(secrets), Presented::Post(secret)) => {
            is_one_of(secrets, secret)
        }
        _ => false,
    };
    if is_proven { Ok(client) } else { Err(no) }
}

/// RFC 6749 §2.3.1: id and secret are form-urlencoded each, and only then joined and base64-encoded. Many clients (`requests`, Authlib,
/// curl) leave that step out, so a secret with `+` or `%` in it comes raw: both readings are compared, each in full.
fn basic(header: &[u8]) -> Option<(String, [Option<Secret<String>>; 2])> {
    let (scheme, credentials) = header.split_at_checked("Basic ".len())?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    let joined = Secret::new(STANDARD.decode(credentials.trim_ascii()).ok()?);
    let colon = joined.reveal().iter().position(|b| *b == b':')?;
    let (id, secret) = joined.reveal().split_at(colon);
    let decoded = parameters::decode(&secret[1..]).ok().map(Secret::new);
    let raw = std::str::from_utf8(&secret[1..]).ok().map(|text| Secret::new(text.to_owned()));
    Some((parameters::decode(id).ok()?, [decoded, raw]))
}

/// Looks at every registered secret, whichever matches.
fn is_one_of(registered: &ClientSecrets, presented: &Secret<String>) -> bool {
    let presented = random::sha256(presented.reveal().as_bytes());
    let matches = registered.0.iter().map(|secret| random::sha256(secret.reveal().as_bytes()).ct_eq(&presented));
    matches.fold(Choice::from(0), |any, one| any | one).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::fixture::tenant;

    fn header(id: &str, secret: &str) -> String {
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))))
    }

    fn ask(authorization: Option<&str>, body: &str) -> Result<String, Unauthenticated> {
        let tenant = tenant();
        let body = Parameters::parse(body.as_bytes()).unwrap();
        authenticate(&tenant, authorization.map(str::as_bytes), &body).map(|client| client.id.to_string())
    }

    #[test]
    fn a_client_registered_for_either_way_may_choose() {
        assert_eq!(ask(Some(&header("either", "anyway")), ""), Ok("either".into()));
        assert_eq!(ask(None, "client_id=either&client_secret=anyway"), Ok("either".into()));
        for (authorization, body) in [
            (Some(header("either", "anyway")), "client_secret=anyway"),
            (Some(header("either", "other")), ""),
            (None, "client_id=either&client_secret=other"),
            (None, "client_id=either"),
        ] {
            assert!(ask(authorization.as_deref(), body).is_err(), "{body}");
        }
    }

    #[test]
    fn each_client_passes_by_the_method_it_registered() {
        assert_eq!(ask(Some(&header("portal", "s3cret+/ %é")), ""), Ok("portal".into()));
        assert_eq!(ask(Some(&header("portal", "older")), "client_id=portal"), Ok("portal".into()));
        assert_eq!(ask(Some(&header("portal", "older").replace("Basic", "bAsIC")), ""), Ok("portal".into()));
        assert_eq!(ask(None, "client_id=poster&client_secret=posted"), Ok("poster".into()));
        assert_eq!(ask(None, "client_id=native"), Ok("native".into()));
    }

    #[test]
    fn a_basic_secret_sent_without_form_encoding_is_understood() {
        // As `requests`, Authlib and curl -u send it.
        let raw = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        assert_eq!(ask(Some(&raw("portal", "s3cret+/ %é")), ""), Ok("portal".into()));
        assert_eq!(ask(Some(&raw("portal", "older")), ""), Ok("portal".into()));
        assert!(ask(Some(&raw("portal", "s3cret / %é")), "").is_err());
    }

    #[test]
    fn any_other_method_or_mixture_is_refused() {
        let portal = header("portal", "older");
        for (authorization, body) in [
            (None, "client_id=portal&client_secret=older"),
            (None, "client_id=portal"),
            (Some(header("poster", "posted")), ""),
            (None, "client_id=poster"),
            (None, "client_id=poster&client_secret=wrong"),
            (None, "client_id=poster&client_secret=posted&client_secret=posted"),
            (None, "client_secret=posted"),
            (None, "client_id=native&client_secret=x"),
            (Some(header("native", "")), ""),
            (Some(portal.clone()), "client_id=portal&client_secret=older"),
            (Some(portal.clone()), "client_id=native"),
            (Some(portal), "client_id=portal&client_id=portal"),
            (Some(header("portal", "wrong")), ""),
            (Some(header("portal", "")), ""),
            (Some(header("nobody", "older")), ""),
            (Some("Basic".into()), "client_id=native"),
            (Some("Basic !!!".into()), ""),
            (Some(format!("Basic {}", STANDARD.encode("portal"))), ""),
            (Some(format!("Basic {}", STANDARD.encode("portal:%zz"))), ""),
            (Some("Bearer abc".into()), "client_id=native"),
            (Some("é".into()), ""),
            (None, ""),
        ] {
            let refused = ask(authorization.as_deref(), body).unwrap_err();
            assert_eq!(refused.code, ErrorCode::InvalidClient, "{authorization:?} {body}");
            assert_eq!(refused.is_challenged, authorization.is_some());
        }
    }
}
