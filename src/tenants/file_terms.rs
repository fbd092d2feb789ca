//! The raw shape of terms of use in a tenant file. Their documents are files beside it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::file::LocaleName;
use crate::settings::at::At;

/// One agreement: what it is called, whom it concerns, when it has to be accepted anew, and its versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What guests read, in every language. Either this or `names`.
    pub name: Option<At<String>>,
    /// What guests read, by language.
    pub names: Option<At<ByLanguage>>,
    /// The apps on the way to which it has to be accepted, by `client_id`. Absent: every app, My Apps and My account.
    #[schemars(length(min = 1))]
    pub clients: Option<Vec<At<String>>>,
    /// Whether the document must be opened before it can be accepted.
    pub must_open: Option<bool>,
    /// The language shown to whoever reads none of the others; the tenant's own if absent. Every version has a document in it.
    pub default_language: Option<At<LocaleName>>,
    /// How long each guest's acceptance counts: a period of the calendar such as `P30D`, `P6M` or `P1Y`.
    pub reaccept_after: Option<At<String>>,
    /// When all acceptances end together.
    pub schedule: Option<At<Schedule>>,
    /// How long somebody who once accepted may go on without accepting anew: 0s to 365d; none if absent.
    pub grace: Option<At<String>>,
    /// Oldest first. Add new ones at the end, and leave the old ones here: what guests agreed to is known by them.
    #[serde(default)]
    #[schemars(required, length(min = 1))]
    pub versions: Vec<At<Version>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Your word for it, such as `2026-01`. Never change it once somebody accepted.
    #[schemars(required)]
    pub version: Option<At<String>>,
    /// From when it is in force: a date (`2026-01-01`, which begins at midnight UTC) or a moment (`2026-01-01T12:00:00Z`).
    #[schemars(required)]
    pub effective: Option<At<String>>,
    /// Whether acceptances of earlier versions count no more, where this version changes the words.
    pub require_reaccept: Option<bool>,
    /// By language: `.html` (up to 512 KiB) or `.pdf` (up to 10 MiB).
    #[schemars(required)]
    pub documents: Option<At<ByLanguage>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// When they end for the first time: a date (midnight UTC) or a moment.
    #[schemars(required)]
    pub start: Option<At<String>>,
    /// How often from then on: a period of the calendar such as `P1M` or `P1Y`.
    #[schemars(required)]
    pub every: Option<At<String>>,
}

/// One text per language.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByLanguage {
    pub en: Option<At<String>>,
    pub de: Option<At<String>>,
    pub fr: Option<At<String>>,
}
