//! Encrypted assertions: named algorithms only, our keys only, and one answer for everything that goes wrong, so that nobody learns
//! from us what a ciphertext holds.
//!
//! Must not believe what it decrypts: anybody can encrypt to us.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use bergshamra_enc::{context::EncContext, decrypt::decrypt_to_bytes};
use bergshamra_keys::KeysManager;

use super::{
    keys::DecryptionKey,
    names::{DSIG, SAML2, SHA1, SHA256, SHA384, SHA512, XENC, XENC11},
    refusal::{Checked, Refusal, refuse},
    signature::base64_of,
};
use crate::{
    domain::{error_code::ErrorCode, verdict::Verdicts},
    federation::xml::Node,
    upstream::credentials::Credential,
};
/// A partner encrypts to one recipient, or to our last key and our next one.
const MOST_KEYS: usize = 4;
const CHECK: &str = "encryption";

/// What was encrypted, taken apart and found to be of the algorithms we take.
pub(super) struct Sealed {
    method: String,
    keys: Vec<WrappedKey>,
    octets: String,
    pub(super) mode: Mode,
}

/// Whether a changed ciphertext would be noticed by the cipher itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Authenticated,
    /// CBC: whoever can ask whether a changed ciphertext still makes sense can read it (Jager and Somorovsky 2011).
    Malleable,
}

const CIPHERS: [(&str, Mode); 6] = [
    ("http://www.w3.org/2009/xmlenc11#aes128-gcm", Mode::Authenticated),
    ("http://www.w3.org/2009/xmlenc11#aes192-gcm", Mode::Authenticated),
    ("http://www.w3.org/2009/xmlenc11#aes256-gcm", Mode::Authenticated),
    ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", Mode::Malleable),
    ("http://www.w3.org/2001/04/xmlenc#aes192-cbc", Mode::Malleable),
    ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", Mode::Malleable),
];

struct WrappedKey {
    method: String,
    digest: Option<&'static str>,
    mgf: Option<&'static str>,
    label: Option<String>,
    octets: String,
}

/// The one answer.
pub(super) fn failed() -> Refusal {
    refuse(CHECK, ErrorCode::DecryptionFailed, "it can't be decrypted to an assertion with our keys")
}

fn never(why: &str) -> Refusal {
    refuse(CHECK, ErrorCode::EncryptionAlgorithm, why).want("RSA-OAEP, and AES in GCM or CBC mode")
}

fn after_hash(uri: &str) -> &str {
    uri.rsplit('#').next().unwrap_or_default()
}

/// Takes apart an `EncryptedData`. Its keys are in its `KeyInfo`, or beside it in the `EncryptedAssertion`.
pub(super) fn sealed(node: Node<'_, '_>, verdicts: &mut Verdicts) -> Checked<Sealed> {
    let method = method(node)?;
    let Some((_, cipher)) = CIPHERS.iter().find(|(known, _)| *known == method) else {
        return Err(never("a cipher that is never taken").got(method));
    };
    if node.attribute("Type").is_some_and(|kind| kind.strip_prefix(XENC) != Some("Element")) {
        return Err(never("something other than one element is encrypted"));
    }
    let inside = node.children(DSIG, "KeyInfo").flat_map(|info| info.children(XENC, "EncryptedKey"));
    let beside = node.parent().filter(|p| p.is(SAML2, "EncryptedAssertion")).into_iter().flat_map(|p| p.children(XENC, "EncryptedKey"));
    let keys: Vec<_> = inside.chain(beside).take(MOST_KEYS + 1).map(wrapped).collect::<Checked<_>>()?;
    if keys.is_empty() || keys.len() > MOST_KEYS {
        return Err(never("there is no encrypted key, or more than anybody needs"));
    }
    let named = keys.first().map(|key| key.method.as_str()).unwrap_or_default();
    verdicts.passed(CHECK, format!("{}, key by {}", after_hash(method), after_hash(named)));
    Ok(Sealed { method: method.to_owned(), keys, octets: octets(node)?, mode: *cipher })
}

fn method<'d>(node: Node<'d, '_>) -> Checked<&'d str> {
    let method = node.child(XENC, "EncryptionMethod").ok().flatten();
    method.and_then(|m| m.attribute("Algorithm")).ok_or_else(|| never("no encryption algorithm is named"))
}

/// Only octets that are right here: a `CipherReference` would have us fetch them.
fn octets(node: Node<'_, '_>) -> Checked<String> {
    let holder = node.child(XENC, "CipherData").ok().flatten();
    let value = holder.and_then(|h| h.child(XENC, "CipherValue").ok().flatten());
    value.and_then(base64_of).map(|octets| STANDARD.encode(octets)).ok_or_else(|| never("the encrypted octets are not plain base64"))
}

