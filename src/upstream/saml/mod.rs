//! SAML 2.0 service provider (Profiles §4.1, §4.4): AuthnRequest out, Response in, single logout both ways, our own metadata.
//!
//! Must not verify signatures over XML: that is [`super::signed_xml`]'s alone, and samael's verifier never sees bytes from outside.
