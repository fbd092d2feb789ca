//! The signature itself: how many of each of its parts, their algorithms, values, transforms, references, and the key beside it.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use bergshamra_c14n::{C14nMode, canonicalize};
use gatehouse::demo::partner::Signer;

use crate::document::{Genuine, Variant, attribute, content, element, replaced, within};

pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

fn part(genuine: &Genuine, local: &str) -> String {
    genuine.xml[element(&genuine.xml, local).expect("a part of a signature")].to_owned()
}

fn text(genuine: &Genuine, local: &str) -> String {
    genuine.xml[content(&genuine.xml, local).expect("a part of a signature")].to_owned()
}

fn with_text(genuine: &Genuine, local: &str, new: &str) -> String {
    replaced(&genuine.xml, &content(&genuine.xml, local).expect("a part of a signature"), new)
}

fn with_part(genuine: &Genuine, local: &str, new: &str) -> String {
    replaced(&genuine.xml, &element(&genuine.xml, local).expect("a part of a signature"), new)
}

/// Each part missing, twice, elsewhere.
pub fn counts(genuine: &Genuine) -> Vec<Variant> {
    const PARTS: [&str; 10] = [
        "Signature",
        "SignedInfo",
        "CanonicalizationMethod",
        "SignatureMethod",
        "Reference",
        "Transforms",
        "Transform",
        "DigestMethod",
        "DigestValue",
        "SignatureValue",
    ];
    let mut out = Vec::new();
    for local in PARTS {
        let whole = part(genuine, local);
        let mut add = |what: &str, xml: String| out.push(Variant::new(format!("{local} {what}"), xml));
        add("missing", with_part(genuine, local, ""));
        add("twice", with_part(genuine, local, &format!("{whole}{whole}")));
        add("twice, forged first", with_part(genuine, local, &format!("{}{whole}", forged(&whole))));
        add("twice, forged last", with_part(genuine, local, &format!("{whole}{}", forged(&whole))));
        add("thrice", with_part(genuine, local, &whole.repeat(3)));
        add(
            "empty",
            content(&whole, local)
                .map_or_else(|| with_part(genuine, local, ""), |range| with_part(genuine, local, &replaced(&whole, &range, ""))),
        );
        add("in itself", with_part(genuine, local, &within(&whole, local, &whole, true).unwrap()));
        add("of another namespace", with_part(genuine, local, &format!("<w:{local} xmlns:w=\"urn:example:other\"/>")));
        if local != "Signature" {
            let without = with_part(genuine, local, "");
            add("last in the signature", within(&without, "Signature", &whole, true).unwrap());
            add("first in the signature", within(&without, "Signature", &whole, false).unwrap());
        }
        add("with text beside", with_part(genuine, local, &format!("{whole}text")));
    }
    let (signature, without) = (genuine.signature(), genuine.with_signature(""));
    for place in ["Status", "Subject", "Conditions", "AttributeStatement", "AttributeValue", "Lifetime", "RequestedSecurityToken"] {
        out.extend(within(&without, place, &signature, false).map(|xml| Variant::new(format!("Signature moved into {place}"), xml)));
    }
    out
}

fn forged(part: &str) -> String {
    part.replace("Value>", "Value>AAAA").replace("URI=\"#", "URI=\"#_evil")
}

