//! Public keys as JSON (RFC 7517, RFC 7518 §6) and their names: the thumbprint of RFC 7638.

use aws_lc_rs::signature::{EcdsaKeyPair, KeyPair, RsaKeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::random;

/// The public half of a signing key. Exactly these members are published, never a private one: there is no field for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty", deny_unknown_fields)]
pub enum PublicKey {
    #[serde(rename = "EC")]
    Ec { crv: Curve, x: String, y: String },
    #[serde(rename = "RSA")]
    Rsa { e: String, n: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Curve {
    #[serde(rename = "P-256")]
    P256,
}

/// One entry of a key set.
#[derive(Debug, Serialize)]
pub struct Jwk<'k> {
    #[serde(flatten)]
    pub key: &'k PublicKey,
    pub kid: &'k str,
    #[serde(rename = "use")]
    pub usage: &'static str,
    pub alg: &'static str,
}

impl PublicKey {
    /// From the uncompressed point: 4, x (32), y (32) (SEC 1 §2.3.3).
    pub fn of_ecdsa(pair: &EcdsaKeyPair) -> Option<Self> {
        let [4, coordinates @ ..] = pair.public_key().as_ref() else { return None };
        let (x, y) = coordinates.split_at_checked(32).filter(|(_, y)| y.len() == 32)?;
        Some(Self::Ec { crv: Curve::P256, x: URL_SAFE_NO_PAD.encode(x), y: URL_SAFE_NO_PAD.encode(y) })
    }

    /// From PKCS #1 `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017 appendix A.1.1).
    pub fn of_rsa(pair: &RsaKeyPair) -> Option<Self> {
        let (sequence, []) = element(0x30, pair.public_key().as_ref())? else { return None };
        let (modulus, rest) = element(0x02, sequence)?;
        let (exponent, []) = element(0x02, rest)? else { return None };
        // A DER INTEGER may begin with a zero for its sign, a JWK number may not (RFC 7518 §2 Base64urlUInt).
        let number = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets.strip_prefix(&[0]).unwrap_or(octets));
        Some(Self::Rsa { e: number(exponent), n: number(modulus) })
    }

    /// RFC 7638 §3: SHA-256 of the required members in lexicographic order, without white space.
    pub fn thumbprint(&self) -> String {
        let canonical = match self {
            Self::Ec { crv: Curve::P256, x, y } => format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Self::Rsa { e, n } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
        };
        random::sha256_base64url(canonical.as_bytes())
    }
}

/// One DER element with `tag` (X.690 §8.1): its content, and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = der.strip_prefix(&[tag])?.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81 => rest.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
        0x82 => rest.split_first_chunk().map(|(length, rest)| (usize::from(u16::from_be_bytes(*length)), rest))?,
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_the_one_of_rfc_7638_section_3_1() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W\
                 -5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qN\
                 Lyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = PublicKey::Rsa { e: "AQAB".into(), n: n.into() };
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn an_entry_has_the_members_clients_look_for_and_no_other() {
        let key = PublicKey::Ec { crv: Curve::P256, x: "x".into(), y: "y".into() };
        let entry = Jwk { key: &key, kid: "k", usage: "sig", alg: "ES256" };
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(text, r#"{"kty":"EC","crv":"P-256","x":"x","y":"y","kid":"k","use":"sig","alg":"ES256"}"#);
    }
}
