//! My account: who we think somebody is, where they belong, what they accepted, where they are signed in, and the way out.

use askama::Template;

use super::{
    Frame, date,
    my_apps::{SignedIn, via},
    write,
};
use crate::domain::{locale::Locale, timestamp::Timestamp};

/// No `Debug`: tokens are secrets.
#[derive(Clone, Template)]
#[template(path = "my_account.html")]
pub struct MyAccount {
    pub frame: Frame,
    pub signed_in: SignedIn,
    pub name: Option<String>,
    pub addresses: Vec<String>,
    pub since: Timestamp,
    pub organizations: Vec<Membership>,
    pub agreements: Vec<Agreement>,
    pub sessions: Vec<Session>,
    /// `/{tenant}/account`; each form adds what it does.
    pub path: String,
    /// For signing out everywhere.
    pub everywhere_token: String,
    pub apps_href: String,
}

/// An organisation of this Gatehouse.
#[derive(Debug, Clone)]
pub struct Membership {
    pub name: String,
    pub domain: String,
    /// Its My Apps; none for this one.
    pub href: Option<String>,
    /// Invited there, and nothing accepted yet.
    pub is_pending: bool,
}

/// Something accepted or declined.
#[derive(Debug, Clone)]
pub struct Agreement {
    /// Name of the terms; none for Review permissions.
    pub terms: Option<String>,
    pub version: Option<String>,
    pub language: Locale,
    pub is_accepted: bool,
    pub at: Timestamp,
    /// Until when an acceptance counts.
    pub ends: Ends,
    /// On the way to which app.
    pub app: Option<String>,
    /// Through which identity provider; none for a code by mail.
    pub provider: Option<String>,
    /// Where its words can be read.
    pub href: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    Never,
    On(Timestamp),
    /// It counts no more.
    Since(Timestamp),
}

/// A browser that is signed in.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    pub began_at: Timestamp,
    pub provider: Option<String>,
    pub is_this: bool,
    pub token: String,
}

impl MyAccount {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        let token = "q8V3mC1xZr7yT2nK5wLpAe9dFhGjBsUo4iXvN6tYcMk";
        let at = Timestamp::from_unix;
        let session = |id: &str, began_at, is_this| Session {
            id: id.into(),
            began_at: at(began_at),
            provider: Some("Fabrikam".into()),
            is_this,
            token: token.into(),
        };
        let agreement = |terms: Option<&str>, version: Option<&str>, app: Option<&str>, when| Agreement {
            terms: terms.map(str::to_owned),
            version: version.map(str::to_owned),
            language: Locale::De,
            is_accepted: true,
            at: at(when),
            ends: Ends::Never,
            app: app.map(str::to_owned),
            provider: Some("Fabrikam".into()),
            href: terms.map(|_| "/contoso/account/documents/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into()),
        };
        Self {
            frame: Frame::sample(),
            signed_in: SignedIn::sample(),
            name: Some("Ana Núñez".into()),
            addresses: vec!["ana@fabrikam.example".into(), "ana.nunez@fabrikam.example".into()],
            since: at(1_790_000_000),
            organizations: vec![
                Membership { name: "Contoso".into(), domain: "contoso.example".into(), href: None, is_pending: false },
                Membership {
                    name: "Northwind Traders".into(),
                    domain: "northwind.example".into(),
                    href: Some("/northwind/apps".into()),
                    is_pending: false,
                },
                Membership {
                    name: "Woodgrove Bank".into(),
                    domain: "woodgrove.example".into(),
                    href: Some("/woodgrove/apps".into()),
                    is_pending: true,
                },
            ],
            agreements: vec![
                Agreement {
                    ends: Ends::On(at(1_831_000_000)),
                    ..agreement(Some("Visitor terms"), Some("2027-01"), Some("Portal"), 1_799_990_000)
                },
                Agreement { is_accepted: false, ..agreement(Some("Plant rules"), Some("7"), Some("Portal"), 1_799_980_000) },
                Agreement {
                    ends: Ends::Since(at(1_799_900_000)),
                    ..agreement(Some("Visitor terms"), Some("2026-01"), None, 1_790_000_900)
                },
                agreement(None, None, None, 1_790_000_300),
            ],
            sessions: vec![
                session("0190b5f2c3d47e1a8b6c5d4e3f2a1b0c", 1_800_000_000, true),
                session("0190b5f2c3d47e1a8b6c5d4e3f2a1b0d", 1_799_990_000, false),
            ],
            path: "/contoso/account".into(),
            everywhere_token: token.into(),
            apps_href: "/contoso/apps".into(),
        }
    }

    fn heading(&self) -> String {
        self.frame.text("account-title").into_owned()
    }

    fn day(&self, at: Timestamp) -> String {
        date::day(self.frame.texts(), at)
    }

    fn addresses_label(&self) -> String {
        let count = u32::try_from(self.addresses.len()).unwrap_or(u32::MAX);
        self.frame.texts().with("account-addresses", &[("count", count.into())])
    }

    fn what(&self, agreement: &Agreement) -> String {
        agreement.terms.clone().unwrap_or_else(|| self.frame.text("consent-title").into_owned())
    }

    fn version(&self, agreement: &Agreement) -> Option<String> {
        agreement.version.as_ref().map(|version| self.frame.texts().with("account-version", &[("version", version.into())]))
    }

    fn decision(&self, agreement: &Agreement) -> String {
        self.frame.text(if agreement.is_accepted { "account-accepted" } else { "account-declined" }).into_owned()
    }

    /// When, until when, in which language, for which app, how proven: in that order.
    fn circumstances(&self, agreement: &Agreement) -> String {
        let mut parts = vec![date::minute(self.frame.texts(), agreement.at)];
        parts.extend(self.end(agreement.ends));
        parts.push(agreement.language.own_name().to_owned());
        parts.extend(agreement.app.as_ref().map(|app| self.frame.texts().with("account-for-app", &[("app", app.into())])));
        parts.push(via(&self.frame, agreement.provider.as_ref()));
        parts.join(" · ")
    }

    fn end(&self, ends: Ends) -> Option<String> {
        let (key, at) = match ends {
            Ends::Never => return None,
            Ends::On(at) => ("account-counts-until", at),
            Ends::Since(at) => ("account-counted-until", at),
        };
        let date = self.day(at);
        Some(self.frame.texts().with(key, &[("date", (&date).into())]))
    }

    fn begun(&self, session: &Session) -> String {
        let at = date::minute(self.frame.texts(), session.began_at);
        let since = self.frame.texts().with("account-session-since", &[("date", (&at).into())]);
        format!("{since} · {}", via(&self.frame, session.provider.as_ref()))
    }

    fn end_label(&self, session: &Session) -> String {
        let at = date::minute(self.frame.texts(), session.began_at);
        self.frame.texts().with("account-session-end-this", &[("date", (&at).into())])
    }

    fn read_label(&self, agreement: &Agreement, key: &str) -> String {
        let what = self.what(agreement);
        self.frame.texts().with(key, &[("document", (&what).into())])
    }
}