/// Every value of a digest or signature that is not the right one.
pub fn values(genuine: &Genuine) -> Vec<Variant> {
    const OF_NOTHING: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let mut out = Vec::new();
    for local in ["DigestValue", "SignatureValue"] {
        let value: String = text(genuine, local).split_whitespace().collect();
        let (half, flipped) = (value.len() / 2, STANDARD.decode(&value).unwrap());
        let mut changed = flipped.clone();
        changed[3] ^= 1;
        let zeros = vec![0; flipped.len()];
        let longer = [flipped.clone(), vec![0]].concat();
        let padded = [vec![0], flipped.clone()].concat();
        let reversed: Vec<u8> = flipped.iter().rev().copied().collect();
        let values = [
            ("empty", String::new()),
            ("a blank", " ".into()),
            ("cut", value[..half].into()),
            ("cut at four", value[..half - half % 4].into()),
            ("without padding", value.trim_end_matches('=').to_owned() + "\u{200b}"),
            ("doubled", format!("{value}{value}")),
            ("with a comment", format!("{}<!-- -->{}", &value[..half], &value[half..])),
            ("with a comment before", format!("<!--{value}-->{}", STANDARD.encode(&changed))),
            ("with an instruction", format!("{}<?a b?>{}", &value[..half], &value[half..])),
            ("as CDATA", format!("<![CDATA[{value}]]>")),
            ("with an element", format!("{}<x/>{}", &value[..half], &value[half..])),
            ("in an element", format!("<x>{value}</x>")),
            ("with an entity", format!("{}&x;{}", &value[..half], &value[half..])),
            ("one bit changed", STANDARD.encode(&changed)),
            ("zeros", STANDARD.encode(&zeros)),
            ("one octet more", STANDARD.encode(&longer)),
            ("one octet before", STANDARD.encode(&padded)),
            ("reversed", STANDARD.encode(&reversed)),
            ("one", STANDARD.encode([1])),
            ("of the URL's alphabet", value.replace('+', "-").replace('/', "_").replace('=', "") + "-_"),
            ("with rubbish after", format!("{value}!!!!")),
            ("with a NUL written", format!("{value}&#0;")),
            ("of nothing", OF_NOTHING.into()),
            ("in hexadecimal", flipped.iter().map(|octet| format!("{octet:02x}")).collect()),
        ];
        let all = values.into_iter().filter(|(_, new)| *new != value);
        out.extend(all.map(|(what, new)| Variant::new(format!("{local} {what}"), with_text(genuine, local, &new))));
    }
    // The two for each other.
    let (digest, signature) = (text(genuine, "DigestValue"), text(genuine, "SignatureValue"));
    let swapped = genuine.xml.replacen(&digest, "~", 1).replacen(&signature, &digest, 1).replacen('~', &signature, 1);
    out.push(Variant::new("digest and signature swapped", swapped));
    // The right digest of something else (CVE-2025-25291 and others).
    let evil = genuine.with_assertion(&genuine.turned(&genuine.assertion()));
    let forged = Genuine { xml: evil.clone(), ..genuine.clone() };
    let digest = digest_of(&forged.bare());
    out.push(Variant::new("a forged assertion under the right signature", evil.clone()));
    out.push(Variant::new("a forged assertion with its own digest", with_text(&forged, "DigestValue", &digest)));
    for mix in [format!("{digest}</w:x>"), format!("<w:x xmlns:w=\"{DSIG}\">{digest}</w:x>")] {
        out.push(Variant::new("a forged assertion with both digests", within(&evil, "DigestValue", &mix, false).unwrap()));
    }
    out
}

fn canonical(xml: &str) -> Vec<u8> {
    canonicalize::<&str>(xml, C14nMode::Exclusive, None, &[]).unwrap_or_default()
}

fn digest_of(bare: &str) -> String {
    STANDARD.encode(gatehouse::random::sha256(&canonical(bare)))
}

