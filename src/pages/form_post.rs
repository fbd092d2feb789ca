//! The answer to an app that asked for `response_mode=form_post` (OAuth 2.0 Form Post Response Mode §2): a form that sends
//! itself, and a button where scripts are off. Serve it with [`super::csp_form_post`] and never cache it.

use askama::Template;

use super::{Frame, csp::SUBMIT_SCRIPT, write};

/// No `Debug`: a field holds the code.
#[derive(Clone, Template)]
#[template(path = "form_post.html")]
pub struct FormPost {
    pub frame: Frame,
    pub app: String,
    /// The app's registered redirect URI.
    pub action: String,
    /// The authorization response, name and value.
    pub fields: Vec<(String, String)>,
}

impl FormPost {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame { reference: None, languages: Vec::new(), ..Frame::sample() },
            app: "Portal".into(),
            action: "https://portal.contoso.example/cb".into(),
            fields: [("code", "SplxlOBeZQQYbYS6WxSbIA"), ("state", "af0ifjsldkj"), ("iss", "https://login.example.org/contoso")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        }
    }

    fn heading(&self) -> String {
        self.frame.texts().with("formpost-title", &[("app", (&self.app).into())])
    }

    fn script(&self) -> &'static str {
        SUBMIT_SCRIPT
    }
}
