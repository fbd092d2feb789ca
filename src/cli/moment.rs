//! Moments on the command line, read and written as RFC 3339.

use crate::domain::timestamp::Timestamp;

pub(super) fn written(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.unix()).map_or_else(|_| at.unix().to_string(), |moment| moment.to_string())
}

/// `2026-11-20T12:00:00Z`, or seconds since 1970.
pub(super) fn read(text: &str) -> Result<Timestamp, String> {
    let seconds = text.parse::<i64>().ok().or_else(|| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second));
    seconds.map(Timestamp::from_unix).ok_or_else(|| "is neither like 2026-11-20T12:00:00Z nor seconds since 1970".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_date_or_a_number() {
        assert_eq!(read("1800000000"), Ok(Timestamp::from_unix(1_800_000_000)));
        assert_eq!(read("2027-01-15T08:00:00Z").map(written), Ok("2027-01-15T08:00:00Z".to_owned()));
        assert!(read("yesterday").is_err());
    }
}
