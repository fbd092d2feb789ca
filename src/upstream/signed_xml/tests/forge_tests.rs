//! An identity provider that signs whatever it is told to.

use std::sync::{Arc, LazyLock};

use bergshamra_dsig::{DsigContext, sign::sign};
use bergshamra_keys::{KeysManager, loader};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};

use crate::{
    domain::{
        certificate::Certificate,
        error_code::ErrorCode,
        federation::{Acceptance, SignedPart},
        secret::Secret,
        verdict::Verdicts,
    },
    upstream::{
        credentials::Credential,
        signed_xml::{OpenedResponse, OpenedToken, Trust, open_response, open_token},
    },
};

pub(super) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(super) const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
pub(super) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub(super) const EXC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A key pair and its certificate.
pub(super) struct Signer {
    pub(super) certificate: Certificate,
    pub(super) pair: KeyPair,
}

fn signer(pair: KeyPair) -> Signer {
    let certificate = CertificateParams::new(vec!["idp.example".to_owned()]).unwrap().self_signed(&pair).unwrap();
    Signer { certificate: Certificate::from_der(certificate.der()).unwrap(), pair }
}

pub(super) static RSA: LazyLock<Signer> = LazyLock::new(|| signer(KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap()));
pub(super) static OTHER: LazyLock<Signer> = LazyLock::new(|| signer(KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap()));
pub(super) static EC: LazyLock<Signer> = LazyLock::new(|| signer(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()));
/// Ours, for decryption.
pub(super) static OURS: LazyLock<Vec<Arc<Credential>>> = LazyLock::new(|| vec![credential(&OTHER), credential(&RSA)]);

fn credential(of: &Signer) -> Arc<Credential> {
    Arc::new(Credential::new(of.certificate.clone(), Secret::new(of.pair.serialize_der())).unwrap())
}

impl Signer {
    fn keys(&self) -> KeysManager {
        let pem = self.pair.serialize_pem();
        let key = loader::load_rsa_private_pem(pem.as_bytes()).or_else(|_| loader::load_ec_p256_private_pem(pem.as_bytes())).unwrap();
        let mut keys = KeysManager::new();
        keys.add_key(key);
        keys
    }

    /// Fills in the first signature template of the document.
    pub(super) fn sign(&self, xml: &str) -> String {
        sign(&DsigContext::new(self.keys()), xml).unwrap()
    }
}

/// The reference implementation signs or encrypts: `xmlsec1` with these arguments, the key and the document in files.
pub(super) fn xmlsec1(arguments: &[&str], signer: &Signer, xml: &str, data: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", signer.certificate.to_base64());
    let (key, certificate) = (write("key.pem", &signer.pair.serialize_pem()), write("cert.pem", &pem));
    let (document, data) = (write("document.xml", xml), write("data.xml", data));
    let fill = |a: &&str| a.replace("{key}", &key).replace("{certificate}", &certificate).replace("{data}", &data);
    let done = std::process::Command::new("xmlsec1").args(arguments.iter().map(fill)).arg(document).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

pub(super) fn signed_by_xmlsec1(xml: &str) -> String {
    let assertion = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion";
    xmlsec1(&["--sign", "--privkey-pem", "{key}", "--id-attr:ID", assertion], &RSA, xml, "")
}

pub(super) fn template(id: &str, method: &str, digest: &str) -> String {
    format!(
        "<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{EXC}\"/><ds:SignatureMethod Algorithm=\"{method}\"/>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"{DSIG}enveloped-signature\"/><ds:Transform Algorithm=\"{EXC}\"/>\
         </ds:Transforms><ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue></ds:DigestValue></ds:Reference></ds:SignedInfo>\
         <ds:SignatureValue></ds:SignatureValue></ds:Signature>"
    )
}

pub(super) fn usual(id: &str) -> String {
    template(id, RSA_SHA256, SHA256)
}

/// An assertion about somebody; `signature` is where schemas want it.
pub(super) fn assertion(id: &str, name: &str, signature: &str) -> String {
    format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" Version=\"2.0\" IssueInstant=\"2026-11-20T12:00:00Z\">\
         <saml:Issuer>https://idp.example</saml:Issuer>{signature}<saml:Subject>\
         <saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">{name}</saml:NameID>\
         <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData InResponseTo=\"_q\" \
         Recipient=\"https://sp.example/acs\" NotOnOrAfter=\"2026-11-20T12:05:00Z\"/></saml:SubjectConfirmation></saml:Subject>\
         <saml:Conditions NotBefore=\"2026-11-20T11:59:00Z\" NotOnOrAfter=\"2026-11-20T12:05:00Z\"><saml:AudienceRestriction>\
         <saml:Audience>https://sp.example</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
         <saml:AuthnStatement AuthnInstant=\"2026-11-20T11:58:00Z\" SessionIndex=\"_s\"><saml:AuthnContext><saml:AuthnContextClassRef>\
         urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
         <saml:AttributeStatement><saml:Attribute Name=\"mail\"><saml:AttributeValue xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">{name}@example.com</saml:AttributeValue>\
         </saml:Attribute></saml:AttributeStatement></saml:Assertion>"
    )
}

pub(super) fn response(signature: &str, content: &str) -> String {
    response_with("urn:oasis:names:tc:SAML:2.0:status:Success", signature, content)
}

pub(super) fn response_with(status: &str, signature: &str, content: &str) -> String {
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r\" \
         Version=\"2.0\" IssueInstant=\"2026-11-20T12:00:00Z\" Destination=\"https://sp.example/acs\" InResponseTo=\"_q\">\
         <saml:Issuer>https://idp.example</saml:Issuer>{signature}<samlp:Status><samlp:StatusCode Value=\"{status}\"/></samlp:Status>\
         {content}</samlp:Response>"
    )
}

/// A response about `ana`, with a signed assertion.
pub(super) fn assertion_signed() -> String {
    RSA.sign(&response("", &assertion("_a", "ana", &usual("_a"))))
}

pub(super) fn response_signed() -> String {
    RSA.sign(&response(&usual("_r"), &assertion("_a", "ana", "")))
}

pub(super) fn both_signed() -> String {
    let inner = RSA.sign(&assertion("_a", "ana", &usual("_a")));
    RSA.sign(&response(&usual("_r"), &inner))
}

pub(super) fn acceptance() -> Acceptance {
    Acceptance {
        clock_skew: std::time::Duration::from_secs(60),
        allows_sha1: false,
        signed: SignedPart::Either,
        requires_encryption: false,
    }
}

pub(super) fn open(xml: &str) -> Result<OpenedResponse, ErrorCode> {
    open_as(xml, &acceptance(), &[&RSA])
}

pub(super) fn open_as(xml: &str, acceptance: &Acceptance, trusted: &[&Signer]) -> Result<OpenedResponse, ErrorCode> {
    let certificates: Vec<_> = trusted.iter().map(|signer| signer.certificate.clone()).collect();
    let trust = Trust::new(&certificates, acceptance, &OURS).map_err(|e| e.code)?;
    open_response(xml.as_bytes(), &trust, &mut Verdicts::default()).map_err(|e| e.code)
}

pub(super) fn refusal(xml: &str) -> ErrorCode {
    open(xml).err().expect("it is refused")
}

pub(super) fn token(xml: &str) -> Result<OpenedToken, ErrorCode> {
    let (certificates, acceptance) = ([RSA.certificate.clone()], acceptance());
    let trust = Trust::new(&certificates, &acceptance, &OURS).map_err(|e| e.code)?;
    open_token(xml.as_bytes(), &trust, &mut Verdicts::default()).map_err(|e| e.code)
}
