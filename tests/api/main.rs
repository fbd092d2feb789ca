//! Gatehouse as people, apps and operators meet it: a real server, real pages, real tokens. A test is a story.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

#[path = "../../src/demo/form.rs"]
mod form;
#[path = "../world/oidc_provider.rs"]
#[expect(dead_code, reason = "no test binary needs all that the peer can do")]
mod oidc_provider;
mod outside;
#[path = "../world/partner.rs"]
#[expect(dead_code, reason = "no test binary needs all that the peers can do")]
mod partner;
mod races;
mod raw;
#[path = "../services/mod.rs"]
mod services;
mod world;

mod accepting;
mod admin;
mod bad_input;
mod bulk;
mod common;
mod consent;
mod decision_table;
mod embedded;
mod home_realm;
mod hostile;
mod https;
mod killed;
mod logs;
mod metadata;
mod operator;
mod outages;
mod partner_signout;
mod partners;
mod passcode;
mod portal;
mod redeem;
mod rollover;
mod round_trips;
mod signin;
mod signout;
mod terms;
mod trail;
mod unsolicited;
mod verdicts;
