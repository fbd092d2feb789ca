//! Identifiers and namespaces: what one reader takes for the signed element, and another does not.

use crate::document::{Genuine, Variant, attribute, element, inserted, replaced, tagged, within};

/// The same identifier elsewhere, by whatever name, and identifiers that are none.
pub fn identifiers(genuine: &Genuine) -> Vec<Variant> {
    let (id, xml) = (genuine.assertion_id(), &genuine.xml);
    let signed = xml[attribute(xml, "Reference", "URI").unwrap()].trim_start_matches('#').to_owned();
    let mut out = Vec::new();
    let places: &[&str] =
        if genuine.is_token() { &["RequestSecurityTokenResponse", "Lifetime", "AppliesTo"] } else { &["Response", "Status"] };
    for name in ["ID", "Id", "id", "iD", "xml:id", "w:Id", "w:ID", "AssertionID", "w:AssertionID"] {
        for place in places {
            for is_last in [true, false] {
                for id in [&id, &signed] {
                    let twin = format!("<w:x xmlns:w=\"urn:example:w\" {name}=\"{id}\"/>");
                    out.extend(within(xml, place, &twin, is_last).map(|xml| Variant::new(format!("{name} again in {place}"), xml)));
                }
            }
        }
        // Of the assertion itself, beside its own.
        let twice = tagged(xml, "Assertion", &format!("xmlns:w=\"urn:example:w\" {name}=\"{id}\""));
        out.extend(twice.map(|xml| Variant::new(format!("{name} again on the assertion"), xml)));
        let evil = tagged(xml, "Assertion", &format!("xmlns:w=\"urn:example:w\" {name}=\"_evil\""));
        out.extend(evil.map(|xml| Variant::new(format!("{name} of another value on the assertion"), xml)));
    }
    let place = attribute(xml, "Assertion", genuine.identifier()).unwrap();
    for (what, new) in [
        ("empty", String::new()),
        ("a blank", " ".into()),
        ("with a blank before", format!(" {id}")),
        ("with a blank after", format!("{id} ")),
        ("with a line end", format!("{id}&#xA;")),
        ("with a zero before", format!("0{id}")),
        ("with a colon", format!("a:{id}")),
        ("with a hash", format!("#{id}")),
        ("with nothing wide", format!("{id}&#x200b;")),
        ("in capitals", id.to_uppercase() + "Z"),
        ("with an entity", format!("&x;{id}")),
        ("of the other", "_evil".into()),
        ("of a quotation", format!("{id}&quot;")),
        ("very long", "a".repeat(70_000)),
    ] {
        out.push(Variant::new(format!("the assertion's identifier {what}"), replaced(xml, &place, &new)));
    }
    let whole = format!(" {}=\"{id}\"", genuine.identifier());
    for (what, new) in [("none", String::new()), ("in lower case", format!(" id=\"{id}\"")), ("as xml:id", format!(" xml:id=\"{id}\""))] {
        out.push(Variant::new(format!("the assertion's identifier {what}"), xml.replacen(&whole, &new, 1)));
    }
    if let Some(range) = attribute(xml, "Response", "ID") {
        out.push(Variant::new("both of the same name", replaced(xml, &range, &id)));
    }
    out
}

/// Names that mean something else than they seem to.
pub fn namespaces(genuine: &Genuine) -> Vec<Variant> {
    let xml = &genuine.xml;
    let mut out = Vec::new();
    let elements: &[&str] = &[
        "Response",
        "Assertion",
        "Issuer",
        "Subject",
        "NameID",
        "NameIdentifier",
        "Conditions",
        "AttributeValue",
        "RequestedSecurityToken",
    ];
    let odd = [
        "xmlns:w=\"relative\"",
        "xmlns:w=\"../a\"",
        "xmlns:w=\"//a\"",
        "xmlns:w=\"#\"",
        "xmlns:w=\"1:2\"",
        "xmlns:w=\"urn: a\"",
        "xmlns:w=\"urn:a&#xA;\"",
        "xmlns:w=\"urn:ü\"",
        "xmlns:w=\"\"",
        "xmlns:xml=\"urn:a\"",
        "xmlns:xmlns=\"urn:a\"",
        "xmlns:w=\"http://www.w3.org/2000/xmlns/\"",
        "xmlns:w=\"http://www.w3.org/XML/1998/namespace\"",
        "xmlns:w=\"urn:oasis:names:tc:SAML:2.0:Assertion\"",
        "xmlns:w=\"urn:oasis:names:tc:SAML:2.0:assertion/\"",
        "xmlns:w=\"urn:oasis:names:tc:SAML:2.0:assertion#\"",
        "xmlns:w=\"URN:oasis:names:tc:SAML:2.0:protocol\"",
        "xmlns:w=\"http://www.w3.org/2000/09/xmldsig\"",
        "xmlns:w=\"http://www.w3.org/2000/09/xmldsig#/\"",
        "xmlns:w=\"HTTP://www.w3.org/2000/09/xmldsig#\"",
        "xmlns:w=\"http://www.w3.org/2001/04/xmlenc\"",
        "w:w=\"undeclared\"",
        "xmlns:1=\"urn:a\"",
        "xmlns:=\"urn:a\"",
        "xmlns:w=\"urn:a\" xmlns:w=\"urn:a\"",
        "xmlns:w=\"urn:a\" xmlns:v=\"urn:a\" w:b=\"1\" v:b=\"2\"",
    ];
    for local in elements {
        for declaration in odd {
            out.extend(tagged(xml, local, declaration).map(|xml| Variant::new(format!("{declaration} on {local}"), xml)));
        }
    }
    out
}

