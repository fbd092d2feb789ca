//! What all mails of a tenant to its guests share: head, colours, footer, dates; and what is kept out of words that strangers wrote.

use jiff::tz::TimeZone;
use url::Url;

use crate::{
    domain::{address::EmailAddress, locale::Locale, timestamp::Timestamp},
    i18n::Texts,
};

/// The frame of a mail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    pub locale: Locale,
    pub tenant: &'a str,
    /// The tenant's primary domain.
    pub domain: &'a str,
    pub color: Option<&'a str>,
    pub to: &'a EmailAddress,
    pub statement: Option<&'a Url>,
    pub contact: Option<&'a EmailAddress>,
}

impl Look<'_> {
    pub fn texts(&self) -> Texts {
        Texts::new(self.locale)
    }

    pub fn text(&self, key: &str) -> String {
        self.texts().text(key).into_owned()
    }

    pub fn of_tenant(&self, key: &str) -> String {
        self.texts().with(key, &[("tenant", self.tenant.into())])
    }

    /// Only what is a colour gets into a style. Its check saw to it that white can be read on it.
    pub fn color(&self) -> &str {
        let is_color = |c: &&str| c.len() == 7 && c.starts_with('#') && c[1..].bytes().all(|b| b.is_ascii_hexdigit());
        self.color.filter(is_color).unwrap_or("#1d5e59")
    }

    /// In place of a logo, which would have to be fetched, and would tell when the mail is read.
    pub fn initial(&self) -> String {
        self.tenant.chars().find(|c| c.is_alphanumeric()).map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
    }

    pub fn privacy_none(&self) -> String {
        self.of_tenant("mail-footer-no-statement")
    }

    pub fn why(&self) -> String {
        let address = self.to.to_string();
        self.texts().with("mail-footer-why", &[("address", (&address).into()), ("tenant", self.tenant.into())])
    }

    /// A day, in UTC, as the language writes it.
    pub fn day(&self, at: Timestamp) -> String {
        let Ok(moment) = jiff::Timestamp::from_second(at.unix()) else { return at.unix().to_string() };
        let date = moment.to_zoned(TimeZone::UTC).date();
        let number = |part: i16| u32::try_from(part).unwrap_or(0);
        let parts = [
            ("day", number(date.day().into()).into()),
            ("month", number(date.month().into()).into()),
            ("year", number(date.year()).into()),
        ];
        self.texts().with("mail-day", &parts)
    }
}

/// Words of a person, without the marks that turn the direction of what follows (Unicode UAX #9).
pub(super) fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !turns(*c)).collect()
}
