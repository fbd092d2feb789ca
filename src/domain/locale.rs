//! The languages people are spoken to in, and how one is chosen.

use serde::{Deserialize, Serialize};

/// A language every text exists in. The texts themselves are [`crate::i18n`]'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    #[default]
    En,
    De,
    Fr,
}

impl Locale {
    pub const ALL: [Self; 3] = [Self::En, Self::De, Self::Fr];

    /// BCP 47 tag, as in `lang=` and the `locale` claim.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
        }
    }

    /// What the language calls itself, for a person who reads no other.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
        }
    }

    /// RFC 4647 §3.4 lookup on the primary subtag: `fr-CA` is French.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(primary))
    }

    /// The first language of `ui_locales` (OpenID Connect Core §3.1.2.1: space-separated, in order of preference) that we speak.
    pub fn from_ui_locales(list: &str) -> Option<Self> {
        list.split(' ').find_map(Self::from_tag)
    }

    /// The best language of an `Accept-Language` header (RFC 9110 §12.5.4); a `q` of 0 is a refusal.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for item in header.split(',').take(32) {
            let mut parts = item.split(';');
            let Some(locale) = parts.next().and_then(Self::from_tag) else { continue };
            let q = parts.find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            if q > 0.0 && best.is_none_or(|(seen, _)| q > seen) {
                best = Some((q, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn the_reader_s_own_order_decides() {
        assert_eq!(Locale::from_accept_language("fr-CA,de;q=0.9"), Some(Locale::Fr));
        assert_eq!(Locale::from_accept_language("it, de;q=0.3, fr;q=0.4"), Some(Locale::Fr));
        assert_eq!(Locale::from_accept_language("de;q=0, it"), None);
        assert_eq!(Locale::from_accept_language("en;q=abc"), Some(Locale::En));
        assert_eq!(Locale::from_ui_locales("tlh de-AT en"), Some(Locale::De));
    }
}
