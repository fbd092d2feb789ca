//! Authentication contexts and method references as RFC 8176 methods, where the meaning is known.
//!
//! Must not decide whether a context is good enough.

use super::{names::METHODS, person::values};
use crate::upstream::signed_xml::{Assertion, Authentication};

/// The methods of the context and of the method references, each once, in their order.
pub(in crate::upstream) fn amr(assertion: &Assertion, authentication: &Authentication) -> Vec<String> {
    let references = METHODS.iter().flat_map(|name| values(assertion, name));
    let mut out: Vec<String> = Vec::new();
    for method in authentication.context.as_deref().into_iter().chain(references).filter_map(method) {
        if !out.iter().any(|known| known == method) {
            out.push(method.to_owned());
        }
    }
    out
}

fn method(reference: &str) -> Option<&'static str> {
    if let Some(class) = reference.strip_prefix("urn:oasis:names:tc:SAML:2.0:ac:classes:") {
        return match class {
            "Password" | "PasswordProtectedTransport" | "SecureRemotePassword" => Some("pwd"),
            "TimeSyncToken" => Some("otp"),
            "Smartcard" | "SmartcardPKI" => Some("sc"),
            "SoftwarePKI" => Some("swk"),
            "MobileTwoFactorContract" | "MobileTwoFactorUnregistered" => Some("mfa"),
            "Kerberos" => Some("wia"),
            _ => None,
        };
    }
    match reference {
        "urn:oasis:names:tc:SAML:1.0:am:password" | "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password" => {
            Some("pwd")
        }
        "https://refeds.org/profile/mfa" | "http://schemas.microsoft.com/claims/multipleauthn" => Some("mfa"),
        "urn:federation:authentication:windows"
        | "urn:ietf:rfc:1510"
        | "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows" => Some("wia"),
        _ => None,
    }
}
