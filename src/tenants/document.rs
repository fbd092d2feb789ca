//! The documents of terms of use: read once, and cleaned once, so that what is hashed, kept and shown are the same octets.
//!
//! Of HTML only text and its structure stays, with links to elsewhere: no script, no style, no picture, no form, nothing that is fetched.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

use crate::{
    domain::{
        consent::DocumentHash,
        terms::{Media, TermsDocument},
    },
    random,
    settings::{at::At, problem::Code, source::Reporter},
};

const LONGEST_HTML: u64 = 512 * 1024;
const LONGEST_PDF: u64 = 10 * 1024 * 1024;

/// What stays. A page has one `h1`, and it is ours: theirs becomes an `h2`.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes = HashMap::from([
        ("a", HashSet::from(["href"])),
        ("ol", HashSet::from(["start", "type"])),
        ("td", HashSet::from(["colspan", "rowspan"])),
        ("th", HashSet::from(["colspan", "rowspan", "scope"])),
    ]);
    let mut cleaner = Builder::empty();
    cleaner
        .tags(TAGS.iter().copied().collect())
        // What is in these is no text for anybody.
        .clean_content_tags(HashSet::from(["script", "style", "title", "template", "noscript"]))
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["lang", "dir", "title"]))
        .url_schemes(HashSet::from(["https", "http", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"))
        .set_tag_attribute_value("a", "target", "_blank");
    cleaner
});

/// The document at this path; `None`: it can't be shown, and the reporter says why.
pub(super) fn read(path: &At<String>, reporter: &mut Reporter) -> Option<TermsDocument> {
    let full = reporter.resolve(&path.value);
    let (media, most) = match full.extension().and_then(|extension| extension.to_str()) {
        Some("html" | "htm") => (Media::Html, LONGEST_HTML),
        Some("pdf") => (Media::Pdf, LONGEST_PDF),
        _ => {
            reporter.error(Code::TermsDocument, &path.span, "a document of this kind is not shown to guests", "use a .html or .pdf file");
            return None;
        }
    };
    let octets = bounded(&full, most, path, reporter)?;
    let bytes = match media {
        Media::Html | Media::Text => html(&octets, path, reporter)?,
        Media::Pdf if octets.starts_with(b"%PDF-") => octets,
        Media::Pdf => {
            let hint = "export it as PDF again; a PDF begins with %PDF-";
            reporter.error(Code::TermsDocument, &path.span, format!("{:?} is called a PDF and is none", path.value), hint);
            return None;
        }
    };
    Some(document(media, bytes))
}

/// Of octets that are shown as they are.
fn document(media: Media, bytes: Vec<u8>) -> TermsDocument {
    let hash = random::sha256(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    TermsDocument { hash: DocumentHash(hash), media, bytes: bytes.into() }
}

fn bounded(full: &Path, most: u64, path: &At<String>, reporter: &mut Reporter) -> Option<Vec<u8>> {
    match std::fs::metadata(full) {
        Ok(about) if about.is_file() && about.len() > most => {
            let message = format!("{:?} has {} KiB, and {} KiB is the most", path.value, about.len().div_ceil(1024), most / 1024);
            reporter.error(Code::TermsSize, &path.span, message, "guests load it on the way in, also on a phone; make it smaller");
            None
        }
        Ok(about) if about.is_file() => match std::fs::read(full) {
            Ok(octets) => Some(octets),
            Err(error) => {
                let message = format!("the file {:?} can't be read: {}", path.value, error.kind());
                reporter.error(Code::FileMissing, &path.span, message, "let the user that runs Gatehouse read it");
                None
            }
        },
        _ => {
            let hint = format!("put the document at {}, or correct the path; it is relative to this file's folder", full.display());
            reporter.error(Code::FileMissing, &path.span, format!("there is no file {:?}", path.value), hint);
            None
        }
    }
}

fn html(octets: &[u8], path: &At<String>, reporter: &mut Reporter) -> Option<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(octets) else {
        reporter.error(Code::TermsDocument, &path.span, format!("{:?} is not UTF-8 text", path.value), "save it as UTF-8");
        return None;
    };
    let clean = cleaned(text);
    if plain(&clean).trim().is_empty() {
        let hint = "write the terms as HTML: headings, paragraphs, lists; pictures and scripts are not shown";
        reporter.error(Code::TermsEmpty, &path.span, format!("nothing in {:?} can be read by guests", path.value), hint);
        return None;
    }
    if let Some(active) = active(text) {
        let message = format!("{:?} has {active}, which guests are not shown", path.value);
        reporter.warn(Code::TermsCleaned, &path.span, message, "take it out, so that this file is what they agree to");
    }
    Some(clean.into_bytes())
}

/// Text and its structure.
fn cleaned(text: &str) -> String {
    let clean = CLEANER.clean(text.trim_start_matches('\u{feff}')).to_string();
    // The cleaner writes tags in one way only, and every < of a text as an entity.
    clean.replace("<h1>", "<h2>").replace("<h1 ", "<h2 ").replace("</h1>", "</h2>").trim().to_owned()
}

fn plain(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<String>().replace("&nbsp;", " ")
}

/// What of an operator's HTML does more than say something.
fn active(text: &str) -> Option<&'static str> {
    const ACTIVE: [(&str, &str); 8] = [
        ("<script", "a script"),
        ("<iframe", "a frame"),
        ("<object", "an embedded object"),
        ("<embed", "an embedded object"),
        ("<img", "a picture"),
        ("<svg", "a picture"),
        ("<form", "a form"),
        ("<video", "a video"),
    ];
    let text = text.to_ascii_lowercase();
    ACTIVE.into_iter().find(|(tag, _)| text.contains(tag)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_html_only_words_and_their_structure_stay() {
        let table = [
            ("<h1>Terms</h1><p>Be <b>kind</b>.</p>", "<h2>Terms</h2><p>Be <b>kind</b>.</p>"),
            ("<p onclick=\"x()\" style=\"color:red\" class=a id=b>Hi</p>", "<p>Hi</p>"),
            ("<script>alert(1)</script><style>p{}</style><title>T</title><p>Hi", "<p>Hi</p>"),
            ("<p>a<img src=x onerror=alert(1)>b</p>", "<p>ab</p>"),
            ("<a href=\"javascript:alert(1)\">x</a>", "<a target=\"_blank\" rel=\"noopener noreferrer\">x</a>"),
            ("<a href=\"/local\">x</a>", "<a target=\"_blank\" rel=\"noopener noreferrer\">x</a>"),
            ("<p>1 < 2 &amp; <i>3</i></p>", "<p>1 &lt; 2 &amp; <i>3</i></p>"),
            ("<form action=x><input name=y><button>Go</button></form>", "Go"),
            ("<svg><style><img src=x onerror=alert(1)></style></svg>ok", "ok"),
            ("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", ""),
        ];
        for (dirty, clean) in table {
            let out = cleaned(dirty);
            assert!(!out.contains("onerror=") || out.contains("&lt;"), "{dirty}: {out}");
            if !clean.is_empty() {
                assert_eq!(out, clean, "{dirty}");
            }
        }
        let link = cleaned("<a href=\"https://contoso.example/privacy\">Privacy</a>");
        assert!(link.contains("href=\"https://contoso.example/privacy\"") && link.contains("target=\"_blank\""), "{link}");
    }

    #[test]
    fn what_is_clean_stays_as_it_is() {
        for text in ["<h1>A</h1><ol start=\"3\"><li>b</li></ol>", "<table><tr><th scope=\"col\">x</th></tr></table>", "plain"] {
            let once = cleaned(text);
            assert_eq!(cleaned(&once), once, "{text}");
        }
    }
}
