use super::*;
use crate::domain::timestamp::Timestamp;

fn refusal(octets: impl AsRef<[u8]>) -> ErrorCode {
    read(octets.as_ref(), &Bounds::MESSAGE).err().expect("it is refused").code
}

#[test]
fn a_plain_document_is_read_with_or_without_declaration_and_mark() {
    for text in
        ["<a/>", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a/>\n", "\u{feff}<?xml version='1.0'?><a/>", "<a b='1' c = \"&amp;&#65;\"/>"]
    {
        assert!(read(text.as_bytes(), &Bounds::MESSAGE).is_ok(), "{text}");
    }
}

#[test]
fn what_is_too_large_is_not_parsed() {
    assert_eq!(refusal(vec![b' '; 256 * 1024 + 1]), ErrorCode::XmlTooLarge);
}

#[test]
fn only_utf_8_is_read_and_only_if_it_says_so() {
    let utf_16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], utf_16.as_slice()].concat();
    for octets in [utf_16.as_slice(), &marked, b"<a>\xff</a>", b"\xef\xbb\xbf\xef\xbb\xbf<a/>"] {
        assert_eq!(refusal(octets), ErrorCode::XmlEncoding, "{octets:?}");
    }
    for name in ["UTF-7", "utf-16", "ISO-8859-1", "utf-8x", ""] {
        assert_eq!(refusal(format!("<?xml version='1.0' encoding='{name}'?><a/>")), ErrorCode::XmlEncoding, "{name}");
    }
    assert_eq!(refusal("<?xml version='1.1'?><a/>"), ErrorCode::XmlMalformed);
}

#[test]
fn there_is_no_document_type_and_no_entity() {
    for text in ["<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a>&x;</a>", "<a b='&x;'/>", "<!ENTITY x 'y'><a/>"] {
        assert_eq!(refusal(text), ErrorCode::XmlDoctype, "{text}");
    }
}

#[test]
fn a_message_has_no_comment_no_instruction_and_no_cdata() {
    for text in ["<a><!-- x --></a>", "<!----><a/>", "<a/><!-- x -->", "<a><?x y?></a>", "<?x y?><a/>", "<a><![CDATA[x]]></a>"] {
        assert_eq!(refusal(text), ErrorCode::XmlComment, "{text}");
    }
}

#[test]
fn metadata_may_have_comments_but_no_text_is_read_around_them() {
    let metadata = |text: &'static str| read(text.as_bytes(), &Bounds::METADATA);
    let xml = metadata("<!-- a --><a><!-- b --><b>c</b><c>d<!---->e</c></a>").expect("it is read");
    let texts: Vec<_> = xml.root().elements().map(Node::text).collect();
    assert_eq!(texts, [Ok("c".into()), Err(Mixed)]);
    // A comment that a careless scan would end too early hides nothing from the bounds.
    let flood: String = (0..100).map(|i| format!(" a{i}='1'")).collect();
    let hidden = format!("<a><!--><x a=\"--><b{flood}/><!-- \" --></a>");
    let refused = read(hidden.as_bytes(), &Bounds::METADATA).err().map(|e| e.code);
    assert_eq!(refused, Some(ErrorCode::XmlTooComplex));
}

#[test]
fn depth_elements_attributes_and_namespaces_are_bounded() {
    let deep = format!("{}{}", "<a>".repeat(49), "</a>".repeat(49));
    let deepest = format!("{}{}", "<a>".repeat(48), "</a>".repeat(48));
    let many = format!("<a>{}</a>", "<b/>".repeat(8_000));
    let attributes: String = (0..49).map(|i| format!(" a{i} = '1'")).collect();
    let namespaces: String = (0..49).map(|i| format!(" xmlns:n{i}='urn:{i}'")).collect();
    assert!(read(deepest.as_bytes(), &Bounds::MESSAGE).is_ok());
    for text in [deep, many, format!("<a{attributes}/>"), format!("<a{namespaces}><b{namespaces}/></a>"), "<a>".repeat(50_000)] {
        assert_eq!(refusal(&text), ErrorCode::XmlTooComplex, "{}", &text[..40]);
    }
    let side_by_side = format!("<a>{}</a>", format!("<b{namespaces}/>").repeat(9));
    assert!(read(side_by_side.as_bytes(), &Bounds::MESSAGE).is_ok());
}