/// Algorithms that prove nothing, or not this.
pub fn algorithms(genuine: &Genuine, certificate: &[u8]) -> Vec<Variant> {
    let methods = [
        format!("{DSIG}hmac-sha1"),
        format!("{MORE}hmac-sha256"),
        format!("{MORE}hmac-md5"),
        format!("{MORE}hmac-sha512"),
        format!("{DSIG}rsa-sha1"),
        format!("{MORE}rsa-md5"),
        format!("{DSIG}dsa-sha1"),
        "http://www.w3.org/2009/xmldsig11#dsa-sha256".into(),
        format!("{MORE}ecdsa-sha1"),
        format!("{MORE}ecdsa-sha224"),
        "http://www.w3.org/2007/05/xmldsig-more#rsa-pss".into(),
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1".into(),
        "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519".into(),
        "none".into(),
        String::new(),
        DSIG.into(),
        format!("{MORE}RSA-SHA256"),
        format!("{MORE}rsa-sha256 "),
        format!(" {MORE}rsa-sha256"),
        format!("{MORE}rsa-sha256#"),
        format!("{MORE}rsa-sha512"),
        format!("{MORE}ecdsa-sha384"),
        format!("{MORE}ecdsa-sha256"),
        format!("{MORE}rsa-sha256"),
    ];
    let digests = [
        format!("{MORE}md5"),
        format!("{DSIG}sha1"),
        format!("{MORE}sha224"),
        "http://www.w3.org/2001/04/xmlenc#sha512".into(),
        "http://www.w3.org/2001/04/xmlenc#ripemd160".into(),
        "http://www.w3.org/2007/05/xmldsig-more#sha3-256".into(),
        "none".into(),
        String::new(),
    ];
    let mut out = Vec::new();
    for (local, uris) in [("SignatureMethod", &methods[..]), ("DigestMethod", &digests[..])] {
        let place = attribute(&genuine.xml, local, "Algorithm").unwrap();
        let others = uris.iter().filter(|uri| genuine.xml[place.clone()] != **uri);
        out.extend(others.map(|uri| Variant::new(format!("{local} {uri}"), replaced(&genuine.xml, &place, uri))));
        let unnamed = genuine.xml.replacen(&format!(" Algorithm=\"{}\"", &genuine.xml[place]), "", 1);
        out.push(Variant::new(format!("{local} without a name"), unnamed));
    }
    out.extend(
        within(&genuine.xml, "SignatureMethod", &format!("<w:HMACOutputLength xmlns:w=\"{DSIG}\">0</w:HMACOutputLength>"), true)
            .map(|xml| Variant::new("an output of no bits", xml)),
    );
    out.extend(with_the_certificate(genuine, certificate));
    out
}

/// An HMAC whose key everybody knows: the certificate, in whatever dress (CVE-2009-0217's cousin).
fn with_the_certificate(genuine: &Genuine, certificate: &[u8]) -> Vec<Variant> {
    let known = gatehouse::domain::certificate::Certificate::from_der(certificate).unwrap();
    let keys = [
        certificate.to_vec(),
        known.public_key().to_vec(),
        gatehouse::demo::partner::pem(certificate).into_bytes(),
        known.to_base64().into_bytes(),
        Vec::new(),
    ];
    let forged = Genuine { xml: genuine.with_assertion(&genuine.turned(&genuine.assertion())), ..genuine.clone() };
    let Some(_) = forged.own_signature() else { return Vec::new() };
    let digested = Genuine { xml: with_text(&forged, "DigestValue", &digest_of(&forged.bare())), ..forged };
    let place = attribute(&digested.xml, "SignatureMethod", "Algorithm").unwrap();
    let named = Genuine { xml: replaced(&digested.xml, &place, &format!("{MORE}hmac-sha256")), ..digested };
    let info = canonical(&part(&named, "SignedInfo"));
    let tags = keys.map(|key| STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &info).as_ref()));
    tags.iter().map(|tag| Variant::new("an HMAC with the certificate as its key", with_text(&named, "SignatureValue", tag))).collect()
}

