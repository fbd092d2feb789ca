//! Single logout by the browser (Profiles §4.4): requests and answers, both ways, every one signed.
//!
//! Must not know whose session ends.

use std::time::Duration;

use super::{
    binding::{self, Arrived, Parameter, Redirect},
    checks::OLDEST,
    request::{id_of, issuer, new_id},
    sign::{self, Place},
    writer::{ASSERTION, Element, PROTOCOL},
};
use crate::{
    domain::{
        error_code::ErrorCode, identity::PartnerSession, rejection::Rejected, secret::Secret, timestamp::Timestamp, verdict::Verdicts,
    },
    federation::{
        metadata::{Binding, Endpoint},
        xml::instant,
    },
    random,
    upstream::{
        Once, Outbound, SignOutHeard, assertions,
        credentials::Credential,
        partner::Facts,
        sign_out::EndedSessions,
        signed_xml::{LogoutMessage, LogoutRequest, LogoutResponse},
    },
};

/// How long a request of ours may be acted upon.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// The two sides of a logout, at one moment.
pub(super) struct Sides<'a> {
    pub ours: &'a str,
    pub theirs: &'a str,
    /// Our single logout service.
    pub here: &'a str,
    pub facts: &'a Facts,
    pub credential: &'a Credential,
    pub now: Timestamp,
    pub skew: Duration,
}

/// Where a partner takes logout messages: by Redirect if it can.
pub(super) fn endpoint(facts: &Facts) -> Option<&Endpoint> {
    let at = |binding| facts.sign_out.iter().find(|endpoint| endpoint.binding == binding);
    at(Binding::Redirect).or_else(|| at(Binding::Post))
}

/// The ID of the request that travels with this state, so that its answer can be told without keeping anything.
fn id_for(state: &Secret<String>) -> String {
    id_of(&random::sha256(format!("logout request\n{}", state.reveal()).as_bytes())[..20])
}