/// Names of what is signed, in other words: the digest notices.
pub fn rebound(genuine: &Genuine) -> Vec<Variant> {
    let xml = &genuine.xml;
    let assertion = genuine.assertion();
    let prefix = assertion[1..].split_once(":Assertion").map(|(prefix, _)| prefix).filter(|prefix| prefix.len() < 10);
    let mut out = Vec::new();
    for local in [
        "Subject",
        "NameID",
        "NameIdentifier",
        "Conditions",
        "Audience",
        "AttributeStatement",
        "Attribute",
        "AttributeValue",
        "AuthnStatement",
    ] {
        if element(&assertion, local).is_none() {
            continue;
        }
        let declarations = prefix.map(|prefix| format!("xmlns:{prefix}=\"urn:example:other\""));
        for declaration in declarations.iter().map(String::as_str).chain([
            "xml:lang=\"de\"",
            "xml:space=\"preserve\"",
            "xml:base=\"http://evil.example/\"",
        ]) {
            let changed = tagged(&assertion, local, declaration).unwrap();
            out.push(Variant::new(format!("{local} with {declaration}"), genuine.with_assertion(&changed)));
        }
        // An element of that name which is nobody's, before the genuine one, and in its place.
        let range = element(&assertion, local).unwrap();
        let other = format!("<w:{local} xmlns:w=\"urn:example:other\">root</w:{local}>");
        out.push(Variant::new(format!("another's {local} before"), genuine.with_assertion(&inserted(&assertion, range.start, &other))));
        out.push(Variant::new(format!("another's {local} instead"), genuine.with_assertion(&replaced(&assertion, &range, &other))));
        let bare = assertion[range.clone()].replace(&format!("{}:", prefix.unwrap_or("~")), "");
        if prefix.is_some() {
            let bare = bare.replacen(&format!("<{local}"), &format!("<{local} xmlns=\"\""), 1);
            out.push(Variant::new(format!("{local} of no namespace"), genuine.with_assertion(&replaced(&assertion, &range, &bare))));
        } else {
            let bare = assertion.replacen(&format!("<{local}"), &format!("<{local} xmlns=\"\""), 1);
            out.push(Variant::new(format!("{local} of no namespace"), genuine.with_assertion(&bare)));
        }
        let twice = format!("{}{}", &assertion[range.clone()], genuine.turned(&assertion[range.clone()]));
        out.push(Variant::new(format!("{local} twice"), genuine.with_assertion(&replaced(&assertion, &range, &twice))));
        let turned = format!("{}{}", genuine.turned(&assertion[range.clone()]), &assertion[range.clone()]);
        out.push(Variant::new(format!("{local} twice, forged first"), genuine.with_assertion(&replaced(&assertion, &range, &turned))));
        out.push(Variant::new(format!("no {local}"), genuine.with_assertion(&replaced(&assertion, &range, ""))));
    }
    for (from, to) in [
        ("SAML:2.0:protocol", "SAML:1.0:protocol"),
        ("SAML:2.0:protocol", "SAML:2.0:assertion"),
        ("SAML:2.0:protocol", "SAML:2.0:protocol/"),
        ("SAML:2.0:assertion", "SAML:1.0:assertion"),
        ("SAML:1.0:assertion", "SAML:2.0:assertion"),
        ("ws/2005/02/trust", "ws/2005/02/trust/"),
        ("2000/09/xmldsig#\"", "2000/09/xmldsig\""),
        ("Version=\"2.0\"", "Version=\"2.0 \""),
        ("Version=\"2.0\"", "Version=\"1.1\""),
        ("MajorVersion=\"1\"", "MajorVersion=\"2\""),
    ] {
        if xml.contains(from) {
            out.push(Variant::new(format!("{to} for {from}"), xml.replace(from, to)));
        }
    }
    out
}