/// What is done to the document before it is digested.
pub fn transforms(genuine: &Genuine) -> Vec<Variant> {
    let own = format!("{DSIG}enveloped-signature");
    let of = |uri: &str, inner: &str| format!("<w:Transform xmlns:w=\"{DSIG}\" Algorithm=\"{uri}\">{inner}</w:Transform>");
    let (enveloped, exclusive) = (of(&own, ""), of(EXCLUSIVE, ""));
    let prefixes = |list: &str| of(EXCLUSIVE, &format!("<e:InclusiveNamespaces xmlns:e=\"{EXCLUSIVE}\" PrefixList=\"{list}\"/>"));
    let xpath = |path: &str| of("http://www.w3.org/TR/1999/REC-xpath-19991116", &format!("<w:XPath xmlns:w=\"{DSIG}\">{path}</w:XPath>"));
    let style = "<s:stylesheet xmlns:s=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"><s:template match=\"/\"><s:copy-of select=\"document('file:///etc/passwd')\"/></s:template></s:stylesheet>";
    let filter = "<f:XPath xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"subtract\">//NameID</f:XPath>";
    let many: String = (0..40).map(|n| format!("p{n} ")).collect();
    let lists = [
        ("none", String::new()),
        ("enveloped alone", enveloped.clone()),
        ("exclusive alone", exclusive.clone()),
        ("the other way round", format!("{exclusive}{enveloped}")),
        ("enveloped twice", format!("{enveloped}{enveloped}")),
        ("three", format!("{enveloped}{exclusive}{exclusive}")),
        ("inclusive", format!("{enveloped}{}", of("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", ""))),
        ("inclusive with comments", format!("{enveloped}{}", of("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", ""))),
        ("inclusive 1.1", format!("{enveloped}{}", of("http://www.w3.org/2006/12/xml-c14n11", ""))),
        ("exclusive with comments", format!("{enveloped}{}", of("http://www.w3.org/2001/10/xml-exc-c14n#WithComments", ""))),
        ("XPath without the name", format!("{enveloped}{}{exclusive}", xpath("not(ancestor-or-self::*[local-name()='NameID'])"))),
        ("XPath that is never over", format!("{enveloped}{}", xpath(&"count(//.)>".repeat(50)))),
        ("XPath filter 2", format!("{enveloped}{}{exclusive}", of("http://www.w3.org/2002/06/xmldsig-filter2", filter))),
        ("XSLT", format!("{enveloped}{}{exclusive}", of("http://www.w3.org/TR/1999/REC-xslt-19991116", style))),
        ("base64", format!("{enveloped}{}", of(&format!("{DSIG}base64"), ""))),
        ("decryption", format!("{enveloped}{}{exclusive}", of("http://www.w3.org/2002/07/decrypt#XML", ""))),
        ("of nobody's", format!("{enveloped}{}", of("urn:example:other", ""))),
        ("without a name", format!("{enveloped}<w:Transform xmlns:w=\"{DSIG}\"/>")),
        ("enveloped with content", format!("{}{exclusive}", of(&own, "<x/>"))),
        ("exclusive with text", format!("{enveloped}{}", of(EXCLUSIVE, "text"))),
        ("forty inclusive prefixes", format!("{enveloped}{}", prefixes(&many))),
        ("a prefix that nobody declared", format!("{enveloped}{}", prefixes("nobody"))),
        ("the default prefix", format!("{enveloped}{}", prefixes("#default xml xmlns"))),
        ("a huge list", format!("{enveloped}{}", prefixes(&"x".repeat(5000)))),
        (
            "two lists",
            format!(
                "{enveloped}{}",
                of(EXCLUSIVE, &format!("<e:InclusiveNamespaces xmlns:e=\"{EXCLUSIVE}\" PrefixList=\"a\"/>").repeat(2))
            ),
        ),
        ("a thousand", enveloped.repeat(1000)),
    ];
    let mut out: Vec<_> =
        lists.iter().map(|(what, list)| Variant::new(format!("transforms: {what}"), with_text(genuine, "Transforms", list))).collect();
    let place = attribute(&genuine.xml, "CanonicalizationMethod", "Algorithm").unwrap();
    for uri in [
        "",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2001/10/xml-exc-c14n",
    ] {
        out.push(Variant::new(format!("SignedInfo by {uri}"), replaced(&genuine.xml, &place, uri)));
    }
    out
}

