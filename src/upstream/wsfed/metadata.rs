//! Our metadata towards a security token service: an `ApplicationServiceType` role (WS-Federation 1.2 §3.1.2.3).
//!
//! Whatever goes in is escaped, whoever chose it (A19).

use std::{
    fmt::{self, Write},
    sync::Arc,
};

use crate::{
    domain::federation::AttributeNames,
    upstream::{
        assertions::{EMAIL_ADDRESS, IMMUTABLE_ID},
        credentials::Credential,
    },
};

const PROTOCOL: &str = "http://docs.oasis-open.org/wsfed/federation/200706";

/// Who we are, in one partner's words.
pub(super) struct Ours<'a> {
    pub realm: &'a str,
    pub callback: &'a str,
    pub display_name: &'a str,
}

/// Text between tags or quotes. Characters XML can't carry at all become U+FFFD.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\t' | '\n' | '\r' => write!(f, "&#{};", u32::from(c))?,
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}')?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The document. Every published certificate stands in it twice, for it decrypts and signs.
pub(super) fn write(ours: &Ours<'_>, published: &[Arc<Credential>], attributes: &AttributeNames) -> String {
    let keys: String = ["encryption", "signing"].iter().flat_map(|usage| published.iter().map(move |one| key(usage, one))).collect();
    let subject = attributes.subject.as_deref().unwrap_or(IMMUTABLE_ID);
    let claims: String = [subject, EMAIL_ADDRESS].iter().map(|uri| claim(uri)).collect();
    format!(
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?>"#,
            "\n",
            r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{realm}">"#,
            r#"<RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="{protocol}""#,
            r#" xsi:type="fed:ApplicationServiceType" ServiceDisplayName="{name}" protocolSupportEnumeration="{protocol}">"#,
            "{keys}",
            "<fed:ClaimTypesRequested>{claims}</fed:ClaimTypesRequested>",
            "<fed:TargetScopes>{scope}</fed:TargetScopes>",
            "<fed:ApplicationServiceEndpoint>{callback}</fed:ApplicationServiceEndpoint>",
            "<fed:PassiveRequestorEndpoint>{callback}</fed:PassiveRequestorEndpoint>",
            "</RoleDescriptor></EntityDescriptor>\n",
        ),
        realm = Escaped(ours.realm),
        protocol = PROTOCOL,
        name = Escaped(ours.display_name),
        keys = keys,
        claims = claims,
        scope = endpoint(ours.realm),
        callback = endpoint(ours.callback),
    )
}

fn key(usage: &str, credential: &Credential) -> String {
    format!(
        concat!(
            r#"<KeyDescriptor use="{usage}"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>"#,
            "<X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>",
        ),
        usage = usage,
        certificate = credential.certificate.to_base64(),
    )
}

fn claim(uri: &str) -> String {
    let uri = Escaped(uri);
    format!(r#"<auth:ClaimType xmlns:auth="http://docs.oasis-open.org/wsfed/authorization/200706" Uri="{uri}" Optional="false"/>"#)
}

fn endpoint(address: &str) -> String {
    let address = Escaped(address);
    format!(
        concat!(
            r#"<wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing">"#,
            "<wsa:Address>{address}</wsa:Address></wsa:EndpointReference>",
        ),
        address = address
    )
}
