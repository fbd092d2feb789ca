//! The roles of one `EntityDescriptor`: what it does as a SAML 2.0 identity provider and as a WS-Federation service.
//!
//! Must not decide which is wanted; reads direct children only, so that nothing hidden deeper is taken for a role.

use url::Url;

use crate::domain::certificate::{Certificate, KeyKind};

use super::{Binding, DS, Endpoint, MD, Node, PartnerRole};

const SAML2: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const FED: &str = "http://docs.oasis-open.org/wsfed/federation/200706";
const WSA: &str = "http://www.w3.org/2005/08/addressing";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// More keys than anybody signs with. Each is tried on each signature, while others wait for the same thread.
const MOST_KEYS: usize = 32;

/// What the roles of an entity are, and what was skipped in them.
#[derive(Default)]
pub(super) struct Roles {
    pub saml: Option<PartnerRole>,
    pub ws_fed: Option<PartnerRole>,
    pub others: Vec<String>,
    pub notes: Vec<String>,
}

impl Roles {
    pub(super) fn of(entity: Node<'_, '_>) -> Self {
        let mut roles = Self::default();
        for child in entity.elements() {
            if child.is(MD, "IDPSSODescriptor") {
                roles.identity_provider(child);
            } else if child.is(MD, "RoleDescriptor") {
                roles.role(child);
            } else if child.name().ends_with("Descriptor") {
                roles.other(child.name());
            }
        }
        roles
    }

    fn identity_provider(&mut self, role: Node<'_, '_>) {
        let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
        if !protocols.split_ascii_whitespace().any(|protocol| protocol == SAML2) {
            return self.other("IDPSSODescriptor without SAML 2.0");
        }
        if self.saml.is_some() {
            return self.other("IDPSSODescriptor, a second one");
        }
        let found = PartnerRole {
            sign_in: self.endpoints(role, "SingleSignOnService"),
            sign_out: self.endpoints(role, "SingleLogoutService"),
            signing: self.signing(role),
            wants_signed_requests: matches!(role.attribute("WantAuthnRequestsSigned").map(str::trim), Some("true" | "1")),
        };
        self.saml = Some(found);
    }

    /// A role by type (Metadata §2.4.1): WS-Federation 1.2 §3.1.2 has two of them.
    fn role(&mut self, role: Node<'_, '_>) {
        let (namespace, local) = role.attribute_in(XSI, "type").map_or((None, "RoleDescriptor"), |name| role.resolve(name));
        if namespace != Some(FED) || local != "SecurityTokenServiceType" {
            return self.other(local);
        }
        if self.ws_fed.is_some() {
            return self.other("SecurityTokenServiceType, a second one");
        }
        let addresses: Vec<String> = role
            .children(FED, "PassiveRequestorEndpoint")
            .flat_map(|endpoint| endpoint.children(WSA, "EndpointReference"))
            .filter_map(|reference| reference.children(WSA, "Address").next())
            .map(|address| address.text().unwrap_or_default().into_owned())
            .collect();
        let passive: Vec<Endpoint> = addresses.iter().filter_map(|address| self.endpoint(Binding::Passive, address)).collect();
        // `wsignout1.0` goes to the same place (WS-Federation 1.2 §13.2.4).
        let signing = self.signing(role);
        self.ws_fed = Some(PartnerRole { sign_out: passive.clone(), sign_in: passive, signing, wants_signed_requests: false });
    }

    fn other(&mut self, name: &str) {
        if !self.others.iter().any(|known| known == name) {
            self.others.push(name.to_owned());
        }
    }

    fn endpoints(&mut self, role: Node<'_, '_>, name: &'static str) -> Vec<Endpoint> {
        let mut found = Vec::new();
        for service in role.children(MD, name) {
            let binding = match service.attribute("Binding").map(str::trim) {
                Some(REDIRECT) => Binding::Redirect,
                Some(POST) => Binding::Post,
                _ => continue,
            };
            let Some(endpoint) = self.endpoint(binding, service.attribute("Location").unwrap_or_default()) else { continue };
            let response_location = service.attribute("ResponseLocation").and_then(|location| self.address(location));
            found.push(Endpoint { response_location, ..endpoint });
        }
        found
    }

    fn endpoint(&mut self, binding: Binding, location: &str) -> Option<Endpoint> {
        self.address(location).map(|location| Endpoint { binding, location, response_location: None })
    }

    /// An address that a browser can be sent to. Whether it should be is not for us to say.
    fn address(&mut self, text: &str) -> Option<Url> {
        let address = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
        if address.is_none() {
            self.notes.push("an endpoint is skipped whose address is none".to_owned());
        }
        address
    }

    /// Keys for signing. A `KeyDescriptor` without `use` is for both (Metadata §2.4.1.1).
    fn signing(&mut self, role: Node<'_, '_>) -> Vec<Certificate> {
        let mut keys = Vec::new();
        for descriptor in role.children(MD, "KeyDescriptor") {
            if descriptor.attribute("use").is_some_and(|purpose| purpose.trim() != "signing") {
                continue;
            }
            let holders: Vec<_> = descriptor.children(DS, "KeyInfo").flat_map(|key| key.children(DS, "X509Data")).collect();
            if holders.is_empty() {
                self.notes.push("a signing key is skipped that comes without a certificate".to_owned());
            }
            for holder in holders {
                let chain: Vec<_> =
                    holder.children(DS, "X509Certificate").filter_map(|held| self.certificate(&held.text().unwrap_or_default())).collect();
                for certificate in without_issuers(chain) {
                    if keys.contains(&certificate) {
                        continue;
                    }
                    if keys.len() == MOST_KEYS {
                        self.notes.push(format!("signing keys are skipped: there are more than {MOST_KEYS}"));
                        return keys;
                    }
                    keys.push(certificate);
                }
            }
        }
        keys
    }

    fn certificate(&mut self, text: &str) -> Option<Certificate> {
        match Certificate::from_text(text) {
            Ok(certificate) if certificate.key() == KeyKind::Other => {
                self.notes.push(format!("the certificate {:?} is skipped: its key is neither RSA nor EC", certificate.subject()));
                None
            }
            Ok(certificate) => Some(certificate),
            Err(error) => {
                self.notes.push(format!("a certificate is skipped: {error}"));
                None
            }
        }
    }
}

/// One `X509Data` may bring the chain along (XML Signature §4.5.4): whoever issued another in it is no signing key.
fn without_issuers(chain: Vec<Certificate>) -> Vec<Certificate> {
    let issuers: Vec<String> = chain.iter().filter(|one| one.issuer() != one.subject()).map(|one| one.issuer().to_owned()).collect();
    chain.into_iter().filter(|one| !issuers.iter().any(|issuer| issuer == one.subject())).collect()
}
