//! The end of a sign-in whose page is opened again.

use askama::Template;

use super::{AppLink, Frame, write};

#[derive(Clone, Template)]
#[template(path = "done.html")]
pub struct Done {
    pub frame: Frame,
    pub app: Option<AppLink>,
}

impl Done {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self { frame: Frame::sample(), app: Some(AppLink { app: "Portal".into(), href: "https://portal.contoso.example/".into() }) }
    }

    fn heading(&self) -> String {
        self.frame.text("done-title").into_owned()
    }

    fn to_app(&self, link: &AppLink) -> String {
        self.frame.texts().with("done-back", &[("app", (&link.app).into())])
    }
}
