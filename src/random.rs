//! The only file that draws randomness, all of it from aws-lc's DRBG; and the digests that go with it.

use std::sync::atomic::{AtomicU16, Ordering};

use aws_lc_rs::{digest, hmac, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use crate::domain::{secret::Secret, timestamp::Timestamp};

/// `N` random bytes.
#[expect(clippy::disallowed_methods, reason = "the one place that draws randomness")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    rand::fill(&mut out).expect("the operating system has randomness");
    out
}

/// 256 bits as 43 characters of base64url: codes, cookies, state, verifiers.
pub fn token() -> Secret<String> {
    Secret::new(URL_SAFE_NO_PAD.encode(bytes::<32>()))
}

/// A UUID v7: ordered by time, 62 random bits. For row and flow ids, never for anything secret.
pub fn ordered_uuid(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.unix()).unwrap_or(0) * 1000;
    // RFC 9562 §6.2, method 1: twelve bits that count, so that what one process makes within a second stays in order.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let mut rest = bytes::<10>();
    rest[..2].copy_from_slice(&(NEXT.fetch_add(1, Ordering::Relaxed) & 0x0fff).to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}

/// `length` decimal digits, uniformly: bytes of 250 and more are thrown away.
pub fn digits(length: u8) -> Secret<String> {
    let mut out = String::with_capacity(length.into());
    while out.len() < usize::from(length) {
        out.extend(bytes::<16>().into_iter().filter(|b| *b < 250).map(|b| char::from(b'0' + b % 10)).take(usize::from(length) - out.len()));
    }
    Secret::new(out)
}

/// SHA-256, as stored in place of a secret of 256 bits.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, data).as_ref().try_into().expect("SHA-256 has 32 octets")
}

/// HMAC-SHA-256 (RFC 2104).
pub fn hmac_sha256(key: &[u8; 32], data: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref().to_vec()
}

/// SHA-256 in base64url: the S256 transform of RFC 7636 §4.2, and the shape of digests in store keys.
pub fn sha256_base64url(data: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sha256(data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passcodes_have_the_asked_length_and_every_digit() {
        let many: String = (0..200).map(|_| digits(8).reveal().clone()).collect();
        assert_eq!(many.len(), 1600);
        assert!(('0'..='9').all(|d| many.contains(d)));
    }
}
