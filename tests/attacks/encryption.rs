//! Encrypted assertions: anybody can encrypt for us, so what comes out is nobody's word until its signature says whose. And nobody
//! learns from a refusal what a changed ciphertext held (Jager and Somorovsky, 2011; Bleichenbacher, 1998).

use base64::{Engine, engine::general_purpose::STANDARD};
use gatehouse::demo::partner::{Cipher, Encryption, KeyTransport, Response, Sealing, Signer};

use crate::{
    document::{Genuine, ROOT, Variant, content, element, element_from, inserted, replaced, within},
    sources::{PARTNER, ana, encryption},
    target::Target,
};

const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub const CIPHERS: [Cipher; 4] = [Cipher::Aes128Gcm, Cipher::Aes256Gcm, Cipher::Aes128Cbc, Cipher::Aes256Cbc];

/// A response around these assertions, each encrypted for us.
fn around(target: &Target, assertions: &[String], encryption: Encryption<'_>) -> String {
    let response = Response::about(&ana(), PARTNER, &target.addressee(), target.clock.now());
    response.around(assertions, &Sealing { encryption: Some(encryption), ..Sealing::nothing() }).unwrap()
}

/// Forged things inside, whole and well encrypted.
pub fn inside(target: &Target, genuine: &Genuine, cipher: Cipher) -> Vec<Variant> {
    let (assertion, bare) = (genuine.assertion(), genuine.bare());
    let evil = genuine.renamed(&genuine.turned(&bare), "_evil");
    let signature = genuine.own_signature().unwrap();
    let close = |outer: &str, inner: &str| within(outer, "Assertion", inner, true).unwrap();
    let signed = |signature: &str| inserted(&evil, element(&evil, "Issuer").unwrap().end, signature);
    let object = |inner: &str| {
        within(&signature, "Signature", &format!("<w:Object xmlns:w=\"http://www.w3.org/2000/09/xmldsig#\">{inner}</w:Object>"), true)
            .unwrap()
    };
    let sealed = format!(
        "<saml:EncryptedAssertion xmlns:saml=\"{ASSERTION}\">{}</saml:EncryptedAssertion>",
        encryption(&target.recipient, cipher).of(assertion.as_bytes()).unwrap()
    );
    let inner = [
        ("nothing", String::new()),
        ("a blank", " ".into()),
        ("text", "root".into()),
        ("an unsigned assertion", evil.clone()),
        ("the assertion unsigned", bare.clone()),
        ("the assertion changed", genuine.turned(&assertion)),
        ("a forged one with the signature", signed(&signature)),
        ("a forged one with the genuine in its signature", signed(&object(&bare))),
        ("a forged one around the genuine one", close(&evil, &assertion)),
        ("the genuine one around a forged one", close(&assertion, &evil)),
        ("a forged one in Advice", close(&assertion, &format!("<w:Advice xmlns:w=\"{ASSERTION}\">{evil}</w:Advice>"))),
        ("a forged one before", format!("{evil}{assertion}")),
        ("a forged one after", format!("{assertion}{evil}")),
        ("text after", format!("{assertion}text")),
        ("an element after", format!("{assertion}<x/>")),
        ("a comment before", format!("<!-- -->{assertion}")),
        ("a declaration before", format!("<?xml version=\"1.0\"?>{assertion}")),
        ("a document type", format!("<!DOCTYPE x>{assertion}")),
        ("an entity", assertion.replace(&genuine.address, "&x;")),
        ("a way out of its place", format!("</samlp:Response><!--{assertion}")),
        (
            "a way out and in again",
            format!("{assertion}</samlp:Response><samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">"),
        ),
        ("an end tag", "</x>".into()),
        ("half an assertion", assertion[..assertion.len() / 2].to_owned()),
        ("an encrypted assertion", sealed),
        ("encrypted data", encryption(&target.recipient, cipher).of(assertion.as_bytes()).unwrap()),
        ("a response", genuine.xml.clone()),
        ("a signature", signature.clone()),
        (
            "an assertion of SAML 1.1",
            "<Assertion xmlns=\"urn:oasis:names:tc:SAML:1.0:assertion\" AssertionID=\"_a\" MajorVersion=\"1\" MinorVersion=\"1\"/>".into(),
        ),
        ("an assertion of nobody's", "<Assertion xmlns=\"urn:example:other\"/>".into()),
        ("100 KB", "a".repeat(100_000)),
        ("1000 deep", "<x>".repeat(1000)),
        ("a mark before", format!("\u{feff}{assertion}")),
    ];
    let mut out: Vec<_> = inner
        .iter()
        .map(|(what, inner)| {
            Variant::new(
                format!("{what} encrypted by {cipher:?}"),
                around(target, std::slice::from_ref(inner), encryption(&target.recipient, cipher)),
            )
        })
        .collect();
    // Beside something in clear, and in other places.
    let good = around(target, std::slice::from_ref(&assertion), encryption(&target.recipient, cipher));
    let evil_sealed = around(target, std::slice::from_ref(&evil), encryption(&target.recipient, cipher));
    let (wrapper, data) =
        (good[element(&good, "EncryptedAssertion").unwrap()].to_owned(), good[element(&good, "EncryptedData").unwrap()].to_owned());
    let evil_wrapper = evil_sealed[element(&evil_sealed, "EncryptedAssertion").unwrap()].to_owned();
    let place = element(&genuine.xml, "Assertion").unwrap();
    for (what, xml) in [
        ("a forged encrypted one before the signed one", inserted(&genuine.xml, place.start, &evil_wrapper)),
        ("a forged encrypted one after the signed one", inserted(&genuine.xml, place.end, &evil_wrapper)),
        ("a genuine encrypted one after a forged one in clear", good.replacen(&wrapper, &format!("{evil}{wrapper}"), 1)),
        ("a genuine encrypted one before a forged one in clear", good.replacen(&wrapper, &format!("{wrapper}{evil}"), 1)),
        ("two encrypted ones", good.replacen(&wrapper, &wrapper.repeat(2), 1)),
        ("a forged and a genuine one encrypted", good.replacen(&wrapper, &format!("{evil_wrapper}{wrapper}"), 1)),
        ("a genuine and a forged one encrypted", good.replacen(&wrapper, &format!("{wrapper}{evil_wrapper}"), 1)),
        ("encrypted data without a wrapper", good.replacen(&wrapper, &data, 1)),
        ("two data in one wrapper", good.replacen(&data, &data.repeat(2), 1)),
        ("a forged one in the wrapper", good.replacen(&data, &format!("{data}{evil}"), 1)),
        (
            "in Extensions",
            good.replacen(&wrapper, "", 1).replacen(
                "<samlp:Status>",
                &format!("<samlp:Extensions>{wrapper}</samlp:Extensions><samlp:Status>"),
                1,
            ),
        ),
        ("in itself", good.replacen(&data, &format!("{wrapper}{data}"), 1)),
        ("in an assertion", good.replacen(&wrapper, &close(&evil, &wrapper), 1)),
        ("an EncryptedID", good.replacen(&wrapper, &format!("{evil}{}", wrapper.replace("EncryptedAssertion", "EncryptedID")), 1)),
    ] {
        out.push(Variant::new(format!("{what}, {cipher:?}"), xml));
    }
    out
}

/// Algorithms and keys of the encryption itself, which an attacker may name as they like.
pub fn shape(target: &Target, genuine: &Genuine, stranger: &Signer) -> Vec<Variant> {
    let assertion = genuine.assertion();
    let good = around(target, std::slice::from_ref(&assertion), encryption(&target.recipient, Cipher::Aes256Gcm));
    let gcm = Cipher::Aes256Gcm.uri();
    let oaep = KeyTransport::OaepSha1.uri();
    let mut out = Vec::new();
    let mut add = |what: &str, xml: String| out.push(Variant::new(what, xml));
    for uri in [
        "",
        "none",
        "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
        "http://www.w3.org/2009/xmlenc11#AES256-GCM",
        "urn:example:other",
        &format!("{gcm} "),
    ] {
        add(&format!("cipher {uri}"), good.replacen(gcm, uri, 1));
    }
    for uri in [
        "",
        "none",
        "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
        "http://www.w3.org/2001/04/xmlenc#kw-aes256",
        "http://www.w3.org/2009/xmlenc11#ECDH-ES",
        "http://www.w3.org/2001/04/xmlenc#dh",
    ] {
        add(&format!("key transport {uri}"), good.replacen(oaep, uri, 1));
    }
    for kind in ["http://www.w3.org/2001/04/xmlenc#Content", "urn:example:other", ""] {
        add(&format!("type {kind}"), good.replacen("http://www.w3.org/2001/04/xmlenc#Element", kind, 1));
    }
    let key = element(&good, "EncryptedKey").unwrap();
    let whole = good[key.clone()].to_owned();
    add("no key", replaced(&good, &key, ""));
    add("five keys", replaced(&good, &key, &whole.repeat(5)));
    add("a thousand keys", replaced(&good, &key, &whole.repeat(60)));
    let method = element_from(&good, "EncryptionMethod", 0).unwrap();
    add("no method", replaced(&good, &method, ""));
    add("two methods", inserted(&good, method.end, &good[method]));
    let data = element_from(&good, "CipherData", key.end).unwrap();
    let reference =
        "<w:CipherData xmlns:w=\"http://www.w3.org/2001/04/xmlenc#\"><w:CipherReference URI=\"http://127.0.0.1:4/x\"/></w:CipherData>";
    add("octets elsewhere", replaced(&good, &data, reference));
    add("the key elsewhere", replaced(&good, &element(&good, "CipherData").unwrap(), reference));
    add("a key by name", replaced(&good, &key, "<ds:KeyName>gatehouse</ds:KeyName>"));
    add("a key by reference", replaced(&good, &key, "<ds:RetrievalMethod URI=\"http://127.0.0.1:4/key\"/>"));
    for value in ["", "!!!!", "AAAA", "AA==<!-- -->", "A"] {
        for which in [0, key.end] {
            let start = element_from(&good, "CipherValue", which).unwrap().start;
            let range = content(&good[start..], "CipherValue").unwrap();
            add(&format!("octets {value:?}"), replaced(&good, &(start + range.start..start + range.end), value));
        }
    }
    let forms = [(Cipher::Aes256Gcm, KeyTransport::Pkcs1), (Cipher::Aes128Cbc, KeyTransport::Pkcs1)];
    for (cipher, transport) in forms {
        let encryption = Encryption { recipient: &target.recipient, cipher, transport };
        add("PKCS#1 v1.5", around(target, std::slice::from_ref(&assertion), encryption));
    }
    add("for somebody else", around(target, std::slice::from_ref(&assertion), encryption(stranger.certificate_der(), Cipher::Aes256Gcm)));
    out
}

/// Every ciphertext a chosen-ciphertext attacker would try: octets changed in vector, text, tag and key; lengths that do not fit; the
/// octets of one cipher under the name of another.
pub fn ciphertexts(target: &Target, genuine: &Genuine, cipher: Cipher) -> Vec<Variant> {
    let assertion = genuine.assertion();
    let unsigned = genuine.bare().replace(&genuine.address, ROOT);
    let mut out = Vec::new();
    for (whose, inner) in [("genuine", &assertion), ("unsigned", &unsigned)] {
        let good = around(target, std::slice::from_ref(inner), encryption(&target.recipient, cipher));
        let key_end = element(&good, "EncryptedKey").unwrap().end;
        for (what, from) in [("text", key_end), ("key", 0)] {
            let start = element_from(&good, "CipherValue", from).unwrap().start;
            let range = content(&good[start..], "CipherValue").unwrap();
            let range = start + range.start..start + range.end;
            let octets = STANDARD.decode(&good[range.clone()]).unwrap();
            let mut add = |how: String, octets: &[u8]| {
                out.push(Variant::new(format!("{whose}, {what} {how}, {cipher:?}"), replaced(&good, &range, &STANDARD.encode(octets))));
            };
            let near_end = octets.len().saturating_sub(34)..octets.len();
            for at in (0..octets.len().min(34)).chain(near_end).chain((0..octets.len()).step_by(octets.len() / 24 + 1)) {
                for bit in [0x01, 0x80, 0xff] {
                    let mut changed = octets.clone();
                    changed[at] ^= bit;
                    add(format!("with {bit:x} at {at}"), &changed);
                }
            }
            for length in [1, 15, 16, 17, 31, 32, 33, 48, octets.len() - 1, octets.len() - 16, octets.len() - 32] {
                add(format!("cut to {length}"), &octets[..length.min(octets.len() - 1)]);
            }
            add("and a block more".into(), &[octets.clone(), vec![0; 16]].concat());
            add("twice".into(), &octets.repeat(2));
        }
        for other in CIPHERS {
            if other != cipher {
                out.push(Variant::new(format!("{whose}, said to be {other:?}, {cipher:?}"), good.replacen(cipher.uri(), other.uri(), 1)));
            }
        }
    }
    out
}