fn wrapped(node: Node<'_, '_>) -> Checked<WrappedKey> {
    let method = method(node)?;
    let oaep = [(XENC, "rsa-oaep-mgf1p"), (XENC11, "rsa-oaep")];
    if !oaep.iter().any(|(namespace, name)| method.strip_prefix(namespace) == Some(name)) {
        return Err(never("a key transport that is never taken").got(method));
    }
    let parameters = node.child(XENC, "EncryptionMethod").ok().flatten();
    let named = |namespace: &str, name: &str| match parameters.map(|p| p.child(namespace, name)) {
        Some(Ok(found)) => Ok(found.map(|f| f.attribute("Algorithm").unwrap_or_default())),
        Some(Err(_)) => Err(never("an algorithm is named twice")),
        None => Ok(None),
    };
    let known = |uri: &str| [SHA1, SHA256, SHA384, SHA512].into_iter().find(|known| *known == uri);
    let digest =
        named(DSIG, "DigestMethod")?.map(|uri| known(uri).ok_or_else(|| never("a digest that is never taken").got(uri))).transpose()?;
    let mgf =
        named(XENC11, "MGF")?.map(|uri| mask(uri).ok_or_else(|| never("a mask function that is never taken").got(uri))).transpose()?;
    // The mask's digest is SHA-1 where nothing names it, whatever the label's is (XML Encryption 1.1 §5.5.2); aws-lc has one for both.
    let of_label = digest.map_or("sha1", after_hash);
    let of_mask = mgf.map(|uri| after_hash(uri).trim_start_matches("mgf1"));
    if of_mask.unwrap_or("sha1") != of_label {
        return Err(never("RSA-OAEP with different digests for label and mask").got(method));
    }
    let label = match parameters.map(|p| p.child(XENC, "OAEPparams")) {
        Some(Ok(Some(label))) => Some(base64_of(label).ok_or_else(|| never("the label is not plain base64"))?),
        Some(Err(_)) => return Err(never("there are two labels")),
        _ => None,
    };
    let label = label.map(|octets| STANDARD.encode(octets));
    Ok(WrappedKey { method: method.to_owned(), digest, mgf, label, octets: octets(node)? })
}

fn mask(uri: &str) -> Option<&'static str> {
    const MASKS: [&str; 4] = [
        "http://www.w3.org/2009/xmlenc11#mgf1sha1",
        "http://www.w3.org/2009/xmlenc11#mgf1sha256",
        "http://www.w3.org/2009/xmlenc11#mgf1sha384",
        "http://www.w3.org/2009/xmlenc11#mgf1sha512",
    ];
    MASKS.into_iter().find(|known| *known == uri)
}

impl Sealed {
    /// What was encrypted, with whichever of our keys opens it.
    pub(super) fn open(&self, credentials: &[Arc<Credential>]) -> Checked<Vec<u8>> {
        for key in &self.keys {
            let written = self.written(key);
            for credential in credentials {
                let Some(DecryptionKey(private)) = credential.decryption_key() else { continue };
                let mut manager = KeysManager::new();
                manager.add_key(private.clone());
                let context = EncContext::new(manager).with_disable_cipher_reference(true);
                if let Ok(plain) = decrypt_to_bytes(&context, &written) {
                    return Ok(plain);
                }
            }
        }
        Err(failed())
    }

    /// Written anew from what was checked, so that the library sees nothing else: no references, no derived or named keys. The type is
    /// none that it knows, so that it hands the octets over as they are.
    fn written(&self, key: &WrappedKey) -> String {
        let element = |name: &str, namespace: &str, uri: Option<&str>| {
            uri.map(|uri| format!("<{name} xmlns=\"{namespace}\" Algorithm=\"{uri}\"/>")).unwrap_or_default()
        };
        let label = key.label.as_ref().map(|label| format!("<OAEPparams>{label}</OAEPparams>")).unwrap_or_default();
        format!(
            "<EncryptedData xmlns=\"{XENC}\" Type=\"urn:octets\"><EncryptionMethod Algorithm=\"{}\"/><KeyInfo xmlns=\"{DSIG}\"><EncryptedKey \
             xmlns=\"{XENC}\"><EncryptionMethod Algorithm=\"{}\">{}{}{label}</EncryptionMethod><CipherData><CipherValue>{}</CipherValue>\
             </CipherData></EncryptedKey></KeyInfo><CipherData><CipherValue>{}</CipherValue></CipherData></EncryptedData>",
            self.method,
            key.method,
            element("DigestMethod", DSIG, key.digest),
            element("MGF", XENC11, key.mgf),
            key.octets,
            self.octets,
        )
    }
}
