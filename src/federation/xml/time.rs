//! XML Schema's moments and spans (XML Schema Part 2 §3.2.6, §3.2.7), to the second.
//!
//! Must not read what is no such value: a moment misread is a bound that does not hold.

use std::time::Duration;

use crate::domain::timestamp::Timestamp;

/// `xs:dateTime`. Without a time zone it is UTC, as SAML says (Core §1.3.3). Fractions of a second are cut off.
pub fn date_time(text: &str) -> Option<Timestamp> {
    let text = text.trim_ascii();
    let (date, rest) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (clock, zone) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let is_real = hour < 24 && minute < 60 && second < 60 && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !is_real || !is_digits(fraction) {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(Timestamp::from_unix(seconds - zone_offset(zone)?))
}

/// The same, written: in UTC, as SAML wants it (Core §1.3.3).
pub fn instant(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.unix()).map_or_else(|_| at.unix().to_string(), |at| at.to_string())
}

fn zone_offset(zone: &str) -> Option<i64> {
    let (sign, hours) = match zone.as_bytes().first() {
        None => return Some(0),
        Some(b'Z') if zone.len() == 1 => return Some(0),
        Some(b'+') => (1, &zone[1..]),
        Some(b'-') => (-1, &zone[1..]),
        Some(_) => return None,
    };
    let [hours, minutes, _] = numbers(&format!("{hours}:0"), ':', [2, 2, 1])?;
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut out = [0; 3];
    for (slot, width) in out.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width && is_digits(part))?;
        *slot = part.parse().ok()?;
    }
    parts.next().is_none().then_some(out)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar, counted from March so that the leap day is a year's last.
const fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (month * 153 + 2) / 5 + day - 719_469
}

/// `xs:duration`, not negative; a year is 365 days and a month 30.
pub fn duration(text: &str) -> Option<Duration> {
    let text = text.trim_ascii().strip_prefix('P')?;
    let (days, clock) = match text.split_once('T') {
        Some((_, "")) => return None,
        Some((days, clock)) => (days, clock),
        None if text.is_empty() => return None,
        None => (text, ""),
    };
    let day = 86_400;
    let days = sum(days, &[('Y', 365 * day), ('M', 30 * day), ('D', day)])?;
    let clock = sum(clock, &[('H', 3_600), ('M', 60), ('S', 1)])?;
    days.checked_add(clock).map(Duration::from_secs)
}

fn sum(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut total = 0_u64;
    for (letter, seconds) in units {
        let Some((count, rest)) = text.split_once(*letter) else { continue };
        let (whole, fraction) = count.split_once('.').unwrap_or((count, "0"));
        if !is_digits(whole) || !is_digits(fraction) || (*letter != 'S' && count.contains('.')) {
            return None;
        }
        total = total.checked_add(whole.parse::<u64>().ok()?.checked_mul(*seconds)?)?;
        text = rest;
    }
    text.is_empty().then_some(total)
}
