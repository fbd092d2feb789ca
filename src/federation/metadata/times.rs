//! Times as XML Schema writes them: `xs:dateTime` and `xs:duration`.
//!
//! Must not know what they bound.

use std::time::Duration;

use crate::domain::timestamp::Timestamp;

/// An `xs:dateTime`. Without a zone it is UTC (SAML Core §1.3.3).
pub(super) fn date_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let moment = match text.parse::<jiff::Timestamp>() {
        Ok(moment) => moment,
        Err(_) => text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp(),
    };
    Some(Timestamp::from_unix(moment.as_second()))
}

/// An `xs:duration` that is not negative. A month counts 30 days, a year 365: it bounds a cache, nothing more.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let rest = text.trim().strip_prefix('P')?;
    let (days, clock) = rest.split_once('T').map_or((rest, None), |(days, clock)| (days, Some(clock)));
    let seconds = parts(days, &[('Y', 365 * 86400), ('M', 30 * 86400), ('D', 86400)])?;
    let seconds = match clock {
        Some("") => return None,
        Some(clock) => seconds.checked_add(parts(clock, &[('H', 3600), ('M', 60), ('S', 1)])?)?,
        None if days.is_empty() => return None,
        None => seconds,
    };
    Some(Duration::from_secs(seconds))
}

/// Numbers with their units, in this order, each at most once. Fractions of a second are dropped.
fn parts(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut sum = 0_u64;
    for (unit, worth) in units {
        let Some((number, rest)) = text.split_once(*unit) else { continue };
        let whole = number.split_once('.').filter(|_| *unit == 'S').map_or(number, |(whole, _)| whole);
        if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        sum = sum.checked_add(whole.parse::<u64>().ok()?.checked_mul(*worth)?)?;
        text = rest;
    }
    text.is_empty().then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_xml_schema_writes_them() {
        for (text, seconds) in [("PT6H", 21600), ("P1D", 86400), ("P0Y0M1DT2H3M4.567S", 93784), ("P7D", 604_800), ("P1M", 2_592_000)] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for bad in ["", "P", "PT", "-P1D", "1D", "P1S", "PT1D", "PT1M2H", "P1", "P99999999999999999999Y", "PT1.5H", "P1DT"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn moments_without_a_zone_are_utc() {
        for text in ["2026-11-20T12:00:00Z", "2026-11-20T12:00:00", "2026-11-20T13:00:00+01:00", "2026-11-20T12:00:00.250Z"] {
            assert_eq!(date_time(text), Some(Timestamp::from_unix(1_795_176_000)), "{text}");
        }
        assert_eq!(date_time("tomorrow"), None);
        assert_eq!(date_time("2026-13-20T12:00:00Z"), None);
    }
}
