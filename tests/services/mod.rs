//! Real services for tests, each on loopback, on free ports, in a folder of its own: Redis (single, TLS and users, Sentinel,
//! Cluster), PostgreSQL, SimpleSAMLphp, and certificates. A missing program fails the test that wants it and names the package.
//!
//! Every process is watched by a shell that ends it, by its pid, as soon as this side lets go: by drop, by exit or by crash.
//! So even servers that stand in a `static` are gone after the tests.

#![expect(dead_code, reason = "every test binary takes what it needs")]
#![expect(clippy::panic, reason = "a missing service fails the test that wants it")]

pub mod certificates;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod redis;
pub mod simplesamlphp;
