//! Gatehouse as people, apps and operators meet it: a real server, real pages, real tokens. A test is a story.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

#[path = "../../src/demo/form.rs"]
mod form;
#[path = "../world/oidc_provider.rs"]
#[expect(dead_code, reason = "no test binary needs all that the peer can do")]
mod oidc_provider;
#[expect(dead_code, unused_imports, reason = "a world offers more than each story takes")]
mod world;

mod races;
mod signin;
