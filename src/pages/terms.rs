//! Terms of use: the page that asks for them, and a document as a page of its own. Documents come cleaned; nothing here cleans them.

use askama::Template;

use super::{FlowForms, Frame, write};
use crate::domain::locale::Locale;

/// Asks to accept one of the terms of use.
#[derive(Clone, Template)]
#[template(path = "terms.html")]
pub struct TermsOfUse {
    pub frame: Frame,
    pub forms: FlowForms,
    /// What the terms are called.
    pub name: String,
    /// The operator's word for the version.
    pub version: String,
    pub place: Place,
    /// The document's own language.
    pub language: Locale,
    pub document: Document,
    /// Whether the document must be opened before it can be accepted, and was not.
    pub is_unopened: bool,
    /// They tried to accept before opening it.
    pub is_reminded: bool,
    /// Who is signed in.
    pub address: String,
    /// Through which identity provider; none for a code by mail.
    pub provider: Option<String>,
}

/// The one of how many that are asked one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub number: u32,
    pub of: u32,
}

/// How the words are shown here.
#[derive(Debug, Clone)]
pub enum Document {
    /// On this very page: cleaned HTML.
    Here(String),
    /// HTML on a page of its own.
    Page,
    /// PDF; its size in kilobytes.
    Pdf(u32),
}

/// A document by itself.
#[derive(Clone, Template)]
#[template(path = "document.html")]
pub struct DocumentPage {
    pub frame: Frame,
    pub name: String,
    /// The document's own.
    pub language: Locale,
    pub body: Body,
    /// Where the reader came from.
    pub back: String,
}

#[derive(Debug, Clone)]
pub enum Body {
    /// Cleaned HTML.
    Html(String),
    Lines(Vec<String>),
}

impl TermsOfUse {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            forms: FlowForms::sample(),
            name: "Terms for visitors".into(),
            version: "2026-01".into(),
            place: Place { number: 1, of: 2 },
            language: Locale::En,
            document: Document::Here(SAMPLE.into()),
            is_unopened: false,
            is_reminded: false,
            address: "ana@fabrikam.example".into(),
            provider: Some("Fabrikam".into()),
        }
    }

    fn heading(&self) -> String {
        self.frame.text("terms-title").into_owned()
    }

    /// With the one of how many: it is what a screen reader says first.
    fn title(&self) -> String {
        let heading = self.step().map_or_else(|| self.heading(), |step| format!("{} ({step})", self.heading()));
        if self.is_reminded { self.frame.page_title_wrong(&heading) } else { self.frame.page_title(&heading) }
    }

    fn step(&self) -> Option<String> {
        let values = [("number", self.place.number.into()), ("count", self.place.of.into())];
        (self.place.of > 1).then(|| self.frame.texts().with("terms-step", &values))
    }

    fn version_line(&self) -> String {
        self.frame.texts().with("terms-version", &[("version", (&self.version).into())])
    }

    /// Where the document is not in the language of the page.
    fn language_line(&self) -> Option<String> {
        let language = self.language.own_name();
        (self.language != self.frame.locale).then(|| self.frame.texts().with("terms-language", &[("language", language.into())]))
    }

    fn open_label(&self) -> String {
        match &self.document {
            Document::Pdf(kilobytes) => self.frame.texts().with("terms-open-pdf", &[("size", (*kilobytes).into())]),
            Document::Here(_) | Document::Page => self.frame.text("terms-open").into_owned(),
        }
    }

    fn is_pdf(&self) -> bool {
        matches!(self.document, Document::Pdf(_))
    }

    fn via(&self) -> Option<String> {
        self.provider.as_ref().map(|name| self.frame.texts().with("consent-via", &[("provider", name.into())]))
    }
}

impl Body {
    pub fn html(cleaned: &[u8]) -> Self {
        Self::Html(String::from_utf8_lossy(cleaned).into_owned())
    }

    pub fn text(plain: &[u8]) -> Self {
        Self::Lines(String::from_utf8_lossy(plain).lines().map(str::to_owned).collect())
    }
}

impl DocumentPage {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        let frame = Frame { languages: Vec::new(), reference: None, ..Frame::sample() };
        Self {
            frame,
            name: "Terms for visitors".into(),
            language: Locale::En,
            body: Body::Html(SAMPLE.into()),
            back: "/contoso/signin/1".into(),
        }
    }

    fn heading(&self) -> String {
        self.name.clone()
    }
}

const SAMPLE: &str = "<h2>What you may use</h2><p>Use what we share with you for our common work alone, and keep it to yourself.</p>\
    <ul><li>Do not pass your access on to anybody else.</li><li>Tell us when you leave your organisation.</li></ul>\
    <h2>What we keep</h2><p>We write down when you sign in and what you open, for ninety days.</p>";
