//! The commands that look and change single things, from the outside: `explain`, `check`, `guests`. The real binary runs,
//! without any secret.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod commands;
mod directory;
mod folder;
mod guests;
mod in_force;
mod metadata;
mod partners;
mod terms;
mod vectors;
mod words;
