//! A query or a form body as the protocol reads it: `application/x-www-form-urlencoded`, UTF-8, bounded, each name once.
//!
//! It knows no parameter by name. Values may be secrets and codes, so its `Debug` says names alone.

use std::fmt;

use zeroize::Zeroize;

use crate::domain::error_code::ErrorCode;

/// More octets than any honest request has (`state` included).
pub const MOST_OCTETS: usize = 32 * 1024;
/// More pairs than any honest request has.
pub const MOST_PAIRS: usize = 64;

/// Decoded pairs, in the order they came.
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a raw query (without `?`) or form body. [`ErrorCode::UnreadableRequest`] when it is too large, has a broken
    /// percent-escape, or is not UTF-8 (RFC 6749 appendix B).
    pub fn parse(raw: &[u8]) -> Result<Self, ErrorCode> {
        if raw.len() > MOST_OCTETS {
            return Err(ErrorCode::UnreadableRequest);
        }
        let mut pairs = Self(Vec::new());
        for pair in raw.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            if pairs.0.len() == MOST_PAIRS {
                return Err(ErrorCode::UnreadableRequest);
            }
            let (name, value) = match pair.iter().position(|b| *b == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            pairs.0.push((decode(name)?, decode(value)?));
        }
        Ok(pairs)
    }

    /// The one value of `name`. Nothing or an empty value is `None`: "parameters sent without a value MUST be treated as if
    /// they were omitted"; twice is [`ErrorCode::RepeatedParameter`]: "MUST NOT be included more than once" (RFC 6749 §3.1).
    pub fn one(&self, name: &str) -> Result<Option<&str>, ErrorCode> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() {
            return Err(ErrorCode::RepeatedParameter);
        }
        Ok(first.filter(|value| !value.is_empty()))
    }
}

/// One component, strictly: a `%` that begins no escape is refused rather than guessed at.
pub(super) fn decode(component: &[u8]) -> Result<String, ErrorCode> {
    let mut out = Vec::with_capacity(component.len());
    let mut rest = component.iter().copied();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(nibble).ok_or(ErrorCode::UnreadableRequest)?;
                let low = rest.next().and_then(nibble).ok_or(ErrorCode::UnreadableRequest)?;
                high << 4 | low
            }
            plain => plain,
        });
    }
    String::from_utf8(out).map_err(|_| ErrorCode::UnreadableRequest)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Drop for Parameters {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|(_, value)| value.zeroize());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_decoded_once_and_strictly() {
        let read = Parameters::parse(b"a=x+y%2Bz&b=%252F&c=&d&&e=f%3Dg=h").unwrap();
        assert_eq!(read.one("a"), Ok(Some("x y+z")));
        assert_eq!(read.one("b"), Ok(Some("%2F")));
        assert_eq!(read.one("c"), Ok(None));
        assert_eq!(read.one("d"), Ok(None));
        assert_eq!(read.one("e"), Ok(Some("f=g=h")));
        for bad in [&b"a=%"[..], b"a=%2", b"a=%zz", b"a=%+1", b"a=%ff", b"a=\xff", b"%c3=x", b"a=%c0%af"] {
            assert!(Parameters::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_comes_twice_is_refused_even_if_equal_empty_or_spelt_otherwise() {
        for raw in ["a=1&a=1", "a=1&a=", "a&a", "a=1&%61=2"] {
            assert_eq!(Parameters::parse(raw.as_bytes()).unwrap().one("a"), Err(ErrorCode::RepeatedParameter), "{raw}");
        }
    }

    #[test]
    fn size_and_number_are_bounded() {
        assert!(Parameters::parse(&vec![b'a'; MOST_OCTETS]).is_ok());
        assert!(Parameters::parse(&vec![b'a'; MOST_OCTETS + 1]).is_err());
        assert!(Parameters::parse("a=1&".repeat(MOST_PAIRS).as_bytes()).is_ok());
        assert!(Parameters::parse("a=1&".repeat(MOST_PAIRS + 1).as_bytes()).is_err());
    }

    #[test]
    fn debug_says_no_value() {
        let read = Parameters::parse(b"client_secret=hunter2").unwrap();
        assert_eq!(format!("{read:?}"), "[\"client_secret\"]");
    }

    proptest! {
        #[test]
        fn any_octets_are_read_or_refused(raw in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = Parameters::parse(&raw);
        }

        #[test]
        fn what_was_encoded_is_read_back(name in "[a-z]{1,8}", value in "\\PC{1,40}") {
            let raw = url::form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
            let read = Parameters::parse(raw.as_bytes()).unwrap();
            prop_assert_eq!(read.one(&name), Ok(Some(value.as_str())));
        }
    }
}
