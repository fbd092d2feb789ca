//! Octets as a script of changes to documents: what an attacker does who holds signed ones and can write.

/// Most changes of one script.
const MOST: usize = 8;
/// Octets to one change.
const STEP: usize = 6;

/// Pieces with which attacks are made.
const PIECES: [&str; 26] = [
    "<!-- -->",
    "<![CDATA[x]]>",
    "<?x y?>",
    "&amp;",
    "&#97;",
    "admin",
    "<x/>",
    "</saml:NameID>",
    "<saml:NameID>admin</saml:NameID>",
    "<saml2:NameID>admin</saml2:NameID>",
    "<NameID>admin</NameID>",
    " ID=\"_a\"",
    " Id=\"_a\"",
    " xml:id=\"_a\"",
    " xmlns:saml=\"urn:x\"",
    " xmlns=\"\"",
    "<saml:Assertion/>",
    "</saml:Assertion>",
    "<saml:Advice>",
    "</saml:Advice>",
    "\u{feff}",
    "\r\n",
    "\u{0}",
    "\u{301}",
    "=",
    "\"",
];

/// One of the documents, changed as the script says; unchanged by an empty one.
pub fn changed(documents: &[String], script: &[u8]) -> String {
    let (first, steps) = script.split_first().unwrap_or((&0, &[]));
    let mut text = documents[usize::from(*first) % documents.len()].clone();
    for step in steps.chunks_exact(STEP).take(MOST) {
        text = one(&text, documents, step);
    }
    text
}

fn one(text: &str, documents: &[String], step: &[u8]) -> String {
    let number = |at: usize| usize::from(step[at]);
    let place = |at: usize| text.floor_char_boundary((number(at) * 256 + number(at + 1)) * text.len() / 65_536);
    let (from, to) = (place(1), place(3));
    let until = text.floor_char_boundary((from + number(3) % 48).min(text.len()));
    let piece = PIECES[number(5) % PIECES.len()];
    let other = &documents[number(5) % documents.len()];
    let own = elements(text);
    let element = own.get((number(1) * 256 + number(2)) % own.len().max(1)).copied().unwrap_or((0, 0));
    let foreign = elements(other);
    let foreign = foreign.get((number(3) * 256 + number(4)) % foreign.len().max(1)).map_or("", |(start, end)| &other[*start..*end]);
    let with = |start: usize, end: usize, new: &str| [&text[..start], new, &text[end..]].concat();
    match number(0) % 10 {
        0 => with(from, from, piece),
        1 => with(from, until, ""),
        2 => with(from, until, piece),
        3 => with(until, until, &text[from..until]),
        4 => with(to, to, &text[from..until]),
        // Whole elements: one of another document beside or instead of one of this.
        5 => with(element.0, element.0, foreign),
        6 => with(element.1, element.1, foreign),
        7 => with(element.0, element.1, foreign),
        // One of its own, wrapped in or beside a copy that says something else.
        8 => with(element.0, element.0, &text[element.0..element.1].replace("litware", "evil")),
        _ => with(element.0, element.1, &["<x>", &text[element.0..element.1], "</x>"].concat()),
    }
}

/// Where elements begin and end, as far as that is seen without parsing.
fn elements(text: &str) -> Vec<(usize, usize)> {
    let starts = text.match_indices('<').map(|(at, _)| at).filter(|at| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic()));
    starts.filter_map(|at| Some((at, end_of(text, at)?))).collect()
}

fn end_of(text: &str, at: usize) -> Option<usize> {
    let name = text[at + 1..].split([' ', '>', '/']).next()?;
    let head = at + text[at..].find('>')? + 1;
    if text[..head].ends_with("/>") {
        return Some(head);
    }
    let end = format!("</{name}>");
    Some(head + text[head..].find(&end)? + end.len())
}
