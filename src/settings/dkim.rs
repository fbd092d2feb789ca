//! The key that mail is signed with (RFC 6376, RFC 8463): read and judged here, used by the mail room alone.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};

use super::{
    Sender,
    at::At,
    check::Desk,
    file,
    problem::Code,
    secrets::{self, is_stand_in},
    values,
};
use crate::{domain::address::DomainName, random};

/// RFC 8301 §3.2 wants 1024 at least and recommends 2048; less is refused.
const LEAST_RSA_BITS: usize = 2048;

/// How our mail is signed.
#[derive(Debug, Clone)]
pub struct Dkim {
    pub domain: DomainName,
    pub selector: String,
    pub key: DkimKey,
}

/// A private key for `a=rsa-sha256` or `a=ed25519-sha256`. Cheap to clone.
#[derive(Clone)]
pub struct DkimKey(Arc<Kind>);

enum Kind {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Why a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DkimKeyError {
    #[error("this is not a private key in PKCS#8 PEM")]
    Pem,
    #[error("this is neither an RSA nor an Ed25519 key")]
    Kind,
    #[error("this RSA key has {0} bits, and {LEAST_RSA_BITS} is the least")]
    Weak(usize),
}

impl DkimKey {
    pub fn parse(pem: &str) -> Result<Self, DkimKeyError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| DkimKeyError::Pem)?;
        let der = der.secret_pkcs8_der();
        if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(Self(Arc::new(Kind::Ed25519(key))));
        }
        let key = RsaKeyPair::from_pkcs8(der).map_err(|_| DkimKeyError::Kind)?;
        let bits = key.public_modulus_len() * 8;
        if bits < LEAST_RSA_BITS {
            return Err(DkimKeyError::Weak(bits));
        }
        Ok(Self(Arc::new(Kind::Rsa(key))))
    }

    /// The value of `a=`.
    pub fn algorithm(&self) -> &'static str {
        match &*self.0 {
            Kind::Rsa(_) => "rsa-sha256",
            Kind::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// Signs a canonical text. `None`: the library could not, which for a key that was parsed means no memory.
    pub fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        match &*self.0 {
            Kind::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463 §3: over the SHA-256 of it.
            Kind::Ed25519(key) => Some(key.sign(&random::sha256(text)).as_ref().to_vec()),
        }
    }

    /// What is to be published (RFC 6376 §3.6.1).
    pub fn record(&self) -> String {
        let (kind, public) = match &*self.0 {
            Kind::Rsa(key) => {
                let der = AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key());
                ("rsa", der.map(|der| STANDARD.encode(der.as_ref())).unwrap_or_default())
            }
            Kind::Ed25519(key) => ("ed25519", STANDARD.encode(key.public_key().as_ref())),
        };
        format!("v=DKIM1; k={kind}; p={public}")
    }
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[DKIM key]")
    }
}

impl Dkim {
    /// The name and the text of the DNS record that receivers look for.
    pub fn dns(&self) -> (String, String) {
        (format!("{}._domainkey.{}", self.selector, self.domain), self.key.record())
    }
}

/// `Some(None)`: signed by nobody, or the key is not here where nobody sends. `None`: it should be signed and can't.
pub(super) fn check(raw: Option<&At<file::Dkim>>, from: Option<&Sender>, desk: &mut Desk<'_>) -> Option<Option<Dkim>> {
    let Some(raw) = raw else { return Some(None) };
    let domain = raw.value.domain.as_ref().and_then(|text| values::domain(text, &mut desk.reporter));
    let selector = raw.value.selector.as_ref().and_then(|text| selector(text, desk));
    let key = raw.value.key.as_ref().and_then(|reference| {
        let pem = secrets::fetch(reference, desk.purpose, desk.environment, &mut desk.reporter)?;
        if is_stand_in(&pem) {
            return None;
        }
        let hint = "make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`, or `-algorithm ED25519`";
        let parsed = DkimKey::parse(pem.reveal());
        parsed.map_err(|error| desk.reporter.error(Code::DkimKey, &reference.place(), error.to_string(), hint)).ok()
    });
    let domain = domain?;
    if let Some(from) = from.filter(|from| !is_within(from.address.domain(), &domain)) {
        let at = raw.value.domain.as_ref().map_or(&raw.span, |domain| &domain.span);
        let message = format!("mail from {} would be signed by {domain}, which receivers take for somebody else", from.address.domain());
        let hint = format!("sign with {}, or a domain above it, or send from an address of {domain}", from.address.domain());
        desk.reporter.error(Code::DkimDomain, at, message, hint);
        return None;
    }
    Some(Some(Dkim { domain, selector: selector?, key: key? }))
}

/// DMARC's relaxed alignment (RFC 7489 §3.1.1), as far as it can be told without a list of public suffixes.
fn is_within(domain: &DomainName, above: &DomainName) -> bool {
    let (domain, above) = (domain.as_str(), above.as_str());
    domain == above || domain.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'))
}

/// Labels of a name (RFC 6376 §3.1).
fn selector(text: &At<String>, desk: &mut Desk<'_>) -> Option<String> {
    let is_label = |label: &str| {
        let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (1..=63).contains(&label.len()) && label.chars().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_good = text.value.len() <= 100 && text.value.split('.').all(is_label);
    if !is_good {
        let hint = "write letters, digits and `-`, such as \"gatehouse\" or \"2026-11\"";
        desk.reporter.error(Code::DkimSelector, &text.span, "this can't be part of a DNS name", hint);
    }
    is_good.then(|| text.value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_signs_for_itself_and_what_is_below() {
        let domain = |text| DomainName::parse(text).unwrap();
        assert!(is_within(&domain("login.example.org"), &domain("example.org")));
        assert!(is_within(&domain("example.org"), &domain("example.org")));
        assert!(!is_within(&domain("badexample.org"), &domain("example.org")));
        assert!(!is_within(&domain("example.org"), &domain("login.example.org")));
    }

    #[test]
    fn what_is_no_private_key_is_refused() {
        assert_eq!(DkimKey::parse("nonsense").err(), Some(DkimKeyError::Pem));
        let empty = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
        assert_eq!(DkimKey::parse(empty).err(), Some(DkimKeyError::Kind));
    }
}
