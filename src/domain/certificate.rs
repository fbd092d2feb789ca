//! X.509 certificates as partners use them: a public key with a name and two dates. Trust comes from the operator's word, never from a
//! chain (SAML V2.0 Metadata Interoperability Profile §2.6.1).

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use x509_parser::{certificate::X509Certificate, prelude::FromDer, public_key::PublicKey};

use super::timestamp::Timestamp;

/// A certificate that was read and whose key is of a kind that signatures are made with.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Arc<[u8]>,
    subject: String,
    issuer: String,
    public_key: Arc<[u8]>,
    not_before: Timestamp,
    not_after: Timestamp,
    key: KeyKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Rsa {
        bits: usize,
    },
    P256,
    P384,
    P521,
    /// Ed25519, DSA, …: nothing we verify with.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("it is not base64")]
    Base64,
    #[error("it is no X.509 certificate")]
    Shape,
}

impl Certificate {
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| CertificateError::Shape)?;
        if !rest.is_empty() {
            return Err(CertificateError::Shape);
        }
        let key = match parsed.public_key().parsed() {
            Ok(PublicKey::RSA(rsa)) => KeyKind::Rsa { bits: rsa.key_size() },
            Ok(PublicKey::EC(point)) => match point.key_size() {
                256 => KeyKind::P256,
                384 => KeyKind::P384,
                521..=528 => KeyKind::P521,
                _ => KeyKind::Other,
            },
            _ => KeyKind::Other,
        };
        let validity = parsed.validity();
        Ok(Self {
            der: der.into(),
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            public_key: parsed.public_key().raw.into(),
            not_before: Timestamp::from_unix(validity.not_before.timestamp()),
            not_after: Timestamp::from_unix(validity.not_after.timestamp()),
            key,
        })
    }

    /// Base64 of its DER with any white space, as metadata carries it, or one PEM block.
    pub fn from_text(text: &str) -> Result<Self, CertificateError> {
        let body = match text.split_once("-----BEGIN CERTIFICATE-----") {
            Some((_, rest)) => rest.split_once("-----END CERTIFICATE-----").ok_or(CertificateError::Shape)?.0,
            None => text,
        };
        let packed: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let der = STANDARD.decode(packed).map_err(|_| CertificateError::Base64)?;
        Self::from_der(&der)
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Base64 of the DER in one line, as metadata carries it.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// DER of its SubjectPublicKeyInfo: a certificate that was renewed keeps it.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    pub const fn key(&self) -> KeyKind {
        self.key
    }
}

impl KeyKind {
    /// RSA from 2048 bits, ECDSA on P-256 and P-384 (`security.md` A18).
    pub const fn is_strong_enough(self) -> bool {
        match self {
            Self::Rsa { bits } => bits >= 2048,
            Self::P256 | Self::P384 => true,
            Self::P521 | Self::Other => false,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
            Self::P256 => f.write_str("EC P-256"),
            Self::P384 => f.write_str("EC P-384"),
            Self::P521 => f.write_str("EC P-521"),
            Self::Other => f.write_str("a key of another kind"),
        }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({:?}, {}, until {})", self.subject, self.key, self.not_after.unix())
    }
}
