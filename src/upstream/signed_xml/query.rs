//! Signatures of the HTTP-Redirect binding (Bindings §3.4.4.1), over the query's own octets as they came (A16).
//!
//! Must not decode before it verifies: two decodings of one query are two queries.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    QuerySigned, Trust,
    keys::{self, Family},
    refusal::{Checked, refuse},
    signature,
};
use crate::domain::{certificate::KeyKind, error_code::ErrorCode, verdict::Verdicts};

/// Longer than any query of a browser.
const LONGEST: usize = 64 * 1024;

/// The parameters that matter, undecoded.
struct Query<'q> {
    message: (&'q str, &'q str),
    relay_state: Option<&'q str>,
    algorithm: &'q str,
    signature: &'q str,
}

pub(super) fn verify(raw: &str, trust: &Trust<'_>, verdicts: &mut Verdicts) -> Checked<QuerySigned> {
    let query = parse(raw)?;
    let uri = decoded(query.algorithm).and_then(|octets| String::from_utf8(octets).ok());
    let uri = uri.ok_or_else(|| unfit("SigAlg can't be read"))?;
    let family = signature::method(&uri, trust.sha1(), verdicts)?;
    let value = decoded(query.signature).and_then(|octets| {
        let packed: Vec<u8> = octets.into_iter().filter(|o| !o.is_ascii_whitespace()).collect();
        STANDARD.decode(packed).ok()
    });
    let value = value.ok_or_else(|| unfit("Signature is not base64"))?;
    let (name, message) = query.message;
    let relay_state = query.relay_state.map(|state| format!("&RelayState={state}")).unwrap_or_default();
    let signed = format!("{name}={message}{relay_state}&SigAlg={}", query.algorithm);
    for certificate in trust.signing.candidates(family)?.into_iter().map(|place| &trust.signing[place]) {
        let Some(algorithm) = algorithm(&uri, certificate.key(), family) else { continue };
        if UnparsedPublicKey::new(algorithm, certificate.public_key()).verify(signed.as_bytes(), &value).is_ok() {
            verdicts.passed("verifying key", format!("{} {}", certificate.key(), keys::fingerprint(certificate)));
            return Ok(QuerySigned(()));
        }
    }
    Err(refuse("signature", ErrorCode::SignatureInvalid, "no trusted key made the query's signature"))
}

fn unfit(why: &str) -> super::refusal::Refusal {
    refuse("binding", ErrorCode::SamlBinding, why)
}

fn parse(raw: &str) -> Checked<Query<'_>> {
    if raw.len() > LONGEST {
        return Err(refuse("document", ErrorCode::XmlTooLarge, "the query is longer than any browser sends"));
    }
    let [mut request, mut response, mut relay_state, mut algorithm, mut signature] = [None; 5];
    for pair in raw.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // A name that is one of ours only once decoded is another query to another reader.
        if name.contains(['%', '+']) {
            return Err(unfit("a parameter's name is encoded"));
        }
        let slot = match name {
            "SAMLRequest" => &mut request,
            "SAMLResponse" => &mut response,
            "RelayState" => &mut relay_state,
            "SigAlg" => &mut algorithm,
            "Signature" => &mut signature,
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(unfit("a parameter is repeated"));
        }
    }
    let message = match (request, response) {
        (Some(request), None) => ("SAMLRequest", request),
        (None, Some(response)) => ("SAMLResponse", response),
        _ => return Err(unfit("not exactly one of SAMLRequest and SAMLResponse")),
    };
    let (Some(algorithm), Some(signature)) = (algorithm, signature) else {
        return Err(refuse("signature", ErrorCode::SignatureMissing, "the query is not signed"));
    };
    Ok(Query { message, relay_state, algorithm, signature })
}

/// Percent-decoding alone: a bare `+` is base64's.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after.get(2..)?;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    Some(out)
}

/// ECDSA is raw r and s (XML Signature §6.4.3), of the curve's own length.
fn algorithm(uri: &str, key: KeyKind, family: Family) -> Option<&'static dyn VerificationAlgorithm> {
    let hash = uri.rsplit('-').next().unwrap_or_default();
    match (family, hash, key) {
        (Family::Rsa, "sha256", _) => Some(&RSA_PKCS1_2048_8192_SHA256),
        (Family::Rsa, "sha384", _) => Some(&RSA_PKCS1_2048_8192_SHA384),
        (Family::Rsa, "sha512", _) => Some(&RSA_PKCS1_2048_8192_SHA512),
        (Family::Rsa, "sha1", _) => Some(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
        (Family::Ecdsa, "sha256", KeyKind::P256) => Some(&ECDSA_P256_SHA256_FIXED),
        (Family::Ecdsa, "sha384", KeyKind::P384) => Some(&ECDSA_P384_SHA384_FIXED),
        _ => None,
    }
}
