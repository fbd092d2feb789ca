//! Enveloped signatures over what we send by POST and publish (XML-Signature §8.1, SAML Core §5.4): exclusive canonicalisation,
//! RSA-SHA256, one reference to the root's ID.
//!
//! Must not verify.

use base64::{Engine, engine::general_purpose::STANDARD};
use bergshamra_dsig::DsigContext;
use bergshamra_keys::{KeysManager, loader};
use zeroize::Zeroizing;

use super::writer::{DSIG, Element};
use crate::{
    domain::{error_code::ErrorCode, rejection::Rejected},
    upstream::credentials::Credential,
};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
/// RFC 6931 §2.3.2; also the `SigAlg` of redirects.
pub(super) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// Where the signature stands among the root's children: the schema's place for it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// Metadata §2.3.1.
    First,
    /// Core §3.2.1: after the Issuer.
    AfterIssuer,
}

/// The document, signed as a whole. Its root has an `ID`.
pub(super) fn enveloped(mut root: Element, place: Place, credential: &Credential) -> Result<String, Rejected> {
    let reference = format!("#{}", root.attribute("ID").unwrap_or_default());
    let place = match place {
        Place::First => 0,
        Place::AfterIssuer => 1,
    };
    root.insert(place, template(reference, &credential.certificate.to_base64()));
    let mut keys = KeysManager::new();
    keys.add_key(loader::load_rsa_private_pem(pem(credential).as_bytes()).map_err(|_| failed())?);
    bergshamra_dsig::sign::sign_owned(&DsigContext::new(keys), root.to_xml()).map_err(|_| failed())
}

/// The library's messages may quote the document, so none is passed on.
fn failed() -> Rejected {
    Rejected::new(ErrorCode::KeysUnavailable, "our message could not be signed with our own key")
}

/// The loader reads PEM alone.
fn pem(credential: &Credential) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(credential.private.reveal()));
    let mut out = Zeroizing::new(String::with_capacity(body.len() * 66 / 64 + 64));
    out.push_str("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str("-----END PRIVATE KEY-----\n");
    out
}

fn template(reference: String, certificate: &str) -> Element {
    let algorithm = |name, value: &str| Element::new(name).with("Algorithm", value);
    Element::new("ds:Signature")
        .with("xmlns:ds", DSIG)
        .child(
            Element::new("ds:SignedInfo")
                .child(algorithm("ds:CanonicalizationMethod", EXCLUSIVE))
                .child(algorithm("ds:SignatureMethod", RSA_SHA256))
                .child(
                    Element::new("ds:Reference")
                        .with("URI", reference)
                        .child(
                            Element::new("ds:Transforms")
                                .child(algorithm("ds:Transform", ENVELOPED))
                                .child(algorithm("ds:Transform", EXCLUSIVE)),
                        )
                        .child(algorithm("ds:DigestMethod", SHA256))
                        .child(Element::new("ds:DigestValue")),
                ),
        )
        .child(Element::new("ds:SignatureValue"))
        .child(certificate_of(certificate))
}

/// `ds:KeyInfo` with one certificate.
pub(super) fn certificate_of(base64: &str) -> Element {
    let held = Element::new("ds:X509Data").child(Element::new("ds:X509Certificate").text(base64));
    Element::new("ds:KeyInfo").child(held)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::{certificate::Certificate, secret::Secret};

    /// A fresh key with a certificate of its own.
    pub(in crate::upstream::saml) fn credential() -> Credential {
        let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["gatehouse.example".to_owned()]).unwrap().self_signed(&key).unwrap();
        Credential::new(Certificate::from_der(certificate.der()).unwrap(), Secret::new(key.serialize_der())).unwrap()
    }

    fn is_signed_by(xml: &str, credential: &Credential) -> bool {
        let mut keys = KeysManager::new();
        keys.add_key(loader::load_x509_cert_der(credential.certificate.der()).unwrap());
        bergshamra_dsig::verify::verify(&DsigContext::new(keys), xml).is_ok_and(|result| result.is_valid())
    }

    fn message() -> Element {
        Element::new("a")
            .with("xmlns", "urn:a")
            .with("ID", "_1")
            .child(Element::new("b").text("x & y\n"))
            .child(Element::new("c").with("d", "\t\"e\""))
    }

    #[test]
    fn what_we_sign_verifies_with_our_certificate_and_no_other() {
        let (ours, other) = (credential(), credential());
        for place in [Place::First, Place::AfterIssuer] {
            let signed = enveloped(message(), place, &ours).unwrap();
            assert!(is_signed_by(&signed, &ours), "{signed}");
            assert!(!is_signed_by(&signed, &other));
            assert!(!is_signed_by(&signed.replace("x &amp; y", "x &amp; z"), &ours));
        }
    }

    #[test]
    fn the_signature_stands_where_the_schema_has_it() {
        let ours = credential();
        assert!(enveloped(message(), Place::First, &ours).unwrap().contains("ID=\"_1\"><ds:Signature"));
        assert!(enveloped(message(), Place::AfterIssuer, &ours).unwrap().contains("</b><ds:Signature"));
    }
}
