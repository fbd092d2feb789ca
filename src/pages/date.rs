//! Moments as people read them, in their language and in UTC, which the line says. No page knows where its reader is.

use jiff::{Timestamp as Moment, civil::DateTime, tz::TimeZone};

use crate::{domain::timestamp::Timestamp, i18n::Texts};

const MONTHS: [&str; 12] =
    ["month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9", "month-10", "month-11", "month-12"];

/// `20 November 2026`.
pub(super) fn day(texts: Texts, at: Timestamp) -> String {
    let date = civil(at);
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month)).map(|key| texts.text(key)).unwrap_or_default();
    let (day, year) = (date.day().to_string(), date.year().to_string());
    texts.with("date-day", &[("day", (&day).into()), ("month", (&*month).into()), ("year", (&year).into())])
}

/// `20 November 2026, 14:05 UTC`.
pub(super) fn minute(texts: Texts, at: Timestamp) -> String {
    let (date, time) = (day(texts, at), civil(at));
    let time = format!("{:02}:{:02}", time.hour(), time.minute());
    texts.with("date-minute", &[("date", (&date).into()), ("time", (&time).into())])
}

fn civil(at: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(Moment::from_second(at.unix()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Locale;

    #[test]
    fn a_moment_is_written_as_the_language_has_it() {
        let at = Timestamp::from_unix(1_800_000_000);
        let [en, de, fr] = Locale::ALL.map(|locale| minute(Texts::new(locale), at));
        assert_eq!(en, "15 January 2027, 08:00 UTC");
        assert_eq!(de, "15. Januar 2027, 08:00 Uhr UTC");
        assert_eq!(fr, "15 janvier 2027 à 08:00 UTC");
        assert_eq!(day(Texts::new(Locale::En), Timestamp::from_unix(i64::MAX)), "1 January 1970");
    }
}