#[test]
fn there_is_one_root_and_nothing_beside_it() {
    let broken = [
        "",
        " ",
        "x",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a/><a/>",
        "<a>",
        "</a>",
        "<a></b>",
        "<a b='1' b='2'/>",
        "<x:a/>",
        "<a b=1/>",
        "<a b='<'/>",
        "<a xmlns:x='u' xmlns:y='u' x:b='1' y:b='2'/>",
        "<a>&#0;</a>",
        "<a>\u{1}</a>",
        "<a",
        "<a b='",
        "<a><b",
    ];
    for text in broken {
        assert_eq!(refusal(text), ErrorCode::XmlMalformed, "{text}");
    }
}

#[test]
fn one_finds_ones_way_by_namespace_and_name() {
    let text = "<r xmlns='u:1' xmlns:p='u:2' id='r' p:id='p'><a/><p:a>x</p:a><a>y</a><b> </b></r>";
    let xml = read(text.as_bytes(), &Bounds::MESSAGE).expect("it is read");
    let root = xml.root();
    assert!(root.is("u:1", "r") && !root.is("u:2", "r") && !root.is("", "r"));
    assert_eq!((root.attribute("id"), root.attribute_in("u:2", "id"), root.attribute("no")), (Some("r"), Some("p"), None));
    assert_eq!(root.children("u:1", "a").count(), 2);
    assert!(root.child("u:1", "a").is_err() && root.child("u:3", "a").is_ok_and(|none| none.is_none()));
    let foreign = root.child("u:2", "a").ok().flatten().expect("there");
    assert_eq!(foreign.text(), Ok("x".into()));
    assert_eq!(root.text(), Err(Mixed));
    assert_eq!(root.walk().map(Node::name).collect::<Vec<_>>(), ["r", "a", "a", "a", "b"]);
}

#[test]
fn moments_are_read_strictly() {
    let at = |text| date_time(text).map(Timestamp::unix);
    assert_eq!(at("1970-01-01T00:00:00Z"), Some(0));
    assert_eq!(at("2026-11-20T12:34:56.789Z"), Some(1_795_178_096));
    assert_eq!(at("2026-11-20T14:34:56+02:00"), Some(1_795_178_096));
    assert_eq!(at("2026-11-20T12:34:56"), Some(1_795_178_096));
    assert_eq!(at("2024-02-29T00:00:00Z"), Some(1_709_164_800));
    assert_eq!(at("1969-12-31T23:59:59Z"), Some(-1));
    let wrong = [
        "",
        "T",
        "2026-11-20",
        "2026-11-20 12:34:56Z",
        "2026-13-20T12:34:56Z",
        "2025-02-29T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T12:34Z",
        "2026-11-20T12:34:56z",
        "2026-11-20T12:34:56ZZ",
        "2026-11-20T12:34:56+2:00",
        "2026-11-20T12:34:56.Z",
        "+026-11-20T12:34:56Z",
        "2026-11-20T12:34:56+15:00",
        "20261-11-20T12:34:56Z",
        "2026-11-20T12:34:56\u{e9}",
    ];
    for text in wrong {
        assert_eq!(at(text), None, "{text}");
    }
}

#[test]
fn spans_are_read_strictly() {
    let span = |text| duration(text).map(|d| d.as_secs());
    assert_eq!(span("P1D"), Some(86_400));
    assert_eq!(span("PT1H30M5.5S"), Some(5_405));
    assert_eq!(span("P1Y2M3DT4H"), Some((365 + 60 + 3) * 86_400 + 4 * 3_600));
    for text in ["", "P", "PT", "1D", "-P1D", "P1H", "PT1D", "P1", "PT1S1M", "P1.5D", "P99999999999999999999D", "P9999999999999999D"] {
        assert_eq!(span(text), None, "{text}");
    }
}
