//! The examples of `behaviour.md` §12.6 by name, and what holds for every agreement.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::id::GuestId;

const DAY: i64 = 86_400;

fn at(text: &str) -> Timestamp {
    Timestamp::from_unix(format!("{text}T00:00:00Z").parse::<jiff::Timestamp>().unwrap().as_second())
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn document(words: &str) -> TermsDocument {
    TermsDocument { hash: DocumentHash(words.into()), media: Media::Html, bytes: words.as_bytes().into() }
}

/// Every language of a version has words of its own unless said otherwise.
fn version(label: &str, effective: &str, is_major: bool, documents: &[(Locale, &str)]) -> TermsVersion {
    let documents = documents.iter().map(|(locale, words)| (*locale, document(words))).collect();
    TermsVersion { label: label.into(), effective_at: at(effective), is_major, documents }
}

fn terms(versions: Vec<TermsVersion>) -> Terms {
    Terms {
        id: TermsId::parse("visitors").unwrap(),
        names: BTreeMap::from([(Locale::En, "Visitor terms".into())]),
        clients: None,
        must_be_opened: false,
        versions,
        default_language: Locale::En,
        schedule: None,
        lives: None,
        grace: Duration::ZERO,
    }
}

fn alone() -> Terms {
    terms(vec![version("1", "2025-01-01", true, &[(Locale::En, "one"), (Locale::De, "eins")])])
}

fn accepted(label: &str, words: &str, locale: Locale, when: Timestamp) -> ConsentRecord {
    ConsentRecord {
        guest: GuestId::from_drawn(Uuid::from_u128(1)),
        matter: Matter::Terms(TermsId::parse("visitors").unwrap()),
        version: Some(label.into()),
        document: DocumentHash(words.into()),
        locale,
        is_accepted: true,
        client: "portal".into(),
        voucher: "fabrikam".into(),
        at: when,
    }
}

fn first(when: &str) -> ConsentRecord {
    accepted("1", "one", Locale::En, at(when))
}

fn is_owed(terms: &Terms, record: &ConsentRecord, now: &str) -> bool {
    terms.is_owed(&[record], at(now))
}

#[test]
fn a_period_is_of_the_calendar_and_one_minute_is_refused() {
    let read = |text: &str| Period::parse(text).map(|period| (period.months, period.days));
    assert_eq!(read("P1M"), Ok((1, 0)));
    assert_eq!(read("P30D"), Ok((0, 30)));
    assert_eq!(read("P1Y"), Ok((12, 0)));
    assert_eq!(read("P2W"), Ok((0, 14)));
    assert_eq!(read("P1Y6M10D"), Ok((18, 10)));
    assert_eq!(read("PT1M"), Err(PeriodError::Time), "a minute, though Graph's manual says a month");
    assert_eq!(read("P1DT12H"), Err(PeriodError::Time));
    for text in ["P0D", "P0Y0M"] {
        assert_eq!(read(text), Err(PeriodError::Zero), "{text}");
    }
    for text in ["", "P", "1M", "P1", "PM", "P1D1M", "P1M1M", "p1m", "P-1M", "P1.5M", " P1M", "P1M ", "P1H", "P٣D", "30d"] {
        assert_eq!(read(text), Err(PeriodError::Malformed), "{text:?}");
    }
    for text in ["P101Y", "P36601D", "P99999999999D", "P400000000Y"] {
        assert_eq!(read(text), Err(PeriodError::TooLong), "{text}");
    }
}

#[test]
fn by_the_schedule_all_acceptances_end_together() {
    let terms = Terms { schedule: Some(Schedule { start: at("2026-01-01"), every: period("P1M") }), ..alone() };
    let (alice, bob) = (first("2026-01-01"), first("2026-01-15"));
    for record in [&alice, &bob] {
        assert_eq!(terms.ends_at(record, at("2026-01-20")), Some(at("2026-02-01")));
        assert!(!is_owed(&terms, record, "2026-01-31") && is_owed(&terms, record, "2026-02-01"));
    }
    assert_eq!(terms.ends_at(&first("2025-12-20"), at("2026-01-01")), Some(at("2026-01-01")), "before it starts, it ends with the start");
}

#[test]
fn by_age_each_acceptance_ends_for_itself() {
    let terms = Terms { lives: Some(period("P30D")), ..alone() };
    let (alice, bob) = (first("2026-01-01"), first("2026-01-15"));
    assert!(!is_owed(&terms, &alice, "2026-01-30") && is_owed(&terms, &alice, "2026-01-31"));
    assert!(!is_owed(&terms, &bob, "2026-02-13") && is_owed(&terms, &bob, "2026-02-14"));
}

#[test]
fn of_schedule_and_age_the_first_to_end_decides() {
    let schedule = Some(Schedule { start: at("2026-01-01"), every: period("P1M") });
    let terms = Terms { schedule, lives: Some(period("P30D")), ..alone() };
    assert_eq!(terms.ends_at(&first("2026-01-01"), at("2026-01-01")), Some(at("2026-01-31")), "by age");
    assert_eq!(terms.ends_at(&first("2026-01-15"), at("2026-01-15")), Some(at("2026-02-01")), "by the schedule");
}

#[test]
fn a_month_after_the_last_of_january_is_the_last_of_february() {
    let monthly = Schedule { start: at("2026-01-31"), every: period("P1M") };
    assert_eq!(monthly.next_after(at("2026-01-31")), Some(at("2026-02-28")));
    assert_eq!(monthly.next_after(at("2026-02-28")), Some(at("2026-03-31")), "and the next is the last of March again");
    assert_eq!(period("P1Y").after(at("2028-02-29"), 1), Some(at("2029-02-28")));
}

#[test]
fn a_version_that_requires_it_asks_anew_and_a_minor_one_does_not() {
    let next = |is_major| {
        let mut terms = alone();
        terms.versions.push(version("2", "2026-03-01", is_major, &[(Locale::En, "two"), (Locale::De, "zwei")]));
        terms
    };
    let record = first("2026-01-01");
    assert!(!is_owed(&next(true), &record, "2026-02-28") && is_owed(&next(true), &record, "2026-03-01"));
    assert!(!is_owed(&next(false), &record, "2026-03-01"));
    // Who accepted none is shown the newest, whatever it is.
    assert!(next(false).is_owed(&[], at("2026-03-01")));
    assert_eq!(next(false).shown(Locale::De, at("2026-03-01")).unwrap().version.label, "2");
    // A minor version after a major one does not make the first good again.
    let mut three = next(true);
    three.versions.push(version("3", "2026-04-01", false, &[(Locale::En, "three")]));
    assert!(is_owed(&three, &record, "2026-04-02"));
    assert!(!is_owed(&three, &accepted("2", "two", Locale::En, at("2026-03-05")), "2026-04-02"));
}

#[test]
fn a_new_version_voids_acceptances_in_the_languages_whose_words_it_changed() {
    let mut terms = alone();
    terms.versions.push(version("2", "2026-03-01", true, &[(Locale::En, "two"), (Locale::De, "eins")]));
    assert!(is_owed(&terms, &first("2026-01-01"), "2026-03-01"));
    assert!(!is_owed(&terms, &accepted("1", "eins", Locale::De, at("2026-01-01")), "2026-03-01"));
    // The language is gone: its readers get the default one, which are other words.
    terms.versions.push(version("3", "2026-04-01", true, &[(Locale::En, "three")]));
    assert!(is_owed(&terms, &accepted("1", "eins", Locale::De, at("2026-01-01")), "2026-04-01"));
}

#[test]
fn a_version_entered_late_voids_by_its_place_and_one_taken_out_by_its_time() {
    let mut terms = alone();
    terms.versions.push(version("2", "2026-03-01", true, &[(Locale::En, "two")]));
    assert!(is_owed(&terms, &first("2026-03-10"), "2026-03-20"), "version 1 was shown after version 2 should have been");
    let unknown = |when| accepted("0", "zero", Locale::En, at(when));
    assert!(is_owed(&terms, &unknown("2026-01-01"), "2026-03-20"));
    assert!(!is_owed(&terms, &unknown("2026-03-10"), "2026-03-20"));
}

#[test]
fn whoever_once_accepted_has_the_grace_and_nobody_else_has() {
    let grace = Duration::from_secs(7 * 86_400);
    let mut terms = Terms { grace, ..alone() };
    terms.versions.push(version("2", "2026-03-01", true, &[(Locale::En, "two")]));
    assert!(!is_owed(&terms, &first("2026-01-01"), "2026-03-07"));
    assert!(is_owed(&terms, &first("2026-01-01"), "2026-03-08"));
    assert!(terms.is_owed(&[], at("2026-03-02")));
    let declined = ConsentRecord { is_accepted: false, ..first("2026-01-01") };
    assert!(is_owed(&terms, &declined, "2026-03-02"));
    let aged = Terms { lives: Some(period("P30D")), grace, ..alone() };
    assert!(!is_owed(&aged, &first("2026-01-01"), "2026-02-06") && is_owed(&aged, &first("2026-01-01"), "2026-02-07"));
}

#[test]
fn nothing_is_owed_before_the_first_version_is_in_force() {
    let terms = terms(vec![version("1", "2026-05-01", true, &[(Locale::En, "one")])]);
    assert!(!terms.is_owed(&[], at("2026-04-30")) && terms.is_owed(&[], at("2026-05-01")));
    assert!(terms.shown(Locale::En, at("2026-04-30")).is_none());
}

#[test]
fn declining_takes_nothing_back_and_another_matter_counts_for_nothing() {
    let (terms, yes) = (alone(), first("2026-01-01"));
    let no = ConsentRecord { is_accepted: false, ..first("2026-01-02") };
    assert!(!terms.is_owed(&[&yes, &no], at("2026-01-03")));
    let other = ConsentRecord { matter: Matter::Privacy, ..yes };
    assert!(terms.is_owed(&[&other, &no], at("2026-01-03")));
}

#[test]
fn the_browser_s_language_is_shown_or_else_the_default_one() {
    let terms = alone();
    let shown = |wanted| terms.shown(wanted, at("2026-01-01")).map(|shown| shown.locale).unwrap();
    assert_eq!([Locale::De, Locale::En, Locale::Fr].map(shown), [Locale::De, Locale::En, Locale::En]);
}

#[test]
fn only_a_new_version_is_told_of_and_not_the_mere_passing_of_time() {
    let mut terms = Terms { lives: Some(period("P30D")), ..alone() };
    assert!(!terms.is_superseded(&[&first("2026-01-01")], at("2026-03-01")));
    terms.versions.push(version("2", "2026-03-01", true, &[(Locale::En, "two")]));
    assert!(terms.is_superseded(&[&first("2026-01-01")], at("2026-03-01")));
    assert!(!terms.is_superseded(&[&first("2026-01-01")], at("2026-02-28")));
    assert!(!terms.is_superseded(&[], at("2026-03-01")), "who never agreed has nothing to be told");
    let both = [first("2026-01-01"), accepted("2", "two", Locale::En, at("2026-03-02"))];
    assert!(!terms.is_superseded(&both.each_ref(), at("2026-03-03")));
}

fn periods() -> impl Strategy<Value = Period> {
    (0_u32..30, 0_u32..400).prop_filter("no time at all", |(m, d)| m + d > 0).prop_map(|(months, days)| Period { months, days })
}

proptest! {
    #[test]
    fn the_schedule_s_next_moment_is_after_and_none_lies_between(every in periods(), start in 0_i64..40_000, ahead in 0_i64..20_000) {
        let schedule = Schedule { start: Timestamp::from_unix(start * DAY), every };
        let now = Timestamp::from_unix((start + ahead) * DAY);
        let next = schedule.next_after(now).unwrap();
        prop_assert!(next > now);
        let moments = (0_u32..).map_while(|times| every.after(schedule.start, times)).take_while(|moment| *moment < next);
        prop_assert!(moments.last().is_none_or(|before| before <= now));
    }

    #[test]
    fn what_is_owed_stays_owed_until_it_is_accepted(
        lives in proptest::option::of(periods()), every in proptest::option::of(periods()),
        grace in 0_u64..20, when in 0_i64..1000, now in 0_i64..3000, later in 0_i64..3000,
    ) {
        let schedule = every.map(|every| Schedule { start: at("2025-06-01"), every });
        let mut terms = Terms { lives, schedule, grace: Duration::from_secs(grace * 86_400), ..alone() };
        terms.versions.push(version("2", "2026-03-01", true, &[(Locale::En, "two")]));
        let moment = |days: i64| Timestamp::from_unix(at("2025-01-01").unix() + days * DAY);
        let record = accepted("1", "one", Locale::En, moment(when));
        let (now, then) = (moment(when + now), moment(when + now + later));
        if terms.is_owed(&[&record], now) {
            prop_assert!(terms.is_owed(&[&record], then));
        }
        prop_assert!(terms.is_owed(&[], now));
        // The grace is when nothing counts any more and nothing is owed yet, and it ends in owing.
        let counts = terms.ends_at(&record, now).is_none_or(|end| now < end);
        match terms.grace_ends_at(&[&record], now) {
            Some(end) => prop_assert!(!counts && now < end && terms.is_owed(&[&record], end)),
            None => prop_assert!(counts || terms.is_owed(&[&record], now)),
        }
        prop_assert!(terms.grace_ends_at(&[], now).is_none());
        // Whoever accepts what is shown owes nothing at that moment.
        let shown = terms.shown(Locale::De, now).unwrap();
        let fresh = accepted(&shown.version.label, &shown.document.hash.0, shown.locale, now);
        prop_assert!(!terms.is_owed(&[&record, &fresh], now));
    }

    #[test]
    fn no_text_makes_the_reader_of_periods_fail(text in "\\PC{0,12}|P[0-9YMWDT]{0,12}") {
        if let Ok(period) = Period::parse(&text) {
            prop_assert!(period.months + period.days > 0 && !text.contains('T'));
        }
    }
}
