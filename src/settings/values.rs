//! Values that occur in every configuration file: durations, URLs, domains, addresses, PEM files.

use std::{net::IpAddr, time::Duration};

use rustls::pki_types::{CertificateDer, pem::PemObject};
use url::{Host, Url};

use super::{at::At, problem::Code, secrets, source::Reporter};
use crate::domain::address::{DomainName, EmailAddress};

const SECOND: u64 = 1;
pub const MINUTE: u64 = 60 * SECOND;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;

/// The shortest and the longest duration allowed.
#[derive(Debug, Clone, Copy)]
pub struct Bounds(pub Duration, pub Duration);

impl Bounds {
    pub const fn seconds(least: u64, most: u64) -> Self {
        Self(Duration::from_secs(least), Duration::from_secs(most))
    }
}

/// Reads `"30m"`; `fallback` when absent or unreadable (then reported).
pub fn duration(text: Option<&At<String>>, bounds: Bounds, fallback: Duration, reporter: &mut Reporter) -> Duration {
    let Some(text) = text else { return fallback };
    let Some(duration) = parse_duration(&text.value) else {
        let message = format!("{:?} is not a duration", text.value);
        reporter.error(Code::Duration, &text.span, message, "write a whole number and one of ms, s, m, h, d: \"30m\", \"24h\", \"90d\"");
        return fallback;
    };
    let Bounds(least, most) = bounds;
    if duration < least || duration > most {
        let message = format!("{} is too {}", text.value, if duration < least { "short" } else { "long" });
        let hint = format!("use a duration from {} to {}", spell(least), spell(most));
        reporter.error(Code::DurationRange, &text.span, message, hint);
        return fallback;
    }
    duration
}

/// `"30m"`: a whole number and one of ms, s, m, h, d.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let seconds = match unit {
        "ms" => return Some(Duration::from_millis(number)),
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

fn spell(duration: Duration) -> String {
    match duration.as_secs() {
        0 if !duration.is_zero() => format!("{}ms", duration.as_millis()),
        s if s >= DAY && s % DAY == 0 => format!("{}d", s / DAY),
        s if s >= HOUR && s % HOUR == 0 => format!("{}h", s / HOUR),
        s if s >= MINUTE && s % MINUTE == 0 => format!("{}m", s / MINUTE),
        s => format!("{s}s"),
    }
}

/// An http(s) URL without user name, password and fragment.
pub fn url(text: &At<String>, reporter: &mut Reporter) -> Option<Url> {
    let hint = "write it whole, such as https://www.example.org/path";
    let Ok(url) = Url::parse(&text.value) else {
        reporter.error(Code::Url, &text.span, "this is not a URL", hint);
        return None;
    };
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        reporter.error(Code::Url, &text.span, format!("{:?} is not a scheme that can be used here", url.scheme()), hint);
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        reporter.error(Code::Url, &text.span, "this URL has a user name or password in it", "take what stands before the @ out");
        return None;
    }
    if url.fragment().is_some() {
        reporter.error(Code::Url, &text.span, "this URL has a fragment", "take the # and what follows it out");
        return None;
    }
    Some(url)
}

/// A URL that people's browsers are sent to: https, or http on this machine.
pub fn public_url(text: &At<String>, reporter: &mut Reporter) -> Option<Url> {
    let url = url(text, reporter)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        reporter.error(Code::PlainHttp, &text.span, "plain http can be read and changed on the way", "use https");
        return None;
    }
    Some(url)
}

/// A URL that Gatehouse itself calls: https, or an exception of `[outbound] allow_http`. `None`: the exceptions could not be read.
pub fn outbound_url(text: &At<String>, allow_http: Option<&[String]>, reporter: &mut Reporter) -> Option<Url> {
    let url = url(text, reporter)?;
    let Some(place) = host_and_port(&url) else { return Some(url) };
    if url.scheme() == "http" && allow_http.is_some_and(|allowed| !allowed.contains(&place)) {
        let hint = format!("use https; or, for a demonstration, add {place:?} to [outbound] allow_http in gatehouse.toml");
        reporter.error(Code::PlainHttp, &text.span, "plain http can be read and changed on the way", hint);
        return None;
    }
    Some(url)
}

/// `host:port`, as `allow_http` spells it.
pub fn host_and_port(url: &Url) -> Option<String> {
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => is_loopback_name(name),
        None => false,
    }
}

pub fn is_loopback_name(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

pub fn domain(text: &At<String>, reporter: &mut Reporter) -> Option<DomainName> {
    match DomainName::parse(&text.value) {
        Ok(domain) => Some(domain),
        Err(error) => {
            let message = match error {
                crate::domain::address::AddressError::Domain => format!("{:?} is not a public domain name", text.value),
                other => format!("{:?} {other}", text.value),
            };
            reporter.error(Code::Domain, &text.span, message, "write a domain such as partner.example: no @, no wildcard, no port");
            None
        }
    }
}

pub fn address(text: &At<String>, reporter: &mut Reporter) -> Option<EmailAddress> {
    match EmailAddress::parse(&text.value) {
        Ok(address) => Some(address),
        Err(error) => {
            reporter.error(Code::Address, &text.span, format!("this address {error}"), "write one address such as ana@partner.example");
            None
        }
    }
}

/// The octets of a PEM file that holds at least one certificate.
pub fn certificates(path: &At<String>, reporter: &mut Reporter) -> Option<Vec<u8>> {
    let octets = secrets::read(path, reporter)?;
    let found: Result<Vec<CertificateDer<'_>>, _> = CertificateDer::pem_slice_iter(&octets).collect();
    if found.is_ok_and(|all| !all.is_empty()) {
        return Some(octets);
    }
    let message = format!("{:?} holds no certificate in PEM", path.value);
    reporter.error(Code::Certificate, &path.span, message, "it should have lines like -----BEGIN CERTIFICATE-----");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        assert_eq!(parse_duration("30m"), Some(Duration::from_secs(1800)));
        assert_eq!(parse_duration("250ms"), Some(Duration::from_millis(250)));
        for bad in ["", "30", "m", "1.5h", "-1s", "30 m", "1h30m", "99999999999999999999s", "9999999999999999d", "1w"] {
            assert_eq!(parse_duration(bad), None, "{bad:?}");
        }
    }
}
