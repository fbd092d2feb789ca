//! The stores against their contracts, on the real services: one suite for `Sessions` on memory and every shape of Redis, one
//! for the directory on SQLite and PostgreSQL; and what only one of them can do.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

#[path = "../services/mod.rs"]
mod services;

mod agreements;
mod credentials;
mod directory;
mod directory_servers;
mod guests;
mod invitations;
mod lives;
mod memory;
mod outbox;
mod redis;
mod sessions;
mod stage;
mod standing;
