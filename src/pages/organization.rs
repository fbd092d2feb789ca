//! Where no tenant is known: which organisation is it?

use askama::Template;

use super::{Frame, write};
use crate::domain::error_code::ErrorCode;

#[derive(Debug, Clone, Template)]
#[template(path = "organization.html")]
pub struct Organization {
    pub frame: Frame,
    /// The app's request, to be taken along.
    pub request: Option<String>,
    /// Already in the field: what was typed last.
    pub typed: String,
    pub error: Option<ErrorCode>,
    /// Where this browser has been.
    pub remembered: Vec<Remembered>,
}

/// An organisation to go on to with one click.
#[derive(Debug, Clone)]
pub struct Remembered {
    pub id: String,
    pub name: String,
    pub domain: String,
}

impl Organization {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        let remembered = |id: &str, name: &str| Remembered { id: id.into(), name: name.into(), domain: format!("{id}.example") };
        Self {
            frame: Frame { languages: Frame::sample().languages, ..Frame::house(Frame::sample().locale) },
            request: None,
            typed: String::new(),
            error: None,
            remembered: vec![remembered("contoso", "Contoso"), remembered("northwind", "Northwind Traders")],
        }
    }

    fn heading(&self) -> String {
        self.frame.text("organization-title").into_owned()
    }

    fn title(&self) -> String {
        let heading = self.heading();
        if self.error.is_some() { self.frame.page_title_wrong(&heading) } else { self.frame.page_title(&heading) }
    }

    fn error_text(&self) -> Option<String> {
        self.error.map(|code| self.frame.text(&format!("{}-text", code.text_key())).into_owned())
    }
}
