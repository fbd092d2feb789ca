//! Whatever is thrown at it, nothing panics, and whatever is accepted says what was signed (A2).

use std::sync::LazyLock;

use proptest::prelude::*;

use super::forge_tests::*;
use crate::upstream::signed_xml::Assertion;

static GENUINE: LazyLock<[String; 3]> = LazyLock::new(|| [assertion_signed(), response_signed(), both_signed()]);

/// Everything that is read of an assertion, in words.
fn said(of: &Assertion) -> String {
    let subject = of.subject.as_ref().map(|s| (&s.value, &s.format, &s.name_qualifier, &s.sp_name_qualifier));
    let confirmations: Vec<_> =
        of.confirmations.iter().map(|c| (&c.method, &c.recipient, &c.in_response_to, c.not_before, c.not_on_or_after)).collect();
    let conditions = of.conditions.as_ref().map(|c| (c.not_before, c.not_on_or_after, &c.audiences));
    let logins: Vec<_> = of.authentications.iter().map(|a| (a.at, &a.session_index, a.session_not_on_or_after, &a.context)).collect();
    let attributes: Vec<_> = of.attributes.iter().map(|a| (&a.name, &a.friendly_name, &a.values)).collect();
    format!(
        "{:?} {} {} {:?} {subject:?} {confirmations:?} {conditions:?} {logins:?} {attributes:?}",
        of.version, of.id, of.issuer, of.issued_at
    )
}

fn original() -> String {
    said(&open(&GENUINE[0]).expect("it is opened").assertion)
}

/// Pieces with which attacks are made.
const PIECES: [&str; 20] = [
    "<!-- -->",
    "<![CDATA[x]]>",
    "<?x y?>",
    "&amp;",
    "&#97;",
    "admin",
    "<x/>",
    "</saml:NameID>",
    "<saml:NameID>admin</saml:NameID>",
    " ID=\"_a\"",
    " xmlns:saml=\"urn:x\"",
    " xmlns=\"\"",
    "<saml:Assertion/>",
    "</saml:Assertion>",
    "\u{feff}",
    "\r\n",
    "\u{0}",
    "\u{301}",
    "=",
    "\"",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_octets_make_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&octets).into_owned();
        prop_assert!(open(&text).is_err() && token(&text).is_err());
    }

    #[test]
    fn no_markup_makes_it_panic(pieces in proptest::collection::vec((0..PIECES.len(), "[<>/a-z:= '\"&;!-]{0,12}"), 0..20)) {
        let text: String = pieces.iter().map(|(piece, noise)| format!("{}{noise}", PIECES[*piece])).collect();
        let wrapped = response("", &text);
        prop_assert!(open(&text).is_err() && open(&wrapped).is_err() && token(&text).is_err());
    }

    #[test]
    fn what_is_accepted_of_a_changed_document_says_what_was_signed(
        which in 0_usize..3, at in 0.0..1.0_f64, length in 0_usize..40, how in 0_u8..5, piece in 0..PIECES.len(), to in 0.0..1.0_f64,
    ) {
        let xml: Vec<char> = GENUINE[which].chars().collect();
        let place = |share: f64| (share * xml.len() as f64) as usize;
        let (from, to) = (place(at), place(to));
        let until = (from + length).min(xml.len());
        let text = |range: &[char]| range.iter().collect::<String>();
        let changed = match how {
            0 => text(&xml[..from]) + PIECES[piece] + &text(&xml[from..]),
            1 => text(&xml[..from]) + &text(&xml[until..]),
            2 => text(&xml[..from]) + PIECES[piece] + &text(&xml[until..]),
            3 => text(&xml[..from]) + &text(&xml[from..until]) + &text(&xml[from..]),
            _ => text(&xml[..to]) + &text(&xml[from..until]) + &text(&xml[to..]),
        };
        if let Ok(opened) = open(&changed) {
            prop_assert_eq!(said(&opened.assertion), original(), "{}", changed);
        }
    }
}

/// Whole elements copied, moved and nested within one another, which no blind change of octets finds.
#[test]
fn no_rearrangement_of_elements_says_anything_else() {
    let original = original();
    for xml in GENUINE.iter() {
        let starts: Vec<usize> = xml.match_indices('<').map(|(at, _)| at).filter(|at| !xml[*at..].starts_with("</")).collect();
        let elements: Vec<&str> = starts.iter().filter_map(|at| element_at(xml, *at)).collect();
        let evil = elements.iter().map(|element| element.replace("ana", "admin")).collect::<Vec<_>>();
        for (i, from) in starts.iter().enumerate() {
            // A seventh of all pairs, another one at each place, is as good and takes seconds.
            for piece in elements.iter().copied().chain(evil.iter().map(String::as_str)).skip(i % 7).step_by(7) {
                let beside = format!("{}{piece}{}", &xml[..*from], &xml[*from..]);
                let instead = element_at(xml, starts[i]).map(|own| format!("{}{piece}{}", &xml[..*from], &xml[*from + own.len()..]));
                for changed in [Some(beside), instead].into_iter().flatten() {
                    if let Ok(opened) = open(&changed) {
                        assert_eq!(said(&opened.assertion), original, "{changed}");
                    }
                }
            }
        }
    }
}

/// The element that begins here, as written.
fn element_at(xml: &str, at: usize) -> Option<&str> {
    let name = xml[at + 1..].split([' ', '>', '/']).next()?;
    let head = at + xml[at..].find('>')? + 1;
    if xml[..head].ends_with("/>") {
        return Some(&xml[at..head]);
    }
    let end = format!("</{name}>");
    Some(&xml[at..head + xml[head..].find(&end)? + end.len()])
}
