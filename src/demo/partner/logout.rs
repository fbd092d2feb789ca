//! `LogoutRequest` and `LogoutResponse` (SAML Core §3.7), unsigned, signed inside for HTTP-POST, or for [`super::signed_query`].

use super::{
    NameId, PartnerError, Signing, Status, fresh_id,
    response::write_issuer,
    xml::{PROTOCOL, Prefixes, Xml, date_time},
};
use crate::domain::timestamp::Timestamp;

#[derive(Debug, Clone)]
pub struct LogoutRequest {
    pub id: String,
    pub issuer: Option<String>,
    pub destination: Option<String>,
    pub issued_at: Timestamp,
    pub not_on_or_after: Option<Timestamp>,
    pub reason: Option<String>,
    pub name_id: NameId,
    pub session_indexes: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct LogoutResponse {
    pub id: String,
    pub issuer: Option<String>,
    pub destination: Option<String>,
    pub in_response_to: Option<String>,
    pub issued_at: Timestamp,
    pub status: Status,
}

impl LogoutRequest {
    /// An honest partner asks `destination` to end a session.
    pub fn new(issuer: &str, destination: &str, name_id: NameId, session_index: Option<&str>, now: Timestamp) -> Self {
        Self {
            id: fresh_id(),
            issuer: Some(issuer.into()),
            destination: Some(destination.into()),
            issued_at: now,
            not_on_or_after: Some(now + super::LIFETIME),
            reason: None,
            name_id,
            session_indexes: session_index.map(str::to_owned).into_iter().collect(),
        }
    }

    /// Signed inside if `signing` says how (Bindings §3.5.4).
    pub fn to_xml(&self, prefixes: Prefixes, signing: Option<&Signing<'_>>) -> Result<String, PartnerError> {
        let signature = signature(&self.write(prefixes, ""), &self.id, signing)?;
        Ok(self.write(prefixes, &signature))
    }

    fn write(&self, prefixes: Prefixes, signature: &str) -> String {
        let mut xml = Xml::new();
        begin(&mut xml, prefixes, "LogoutRequest", &self.id, self.issued_at);
        xml.maybe("Destination", self.destination.as_deref())
            .maybe("NotOnOrAfter", self.not_on_or_after.map(date_time).as_deref())
            .maybe("Reason", self.reason.as_deref());
        if let Some(issuer) = &self.issuer {
            write_issuer(&mut xml, prefixes, issuer);
        }
        xml.raw(signature);
        self.name_id.write_alone(&mut xml, prefixes);
        for index in &self.session_indexes {
            xml.leaf(&prefixes.name(PROTOCOL, "SessionIndex"), index);
        }
        xml.finish()
    }
}

impl LogoutResponse {
    /// An honest partner has ended the session it was asked to end.
    pub fn new(issuer: &str, destination: &str, in_response_to: &str, now: Timestamp) -> Self {
        Self {
            id: fresh_id(),
            issuer: Some(issuer.into()),
            destination: Some(destination.into()),
            in_response_to: Some(in_response_to.into()),
            issued_at: now,
            status: Status::success(),
        }
    }

    /// Signed inside if `signing` says how (Bindings §3.5.4).
    pub fn to_xml(&self, prefixes: Prefixes, signing: Option<&Signing<'_>>) -> Result<String, PartnerError> {
        let signature = signature(&self.write(prefixes, ""), &self.id, signing)?;
        Ok(self.write(prefixes, &signature))
    }

    fn write(&self, prefixes: Prefixes, signature: &str) -> String {
        let mut xml = Xml::new();
        begin(&mut xml, prefixes, "LogoutResponse", &self.id, self.issued_at);
        xml.maybe("Destination", self.destination.as_deref()).maybe("InResponseTo", self.in_response_to.as_deref());
        if let Some(issuer) = &self.issuer {
            write_issuer(&mut xml, prefixes, issuer);
        }
        xml.raw(signature);
        self.status.write(&mut xml, prefixes);
        xml.finish()
    }
}

fn begin(xml: &mut Xml, prefixes: Prefixes, local: &str, id: &str, issued_at: Timestamp) {
    xml.open(&prefixes.name(PROTOCOL, local))
        .attribute(&prefixes.declaration(PROTOCOL), PROTOCOL.uri)
        .attribute("ID", id)
        .attribute("Version", "2.0")
        .attribute("IssueInstant", &date_time(issued_at));
}

fn signature(unsigned: &str, id: &str, signing: Option<&Signing<'_>>) -> Result<String, PartnerError> {
    signing.map_or_else(|| Ok(String::new()), |signing| signing.over(unsigned, id))
}
