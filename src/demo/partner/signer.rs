//! A partner's key and its certificate, made when asked for: nothing in the sources is ever a key. Signs octets; what they mean is
//! not known here.

use std::time::Duration;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
        RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, RsaKeySize};
use rsa::{Pkcs1v15Sign, RsaPrivateKey, pkcs8::DecodePrivateKey};

use super::{DigestAlgorithm, PartnerError, SignatureAlgorithm};
use crate::domain::timestamp::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyShape {
    Rsa2048,
    Rsa3072,
    P256,
    P384,
}

/// Who the certificate is about, and when it is good.
#[derive(Debug, Clone)]
pub struct Validity {
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

impl Validity {
    /// A year from an hour ago.
    pub fn around(now: Timestamp) -> Self {
        Self { not_before: now - Duration::from_secs(60 * 60), not_after: now + Duration::from_secs(365 * 24 * 60 * 60) }
    }
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
}

/// One key pair with a self-signed certificate. No `Debug`: it holds the private half.
pub struct Signer {
    shape: KeyShape,
    pair: Pair,
    private: KeyPair,
    certificate: Vec<u8>,
}

impl Signer {
    /// `name` becomes the certificate's common name. An RSA key takes a tenth of a second and more.
    pub fn generate(shape: KeyShape, name: &str, validity: &Validity) -> Result<Self, PartnerError> {
        let private = match shape {
            KeyShape::Rsa2048 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048),
            KeyShape::Rsa3072 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_3072),
            KeyShape::P256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
            KeyShape::P384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
        };
        let private = private.map_err(|error| PartnerError::Key(error.to_string()))?;
        let certificate = certificate(&private, name, validity)?;
        let der = private.serialized_der();
        let unreadable = |error: aws_lc_rs::error::KeyRejected| PartnerError::Key(error.to_string());
        let pair = match shape {
            KeyShape::Rsa2048 | KeyShape::Rsa3072 => Pair::Rsa(Box::new(RsaKeyPair::from_pkcs8(der).map_err(unreadable)?)),
            KeyShape::P256 => Pair::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map_err(unreadable)?),
            KeyShape::P384 => Pair::P384(EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der).map_err(unreadable)?),
        };
        Ok(Self { shape, pair, private, certificate })
    }

    /// The same key under another certificate: renewed, or long expired.
    pub fn certified_again(&self, name: &str, validity: &Validity) -> Result<Vec<u8>, PartnerError> {
        certificate(&self.private, name, validity)
    }

    pub const fn shape(&self) -> KeyShape {
        self.shape
    }

    /// What a partner with such a key signs with unless told otherwise.
    pub const fn usual_algorithm(&self) -> SignatureAlgorithm {
        match self.shape {
            KeyShape::Rsa2048 | KeyShape::Rsa3072 => SignatureAlgorithm::RsaSha256,
            KeyShape::P256 => SignatureAlgorithm::EcdsaSha256,
            KeyShape::P384 => SignatureAlgorithm::EcdsaSha384,
        }
    }

    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// In one line, as metadata and `KeyInfo` carry it.
    pub fn certificate_base64(&self) -> String {
        STANDARD.encode(&self.certificate)
    }

    pub fn certificate_pem(&self) -> String {
        pem(&self.certificate)
    }

    /// PKCS#8.
    pub fn private_pem(&self) -> String {
        self.private.serialize_pem()
    }

    /// PKCS#8.
    pub fn private_der(&self) -> &[u8] {
        self.private.serialized_der()
    }

    /// The `SignatureValue` of RFC 9231 §2.3: PKCS#1 v1.5, or for ECDSA the two numbers side by side.
    pub fn sign(&self, algorithm: SignatureAlgorithm, octets: &[u8]) -> Result<Vec<u8>, PartnerError> {
        use SignatureAlgorithm::{EcdsaSha256, EcdsaSha384, RsaSha1, RsaSha256, RsaSha384, RsaSha512};
        match (&self.pair, algorithm) {
            (Pair::Rsa(_), RsaSha1) => self.sign_sha1(octets),
            (Pair::Rsa(pair), RsaSha256) => with_rsa(pair, &RSA_PKCS1_SHA256, octets),
            (Pair::Rsa(pair), RsaSha384) => with_rsa(pair, &RSA_PKCS1_SHA384, octets),
            (Pair::Rsa(pair), RsaSha512) => with_rsa(pair, &RSA_PKCS1_SHA512, octets),
            (Pair::P256(pair), EcdsaSha256) | (Pair::P384(pair), EcdsaSha384) => {
                let signature = pair.sign(&SystemRandom::new(), octets).map_err(|_| PartnerError::Signature(algorithm))?;
                Ok(signature.as_ref().to_vec())
            }
            _ => Err(PartnerError::Signature(algorithm)),
        }
    }

    /// aws-lc rightly has no signing with SHA-1 any more; partners of ten years ago have nothing else.
    fn sign_sha1(&self, octets: &[u8]) -> Result<Vec<u8>, PartnerError> {
        let key = RsaPrivateKey::from_pkcs8_der(self.private_der()).map_err(|error| PartnerError::Key(error.to_string()))?;
        // RFC 8017 §9.2, note 1
        let prefix = [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
        let padding = Pkcs1v15Sign { hash_len: Some(20), prefix: Box::new(prefix) };
        key.sign(padding, &DigestAlgorithm::Sha1.of(octets)).map_err(|_| PartnerError::Signature(SignatureAlgorithm::RsaSha1))
    }
}

fn with_rsa(pair: &RsaKeyPair, encoding: &'static dyn RsaEncoding, octets: &[u8]) -> Result<Vec<u8>, PartnerError> {
    let mut signature = vec![0; pair.public_modulus_len()];
    let signed = pair.sign(encoding, &SystemRandom::new(), octets, &mut signature);
    signed.map_err(|_| PartnerError::Signature(SignatureAlgorithm::RsaSha256))?;
    Ok(signature)
}

fn certificate(key: &KeyPair, name: &str, validity: &Validity) -> Result<Vec<u8>, PartnerError> {
    let seconds = |at: Timestamp| Duration::from_secs(u64::try_from(at.unix()).unwrap_or(0));
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let mut asked = CertificateParams::default();
    asked.not_before = epoch + seconds(validity.not_before);
    asked.not_after = epoch + seconds(validity.not_after);
    asked.distinguished_name = DistinguishedName::new();
    asked.distinguished_name.push(DnType::CommonName, name);
    let made = asked.self_signed(key).map_err(|error| PartnerError::Key(error.to_string()))?;
    Ok(made.der().to_vec())
}

/// RFC 7468 §5.1.
pub fn pem(certificate: &[u8]) -> String {
    let text = STANDARD.encode(certificate);
    let mut out = String::from("-----BEGIN CERTIFICATE-----\n");
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            out.push('\n');
        }
        out.push(character);
    }
    out.push_str("\n-----END CERTIFICATE-----\n");
    out
}
