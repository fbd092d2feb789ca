//! A partner's metadata document: its entity, its endpoints, and every key it may sign with (SAML Metadata §2, WS-Federation §3.1).

use super::{
    PartnerError, Signing, fresh_id,
    xml::{METADATA, PROTOCOL, Prefixes, SIGNATURE, Xml, date_time},
};
use crate::domain::timestamp::Timestamp;

pub const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
pub const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
const FEDERATION: &str = "http://docs.oasis-open.org/wsfed/federation/200706";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

#[derive(Debug, Clone)]
pub struct Metadata {
    pub id: String,
    pub entity_id: String,
    pub valid_until: Option<Timestamp>,
    /// `xs:duration`: `PT12H`.
    pub cache_duration: Option<String>,
    /// Base64 of the DER, in the order they are listed.
    pub certificates: Vec<String>,
    /// (binding, location) for SAML sign-in; without any there is no `IDPSSODescriptor`.
    pub sign_in: Vec<(String, String)>,
    pub sign_out: Vec<(String, String)>,
    pub wants_signed_requests: bool,
    /// The passive endpoint; `None`: no WS-Federation role.
    pub passive: Option<String>,
}

impl Metadata {
    /// A SAML identity provider's.
    pub fn saml(entity_id: &str, certificates: Vec<String>, sign_in: &str, sign_out: &str) -> Self {
        let both = |location: &str| vec![(REDIRECT.into(), location.into()), (POST.into(), location.to_owned())];
        Self { sign_in: both(sign_in), sign_out: both(sign_out), ..Self::bare(entity_id, certificates) }
    }

    /// A WS-Federation service's.
    pub fn ws_fed(entity_id: &str, certificates: Vec<String>, passive: &str) -> Self {
        Self { passive: Some(passive.into()), ..Self::bare(entity_id, certificates) }
    }

    fn bare(entity_id: &str, certificates: Vec<String>) -> Self {
        Self {
            id: fresh_id(),
            entity_id: entity_id.into(),
            valid_until: None,
            cache_duration: None,
            certificates,
            sign_in: Vec::new(),
            sign_out: Vec::new(),
            wants_signed_requests: false,
            passive: None,
        }
    }

    /// Signed as a whole if `signing` says how.
    pub fn to_xml(&self, signing: Option<&Signing<'_>>) -> Result<String, PartnerError> {
        match signing {
            None => Ok(self.write("")),
            Some(signing) => Ok(self.write(&signing.over(&self.write(""), &self.id)?)),
        }
    }

    fn write(&self, signature: &str) -> String {
        let name = |local: &str| Prefixes::Short.name(METADATA, local);
        let mut xml = Xml::new();
        xml.open(&name("EntityDescriptor"))
            .attribute(&Prefixes::Short.declaration(METADATA), METADATA.uri)
            .attribute("ID", &self.id)
            .attribute("entityID", &self.entity_id)
            .maybe("validUntil", self.valid_until.map(date_time).as_deref())
            .maybe("cacheDuration", self.cache_duration.as_deref())
            .raw(signature);
        if let Some(passive) = &self.passive {
            self.write_ws_fed(&mut xml, passive);
        }
        if !self.sign_in.is_empty() {
            self.write_saml(&mut xml);
        }
        xml.finish()
    }

    fn write_saml(&self, xml: &mut Xml) {
        let name = |local: &str| Prefixes::Short.name(METADATA, local);
        xml.open(&name("IDPSSODescriptor"))
            .attribute("protocolSupportEnumeration", PROTOCOL.uri)
            .attribute("WantAuthnRequestsSigned", if self.wants_signed_requests { "true" } else { "false" });
        self.write_keys(xml);
        for (local, endpoints) in [("SingleLogoutService", &self.sign_out), ("SingleSignOnService", &self.sign_in)] {
            if local == "SingleSignOnService" {
                xml.leaf(&name("NameIDFormat"), super::PERSISTENT);
            }
            for (binding, location) in endpoints {
                xml.open(&name(local)).attribute("Binding", binding).attribute("Location", location).close();
            }
        }
        xml.close();
    }

    fn write_ws_fed(&self, xml: &mut Xml, passive: &str) {
        xml.open(&Prefixes::Short.name(METADATA, "RoleDescriptor"))
            .attribute("xmlns:xsi", INSTANCE)
            .attribute("xmlns:fed", FEDERATION)
            .attribute("xsi:type", "fed:SecurityTokenServiceType")
            .attribute("protocolSupportEnumeration", FEDERATION);
        self.write_keys(xml);
        xml.open("fed:PassiveRequestorEndpoint").open("wsa:EndpointReference").attribute("xmlns:wsa", ADDRESSING);
        xml.leaf("wsa:Address", passive).close().close().close();
    }

    fn write_keys(&self, xml: &mut Xml) {
        for certificate in &self.certificates {
            xml.open(&Prefixes::Short.name(METADATA, "KeyDescriptor")).attribute("use", "signing");
            xml.open("ds:KeyInfo").attribute("xmlns:ds", SIGNATURE.uri).open("ds:X509Data");
            xml.leaf("ds:X509Certificate", certificate).close().close().close();
        }
    }
}