impl Sides<'_> {
    /// Our request that the partner's session end. `None`: it has no name for the session, or takes no such requests.
    pub(super) fn request(&self, session: &PartnerSession, state: &Secret<String>) -> Result<Option<Outbound>, Rejected> {
        let (Some(endpoint), Some(name_id)) = (endpoint(self.facts), &session.name_id) else { return Ok(None) };
        let name_id = Element::new("saml:NameID")
            .with("xmlns:saml", ASSERTION)
            .with_some("Format", name_id.format.as_deref())
            .with_some("NameQualifier", name_id.name_qualifier.as_deref())
            .with_some("SPNameQualifier", name_id.sp_name_qualifier.as_deref())
            .text(name_id.value.as_str());
        let root = self.message("samlp:LogoutRequest", &id_for(state), endpoint.location.as_str());
        let root = root
            .with("NotOnOrAfter", instant(self.now + LIFETIME))
            .with("Reason", "urn:oasis:names:tc:SAML:2.0:logout:user")
            .child(issuer(self.ours))
            .child(name_id)
            .children(session.index.as_ref().map(|index| Element::new("samlp:SessionIndex").text(index)));
        self.send(endpoint, &endpoint.location, root, Parameter::Request, Some(state.reveal())).map(Some)
    }

    /// What a verified message asks or tells.
    pub(super) fn heard(&self, message: LogoutMessage, arrived: &Arrived, verdicts: &mut Verdicts) -> Result<SignOutHeard, Rejected> {
        match (message, arrived.parameter) {
            (LogoutMessage::Request(request), Parameter::Request) => self.asked(request, arrived, verdicts),
            (LogoutMessage::Response(response), Parameter::Response) => self.answered(&response, arrived, verdicts),
            _ => Err(refuse(verdicts, "message", "the other kind", arrived.parameter.name(), "the message came in the wrong parameter")),
        }
    }

    fn asked(&self, request: LogoutRequest, arrived: &Arrived, verdicts: &mut Verdicts) -> Result<SignOutHeard, Rejected> {
        self.envelope(request.issuer.as_deref(), request.destination.as_deref(), request.issued_at, verdicts)?;
        if let Some(end) = request.not_on_or_after.filter(|end| *end + self.skew <= self.now) {
            return Err(refuse(verdicts, "not on or after", &instant(end), &instant(self.now), "the logout request is no longer valid"));
        }
        let Some(name_id) = super::person::asserted(&request.name_id) else {
            return Err(refuse(verdicts, "name identifier", "unusable", "a NameID", "the logout request names nobody"));
        };
        let endpoint = endpoint(self.facts)
            .ok_or_else(|| Rejected::new(ErrorCode::NoEndpoint, "the partner has no address for our answer to its logout request"))?;
        let location = endpoint.response_location.as_ref().unwrap_or(&endpoint.location);
        let status = Element::new("samlp:Status").child(Element::new("samlp:StatusCode").with("Value", SUCCESS));
        let root = self.message("samlp:LogoutResponse", &new_id(), location.as_str());
        let root = root.with("InResponseTo", &request.id).child(issuer(self.ours)).child(status);
        let relay_state = arrived.relay_state.as_ref().map(|state| state.reveal().as_str());
        let answer = self.send(endpoint, location, root, Parameter::Response, relay_state)?;
        // `envelope` takes the last second of its age.
        let aged = request.issued_at + OLDEST + Duration::from_secs(1);
        let until = request.not_on_or_after.map_or(aged, |end| end.min(aged)) + self.skew;
        let digest = random::sha256_base64url(format!("logout request\n{}\0{}", self.theirs, request.id).as_bytes());
        let sessions = Box::new(EndedSessions { name_id, indexes: request.session_indexes });
        Ok(SignOutHeard::Asked { sessions, answer, once: Once { digest, until } })
    }

    fn answered(&self, response: &LogoutResponse, arrived: &Arrived, verdicts: &mut Verdicts) -> Result<SignOutHeard, Rejected> {
        self.envelope(response.issuer.as_deref(), response.destination.as_deref(), response.issued_at, verdicts)?;
        if let Some(state) = &arrived.relay_state {
            let (got, want) = (response.in_response_to.as_deref().unwrap_or("none"), id_for(state));
            if got != want {
                return Err(refuse(verdicts, "in response to", got, &want, "the logout response answers another request"));
            }
            verdicts.passed("in response to", got);
        }
        Ok(SignOutHeard::Answered { state: arrived.relay_state.clone(), is_success: response.is_success })
    }

    /// Core §3.2.1, §3.2.2 and §3.7; a signed message must say where it goes (Bindings §3.4.5.2, §3.5.5.2).
    fn envelope(
        &self,
        issuer: Option<&str>,
        destination: Option<&str>,
        issued_at: Timestamp,
        verdicts: &mut Verdicts,
    ) -> Result<(), Rejected> {
        for (check, got, want) in [("issuer", issuer, self.theirs), ("destination", destination, self.here)] {
            match got {
                Some(got) if got == want => verdicts.passed(check, got),
                _ => {
                    return Err(refuse(verdicts, check, got.unwrap_or("none"), want, "the logout message is not for us, or not from them"));
                }
            }
        }
        if issued_at > self.now + self.skew || issued_at + OLDEST + self.skew < self.now {
            let (got, want) = (instant(issued_at), instant(self.now));
            return Err(refuse(verdicts, "issue instant", &got, &want, "the logout message is too old, or from the future"));
        }
        verdicts.passed("issue instant", instant(issued_at));
        Ok(())
    }

    fn message(&self, name: &'static str, id: &str, destination: &str) -> Element {
        Element::new(name)
            .with("xmlns:samlp", PROTOCOL)
            .with("ID", id)
            .with("Version", "2.0")
            .with("IssueInstant", instant(self.now))
            .with("Destination", destination)
    }

    fn send(
        &self,
        endpoint: &Endpoint,
        location: &url::Url,
        root: Element,
        parameter: Parameter,
        relay_state: Option<&str>,
    ) -> Result<Outbound, Rejected> {
        Ok(match endpoint.binding {
            Binding::Redirect | Binding::Passive => {
                let sign = |octets: &[u8]| self.credential.sign_sha256(octets);
                let redirect = Redirect { location, parameter, xml: &root.to_xml(), relay_state, sign: Some(&sign), hint: None };
                Outbound::Redirect(redirect.url())
            }
            Binding::Post => {
                binding::post(location, parameter, &sign::enveloped(root, Place::AfterIssuer, self.credential)?, relay_state, None)
            }
        })
    }
}

fn refuse(verdicts: &mut Verdicts, check: &'static str, got: &str, want: &str, detail: &str) -> Rejected {
    assertions::refuse(verdicts, check, ErrorCode::LogoutRefused, got, want, detail)
}

#[cfg(test)]
mod tests;
