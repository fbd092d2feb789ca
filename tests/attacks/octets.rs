//! What comes before XML: encodings, entities, asides, and more of everything than anybody sends.

use crate::document::{Genuine, Variant, content, element, inserted, replaced, tagged, within};

fn utf16(xml: &str, mark: &[u8], order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    mark.iter().copied().chain(xml.encode_utf16().flat_map(order)).collect()
}

pub fn encodings(genuine: &Genuine) -> Vec<Variant> {
    let xml = genuine.xml.as_str();
    let xml = xml.split_once("?>").filter(|_| xml.starts_with("<?xml")).map_or(xml, |(_, rest)| rest).trim();
    let octets = xml.as_bytes();
    let declared = |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{xml}");
    let at = xml.find("fabrikam.example").unwrap_or(100);
    let with = |odd: &[u8]| [&octets[..at], odd, &octets[at..]].concat();
    let utf32: Vec<u8> = xml.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    let mut out = vec![
        Variant::new("UTF-16, big end first", utf16(xml, &[0xfe, 0xff], u16::to_be_bytes)),
        Variant::new("UTF-16, little end first", utf16(xml, &[0xff, 0xfe], u16::to_le_bytes)),
        Variant::new("UTF-16 without a mark", utf16(xml, &[], u16::to_be_bytes)),
        Variant::new("UTF-16 without a mark, little end first", utf16(xml, &[], u16::to_le_bytes)),
        Variant::new("UTF-32", utf32),
        Variant::new("two marks", [&[0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], octets].concat()),
        Variant::new("a mark in the middle of the octets of another", [&[0xef, 0xbb], octets].concat()),
        Variant::new("UTF-7 tags", xml.replace('<', "+ADw-").replace('>', "+AD4-")),
        Variant::new("nothing", ""),
        Variant::new("a blank", " "),
        Variant::new("a mark alone", "\u{feff}"),
        Variant::new("half a declaration", "<?xml version=\"1.0\""),
        Variant::new("a declaration alone", "<?xml version=\"1.0\"?>"),
        Variant::new("XML 1.1", declared("UTF-8").replacen("1.0", "1.1", 1)),
        Variant::new("a blank before the declaration", format!(" {}", declared("UTF-8"))),
        Variant::new("two declarations", format!("<?xml version=\"1.0\"?>{}", declared("UTF-8"))),
        Variant::new("a NUL after it", format!("{xml}\0")),
        Variant::new("text before it", format!("x{xml}")),
        Variant::new("text after it", format!("{xml}x")),
        Variant::new("an element after it", format!("{xml}<x/>")),
        Variant::new("an end tag after it", format!("{xml}</x>")),
        Variant::new("all of it twice", format!("{xml}\n{xml}")),
    ];
    for encoding in ["UTF-7", "UTF-16", "ISO-8859-1", "windows-1252", "US-ASCII", "EBCDIC-CP-US", "utf8", "", "UTF-8-BOM", "UTF\u{ad}-8"] {
        out.push(Variant::new(format!("said to be {encoding}"), declared(encoding)));
    }
    let odd: [(&str, &[u8]); 11] = [
        ("a NUL", &[0]),
        ("an overlong slash", &[0xc0, 0xaf]),
        ("an overlong tag", &[0xc0, 0xbc]),
        ("an overlong NUL", &[0xc0, 0x80]),
        ("a surrogate", &[0xed, 0xa0, 0x80]),
        ("beyond Unicode", &[0xf4, 0x90, 0x80, 0x80]),
        ("half a character", &[0xe2, 0x82]),
        ("a loose octet", &[0x80]),
        ("Latin 1", &[0xe9]),
        ("a control", &[0x1b]),
        ("no character", &[0xef, 0xbf, 0xbf]),
    ];
    out.extend(odd.iter().map(|(what, octets)| Variant::new(format!("{what} within"), with(octets))));
    let steps = (1..40).map(|n| octets.len() * n / 40);
    out.extend(steps.map(|cut| Variant::new(format!("cut at {cut}"), &octets[..cut])));
    out
}

