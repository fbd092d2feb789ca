//! Where the kinds of OpenID Connect providers differ: who the issuer is, what names a person for ever, whose addresses they may vouch for.
//!
//! Must not fetch or verify signatures; these are rules about values.

use crate::{
    domain::{
        address::{DomainName, EmailAddress},
        error_code::ErrorCode,
        identity::Subject,
        identity_provider::{GOOGLE_DOMAINS, IdentityProvider, Kind, OpenId},
    },
    upstream::Rejected,
};

use super::claims::{Claims, Profile, is_denied, is_literally_true};

/// The Entra tenant of all personal Microsoft accounts.
pub(super) const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// What Entra's multi-tenant documents have in place of a tenant's id.
const TEMPLATE: &str = "{tenantid}";
/// Path segments that mean "any tenant" in an authority.
const ANY_TENANT: [&str; 3] = ["organizations", "common", "consumers"];

/// What the discovery document must call itself.
pub(super) fn published_issuer(open_id: &OpenId) -> String {
    let configured = &open_id.oidc().issuer;
    match open_id {
        OpenId::Entra(_) => {
            let segment = |part| if ANY_TENANT.contains(&part) { TEMPLATE } else { part };
            configured.split('/').map(segment).collect::<Vec<_>>().join("/")
        }
        _ => configured.clone(),
    }
}

/// Where the discovery document stands.
pub(super) fn discovery_base(open_id: &OpenId) -> String {
    match open_id {
        OpenId::Entra(_) => open_id.oidc().issuer.replace(TEMPLATE, "organizations"),
        _ => open_id.oidc().issuer.clone(),
    }
}

/// Whether the `iss` of a response (RFC 9207) can be this provider's. Entra's is compared with the token's afterwards, too.
pub(super) fn answers_as(open_id: &OpenId, published: &str, iss: &str) -> bool {
    match (open_id, published.split_once(TEMPLATE)) {
        (OpenId::Entra(_), Some((before, after))) => {
            iss.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(is_guid)
        }
        _ => iss == published,
    }
}

/// The exact issuer this token must have. Entra: the template filled from the token's own `tid`, if that tenant may come here (C1).
pub(super) fn check_issuer(open_id: &OpenId, published: &str, claims: &Claims) -> Result<(), Rejected> {
    let iss = claims.iss.as_deref().ok_or_else(|| Rejected::new(ErrorCode::UpstreamClaims, "the ID token has no iss"))?;
    let is_theirs = match open_id {
        OpenId::Entra(entra) => {
            let tid = tid(claims)?;
            let is_allowed = entra.allowed_tids.is_empty() || entra.allowed_tids.iter().any(|allowed| allowed.eq_ignore_ascii_case(tid));
            // The consumers' tenant is another kind of provider: a personal account is nobody's directory account.
            if !is_allowed || (tid == CONSUMERS && entra.allowed_tids.is_empty()) {
                return Err(Rejected::new(ErrorCode::UpstreamTenant, format!("Entra tenant {tid} is not among those allowed here")));
            }
            iss == published.replace(TEMPLATE, tid)
        }
        OpenId::MicrosoftAccount(_) => {
            let tid = tid(claims)?;
            if tid != CONSUMERS {
                return Err(Rejected::new(ErrorCode::UpstreamTenant, "the account is not a personal Microsoft account"));
            }
            iss == published
        }
        // Google writes its issuer with and without the scheme (`behaviour.md` §6).
        OpenId::Google(_) => iss == published || published.split_once("://").is_some_and(|(_, bare)| iss == bare),
        OpenId::Generic(_) => iss == published,
    };
    if is_theirs { Ok(()) } else { Err(Rejected::new(ErrorCode::UpstreamIssuer, "the ID token's iss is not the configured issuer")) }
}

/// Whether a key that is published for `issuer` may sign for this token's.
pub(super) fn key_may_sign_for(key_issuer: &str, claims: &Claims) -> bool {
    let filled = claims.tid.as_deref().map_or_else(|| key_issuer.to_owned(), |tid| key_issuer.replace(TEMPLATE, tid));
    claims.iss.as_deref() == Some(filled.as_str())
}

