//! In an app's own window: the provider shows no page there, so here is a code to type in another browser.

use askama::Template;

use super::{FlowForms, Frame, write};

#[derive(Clone, Template)]
#[template(path = "elsewhere.html")]
pub struct Elsewhere {
    pub frame: Frame,
    pub forms: FlowForms,
    pub provider: String,
    /// Where the code is typed, in full.
    pub address: String,
    pub code: String,
    pub state: Waiting,
    /// Whether a mailed code would do, too.
    pub has_passcode: bool,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// The page looks again by itself; `pause` is the address where it does not.
    Looking {
        pause: String,
    },
    Paused,
    /// The code is too old.
    Over,
    /// Somebody signed in there.
    Done,
}

impl Elsewhere {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            forms: FlowForms::sample(),
            provider: "Google".into(),
            address: "https://login.example.org/contoso/device".into(),
            code: "BCDFGHJKL".into(),
            state: Waiting::Looking { pause: "?wait=off".into() },
            has_passcode: true,
        }
    }

    fn heading(&self) -> String {
        self.frame.text(if self.state == Waiting::Done { "elsewhere-done-title" } else { "elsewhere-title" }).into_owned()
    }

    fn lead(&self) -> String {
        let key = if self.state == Waiting::Done { "elsewhere-done-text" } else { "elsewhere-lead" };
        self.frame.texts().with(key, &[("provider", (&self.provider).into())])
    }

    fn is_done(&self) -> bool {
        self.state == Waiting::Done
    }

    fn is_over(&self) -> bool {
        self.state == Waiting::Over
    }

    fn pause(&self) -> Option<&str> {
        match &self.state {
            Waiting::Looking { pause } => Some(pause),
            Waiting::Paused | Waiting::Over | Waiting::Done => None,
        }
    }

    /// In two parts, which are easier to read and to type.
    fn spelled(&self) -> String {
        match self.code.split_at_checked(4) {
            Some((first, rest)) => format!("{first}-{rest}"),
            None => self.code.clone(),
        }
    }

    fn link(&self) -> String {
        format!("{}?code={}", self.address, self.code)
    }

    fn button(&self) -> String {
        self.frame.text(if self.is_over() { "elsewhere-new-code" } else { "elsewhere-continue" }).into_owned()
    }
}
