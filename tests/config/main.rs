//! Configuration as an operator meets it: broken folders and what `gatehouse check` says of each, the samples, the schemas.

#![expect(clippy::unwrap_used, reason = "these are tests, also the functions they share")]

mod cases;
mod guests;
mod hostile;
mod loading;
mod partners;
mod samples;
