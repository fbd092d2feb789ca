//! OUR OWN OPENID CONNECT FACE: wire words in, domain values out, and back. No HTTP framework, no store, no page.
//!
//! [`parameters`] reads a query or a form, [`request`] checks an authorization request, [`client_authentication`] a token
//! request's client, [`answer`] speaks back to an app, [`discovery`] says what we can do.

pub mod answer;
pub mod client_authentication;
pub mod discovery;
pub mod parameters;
pub mod request;

#[cfg(test)]
pub(crate) mod fixture;
