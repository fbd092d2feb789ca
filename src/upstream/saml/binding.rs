//! How messages travel: HTTP-Redirect and HTTP-POST, both ways (Bindings §3.4, §3.5).
//!
//! Must not know what is in a message.

use std::{cell::RefCell, io::Read};

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compress, Compression, FlushCompress, Status, read::DeflateDecoder};
use url::{Url, form_urlencoded};

use super::sign::RSA_SHA256;
use crate::{
    domain::{error_code::ErrorCode, rejection::Rejected, secret::Secret},
    upstream::{Outbound, RawMessage},
};

/// Longest `RelayState` (Bindings §3.4.3): longer ones are cut off or refused by some.
#[cfg(test)]
pub(super) const LONGEST_RELAY_STATE: usize = 80;

/// Longest `RelayState` of theirs that we send back. Theirs may be longer than the rule allows; ours never is.
const LONGEST_ECHO: usize = 2048;

/// Longest message that comes out of DEFLATE (A17).
const LONGEST_INFLATED: usize = 256 * 1024;

/// Which of the two parameters a message travels in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    Request,
    Response,
}

impl Parameter {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// Octets to signature.
pub(super) type Sign<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

/// A message that leaves by Redirect. `sign` makes an RSA-SHA256 signature.
pub(super) struct Redirect<'a> {
    pub location: &'a Url,
    pub parameter: Parameter,
    pub xml: &'a str,
    pub relay_state: Option<&'a str>,
    pub sign: Option<Sign<'a>>,
    /// A parameter beside the message, outside the signature.
    pub hint: Option<(&'static str, String)>,
}

impl Redirect<'_> {
    /// The address. What is signed is exactly what is sent, percent-encoded once (Bindings §3.4.4.1); a query that the location brought
    /// stands before it, unsigned and unchanged.
    pub(super) fn url(&self) -> Url {
        let mut message = format!("{}={}", self.parameter.name(), encode(&STANDARD.encode(deflate(self.xml.as_bytes()))));
        if let Some(state) = self.relay_state {
            message += &format!("&RelayState={}", encode(state));
        }
        if let Some(sign) = self.sign {
            message += &format!("&SigAlg={}", encode(RSA_SHA256));
            message += &format!("&Signature={}", encode(&STANDARD.encode(sign(message.as_bytes()))));
        }
        let mut url = self.location.clone();
        url.set_fragment(None);
        let before = self.location.query().filter(|query| !query.is_empty()).map(|query| format!("{query}&"));
        url.set_query(Some(&(before.unwrap_or_default() + &message)));
        with_hint(url, self.hint.as_ref())
    }
}

/// A message that leaves by POST: a form that posts itself.
pub(super) fn post(
    location: &Url,
    parameter: Parameter,
    xml: &str,
    relay_state: Option<&str>,
    hint: Option<&(&'static str, String)>,
) -> Outbound {
    let mut fields = vec![(parameter.name(), STANDARD.encode(xml))];
    fields.extend(relay_state.map(|state| ("RelayState", state.to_owned())));
    Outbound::Form { action: with_hint(location.clone(), hint), fields }
}

fn with_hint(mut url: Url, hint: Option<&(&'static str, String)>) -> Url {
    if let Some((name, value)) = hint {
        let before = url.query().filter(|query| !query.is_empty()).map(|query| format!("{query}&")).unwrap_or_default();
        url.set_query(Some(&format!("{before}{name}={}", encode(value))));
    }
    url
}

fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Raw DEFLATE (RFC 1951), as Bindings §3.4.4.1 asks. One compressor per thread: making one costs more than using it.
fn deflate(octets: &[u8]) -> Vec<u8> {
    thread_local! {
        static COMPRESS: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), false));
    }
    COMPRESS.with_borrow_mut(|compress| {
        compress.reset();
        let mut out = Vec::with_capacity(octets.len() / 2 + 64);
        loop {
            let taken = usize::try_from(compress.total_in()).unwrap_or(octets.len());
            match compress.compress_vec(&octets[taken..], &mut out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return out,
                _ => out.reserve(octets.len() + 64),
            }
        }
    })
}

/// Out of DEFLATE, never more than [`LONGEST_INFLATED`] octets and nothing after the end.
fn inflate(octets: &[u8]) -> Result<Vec<u8>, Rejected> {
    let mut out = Vec::new();
    let mut decoder = DeflateDecoder::new(octets).take(LONGEST_INFLATED as u64 + 1);
    decoder.read_to_end(&mut out).map_err(|_| misshapen("the message is no DEFLATE"))?;
    if out.len() > LONGEST_INFLATED {
        return Err(Rejected::new(ErrorCode::XmlTooLarge, "the message is longer than we read, once inflated"));
    }
    if decoder.get_ref().total_in() != octets.len() as u64 {
        return Err(misshapen("something follows the DEFLATE stream"));
    }
    Ok(out)
}

/// Base64 as MIME writes it: line breaks are ignored, anything else that does not belong is refused.
pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, Rejected> {
    let packed: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    if packed.is_empty() {
        return Err(misshapen("the message is empty"));
    }
    STANDARD.decode(packed).map_err(|_| misshapen("the message is no base64"))
}

fn misshapen(detail: &str) -> Rejected {
    Rejected::new(ErrorCode::SamlBinding, detail)
}

/// A message that came to our logout address, out of its binding.
pub(super) struct Arrived {
    pub parameter: Parameter,
    pub xml: Vec<u8>,
    pub relay_state: Option<Secret<String>>,
}

impl Arrived {
    /// One message, each parameter once (A16).
    pub(super) fn read(raw: &RawMessage<'_>) -> Result<Self, Rejected> {
        let (text, is_query) = match *raw {
            RawMessage::Query(text) => (text, true),
            RawMessage::Form(text) => (text, false),
        };
        if text.len() > crate::upstream::LONGEST {
            return Err(misshapen("the message is longer than we read"));
        }
        let mut found: [Option<String>; KNOWN.len()] = Default::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let Some(place) = KNOWN.iter().position(|known| *known == name) else { continue };
            if found[place].replace(value.into_owned()).is_some() {
                return Err(misshapen("a parameter occurs twice"));
            }
        }
        let [request, response, relay_state, encoding, algorithm, signature] = found;
        if !is_query && (algorithm.is_some() || signature.is_some()) {
            return Err(misshapen("HTTP-POST-SimpleSign is not supported"));
        }
        if encoding.is_some_and(|encoding| encoding != DEFLATE) {
            return Err(misshapen("the message has an encoding that we do not read"));
        }
        if relay_state.as_ref().is_some_and(|state| state.len() > LONGEST_ECHO) {
            return Err(misshapen("the RelayState is longer than we send back"));
        }
        let (parameter, text) = match (request, response) {
            (Some(request), None) => (Parameter::Request, request),
            (None, Some(response)) => (Parameter::Response, response),
            _ => return Err(misshapen("there is not just one message")),
        };
        let octets = from_base64(&text)?;
        let xml = if is_query { inflate(&octets)? } else { octets };
        Ok(Self { parameter, xml, relay_state: relay_state.map(Secret::new) })
    }
}

const KNOWN: [&str; 6] = ["SAMLRequest", "SAMLResponse", "RelayState", "SAMLEncoding", "SigAlg", "Signature"];

/// Bindings §3.4.4.1: the one encoding there is.
const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

#[cfg(test)]
mod tests;
