//! What may be rewritten without changing a word that counts. These must be believed, so that the others are not refused for nothing.

use crate::document::{Genuine, Variant, attribute, content, element, inserted, replaced, tagged, within};

/// Believed: outside what is signed, or the same after canonicalisation (Canonical XML 1.1 §1.3).
pub fn believed(genuine: &Genuine) -> Vec<Variant> {
    let xml = &genuine.xml;
    let bare = xml.split_once("?>").filter(|_| xml.starts_with("<?xml")).map_or(xml.as_str(), |(_, rest)| rest);
    let single = |local: &str, name: &str| {
        let range = attribute(xml, local, name)?;
        Some(replaced(xml, &(range.start - 1..range.end + 1), &format!("'{}'", &xml[range])))
    };
    let coded = |range| {
        let text: &str = &xml[std::ops::Range::<usize>::clone(&range)];
        let first = text.chars().next().unwrap();
        replaced(xml, &range, &format!("&#x{:x};{}", u32::from(first), &text[first.len_utf8()..]))
    };
    let mut out = vec![
        Variant::new("as it came", xml.as_str()),
        Variant::new("a mark before", format!("\u{feff}{bare}")),
        Variant::new("a declaration", format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n{bare}")),
        Variant::new("a declaration in other quotes", format!("<?xml version='1.0'  encoding='UTF-8' ?>{bare}")),
        Variant::new("white space around", format!("\n {} \r\n", bare.trim())),
    ];
    let value = content(xml, "SignatureValue").unwrap();
    let packed: String = xml[value.clone()].split_whitespace().collect();
    let lines: Vec<&str> = packed.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let folded = [
        ("the signature's value in lines", replaced(xml, &value, &format!("\n{}\n", lines.join("\n")))),
        ("the signature's value in one line", replaced(xml, &value, &packed)),
    ];
    // Where an outer signature covers an inner one, its white space is signed, too.
    let is_inner_covered = xml.matches("SignatureValue>").count() > 2;
    out.extend(
        folded.into_iter().filter(|_| !is_inner_covered || genuine.own_signature().is_none()).map(|(what, xml)| Variant::new(what, xml)),
    );
    for (local, name) in
        [("Assertion", genuine.identifier()), ("Assertion", "IssueInstant"), ("Reference", "URI"), ("SignatureMethod", "Algorithm")]
    {
        out.extend(single(local, name).map(|xml| Variant::new(format!("{name} of {local} in single quotes"), xml)));
        out.extend(attribute(xml, local, name).map(|range| Variant::new(format!("{name} of {local} with a reference"), coded(range))));
    }
    for local in ["AttributeValue", "Audience", "NameID", "DigestValue"] {
        out.extend(content(xml, local).map(|range| Variant::new(format!("{local} with a reference"), coded(range))));
    }
    out.extend(tagged(xml, "Assertion", "\n").map(|xml| Variant::new("a line end in a tag", xml)));
    // An unused namespace is not rendered by exclusive canonicalisation.
    out.extend(tagged(xml, "Assertion", "xmlns:unused=\"urn:example:unused\"").map(|xml| Variant::new("an unused namespace", xml)));
    out
}

/// In an envelope that nobody signed: believed as long as it says nothing wrong.
pub fn unsigned_envelope(genuine: &Genuine) -> Vec<Variant> {
    let xml = &genuine.xml;
    let without = |local: &str, name: &str| {
        let range = attribute(xml, local, name)?;
        Some(xml.replacen(&format!(" {name}=\"{}\"", &xml[range]), "", 1))
    };
    let root = genuine.root();
    let mut out = vec![Variant::new("white space between elements", inserted(xml, element(xml, "Assertion").unwrap().start, "\n  "))];
    let lists = [
        ("another identifier", attribute(xml, root, "ID").map(|range| replaced(xml, &range, "_another"))),
        ("no destination", without(root, "Destination")),
        ("no question", without(root, "InResponseTo")),
        ("a language", tagged(xml, root, "xml:lang=\"de\"")),
        ("something of nobody's", within(xml, root, "<x xmlns=\"urn:example:other\">text</x>", true)),
        (
            "a name in capitals elsewhere",
            within(xml, root, &format!("<x xmlns=\"urn:example:other\" ID=\"{}\"/>", genuine.assertion_id().to_uppercase() + "Z"), true),
        ),
    ];
    out.extend(lists.into_iter().filter_map(|(what, xml)| Some(Variant::new(what, xml?))));
    if genuine.own_signature().is_some_and(|own| own.contains("KeyInfo")) {
        let info = element(xml, "KeyInfo").unwrap();
        out.push(Variant::new("no KeyInfo", replaced(xml, &info, "")));
    }
    out
}