/// What the reference points to, and how.
pub fn references(genuine: &Genuine) -> Vec<Variant> {
    let place = attribute(&genuine.xml, "Reference", "URI").unwrap();
    let id = genuine.xml[place.clone()].trim_start_matches('#').to_owned();
    let coded: String = id.bytes().map(|octet| format!("%{octet:02X}")).collect();
    let other = genuine
        .xml
        .split("ID=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .find(|other| *other != id)
        .unwrap_or("_x");
    let uris = [
        String::new(),
        "#".into(),
        id.clone(),
        format!("#{other}"),
        format!("##{id}"),
        format!("%23{id}"),
        format!("#{coded}"),
        format!("#{id} "),
        format!(" #{id}"),
        format!("#{id}%20"),
        format!("#{id}&#x200b;"),
        format!("#{id}&#xA;"),
        format!("#{id}#{id}"),
        format!("#{}", id.to_uppercase() + "Z"),
        format!("?#{id}"),
        "#xpointer(/)".into(),
        format!("#xpointer(id('{id}'))"),
        format!("#xpointer(id('{id}')/*)"),
        format!("#element({id}/1)"),
        format!("http://127.0.0.1:4/#{id}"),
        "http://127.0.0.1:4/evil.xml".into(),
        "file:///etc/passwd".into(),
        format!("cid:{id}"),
        format!("#//*[@ID='{id}']"),
        format!("#{id}' or '1'='1"),
    ];
    let mut out: Vec<_> = uris.iter().map(|uri| Variant::new(format!("URI {uri:.60}"), replaced(&genuine.xml, &place, uri))).collect();
    let whole = format!(" URI=\"#{id}\"");
    for (what, new) in [
        ("no URI", String::new()),
        ("uri", format!(" uri=\"#{id}\"")),
        ("a URI of another namespace", format!(" w:URI=\"#{id}\" xmlns:w=\"urn:example:other\"")),
        ("two URIs", format!("{whole} URI=\"#_evil\"")),
        ("two URIs by namespace", format!("{whole} w:URI=\"#_evil\" xmlns:w=\"{DSIG}\"")),
        ("a type", format!("{whole} Type=\"{DSIG}Manifest\"")),
        ("a type of object", format!("{whole} Type=\"{DSIG}Object\"")),
        ("a name", format!("{whole} Id=\"_reference\"")),
    ] {
        out.push(Variant::new(format!("Reference with {what}"), genuine.xml.replacen(&whole, &new, 1)));
    }
    out
}

/// Keys in the message, beside an attacker's own good signature. `forged` was signed by `attacker`.
pub fn keys(genuine: &Genuine, forged: &str, attacker: &Signer, certificate: &str) -> Vec<Variant> {
    let forged = Genuine { xml: forged.into(), ..genuine.clone() };
    let theirs = attacker.certificate_base64();
    let x509 = |all: &[&str]| {
        let each: String = all.iter().map(|one| format!("<w:X509Certificate>{one}</w:X509Certificate>")).collect();
        format!("<w:KeyInfo xmlns:w=\"{DSIG}\"><w:X509Data>{each}</w:X509Data></w:KeyInfo>")
    };
    let info = |inner: &str| format!("<w:KeyInfo xmlns:w=\"{DSIG}\">{inner}</w:KeyInfo>");
    let infos = [
        ("theirs", x509(&[&theirs])),
        ("ours then theirs", x509(&[certificate, &theirs])),
        ("theirs then ours", x509(&[&theirs, certificate])),
        ("ours alone", x509(&[certificate])),
        ("none", String::new()),
        ("empty", info("")),
        ("a name", info("<w:KeyName>0</w:KeyName>")),
        ("the name of ours", info("<w:KeyName>partner</w:KeyName>")),
        (
            "a value",
            info("<w:KeyValue><w:RSAKeyValue><w:Modulus>AQAB</w:Modulus><w:Exponent>AQ==</w:Exponent></w:RSAKeyValue></w:KeyValue>"),
        ),
        (
            "retrieved by URL",
            info("<w:RetrievalMethod URI=\"http://127.0.0.1:4/key\" Type=\"http://www.w3.org/2000/09/xmldsig#X509Data\"/>"),
        ),
        ("retrieved from a file", info("<w:RetrievalMethod URI=\"file:///etc/ssl/cert.pem\"/>")),
        (
            "by serial number",
            info(
                "<w:X509Data><w:X509IssuerSerial><w:X509IssuerName>CN=partner</w:X509IssuerName><w:X509SerialNumber>1</w:X509SerialNumber></w:X509IssuerSerial></w:X509Data>",
            ),
        ),
        ("rubbish", x509(&["AAAA"])),
    ];
    infos.iter().map(|(what, new)| Variant::new(format!("another key, KeyInfo: {what}"), with_part(&forged, "KeyInfo", new))).collect()
}