pub fn entities(genuine: &Genuine) -> Vec<Variant> {
    let xml = &genuine.xml;
    let xml = xml.split_once("?>").filter(|_| xml.starts_with("<?xml")).map_or(xml.as_str(), |(_, rest)| rest);
    let root = genuine.root();
    let laughs: String = (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let types = [
        ("bare", format!("<!DOCTYPE {root}>")),
        ("with nothing", format!("<!DOCTYPE {root} []>")),
        ("of a system", format!("<!DOCTYPE {root} SYSTEM \"http://127.0.0.1:4/evil.dtd\">")),
        ("of the public", format!("<!DOCTYPE {root} PUBLIC \"-//X\" \"file:///etc/passwd\">")),
        ("with an entity", format!("<!DOCTYPE {root} [<!ENTITY x \"root\">]>")),
        ("with a file", format!("<!DOCTYPE {root} [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>")),
        ("with a parameter", format!("<!DOCTYPE {root} [<!ENTITY % x SYSTEM \"http://127.0.0.1:4/x\"> %x;]>")),
        ("that laughs", format!("<!DOCTYPE {root} [<!ENTITY l0 \"ha\">{laughs}]>")),
        ("with an attribute's default", format!("<!DOCTYPE {root} [<!ATTLIST Assertion ID ID \"_evil\">]>")),
        ("with an identifier's type", format!("<!DOCTYPE {root} [<!ATTLIST NameID Format ID #IMPLIED>]>")),
        ("in lower case", format!("<!doctype {root}>")),
    ];
    let mut out = Vec::new();
    for (what, doctype) in types {
        out.push(Variant::new(format!("a document type {what}"), format!("{doctype}{xml}")));
        out.push(Variant::new(format!("a document type {what}, declared"), format!("<?xml version=\"1.0\"?>{doctype}{xml}")));
        for entity in ["&x;", "&l9;"] {
            let used = within(xml, "AttributeValue", entity, true).unwrap();
            out.push(Variant::new(format!("a document type {what}, {entity} used"), format!("{doctype}{used}")));
        }
    }
    for odd in [
        "&x;",
        "&nbsp;",
        "&",
        "&;",
        "&#;",
        "&#x;",
        "&#0;",
        "&#x0;",
        "&#xD800;",
        "&#xFFFE;",
        "&#x110000;",
        "&#1;",
        "&#99999999999999999999;",
        "&amp",
        "&AMP;",
        "%x;",
        "<!ENTITY x \"y\">",
        "]]>",
    ] {
        for local in ["AttributeValue", "Issuer"] {
            out.extend(within(xml, local, odd, true).map(|xml| Variant::new(format!("{odd} in {local}"), xml)));
        }
    }
    out.retain(|variant| !variant.name.starts_with('%'));
    out
}

/// Comments and their kin wherever a text could be cut in two (Duo, 2018).
pub fn asides(genuine: &Genuine) -> Vec<Variant> {
    let mut out = Vec::new();
    for local in [
        "NameID",
        "NameIdentifier",
        "AttributeValue",
        "Audience",
        "Issuer",
        "AuthnContextClassRef",
        "ConfirmationMethod",
        "Address",
        "TokenType",
        "X509Certificate",
    ] {
        let Some(range) = content(&genuine.xml, local) else { continue };
        let text = genuine.xml[range.clone()].to_owned();
        let half = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
        for aside in ["<!---->", "<!-- a -->", "<?a b?>", "<![CDATA[]]>", "<![CDATA[.evil.example]]>"] {
            for at in [0, half, text.len()] {
                let new = format!("{}{aside}{}", &text[..at], &text[at..]);
                out.push(Variant::new(format!("{aside} at {at} of {local}"), replaced(&genuine.xml, &range, &new)));
            }
        }
        out.push(Variant::new(format!("{local} as CDATA"), replaced(&genuine.xml, &range, &format!("<![CDATA[{text}]]>"))));
        out.push(Variant::new(
            format!("{local} commented out, root instead"),
            replaced(&genuine.xml, &range, &format!("<!--{text}-->root")),
        ));
    }
    for (what, xml) in [
        ("before the document", format!("<!-- a -->{}", genuine.xml.trim_start_matches("<?xml version=\"1.0\"?>"))),
        ("after the document", format!("{}<!-- a -->", genuine.xml)),
        ("an instruction before", format!("<?a b?>{}", genuine.xml.trim_start_matches("<?xml version=\"1.0\"?>"))),
        (
            "a stylesheet",
            format!("<?xml-stylesheet href=\"http://127.0.0.1:4/\"?>{}", genuine.xml.trim_start_matches("<?xml version=\"1.0\"?>")),
        ),
        ("between elements", inserted(&genuine.xml, element(&genuine.xml, "Assertion").unwrap().start, "<!-- a -->")),
    ] {
        out.push(Variant::new(format!("a comment {what}"), xml));
    }
    out
}

/// More than anybody sends (A17).
pub fn floods(genuine: &Genuine) -> Vec<Variant> {
    let (xml, root) = (&genuine.xml, genuine.root());
    let many = |count: usize, one: fn(usize) -> String| -> String { (0..count).map(one).collect() };
    let mut out = Vec::new();
    let mut add = |what: String, payload: &str| {
        for (place, is_last) in [(root, true), (root, false), ("AttributeValue", true)] {
            out.extend(within(xml, place, payload, is_last).map(|xml| Variant::new(format!("{what} in {place}"), xml)));
        }
    };
    for depth in [60, 1_000, 50_000] {
        add(format!("{depth} deep"), &format!("{}{}", "<x>".repeat(depth), "</x>".repeat(depth)));
        add(format!("{depth} open"), &"<x>".repeat(depth));
    }
    add("9000 elements".into(), &"<x/>".repeat(9_000));
    add("60000 elements".into(), &"<x/>".repeat(60_000));
    for count in [120, 5_000, 15_000] {
        add(format!("{count} attributes"), &format!("<x{}/>", many(count, |n| format!(" a{n}=\"\""))));
        add(format!("{count} namespaces"), &format!("<x{}/>", many(count, |n| format!(" xmlns:n{n}=\"u:{n}\""))));
    }
    add(
        "40 namespaces at each of 40 depths".into(),
        &format!(
            "{}{}",
            (0..40)
                .map(|d| format!("<x{}>", many(40, |n| format!(" xmlns:n{n}=\"u:{n}\"")).replace('n', &format!("n{d}"))))
                .collect::<String>(),
            "</x>".repeat(40)
        ),
    );
    add("300 KB of text".into(), &"a".repeat(300_000));
    add("500 KB of text".into(), &"a".repeat(500_000));
    add("60000 character references".into(), &"&#97;".repeat(60_000));
    add("a name of 300 KB".into(), &format!("<{}/>", "a".repeat(300_000)));
    add("a value of 300 KB".into(), &format!("<x a=\"{}\"/>", "a".repeat(300_000)));
    add("60000 tags that never end".into(), &"<x ".repeat(60_000));
    add("100 attributes unquoted".into(), &format!("<x{}/>", many(100, |n| format!(" a{n}=b"))));
    out.extend(
        tagged(xml, "Assertion", &many(60, |n| format!("a{n}=\"\" "))).map(|xml| Variant::new("60 attributes of the assertion", xml)),
    );
    out
}

/// Also within all bounds: what is read, and is too much for a careless reader. Nobody signed it.
pub fn heavy(genuine: &Genuine) -> Vec<Variant> {
    let xml = &genuine.xml;
    let assertion = genuine.assertion();
    let place = if assertion.contains("AttributeStatement") { "AttributeStatement" } else { "Assertion" };
    let mut out = Vec::new();
    for (what, payload) in [
        ("7000 elements", "<x/>".repeat(7_000)),
        ("40 deep", format!("{}{}", "<x>".repeat(38), "</x>".repeat(38))),
        ("1000 elements of 40 attributes", format!("<x{}/>", (0..40).map(|n| format!(" a{n}=\"\"")).collect::<String>()).repeat(600)),
        (
            "500 elements of 40 namespaces",
            format!("<x{}/>", (0..40).map(|n| format!(" xmlns:n{n}=\"u:n{n}\"")).collect::<String>()).repeat(250),
        ),
        ("200 KB of text", "a".repeat(200_000)),
        ("30000 references", "&#97;".repeat(30_000)),
        ("200 KB of line ends", "\r\n".repeat(100_000)),
    ] {
        out.extend(
            within(&assertion, place, &payload, true)
                .map(|changed| Variant::new(format!("{what}, in the assertion"), xml.replacen(&assertion, &changed, 1))),
        );
    }
    out
}
