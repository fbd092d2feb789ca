//! The part of the check that is about terms of use (`behaviour.md` §12.6).

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    check::{self, Desk},
    document,
    file::{LocaleName, Named, TenantFile},
    file_terms::{self, ByLanguage},
};
use crate::{
    domain::{
        id::{ClientId, TermsId},
        locale::Locale,
        terms::{self, Period, PeriodError, Schedule, Terms, TermsDocument, TermsVersion},
        timestamp::Timestamp,
    },
    settings::{
        at::{At, Span},
        problem::Code,
        source::Reporter,
        values::{self, Bounds, DAY},
    },
};

/// Whatever could be built: what could not is reported.
pub(super) fn check(raw: &TenantFile, desk: &mut Desk<'_>) -> BTreeMap<TermsId, Terms> {
    let mut all = BTreeMap::new();
    if let Some((id, _)) = raw.terms.iter().nth(terms::MOST) {
        let message = format!("a tenant has at most {} terms of use, and here are {}", terms::MOST, raw.terms.len());
        desk.reporter.error(Code::TermsMany, &id.span, message, "put what belongs together into one document");
    }
    let own = raw.locale.unwrap_or(LocaleName::En);
    for (id, one) in &raw.terms {
        all.extend(agreement(id, one, own, &raw.clients, &mut desk.reporter).map(|terms| (terms.id.clone(), terms)));
    }
    all
}

fn agreement(
    id: &At<String>,
    table: &At<file_terms::Terms>,
    own: LocaleName,
    clients: &Named<super::file::Client>,
    reporter: &mut Reporter,
) -> Option<Terms> {
    let raw = &table.value;
    let id_at = &id.span;
    let id = check::name_of(id, TermsId::parse, reporter);
    let default_language = locale(raw.default_language.as_ref().map_or(own, |at| at.value));
    let names = names(raw, id_at, default_language, reporter);
    let clients = raw.clients.as_ref().map(|list| known(list, clients, reporter));
    let lives = raw.reaccept_after.as_ref().and_then(|text| period(text, reporter));
    let schedule = raw.schedule.as_ref().and_then(|raw| schedule(&raw.value, reporter));
    let grace = values::duration(raw.grace.as_ref(), Bounds::seconds(0, 365 * DAY), Duration::ZERO, reporter);
    if raw.versions.is_empty() && !reporter.is_incomplete(&table.span) {
        let hint = "add a [[terms.NAME.versions]] table with `version`, `effective` and `documents`";
        reporter.error(Code::MissingKey, id_at, "these terms have no version, so there is nothing to agree to", hint);
    }
    let versions = versions(&raw.versions, default_language, reporter);
    Some(Terms {
        id: id?.value,
        names,
        clients,
        must_be_opened: raw.must_open.unwrap_or(false),
        versions,
        default_language,
        schedule,
        lives,
        grace,
    })
}

const fn locale(name: LocaleName) -> Locale {
    match name {
        LocaleName::En => Locale::En,
        LocaleName::De => Locale::De,
        LocaleName::Fr => Locale::Fr,
    }
}

impl ByLanguage {
    fn each(&self) -> impl Iterator<Item = (Locale, &At<String>)> {
        let all = [(Locale::En, &self.en), (Locale::De, &self.de), (Locale::Fr, &self.fr)];
        all.into_iter().filter_map(|(locale, text)| Some((locale, text.as_ref()?)))
    }
}

fn names(raw: &file_terms::Terms, id_at: &Span, default: Locale, reporter: &mut Reporter) -> BTreeMap<Locale, String> {
    let by_language = match (&raw.name, &raw.names) {
        (Some(_), Some(names)) => {
            let hint = "keep `name` if one name does for every language, or `names` if not";
            reporter.error(Code::Contradiction, &names.span, "`name` and `names` say the same thing twice", hint);
            return BTreeMap::new();
        }
        (Some(name), None) => vec![(default, name)],
        (None, Some(names)) => {
            if names.value.each().all(|(locale, _)| locale != default) {
                let message = format!("there is no name in {:?}, the default language of these terms", default.tag());
                reporter.error(Code::TermsLanguage, &names.span, message, "guests who read none of the others are shown that one");
            }
            names.value.each().collect()
        }
        (None, None) => {
            reporter.error(Code::MissingKey, id_at, "these terms have no name", "add `name`: what guests read above the document");
            return BTreeMap::new();
        }
    };
    by_language.into_iter().filter_map(|(locale, text)| Some((locale, check::shown_name(text, reporter)?))).collect()
}

