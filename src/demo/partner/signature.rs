//! Enveloped XML signatures (XML Signature 1.1 §6.6.4) over what a partner is about to send. Only makes them; that others can check
//! them is `tests.rs`'s to show.

use std::fmt;

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};
use bergshamra_c14n::{C14nMode, canonicalize};

use super::{
    PartnerError, Signer,
    xml::{Prefixes, SIGNATURE, Xml},
};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    RsaSha1,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
    EcdsaSha384,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DigestAlgorithm {
    Sha1,
    #[default]
    Sha256,
    Sha384,
    Sha512,
}

impl SignatureAlgorithm {
    /// RFC 9231 §2.3.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.uri())
    }
}

impl DigestAlgorithm {
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        }
    }

    pub fn of(self, octets: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, octets).as_ref().to_vec()
    }
}

/// What stands in `KeyInfo`. It is advice to the receiver, and no more (A11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyInfo {
    #[default]
    Certificate,
    Absent,
}

/// How to sign.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    pub signer: &'a Signer,
    pub algorithm: SignatureAlgorithm,
    pub digest: DigestAlgorithm,
    pub key_info: KeyInfo,
    pub prefixes: Prefixes,
}

impl<'a> Signing<'a> {
    /// As a careful partner does today.
    pub fn by(signer: &'a Signer) -> Self {
        Self {
            signer,
            algorithm: signer.usual_algorithm(),
            digest: DigestAlgorithm::Sha256,
            key_info: KeyInfo::Certificate,
            prefixes: Prefixes::Short,
        }
    }

    /// The `Signature` element for `element`, which is whole but for this signature, bears `id`, and declares every prefix it uses.
    pub fn over(&self, element: &str, id: &str) -> Result<String, PartnerError> {
        let canonical = canonicalize::<&str>(element, C14nMode::Exclusive, None, &[]);
        let canonical = canonical.map_err(|error| PartnerError::Xml(error.to_string()))?;
        let digest = STANDARD.encode(self.digest.of(&canonical));
        let name = |local: &str| self.prefixes.name(SIGNATURE, local);
        let (declaration, space) = (self.prefixes.declaration(SIGNATURE), SIGNATURE.uri);
        let info = self.signed_info(id, &digest);
        // the very octets that exclusive canonicalization makes of it, wherever it will stand
        let (start, rest) = info.split_at(name("SignedInfo").len() + 1);
        let octets = format!("{start} {declaration}=\"{space}\"{rest}");
        let value = STANDARD.encode(self.signer.sign(self.algorithm, octets.as_bytes())?);
        let mut xml = Xml::new();
        xml.open(&name("Signature")).attribute(&declaration, space).raw(&info).leaf(&name("SignatureValue"), &value);
        if self.key_info == KeyInfo::Certificate {
            xml.open(&name("KeyInfo")).open(&name("X509Data")).leaf(&name("X509Certificate"), &self.signer.certificate_base64());
        }
        Ok(xml.finish())
    }

    fn signed_info(&self, id: &str, digest: &str) -> String {
        let name = |local: &str| self.prefixes.name(SIGNATURE, local);
        let mut xml = Xml::new();
        let method = |xml: &mut Xml, local: &str, uri: &str| {
            xml.open(&name(local)).attribute("Algorithm", uri).close();
        };
        xml.open(&name("SignedInfo"));
        method(&mut xml, "CanonicalizationMethod", EXCLUSIVE);
        method(&mut xml, "SignatureMethod", self.algorithm.uri());
        xml.open(&name("Reference")).attribute("URI", &format!("#{id}")).open(&name("Transforms"));
        method(&mut xml, "Transform", ENVELOPED);
        method(&mut xml, "Transform", EXCLUSIVE);
        xml.close();
        method(&mut xml, "DigestMethod", self.digest.uri());
        xml.leaf(&name("DigestValue"), digest);
        xml.finish()
    }
}
