//! What people read: texts by key and locale, embedded, in Fluent. No HTML, no decisions.
//!
//! English is the source; a key missing elsewhere would fall back to it, and a test sees to it that none is. Bundles are
//! built once per process; asking for a text without variables is one hash lookup and borrows.
//! Fluent's isolation marks (U+2068, U+2069) are off: texts also go into attributes and mail subjects. What a stranger
//! typed can't turn the direction of a sentence: an address with such characters does not parse.

use std::{borrow::Cow, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::domain::locale::Locale;

mod review;

pub use review::ReviewDocument;

type Bundle = FluentBundle<FluentResource>;

const fn source(locale: Locale) -> &'static str {
    match locale {
        Locale::En => include_str!("texts/en.ftl"),
        Locale::De => include_str!("texts/de.ftl"),
        Locale::Fr => include_str!("texts/fr.ftl"),
    }
}

static EN: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::En));
static DE: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::De));
static FR: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::Fr));

fn bundle(locale: Locale) -> Bundle {
    let language: LanguageIdentifier = locale.tag().parse().expect("our own tags are well-formed");
    let mut bundle = Bundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    // What does not parse is left out and falls back; `every_text_parses` keeps that from happening.
    let resource = FluentResource::try_new(source(locale).to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
    bundle
}

/// A value put into a text. A count also chooses between singular and plural.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    Text(&'a str),
    Count(u32),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<Value<'a>> for FluentValue<'a> {
    fn from(value: Value<'a>) -> Self {
        match value {
            Value::Text(text) => text.into(),
            Value::Count(count) => count.into(),
        }
    }
}

impl From<u32> for Value<'_> {
    fn from(count: u32) -> Self {
        Self::Count(count)
    }
}

impl From<u8> for Value<'_> {
    fn from(count: u8) -> Self {
        Self::Count(count.into())
    }
}

/// Every text in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    locale: Locale,
}

impl Texts {
    pub const fn new(locale: Locale) -> Self {
        Self { locale }
    }

    pub const fn locale(self) -> Locale {
        self.locale
    }

    /// The text of `key`; the key itself if no language has it. Borrows.
    pub fn text(self, key: &str) -> Cow<'static, str> {
        self.format(key, None).unwrap_or_else(|| Cow::Owned(key.to_owned()))
    }

    /// The text of `key` with its variables filled in: `with("signin-lead", &[("app", name.into())])`.
    /// One that is not given shows its name.
    pub fn with(self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, FluentValue::from(*value))).collect();
        self.format(key, Some(&args)).map_or_else(|| key.to_owned(), Cow::into_owned)
    }

    fn format<'a>(self, key: &str, args: Option<&'a FluentArgs<'_>>) -> Option<Cow<'a, str>> {
        [self.bundle(), &EN].into_iter().find_map(|bundle| {
            let pattern = bundle.get_message(key)?.value()?;
            Some(bundle.format_pattern(pattern, args, &mut Vec::new()))
        })
    }

    fn bundle(self) -> &'static Bundle {
        match self.locale {
            Locale::En => &EN,
            Locale::De => &DE,
            Locale::Fr => &FR,
        }
    }
}

#[cfg(test)]
mod tests;
