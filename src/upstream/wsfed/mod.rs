//! WS-Federation passive requestor (WS-Federation 1.2 §13): `wsignin1.0` out, RequestSecurityTokenResponse in, sign-out both ways.
//!
//! Must not verify signatures over XML: that is [`super::signed_xml`]'s alone.
