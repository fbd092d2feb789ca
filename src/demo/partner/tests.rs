//! What partners sign and encrypt, checked by software that nobody here wrote: `xmlsec1`.

use std::{fs, process::Command};

use super::*;
use crate::domain::timestamp::Timestamp;

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
const RESPONSE: &str = "urn:oasis:names:tc:SAML:2.0:protocol:Response";
const ASSERTION_1_1: &str = "urn:oasis:names:tc:SAML:1.0:assertion:Assertion";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion";

fn signer(shape: KeyShape) -> Signer {
    Signer::generate(shape, "Litware signing", &Validity::around(NOW)).unwrap()
}

fn answer() -> Response {
    let to = Addressee {
        entity_id: "https://gate.example/contoso/saml".into(),
        acs: "https://gate.example/contoso/callback/litware?a=1&b=2".into(),
        in_response_to: Some("_request".into()),
    };
    Response::about(&Person::new("Lena@litware.example", "Lena <Ö> & \"Söhne\""), "https://idp.litware.example/saml", &to, NOW)
}

/// `xmlsec1 arguments… document`, and whether it was content. Every argument file is written first.
fn xmlsec1(arguments: &[&str], files: &[(&str, &str)], document: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files.iter().chain([&("document.xml", document)]) {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = Command::new("xmlsec1").args(arguments).arg("document.xml").current_dir(folder.path()).output();
    let output = output.expect("xmlsec1 is installed (tests/run.sh says how)");
    let (said, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), format!("{said}{complaints}"))
}

/// Whether `xmlsec1` finds the signature of the first element of this kind valid.
#[track_caller]
pub(super) fn assert_signed(xml: &str, kind: &str, local: &str, by: &Signer) {
    let id = format!("--id-attr:{}", if kind.contains("1.0") { "AssertionID" } else { "ID" });
    let node = format!("//*[local-name()='{local}']/*[local-name()='Signature']");
    let arguments = ["--verify", "--pubkey-cert-pem", "signer.pem", &id, kind, "--id-attr:ID", ASSERTION, "--node-xpath", &node];
    let (is_good, said) = xmlsec1(&arguments, &[("signer.pem", &by.certificate_pem())], xml);
    assert!(is_good, "{said}\n{xml}");
}

#[test]
fn xmlsec1_accepts_what_every_key_signs_with_every_algorithm() {
    use SignatureAlgorithm::*;
    let (rsa, large, p256, p384) = (signer(KeyShape::Rsa2048), signer(KeyShape::Rsa3072), signer(KeyShape::P256), signer(KeyShape::P384));
    let cases = [
        (&rsa, RsaSha1, DigestAlgorithm::Sha1),
        (&rsa, RsaSha256, DigestAlgorithm::Sha256),
        (&rsa, RsaSha384, DigestAlgorithm::Sha384),
        (&large, RsaSha512, DigestAlgorithm::Sha512),
        (&p256, EcdsaSha256, DigestAlgorithm::Sha256),
        (&p384, EcdsaSha384, DigestAlgorithm::Sha384),
    ];
    for (by, algorithm, digest) in cases {
        let sealing = Sealing::assertion(by).signing(|signing| (signing.algorithm, signing.digest) = (algorithm, digest));
        assert_signed(&answer().seal(&sealing).unwrap(), ASSERTION, "Assertion", by);
    }
}

#[test]
fn xmlsec1_accepts_either_signature_and_both_in_every_style() {
    let (by, other) = (signer(KeyShape::P256), signer(KeyShape::P256));
    for style in [Prefixes::Short, Prefixes::Long, Prefixes::Unprefixed] {
        let both = answer().seal(&Sealing::both(&by).in_style(style)).unwrap();
        assert_signed(&both, RESPONSE, "Response", &by);
        assert_signed(&both, ASSERTION, "Assertion", &by);
        let response = answer().seal(&Sealing::response(&by).in_style(style)).unwrap();
        assert_signed(&response, RESPONSE, "Response", &by);
    }
    let xml = answer().seal(&Sealing::assertion(&by)).unwrap();
    let (arguments, pem) = (["--verify", "--pubkey-cert-pem", "signer.pem", "--id-attr:ID", ASSERTION], other.certificate_pem());
    assert!(!xmlsec1(&arguments, &[("signer.pem", &pem)], &xml).0, "another key signed nothing here");
    let bent = xml.replace("lena@litware.example", "root@litware.example");
    assert!(!xmlsec1(&arguments, &[("signer.pem", &by.certificate_pem())], &bent).0, "a word was changed");
}