/// The person's immutable name. Entra's `sub` differs from application to application, so there it is `tid.oid`.
pub(super) fn subject(open_id: &OpenId, claims: &Claims) -> Result<Subject, Rejected> {
    let missing = |what: &str| Rejected::new(ErrorCode::UpstreamClaims, format!("the ID token has no usable {what}"));
    // `sub` is required of everyone (OpenID Connect Core §2).
    let sub = claims.sub.as_deref().and_then(Subject::new).ok_or_else(|| missing("sub"))?;
    match open_id {
        OpenId::Entra(_) | OpenId::MicrosoftAccount(_) => {
            let oid = claims.oid.as_deref().filter(|oid| is_guid(oid)).ok_or_else(|| missing("oid"))?;
            Subject::new(format!("{}.{oid}", tid(claims)?)).ok_or_else(|| missing("oid"))
        }
        OpenId::Generic(_) | OpenId::Google(_) => Ok(sub),
    }
}

/// The domain gate: a provider that has domains is heard only about addresses in them.
pub(super) fn check_domain(provider: &IdentityProvider, address: &EmailAddress, profile: &Profile) -> Result<(), Rejected> {
    let domain = address.domain();
    if provider.may_speak_for(domain) || is_listed_workspace(provider, domain, profile) {
        return Ok(());
    }
    Err(Rejected::new(ErrorCode::UpstreamDomain, format!("{} is not among this provider's domains", domain.as_str())))
}

/// Whether the owner of the address stands behind it: said to be verified, with the literal `true` (C3), by a provider whose domain it
/// is (C1). Personal Microsoft accounts are the one exception.
pub(super) fn is_owner_verified(provider: &IdentityProvider, open_id: &OpenId, address: &EmailAddress, profile: &Profile) -> bool {
    let domain = address.domain();
    let is_verified = is_literally_true(profile.email_verified.as_ref());
    let is_listed = provider.domains.contains(domain);
    match open_id {
        OpenId::Generic(_) => is_verified && is_listed,
        OpenId::Google(_) => is_verified && (GOOGLE_DOMAINS.contains(&domain.as_str()) || is_listed_workspace(provider, domain, profile)),
        // An Entra tenant's administrator writes any address they like ("nOAuth"), so a mere claim is nothing: Microsoft's own word on the
        // domain's owner counts, or the operator's, who let in exactly one Entra tenant and listed the domains that are its own.
        OpenId::Entra(entra) => {
            let is_denied = is_denied(profile.email_verified.as_ref()) || is_denied(profile.xms_edov.as_ref());
            is_literally_true(profile.xms_edov.as_ref()) || (is_listed && entra.allowed_tids.len() == 1 && !is_denied)
        }
        // A personal account's address was proven to Microsoft before it became one, whatever its domain, and the claim that would say
        // so is optional (`behaviour.md` §5.7). That the token is of the consumers' tenant was checked with its issuer.
        OpenId::MicrosoftAccount(_) => !is_denied(profile.email_verified.as_ref()) && !is_denied(profile.xms_edov.as_ref()),
    }
}

/// A Workspace domain the operator listed, which Google says it hosts (`hd`).
fn is_listed_workspace(provider: &IdentityProvider, domain: &DomainName, profile: &Profile) -> bool {
    let hosted = profile.hd.as_deref().and_then(|hd| DomainName::parse(hd).ok());
    matches!(provider.kind, Kind::OpenId(OpenId::Google(_))) && provider.domains.contains(domain) && hosted.as_ref() == Some(domain)
}

fn tid(claims: &Claims) -> Result<&str, Rejected> {
    let tid = claims.tid.as_deref().filter(|tid| is_guid(tid));
    tid.ok_or_else(|| Rejected::new(ErrorCode::UpstreamClaims, "the ID token has no tid of a GUID's shape"))
}

/// 8-4-4-4-12 lower-case hexadecimal digits: the one spelling that becomes part of a subject.
pub(in crate::upstream) fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'))
}
