//! Gatehouse: a self-hosted federation broker. One OpenID Connect issuer per tenant, for guests who bring their own identity.
//!
//! THE FLOOR PLAN. Modules in dependency order: a module may use those above it, never one below. `tests/house.rs` reads this list.

pub mod domain;

pub mod clock;
pub mod random;

pub mod settings;

pub mod i18n;
pub mod telemetry;

pub mod tenants;

pub mod store;

pub mod mail;

pub mod upstream;

pub mod oidc;

pub mod token;

pub mod guests;

pub mod trail;

pub mod signin;

pub mod pages;

pub mod web;

pub mod app;

pub mod server;

pub mod demo;

pub mod cli;
