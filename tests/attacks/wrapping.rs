//! Signature wrapping (Somorovsky and others, "On Breaking SAML", 2012), XSW 1 to 8 and every other place there is: something forged
//! beside, around, inside or instead of what was signed.

use crate::document::{Genuine, Variant, element, inserted, replaced, within};

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const OLD_ASSERTION: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";

enum Place {
    First(&'static str),
    Last(&'static str),
    Before(&'static str),
    After(&'static str),
    /// In an element of its own, of this namespace, there.
    Boxed(&'static str, &'static str, &'static Place),
}

use Place::{After, Before, Boxed, First, Last};

const PLACES: &[(&str, Place)] = &[
    ("first in the response", First("Response")),
    ("last in the response", Last("Response")),
    ("before the assertion", Before("Assertion")),
    ("after the assertion", After("Assertion")),
    ("before the status", Before("Status")),
    ("in Extensions", Boxed("Extensions", PROTOCOL, &Before("Status"))),
    ("in StatusDetail", Boxed("StatusDetail", PROTOCOL, &Last("Status"))),
    ("in StatusMessage", Boxed("StatusMessage", PROTOCOL, &Last("Status"))),
    ("in StatusCode", Last("StatusCode")),
    ("in a response in Extensions", Boxed("Response", PROTOCOL, &Before("Status"))),
    ("in the Issuer", Last("Issuer")),
    ("in Advice", Boxed("Advice", ASSERTION, &Before("Conditions"))),
    ("in Advice at the end", Boxed("Advice", ASSERTION, &Last("Assertion"))),
    ("first in the assertion", First("Assertion")),
    ("last in the assertion", Last("Assertion")),
    ("in Subject", First("Subject")),
    ("in NameID", Last("NameID")),
    ("in NameIdentifier", Last("NameIdentifier")),
    ("in SubjectConfirmation", Last("SubjectConfirmation")),
    ("in SubjectConfirmationData", Last("SubjectConfirmationData")),
    ("in Conditions", Last("Conditions")),
    ("in Audience", Last("Audience")),
    ("in AttributeStatement", First("AttributeStatement")),
    ("in Attribute", First("Attribute")),
    ("in AttributeValue", First("AttributeValue")),
    ("in AuthnStatement", Last("AuthnStatement")),
    ("in AuthenticationStatement", Last("AuthenticationStatement")),
    ("in AuthnContextDecl", Boxed("AuthnContextDecl", ASSERTION, &Last("AuthnContext"))),
    ("in Object", Boxed("Object", DSIG, &Last("Signature"))),
    ("in a manifest in Object", Boxed("Manifest", DSIG, &Boxed("Object", DSIG, &Last("Signature")))),
    ("first in the signature", First("Signature")),
    ("last in the signature", Last("Signature")),
    ("in SignedInfo", Last("SignedInfo")),
    ("in CanonicalizationMethod", Last("CanonicalizationMethod")),
    ("in SignatureMethod", Last("SignatureMethod")),
    ("in Reference", Last("Reference")),
    ("in Transforms", Last("Transforms")),
    ("in a Transform", Last("Transform")),
    ("in DigestMethod", Last("DigestMethod")),
    ("in DigestValue", Last("DigestValue")),
    ("in SignatureValue", Last("SignatureValue")),
    ("in KeyInfo", Last("KeyInfo")),
    ("in X509Data", Last("X509Data")),
    ("first in the token response", First("RequestSecurityTokenResponse")),
    ("last in the token response", Last("RequestSecurityTokenResponse")),
    ("last in the collection", Last("RequestSecurityTokenResponseCollection")),
    ("last in the token", Last("RequestedSecurityToken")),
    ("in Lifetime", Last("Lifetime")),
    ("in AppliesTo", Last("AppliesTo")),
    ("in the realm's reference", Last("EndpointReference")),
    ("in TokenType", Last("TokenType")),
    ("in RequestedAttachedReference", Boxed("RequestedAttachedReference", TRUST, &Last("RequestSecurityTokenResponse"))),
    ("in RequestedProofToken", Boxed("RequestedProofToken", TRUST, &First("RequestSecurityTokenResponse"))),
    ("in a second token before", Boxed("RequestedSecurityToken", TRUST, &First("RequestSecurityTokenResponse"))),
    ("in a second token after", Boxed("RequestedSecurityToken", TRUST, &Last("RequestSecurityTokenResponse"))),
    ("in a second token of WS-Trust 1.3", Boxed("RequestedSecurityToken", TRUST_13, &Last("RequestSecurityTokenResponse"))),
    (
        "in a second token response",
        Boxed("RequestedSecurityToken", TRUST, &Boxed("RequestSecurityTokenResponse", TRUST, &Last("RequestSecurityTokenResponse"))),
    ),
];
const TRUST: &str = "http://schemas.xmlsoap.org/ws/2005/02/trust";
const TRUST_13: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";

fn put(xml: &str, place: &Place, new: &str) -> Option<String> {
    match place {
        First(name) => within(xml, name, new, false),
        Last(name) => within(xml, name, new, true),
        Before(name) => Some(inserted(xml, element(xml, name)?.start, new)),
        After(name) => Some(inserted(xml, element(xml, name)?.end, new)),
        Boxed(name, namespace, place) => put(xml, place, &format!("<w:{name} xmlns:w=\"{namespace}\">{new}</w:{name}>")),
    }
}

fn boxed_signature(signature: &str, new: &str) -> String {
    within(signature, "Signature", &format!("<w:Object xmlns:w=\"{DSIG}\">{new}</w:Object>"), true).expect("a signature")
}

/// What is smuggled in.
fn payloads(genuine: &Genuine) -> Vec<(&'static str, String)> {
    let (assertion, bare, signature) = (genuine.assertion(), genuine.bare(), genuine.signature());
    let evil = genuine.turned(&bare);
    let evil_signed = genuine.turned(&assertion);
    let disguised = |namespace: &str| format!("<w:Assertion xmlns:w=\"{namespace}\" Version=\"2.0\"/>");
    let sealed =
        format!("<w:EncryptedData xmlns:w=\"{XENC}\"><w:CipherData><w:CipherValue>AAAA</w:CipherValue></w:CipherData></w:EncryptedData>");
    vec![
        ("a forged assertion", genuine.renamed(&evil, "_evil")),
        ("a forged assertion with the signature", genuine.renamed(&evil_signed, "_evil")),
        ("a forged assertion of the same name", evil.clone()),
        ("a forged assertion of the same name with the signature", evil_signed),
        ("a forged assertion around the genuine one", within(&genuine.renamed(&evil, "_evil"), "Assertion", &assertion, true).unwrap()),
        ("the assertion again", assertion),
        ("the assertion again without its signature", bare.clone()),
        ("the assertion under another name", genuine.renamed(&bare, "_copy")),
        ("the signature again", signature.clone()),
        ("the signature around a forged assertion", boxed_signature(&signature, &genuine.renamed(&evil, "_evil"))),
        ("an assertion of SAML 1.1", disguised(OLD_ASSERTION)),
        ("an assertion of SAML 2.0", disguised(ASSERTION)),
        ("an assertion of nobody's", disguised("urn:example:other")),
        ("an assertion of a namespace that looks right", disguised("urn:oasis:names:tc:SAML:2.0:assertion/")),
        ("a digest", format!("<w:DigestValue xmlns:w=\"{DSIG}\">47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</w:DigestValue>")),
        ("a SignedInfo", format!("<w:SignedInfo xmlns:w=\"{DSIG}\"/>")),
        ("encrypted data", sealed.clone()),
        ("an encrypted assertion", format!("<w:EncryptedAssertion xmlns:w=\"{ASSERTION}\">{sealed}</w:EncryptedAssertion>")),
    ]
}

/// Something forged beside what is genuine, everywhere.
pub fn beside(genuine: &Genuine) -> Vec<Variant> {
    let mut out = Vec::new();
    for (what, payload) in payloads(genuine) {
        for (where_to, place) in PLACES {
            out.extend(put(&genuine.xml, place, &payload).map(|xml| Variant::new(format!("{what}, {where_to}"), xml)));
        }
    }
    out
}

/// Something forged in the place of what is genuine, which moves elsewhere.
pub fn instead(genuine: &Genuine) -> Vec<Variant> {
    let (assertion, bare, signature) = (genuine.assertion(), genuine.bare(), genuine.signature());
    let evil = genuine.renamed(&genuine.turned(&bare), "_evil");
    let carrying = |signature: &str| match element(&evil, "Issuer") {
        Some(issuer) => inserted(&evil, issuer.end, signature),
        None => within(&evil, "Assertion", signature, true).expect("an assertion"),
    };
    let mut forged = vec![
        ("a forged assertion", evil.clone()),
        ("a forged assertion with the signature", carrying(&signature)),
        ("a forged assertion with the signature around the genuine one", carrying(&boxed_signature(&signature, &bare))),
        ("a forged assertion around the genuine one", within(&evil, "Assertion", &assertion, true).unwrap()),
        ("nothing", String::new()),
    ];
    forged.push(("a forged assertion, signature first", within(&evil, "Assertion", &signature, false).unwrap()));
    let mut out = Vec::new();
    for (what, forged) in forged {
        let changed = genuine.with_assertion(&forged);
        out.push(Variant::new(format!("{what} in its place"), changed.clone()));
        for (moved, text) in [("it", &assertion), ("it without its signature", &bare)] {
            for (where_to, place) in PLACES {
                let xml = put(&changed, place, text);
                out.extend(xml.map(|xml| Variant::new(format!("{what} in its place, {moved} {where_to}"), xml)));
            }
        }
    }
    // Nothing but the place of the assertion is wrong where it comes back to where it was.
    out.retain(|variant| variant.octets != genuine.xml.as_bytes());
    out
}

/// The whole signed document in a forged one (XSW 1 and 2), and others around it.
pub fn around(genuine: &Genuine) -> Vec<Variant> {
    let (xml, root) = (&genuine.xml, genuine.root());
    let whole = element(xml, root).expect("the root");
    let signature = genuine.signature();
    let unsigned = xml.replacen(&signature, "", 1);
    let inner = unsigned[element(&unsigned, root).unwrap()].to_owned();
    let document = xml[whole].to_owned();
    let forged = genuine.turned(&genuine.renamed(&xml.replacen("ID=\"", "ID=\"_other", 1), "_evil"));
    let forged_bare = forged.replacen(&signature, "", 1);
    let mut out = vec![
        Variant::new("two documents", format!("{xml}{document}")),
        Variant::new("a forged document after it", format!("{xml}{forged_bare}")),
        Variant::new("a forged document before it", format!("{forged_bare}{document}")),
        Variant::new("in a foreign root", format!("<x>{document}</x>")),
        Variant::new(
            "in a SOAP body",
            format!("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{document}</s:Body></s:Envelope>"),
        ),
        Variant::new("the assertion alone", genuine.assertion()),
        Variant::new(
            "an artifact response around it",
            format!("<w:ArtifactResponse xmlns:w=\"{PROTOCOL}\" ID=\"_w\" Version=\"2.0\">{document}</w:ArtifactResponse>"),
        ),
        Variant::new(
            "a logout response of it",
            xml.replace(&format!("{root} "), "LogoutResponse ").replace(&format!("{root}>"), "LogoutResponse>"),
        ),
        Variant::new(
            "the first signature around the document",
            replaced(
                &forged_bare,
                &element(&forged_bare, root).unwrap(),
                &within(&forged_bare[element(&forged_bare, root).unwrap()], root, &boxed_signature(&signature, &inner), false).unwrap(),
            ),
        ),
    ];
    for is_last in [true, false] {
        for (what, payload) in [("the genuine document", &document), ("the genuine document unsigned", &inner)] {
            let order = if is_last { "last" } else { "first" };
            let xml = within(&forged_bare, root, payload, is_last).unwrap();
            out.push(Variant::new(format!("{what} {order} in a forged one"), xml));
            out.push(Variant::new(
                format!("{what} {order} in a forged one that is signed"),
                within(&forged, root, payload, is_last).unwrap(),
            ));
        }
    }
    out
}
