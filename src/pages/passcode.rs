//! A code was mailed: enter it. The page looks the same whether the address can receive one or not.

use askama::Template;

use super::{FlowForms, Frame, write};

/// Stands for the sender in a sentence until the page puts it there.
const SENDER: &str = "\u{fffc}";

#[derive(Clone, Template)]
#[template(path = "passcode.html")]
pub struct Passcode {
    pub frame: Frame,
    pub forms: FlowForms,
    /// Where the code goes; shown only to the browser in which it was typed.
    pub address: String,
    /// Digits in a code.
    pub digits: u8,
    /// How long a code works.
    pub lifetime_minutes: u32,
    pub notice: Option<Notice>,
    /// Seconds that lie between two codes, while a new one can't be asked for yet. Not a countdown: nothing here could count.
    pub resend_gap: Option<u32>,
    /// The right code makes an account for the address.
    pub makes_account: bool,
    /// The sign-in is for this address and no other: an invitation's.
    pub is_address_fixed: bool,
    /// From whom the mail comes, so that it can be found.
    pub sender: Option<String>,
}

/// What happened to the last entry or request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    Wrong {
        tries_left: u8,
    },
    /// Entered too often or too late.
    Dead,
    Resent,
    TooSoon,
}

impl Passcode {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            forms: FlowForms::sample(),
            address: "ida@viral.example".into(),
            digits: 8,
            lifetime_minutes: 30,
            notice: None,
            resend_gap: Some(60),
            makes_account: false,
            is_address_fixed: false,
            sender: Some("no-reply@login.example.org".into()),
        }
    }

    fn heading(&self) -> String {
        self.frame.text("passcode-title").into_owned()
    }

    fn title(&self) -> String {
        let heading = self.heading();
        if self.error().is_some() { self.frame.page_title_wrong(&heading) } else { self.frame.page_title(&heading) }
    }

    fn label(&self) -> String {
        self.frame.texts().with("passcode-label", &[("digits", self.digits.into())])
    }

    /// The code is spent: a new one is what helps.
    fn is_dead(&self) -> bool {
        self.notice == Some(Notice::Dead)
    }

    fn lifetime(&self) -> String {
        self.frame.texts().with("passcode-lifetime", &[("minutes", self.lifetime_minutes.into())])
    }

    /// Room for a pasted code with spaces in it.
    fn longest_entry(&self) -> u16 {
        u16::from(self.digits) * 2
    }

    /// What is wrong with the entry.
    fn error(&self) -> Option<String> {
        match self.notice? {
            Notice::Wrong { tries_left } => Some(self.frame.texts().with("passcode-wrong", &[("tries", tries_left.into())])),
            Notice::Dead => Some(self.frame.text("passcode-dead").into_owned()),
            Notice::Resent | Notice::TooSoon => None,
        }
    }

    /// News that is no error.
    fn status(&self) -> Option<String> {
        match self.notice? {
            Notice::Resent => Some(self.frame.text("passcode-resent").into_owned()),
            Notice::TooSoon => Some(self.frame.text("passcode-too-soon").into_owned()),
            Notice::Wrong { .. } | Notice::Dead => None,
        }
    }

    fn help(&self) -> String {
        self.frame.text("passcode-help-junk").into_owned()
    }

    /// What stands before and after the sender, which the page sets apart so that it is not broken at a hyphen.
    fn around_sender(&self) -> (String, String) {
        let sentence = self.frame.texts().with("passcode-help-sender", &[("sender", SENDER.into())]);
        sentence.split_once(SENDER).map_or_else(|| (sentence.clone(), String::new()), |(before, after)| (before.into(), after.into()))
    }

    fn gap(&self) -> Option<String> {
        self.resend_gap.map(|seconds| self.frame.texts().with("passcode-resend-gap", &[("seconds", seconds.into())]))
    }
}