#[test]
fn xmlsec1_opens_what_was_encrypted_and_finds_the_signature_inside() {
    let (by, ours) = (signer(KeyShape::Rsa2048), signer(KeyShape::Rsa2048));
    // of the version here, 1.2, xmlsec1 does not know the OAEP of XML Encryption 1.1
    let transports = [KeyTransport::OaepSha1, KeyTransport::Pkcs1];
    for cipher in [Cipher::Aes128Gcm, Cipher::Aes256Gcm, Cipher::Aes128Cbc, Cipher::Aes256Cbc] {
        for transport in transports {
            let mut sealing = Sealing::assertion(&by).encrypted_for(ours.certificate_der());
            sealing.encryption = Some(Encryption { cipher, transport, ..Encryption::to(ours.certificate_der()) });
            let xml = answer().seal(&sealing).unwrap();
            assert!(!xml.contains("litware.example</"), "only the response's issuer may be read: {xml}");
            let arguments = ["--decrypt", "--privkey-pem", "ours.pem"];
            let (is_good, opened) = xmlsec1(&arguments, &[("ours.pem", &ours.private_pem())], &xml);
            assert!(is_good, "{cipher:?} {transport:?}: {opened}");
            assert_signed(&opened, ASSERTION, "Assertion", &by);
        }
    }
}

#[test]
fn xmlsec1_accepts_the_tokens_of_a_ws_federation_service() {
    let by = signer(KeyShape::Rsa2048);
    let to =
        Addressee { entity_id: "https://gate.example/contoso/wsfed".into(), acs: "https://gate.example/cb".into(), in_response_to: None };
    let person = Person::new("petra@proseware.example", "Petra");
    for style in [Prefixes::Short, Prefixes::Long, Prefixes::Unprefixed] {
        for version in [TrustVersion::V2005, TrustVersion::V1_3] {
            let sealing = TokenSealing::by(&by).in_style(style);
            let old = TokenResponse { version, ..TokenResponse::about(&person, "urn:proseware", &to, NOW) };
            assert_signed(&old.seal(&sealing).unwrap(), ASSERTION_1_1, "Assertion", &by);
            let new = TokenResponse { version, ..TokenResponse::with_saml_2(&person, "urn:proseware", &to, NOW) };
            assert_signed(&new.seal(&sealing).unwrap(), ASSERTION, "Assertion", &by);
        }
    }
}

#[test]
fn xmlsec1_accepts_logout_messages_and_metadata() {
    let by = signer(KeyShape::P384);
    let signing = Signing::by(&by);
    let name_id = NameId::new(PERSISTENT, "subject");
    let request = LogoutRequest::new("us", "https://there", name_id, Some("_session"), NOW);
    let request = request.to_xml(Prefixes::Short, Some(&signing)).unwrap();
    assert_signed(&request, "urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest", "LogoutRequest", &by);
    let response = LogoutResponse::new("us", "https://there", "_request", NOW);
    let response = response.to_xml(Prefixes::Long, Some(&signing)).unwrap();
    assert_signed(&response, "urn:oasis:names:tc:SAML:2.0:protocol:LogoutResponse", "LogoutResponse", &by);
    assert!(matches!(Farewell::read(&response), Ok(Farewell::Response { is_success: true, .. })));
    let metadata = Metadata::saml("us", vec![by.certificate_base64()], "https://sso", "https://slo").to_xml(Some(&signing)).unwrap();
    assert_signed(&metadata, "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor", "EntityDescriptor", &by);
}

#[test]
fn the_oaep_of_xml_encryption_1_1_is_opened_too() {
    let ours = signer(KeyShape::Rsa2048);
    let encryption = Encryption { transport: KeyTransport::OaepSha256, ..Encryption::to(ours.certificate_der()) };
    let mut keys = bergshamra_keys::KeysManager::new();
    keys.add_key(bergshamra_keys::loader::load_rsa_private_pem(ours.private_pem().as_bytes()).unwrap());
    let opened = bergshamra_enc::decrypt::decrypt(&bergshamra_enc::EncContext::new(keys), &encryption.of(b"<a>inside</a>").unwrap());
    assert!(opened.unwrap().contains("<a>inside</a>"));
}
