//! What surrounds every page: whose door it is, in which language, and how to change that.

use super::{accent::Accent, assets};
use crate::{domain::locale::Locale, i18n::Texts};

/// The surroundings of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The tenant's name; "Gatehouse" where no tenant is known.
    pub tenant: String,
    /// Address of the tenant's logo.
    pub logo: Option<String>,
    pub accent: Accent,
    pub locale: Locale,
    /// Links that show this page in another language. Empty: no switch, as on answers to a POST that can't be repeated.
    pub languages: Vec<Language>,
    /// What the person quotes and the operator searches for.
    pub reference: Option<String>,
}

/// One entry of the language switch.
#[derive(Debug, Clone)]
pub struct Language {
    pub locale: Locale,
    pub href: String,
}

impl Language {
    /// Every language, each with the address `href` makes for it.
    pub fn all(href: impl Fn(Locale) -> String) -> Vec<Self> {
        Locale::ALL.into_iter().map(|locale| Self { locale, href: href(locale) }).collect()
    }
}

impl Frame {
    /// The house's own frame, for pages that belong to no tenant.
    pub fn house(locale: Locale) -> Self {
        Self { tenant: "Gatehouse".into(), logo: None, accent: Accent::default(), locale, languages: Vec::new(), reference: None }
    }

    pub fn sample() -> Self {
        Self {
            tenant: "Contoso".into(),
            logo: None,
            accent: Accent::parse("#0b5fff").unwrap_or_default(),
            locale: Locale::En,
            languages: Language::all(|locale| format!("?ui_locales={}", locale.tag())),
            reference: Some("K7QM-2XFD".into()),
        }
    }

    pub(super) fn texts(&self) -> Texts {
        Texts::new(self.locale)
    }

    pub(super) fn text(&self, key: &str) -> std::borrow::Cow<'static, str> {
        self.texts().text(key)
    }

    /// A text that names the tenant.
    pub(super) fn of_tenant(&self, key: &str) -> String {
        self.texts().with(key, &[("tenant", (&self.tenant).into())])
    }

    pub(super) fn page_title(&self, heading: &str) -> String {
        self.texts().with("page-title", &[("page", heading.into()), ("tenant", (&self.tenant).into())])
    }

    /// Of a page that found something wrong: the title is what a screen reader says first.
    pub(super) fn page_title_wrong(&self, heading: &str) -> String {
        self.texts().with("page-title-wrong", &[("page", heading.into()), ("tenant", (&self.tenant).into())])
    }

    pub(super) fn reference_line(&self) -> Option<String> {
        self.reference.as_ref().map(|reference| self.texts().with("reference", &[("reference", reference.into())]))
    }

    /// What stands in for a logo.
    pub(super) fn initial(&self) -> String {
        self.tenant.chars().find(|c| c.is_alphanumeric()).into_iter().flat_map(char::to_uppercase).collect()
    }

    pub(super) fn css(&self) -> String {
        assets::css_path()
    }

    pub(super) fn tint(&self) -> String {
        assets::tint_path(self.accent)
    }

    pub(super) fn mark(&self) -> String {
        assets::mark_path()
    }
}