fn known(list: &[At<String>], clients: &Named<super::file::Client>, reporter: &mut Reporter) -> BTreeSet<ClientId> {
    let mut known = BTreeSet::new();
    for text in list {
        let Some(id) = clients.keys().find(|id| id.value == text.value).and_then(|id| ClientId::parse(&id.value).ok()) else {
            let there: Vec<&str> = clients.keys().map(|id| id.value.as_str()).collect();
            let hint = format!("these terms would never be shown on the way to it; there are: {}", there.join(", "));
            reporter.error(Code::TermsClient, &text.span, format!("this tenant has no client {:?}", text.value), hint);
            continue;
        };
        if !known.insert(id) {
            reporter.error(Code::Repeated, &text.span, "this client is listed twice", "take one of them out");
        }
    }
    known
}

fn period(text: &At<String>, reporter: &mut Reporter) -> Option<Period> {
    let error = match Period::parse(&text.value) {
        Ok(period) => return Some(period),
        Err(error) => error,
    };
    let message = match error {
        PeriodError::Time if text.value == "PT1M" => "PT1M is one minute".to_owned(),
        _ => format!("{:?} {error}", text.value),
    };
    let hint = "write a period of the calendar (ISO 8601): P30D is thirty days, P1M a month, P1Y a year";
    reporter.error(Code::TermsPeriod, &text.span, message, hint);
    None
}

fn schedule(raw: &file_terms::Schedule, reporter: &mut Reporter) -> Option<Schedule> {
    let start = raw.start.as_ref().and_then(|text| moment(text, reporter));
    let every = raw.every.as_ref().and_then(|text| period(text, reporter));
    Some(Schedule { start: start?, every: every? })
}

/// A date, which begins at midnight UTC, or a moment.
fn moment(text: &At<String>, reporter: &mut Reporter) -> Option<Timestamp> {
    let day = || text.value.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|day| day.timestamp());
    let is_date = text.value.len() == "2026-01-01".len();
    let read = if is_date { day() } else { text.value.parse::<jiff::Timestamp>().ok() };
    if read.is_none() {
        let message = format!("{:?} is neither a date nor a moment", text.value);
        reporter.error(Code::TermsDate, &text.span, message, "write \"2026-01-01\" (midnight UTC) or \"2026-01-01T12:00:00Z\"");
    }
    read.map(|at| Timestamp::from_unix(at.as_second()))
}

fn versions(list: &[At<file_terms::Version>], default: Locale, reporter: &mut Reporter) -> Vec<TermsVersion> {
    let mut versions: Vec<TermsVersion> = Vec::new();
    for raw in list {
        let raw = &raw.value;
        let label = raw.version.as_ref().and_then(|text| label(text, &versions, reporter));
        let effective_at = raw.effective.as_ref().and_then(|text| following(text, versions.last(), reporter));
        let documents = raw.documents.as_ref().map(|documents| documents_of(documents, default, reporter));
        if let (Some(label), Some(effective_at), Some(documents)) = (label, effective_at, documents) {
            versions.push(TermsVersion { label, effective_at, is_major: raw.require_reaccept.unwrap_or(false), documents });
        }
    }
    versions
}

fn label(text: &At<String>, before: &[TermsVersion], reporter: &mut Reporter) -> Option<String> {
    let label = check::shown_name(text, reporter)?;
    if before.iter().any(|version| version.label == label) {
        let hint = "acceptances are known by this word: give each version one of its own";
        reporter.error(Code::Repeated, &text.span, format!("two versions are called {label:?}"), hint);
        return None;
    }
    Some(label)
}

fn following(text: &At<String>, before: Option<&TermsVersion>, reporter: &mut Reporter) -> Option<Timestamp> {
    let effective_at = moment(text, reporter)?;
    if let Some(before) = before.filter(|before| effective_at <= before.effective_at) {
        let message = match effective_at == before.effective_at {
            true => format!("this version comes into force with version {:?}", before.label),
            false => format!("this version comes into force before version {:?}, which stands above it", before.label),
        };
        reporter.error(Code::TermsOrder, &text.span, message, "write versions oldest first, each with a date of its own");
        return None;
    }
    Some(effective_at)
}

fn documents_of(raw: &At<ByLanguage>, default: Locale, reporter: &mut Reporter) -> BTreeMap<Locale, TermsDocument> {
    if raw.value.each().all(|(locale, _)| locale != default) && !reporter.is_incomplete(&raw.span) {
        let message = format!("there is no document in {:?}, the default language of these terms", default.tag());
        let hint = "add one, or set `default_language`: guests who read none of the others are shown that one";
        reporter.error(Code::TermsLanguage, &raw.span, message, hint);
    }
    raw.value.each().filter_map(|(locale, path)| Some((locale, document::read(path, reporter)?))).collect()
}
