//! The organisation that was typed, before anybody goes there: is this the one?

use askama::Template;

use super::{Frame, write};

#[derive(Debug, Clone, Template)]
#[template(path = "confirm_organization.html")]
pub struct ConfirmOrganization {
    pub frame: Frame,
    /// The app's request, to be taken along.
    pub request: Option<String>,
    pub id: String,
    pub name: String,
    pub domain: String,
    /// The way back to the question.
    pub cancel_href: String,
}

impl ConfirmOrganization {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame { languages: Frame::sample().languages, ..Frame::house(Frame::sample().locale) },
            request: None,
            id: "contoso".into(),
            name: "Contoso".into(),
            domain: "contoso.example".into(),
            cancel_href: "/common".into(),
        }
    }

    fn heading(&self) -> String {
        self.frame.text("confirm-organization-title").into_owned()
    }

    fn onward(&self) -> String {
        self.frame.texts().with("confirm-organization-continue", &[("organization", (&self.name).into())])
    }
}
