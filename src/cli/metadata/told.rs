//! A metadata document in words and in JSON.
//!
//! Must not judge; that is `findings`'.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::{
    cli::verdicts::plain,
    domain::{certificate::Certificate, timestamp::Timestamp},
    federation::metadata::{Binding, Endpoint, EntityMetadata, PartnerRole},
    random,
};

/// As RFC 3339 writes it, in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.unix()).map_or_else(|_| at.unix().to_string(), |at| at.to_string())
}

pub(super) fn as_text(entity: &EntityMetadata, digest: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "entity       {}", plain(&entity.entity_id))?;
    writeln!(out, "document     {digest}, {}", if entity.has_signature { "signed" } else { "not signed" })?;
    if let Some(until) = entity.valid_until {
        writeln!(out, "valid until  {}", moment(until))?;
    }
    if let Some(keep) = entity.cache_duration {
        writeln!(out, "keeps        {} s", keep.as_secs())?;
    }
    for (name, role) in [("SAML 2.0 identity provider", &entity.saml), ("WS-Federation service", &entity.ws_fed)] {
        if let Some(role) = role {
            writeln!(out, "\n{name}")?;
            tell_role(role, out)?;
        }
    }
    for other in &entity.other_roles {
        writeln!(out, "\nother role   {}", plain(other))?;
    }
    for note in &entity.notes {
        writeln!(out, "\nnote         {}", plain(note))?;
    }
    Ok(())
}

fn tell_role(role: &PartnerRole, out: &mut dyn Write) -> io::Result<()> {
    for (what, endpoints) in [("sign-in", &role.sign_in), ("sign-out", &role.sign_out)] {
        for endpoint in endpoints {
            writeln!(out, "  {what:<10} {:<8} {}", binding(endpoint.binding), endpoint.location)?;
        }
    }
    if role.wants_signed_requests {
        writeln!(out, "  wants requests signed")?;
    }
    for certificate in &role.signing {
        let weak = if certificate.key().is_strong_enough() { "" } else { ", too weak" };
        writeln!(out, "  key        {}{weak}, {}", certificate.key(), plain(certificate.subject()))?;
        writeln!(out, "             from {} until {}", moment(certificate.not_before()), moment(certificate.not_after()))?;
        writeln!(out, "             SHA-256 {}", fingerprint(certificate))?;
    }
    Ok(())
}

pub(super) fn as_json(entity: &EntityMetadata, digest: &str) -> Value {
    json!({
        "entity_id": entity.entity_id,
        "digest": digest,
        "has_signature": entity.has_signature,
        "valid_until": entity.valid_until.map(moment),
        "cache_seconds": entity.cache_duration.map(|keep| keep.as_secs()),
        "saml": entity.saml.as_ref().map(role_as_json),
        "wsfed": entity.ws_fed.as_ref().map(role_as_json),
        "other_roles": entity.other_roles,
        "notes": entity.notes,
    })
}

fn role_as_json(role: &PartnerRole) -> Value {
    let endpoint = |endpoint: &Endpoint| {
        json!({
            "binding": binding(endpoint.binding),
            "location": endpoint.location,
            "response_location": endpoint.response_location,
        })
    };
    let certificate = |one: &Certificate| {
        json!({
            "subject": one.subject(),
            "issuer": one.issuer(),
            "not_before": moment(one.not_before()),
            "not_after": moment(one.not_after()),
            "key": one.key().to_string(),
            "strong": one.key().is_strong_enough(),
            "sha256": fingerprint(one),
        })
    };
    json!({
        "sign_in": role.sign_in.iter().map(endpoint).collect::<Vec<_>>(),
        "sign_out": role.sign_out.iter().map(endpoint).collect::<Vec<_>>(),
        "certificates": role.signing.iter().map(certificate).collect::<Vec<_>>(),
        "wants_signed_requests": role.wants_signed_requests,
    })
}

const fn binding(binding: Binding) -> &'static str {
    match binding {
        Binding::Redirect => "redirect",
        Binding::Post => "post",
        Binding::Passive => "passive",
    }
}

/// As certificate viewers show it.
fn fingerprint(certificate: &Certificate) -> String {
    let octets = random::sha256(certificate.der());
    octets.iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::metadata;

    #[test]
    fn a_document_moves_no_cursor() {
        let xml = "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='urn:a\u{9b}2J&#x9b;2J'>\
                   <x\u{b7}Descriptor/></EntityDescriptor>";
        let (entity, mut out) = (metadata::parse(xml.as_bytes(), None).unwrap(), Vec::new());
        as_text(&entity, "sha256:x", &mut out).unwrap();
        let told = String::from_utf8(out).unwrap();
        assert!(told.contains("urn:a\u{fffd}2J") && !told.contains('\u{9b}'), "{told}");
    }
}
