//! Calendar periods (ISO 8601) and what recurs by them. In UTC: an agreement has no time zone of its own.

use jiff::{Span, tz::TimeZone};

use super::super::timestamp::Timestamp;

/// A calendar period: `P1M` is a month, `P30D` thirty days, `P1Y` a year. Never a time: `PT1M` would be a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    pub months: u32,
    pub days: u32,
}

/// Why a text is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error("is no period")]
    Malformed,
    /// Graph's own manual writes `PT1M` and means a month.
    #[error("is a time and no period of the calendar: what follows a T counts hours, minutes and seconds")]
    Time,
    #[error("is no time at all")]
    Zero,
    #[error("is longer than a hundred years")]
    TooLong,
}

impl Period {
    const MOST_DAYS: u32 = 36_600;
    const MOST_MONTHS: u32 = 1_200;

    /// Reads `P1Y`, `P3M`, `P2W`, `P30D`, `P1Y6M` (ISO 8601-1 §5.5.2.2): years, months, weeks and days, in that order.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let mut rest = text.strip_prefix('P').ok_or(PeriodError::Malformed)?;
        if rest.contains('T') {
            return Err(PeriodError::Time);
        }
        let (mut months, mut days) = (0_u32, 0_u32);
        let mut units = "YMWD".chars();
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number = &rest[..digits];
            let unit = rest[digits..].chars().next().filter(|_| digits > 0).ok_or(PeriodError::Malformed)?;
            units.find(|known| *known == unit).ok_or(PeriodError::Malformed)?;
            let number: u32 = number.parse().map_err(|_| PeriodError::TooLong)?;
            let (part, times) = match unit {
                'Y' => (&mut months, 12),
                'M' => (&mut months, 1),
                'W' => (&mut days, 7),
                _ => (&mut days, 1),
            };
            *part = number.checked_mul(times).and_then(|number| part.checked_add(number)).ok_or(PeriodError::TooLong)?;
            rest = &rest[digits + 1..];
        }
        match (months, days) {
            _ if text.len() == 1 => Err(PeriodError::Malformed),
            (0, 0) => Err(PeriodError::Zero),
            _ if months > Self::MOST_MONTHS || days > Self::MOST_DAYS => Err(PeriodError::TooLong),
            _ => Ok(Self { months, days }),
        }
    }

    /// So many periods after `start`; months first, so that the last of January and a month is the last of February.
    /// `None`: beyond the calendar.
    pub fn after(self, start: Timestamp, times: u32) -> Option<Timestamp> {
        let day = jiff::Timestamp::from_second(start.unix()).ok()?.to_zoned(TimeZone::UTC);
        let months = Span::new().try_months(i64::from(self.months) * i64::from(times)).ok()?;
        let days = Span::new().try_days(i64::from(self.days) * i64::from(times)).ok()?;
        let end = day.checked_add(months).ok()?.checked_add(days).ok()?;
        Some(Timestamp::from_unix(end.timestamp().as_second()))
    }
}

/// `start` and every `every` after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    pub start: Timestamp,
    pub every: Period,
}

impl Schedule {
    /// The first moment after `at`: when whatever was accepted at `at` ends, whoever accepted it.
    pub fn next_after(self, at: Timestamp) -> Option<Timestamp> {
        if at < self.start {
            return Some(self.start);
        }
        // A period is never longer than this, so the count is never too high; then a few steps at most.
        let longest = (u64::from(self.every.months) * 31 + u64::from(self.every.days)) * 86_400;
        let mut times = u32::try_from(at.since(self.start).as_secs() / longest.max(1)).ok()?;
        loop {
            let moment = self.every.after(self.start, times)?;
            if moment > at {
                return Some(moment);
            }
            times = times.checked_add(1)?;
        }
    }
}
