//! My Apps: what somebody may open here, and who they are.

use askama::Template;

use super::{Frame, date, write};
use crate::domain::timestamp::Timestamp;

#[derive(Debug, Clone, Template)]
#[template(path = "my_apps.html")]
pub struct MyApps {
    pub frame: Frame,
    pub signed_in: SignedIn,
    /// `/{tenant}/apps`.
    pub here: String,
    /// What was looked for.
    pub query: String,
    pub apps: Vec<App>,
    /// How many there are when nothing is looked for.
    pub total: usize,
    /// Terms of use that are to be accepted anew before long.
    pub waiting: Vec<WaitingTerms>,
    pub account_href: String,
}

/// An app as a tile.
#[derive(Debug, Clone)]
pub struct App {
    pub name: String,
    pub description: Option<String>,
    /// An address that never changes.
    pub href: String,
}

/// Terms of use that somebody may go on without for a while.
#[derive(Debug, Clone)]
pub struct WaitingTerms {
    pub name: String,
    pub until: Timestamp,
    /// Where they can be read.
    pub href: String,
}

/// Who is signed in, at the foot of our own pages.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub address: String,
    /// Through which identity provider; none for a code by mail.
    pub provider: Option<String>,
    pub sign_out_href: String,
}

impl SignedIn {
    pub fn sample() -> Self {
        Self { address: "ana@fabrikam.example".into(), provider: Some("Fabrikam".into()), sign_out_href: "/contoso/signout".into() }
    }

    pub(super) fn via(&self, frame: &Frame) -> String {
        via(frame, self.provider.as_ref())
    }
}

/// By which road, in words.
pub(super) fn via(frame: &Frame, provider: Option<&String>) -> String {
    match provider {
        Some(name) => frame.texts().with("consent-via", &[("provider", name.into())]),
        None => frame.text("portal-via-mail").into_owned(),
    }
}

impl App {
    fn initial(&self) -> String {
        self.name.chars().find(|c| c.is_alphanumeric()).into_iter().flat_map(char::to_uppercase).collect()
    }
}

impl MyApps {
    /// As many as are seen at a glance need no search.
    const FEW: usize = 4;

    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        let app = |id: &str, name: &str, description: Option<&str>| App {
            name: name.into(),
            description: description.map(str::to_owned),
            href: format!("/contoso/signin/{id}"),
        };
        Self {
            frame: Frame::sample(),
            signed_in: SignedIn::sample(),
            here: "/contoso/apps".into(),
            query: String::new(),
            apps: vec![
                app("expenses", "Expenses", Some("Claim what you paid on the way here.")),
                app("field", "Field app", None),
                app("portal", "Portal", Some("Orders, deliveries and invoices.")),
                app("wiki", "Wiki", Some("How we work, written down by everyone who does.")),
                app("years", "Überstunden und Arbeitszeiterfassung für Auftragnehmer", Some("Hours.")),
            ],
            total: 5,
            waiting: vec![WaitingTerms {
                name: "Visitor terms".into(),
                until: Timestamp::from_unix(1_800_600_000),
                href: "/contoso/account/terms/visitors".into(),
            }],
            account_href: "/contoso/account".into(),
        }
    }

    fn heading(&self) -> String {
        self.frame.text("apps-title").into_owned()
    }

    fn is_search_shown(&self) -> bool {
        self.total > Self::FEW || self.is_searched()
    }

    fn is_searched(&self) -> bool {
        !self.query.is_empty()
    }

    fn wait(&self, terms: &WaitingTerms) -> String {
        let date = date::minute(self.frame.texts(), terms.until);
        let values = [("tenant", (&self.frame.tenant).into()), ("terms", (&terms.name).into()), ("date", (&date).into())];
        self.frame.texts().with("apps-terms-wait", &values)
    }

    fn read_label(&self, terms: &WaitingTerms) -> String {
        self.frame.texts().with("account-read-this", &[("document", (&terms.name).into())])
    }

    fn nothing(&self) -> String {
        self.frame.texts().with("apps-nothing", &[("query", (&self.query).into())])
    }
}
