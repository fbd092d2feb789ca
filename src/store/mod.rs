//! WHAT WE REMEMBER, no policy. [`sessions`] for what expires by itself (flows, codes, browser sessions, counters);
//! [`directory`] for what stays (guests, consents, keys, audit); [`seal`] for the private keys in it.

pub mod directory;
pub mod memory;
pub mod redis;
pub mod seal;
pub mod sessions;
