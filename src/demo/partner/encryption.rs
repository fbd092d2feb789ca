//! XML Encryption (XML Encryption 1.1) of an element for the holder of a certificate, in the good ways and in the bad ones that
//! attackers still choose.

use aws_lc_rs::{
    aead::{self, AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    cipher::{AES_128, AES_256, PaddedBlockEncryptingKey, UnboundCipherKey},
    rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey, PublicEncryptingKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bergshamra_keys::loader::load_x509_cert_der;

use super::{
    PartnerError,
    xml::{ENCRYPTION, Prefixes, SIGNATURE, Xml},
};
use crate::random;

const XENC_1_1: &str = "http://www.w3.org/2009/xmlenc11#";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    Aes128Gcm,
    Aes256Gcm,
    Aes128Cbc,
    Aes256Cbc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyTransport {
    /// `rsa-oaep-mgf1p` with its SHA-1: what everybody sends.
    OaepSha1,
    /// `rsa-oaep` of XML Encryption 1.1, SHA-256 throughout.
    OaepSha256,
    /// PKCS#1 v1.5: nobody must accept it (Bleichenbacher).
    Pkcs1,
}

#[derive(Debug, Clone, Copy)]
pub struct Encryption<'a> {
    /// Certificate, DER.
    pub recipient: &'a [u8],
    pub cipher: Cipher,
    pub transport: KeyTransport,
}

impl Cipher {
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
            Self::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            Self::Aes128Cbc => "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
            Self::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        }
    }

    fn fresh_key(self) -> Vec<u8> {
        match self {
            Self::Aes128Gcm | Self::Aes128Cbc => random::bytes::<16>().to_vec(),
            Self::Aes256Gcm | Self::Aes256Cbc => random::bytes::<32>().to_vec(),
        }
    }

    /// Initialization vector first, as XML Encryption 1.1 §5.2 has it.
    fn encrypt(self, key: &[u8], octets: &[u8]) -> Result<Vec<u8>, PartnerError> {
        match self {
            Self::Aes128Gcm => gcm(&AES_128_GCM, key, octets),
            Self::Aes256Gcm => gcm(&AES_256_GCM, key, octets),
            Self::Aes128Cbc => cbc(UnboundCipherKey::new(&AES_128, key), octets),
            Self::Aes256Cbc => cbc(UnboundCipherKey::new(&AES_256, key), octets),
        }
    }
}

fn gcm(algorithm: &'static aead::Algorithm, key: &[u8], octets: &[u8]) -> Result<Vec<u8>, PartnerError> {
    let nonce = random::bytes::<12>();
    let key = UnboundKey::new(algorithm, key).map_err(|_| PartnerError::Encryption)?;
    let mut sealed = octets.to_vec();
    let sealing = LessSafeKey::new(key).seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed);
    sealing.map_err(|_| PartnerError::Encryption)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// PKCS#7 padding is one of those that XML Encryption's own (§5.2: only the last octet counts) allows.
fn cbc(key: Result<UnboundCipherKey, aws_lc_rs::error::Unspecified>, octets: &[u8]) -> Result<Vec<u8>, PartnerError> {
    let key = key.and_then(PaddedBlockEncryptingKey::cbc_pkcs7).map_err(|_| PartnerError::Encryption)?;
    let mut sealed = octets.to_vec();
    let context = key.encrypt(&mut sealed).map_err(|_| PartnerError::Encryption)?;
    let vector: &[u8] = (&context).try_into().map_err(|_| PartnerError::Encryption)?;
    Ok([vector, &sealed].concat())
}

impl KeyTransport {
    pub const fn uri(self) -> &'static str {
        match self {
            Self::OaepSha1 => "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
            Self::OaepSha256 => "http://www.w3.org/2009/xmlenc11#rsa-oaep",
            Self::Pkcs1 => "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
        }
    }

    fn wrap(self, recipient: &[u8], key: &[u8]) -> Result<Vec<u8>, PartnerError> {
        let failed = |_| PartnerError::Encryption;
        let public = load_x509_cert_der(recipient).ok().and_then(|key| key.to_spki_der()).ok_or(PartnerError::Encryption)?;
        let public = PublicEncryptingKey::from_der(&public).map_err(|_| PartnerError::Encryption)?;
        let mut out = vec![0; public.key_size_bytes()];
        match self {
            Self::OaepSha1 | Self::OaepSha256 => {
                let algorithm = if self == Self::OaepSha1 { &OAEP_SHA1_MGF1SHA1 } else { &OAEP_SHA256_MGF1SHA256 };
                OaepPublicEncryptingKey::new(public)
                    .and_then(|to| to.encrypt(algorithm, key, &mut out, None).map(|_| ()))
                    .map_err(failed)?;
            }
            Self::Pkcs1 => {
                Pkcs1PublicEncryptingKey::new(public).and_then(|to| to.encrypt(key, &mut out).map(|_| ())).map_err(failed)?;
            }
        }
        Ok(out)
    }
}

impl<'a> Encryption<'a> {
    /// As a careful partner does today.
    pub const fn to(recipient: &'a [u8]) -> Self {
        Self { recipient, cipher: Cipher::Aes256Gcm, transport: KeyTransport::OaepSha1 }
    }

    /// An `EncryptedData` element holding `octets`, its key inside.
    pub fn of(&self, octets: &[u8]) -> Result<String, PartnerError> {
        let key = self.cipher.fresh_key();
        let wrapped = STANDARD.encode(self.transport.wrap(self.recipient, &key)?);
        let sealed = STANDARD.encode(self.cipher.encrypt(&key, octets)?);
        let name = |local: &str| Prefixes::Short.name(ENCRYPTION, local);
        let mut xml = Xml::new();
        xml.open(&name("EncryptedData"))
            .attribute(&Prefixes::Short.declaration(ENCRYPTION), ENCRYPTION.uri)
            .attribute("Type", "http://www.w3.org/2001/04/xmlenc#Element");
        xml.open(&name("EncryptionMethod")).attribute("Algorithm", self.cipher.uri()).close();
        xml.open("ds:KeyInfo").attribute("xmlns:ds", SIGNATURE.uri).open(&name("EncryptedKey"));
        xml.open(&name("EncryptionMethod")).attribute("Algorithm", self.transport.uri());
        if self.transport == KeyTransport::OaepSha256 {
            xml.open("ds:DigestMethod").attribute("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha256").close();
            xml.open("xenc11:MGF").attribute("xmlns:xenc11", XENC_1_1).attribute("Algorithm", "http://www.w3.org/2009/xmlenc11#mgf1sha256");
            xml.close();
        }
        xml.close().open(&name("CipherData")).leaf(&name("CipherValue"), &wrapped).close();
        xml.close().close().open(&name("CipherData")).leaf(&name("CipherValue"), &sealed);
        Ok(xml.finish())
    }
}
