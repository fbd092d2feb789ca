//! How messages travel through a browser: HTTP-Redirect with its detached signature, and HTTP-POST (SAML Bindings §3.4, §3.5).

use std::io::{Read as _, Write as _};

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use url::form_urlencoded::{Serializer, byte_serialize};

use super::{PartnerError, SignatureAlgorithm, Signer};

/// Longest message a partner reads; a kilobyte can claim to be a gigabyte.
const LONGEST: u64 = 64 * 1024;

/// The parameter a message travels in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    Request,
    Response,
}

impl Parameter {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// Bindings §3.4.4.1: DEFLATE without a header, then base64.
pub fn deflated(xml: &str) -> String {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::default());
    // a vector takes every octet
    let written = out.write_all(xml.as_bytes()).and_then(|()| out.finish());
    STANDARD.encode(written.unwrap_or_default())
}

/// The message of a `SAMLRequest` or `SAMLResponse` in a query.
pub fn inflated(text: &str) -> Result<String, PartnerError> {
    let packed = STANDARD.decode(text).map_err(|_| PartnerError::Unreadable("not base64"))?;
    let mut xml = String::new();
    let read = DeflateDecoder::new(packed.as_slice()).take(LONGEST + 1).read_to_string(&mut xml);
    match read {
        Ok(length) if length as u64 <= LONGEST => Ok(xml),
        Ok(_) => Err(PartnerError::Unreadable("too long")),
        Err(_) => Err(PartnerError::Unreadable("not deflated text")),
    }
}

/// The message of a form.
pub fn posted(text: &str) -> Result<String, PartnerError> {
    let packed: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let octets = STANDARD.decode(packed).map_err(|_| PartnerError::Unreadable("not base64"))?;
    String::from_utf8(octets).map_err(|_| PartnerError::Unreadable("not UTF-8"))
}

/// What the field of a form holds.
pub fn for_post(xml: &str) -> String {
    STANDARD.encode(xml)
}

/// The query of an unsigned message.
pub fn query(parameter: Parameter, xml: &str, relay_state: Option<&str>) -> String {
    let mut out = Serializer::new(String::new());
    out.append_pair(parameter.name(), &deflated(xml));
    if let Some(state) = relay_state {
        out.append_pair("RelayState", state);
    }
    out.finish()
}

/// The query of a signed message. The signature is over these very octets, in this order (Bindings §3.4.4.1).
pub fn signed_query(
    parameter: Parameter,
    xml: &str,
    relay_state: Option<&str>,
    signer: &Signer,
    algorithm: SignatureAlgorithm,
) -> Result<String, PartnerError> {
    let signed = format!("{}&SigAlg={}", query(parameter, xml, relay_state), encoded(algorithm.uri()));
    let signature = STANDARD.encode(signer.sign(algorithm, signed.as_bytes())?);
    Ok(format!("{signed}&Signature={}", encoded(&signature)))
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// `to` with a query added to the one it may have.
pub fn with_query(to: &str, query: &str) -> String {
    let separator = if to.contains('?') { '&' } else { '?' };
    format!("{to}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_out_as_it_went_in_unless_it_is_a_bomb() {
        assert_eq!(inflated(&deflated("<a>ü</a>")).unwrap(), "<a>ü</a>");
        assert_eq!(posted(&for_post("<a>ü</a>")).unwrap(), "<a>ü</a>");
        assert!(matches!(inflated(&deflated(&"a".repeat(1_000_000))), Err(PartnerError::Unreadable("too long"))));
    }
}
