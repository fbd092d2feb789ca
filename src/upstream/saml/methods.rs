//! Authentication context classes as RFC 8176 methods, where the meaning is known.
//!
//! Must not decide whether a context is good enough.

/// What the class reference, or a value of Microsoft's `authnmethodsreferences`, says of how the person authenticated.
fn method(class: &str) -> Option<&'static str> {
    if let Some(class) = class.strip_prefix("urn:oasis:names:tc:SAML:2.0:ac:classes:") {
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
    match class {
        "https://refeds.org/profile/mfa" | "http://schemas.microsoft.com/claims/multipleauthn" => Some("mfa"),
        "urn:federation:authentication:windows" | "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows" => {
            Some("wia")
        }
        "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password" => Some("pwd"),
        _ => None,
    }
}

/// The methods of these references, each once.
pub(super) fn amr<'a>(references: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for method in references.filter_map(method) {
        if !out.iter().any(|known| known == method) {
            out.push(method.to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_contexts_are_named_once_and_unknown_ones_not_at_all() {
        let pwd = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
        let mfa = "http://schemas.microsoft.com/claims/multipleauthn";
        assert_eq!(amr([pwd, mfa, pwd, "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"].into_iter()), ["pwd", "mfa"]);
    }
}
