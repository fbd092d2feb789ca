//! Who is at the door: which tenant they ask for, in which language, from where.

use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::InternalError,
    http::header::{self, HeaderMap},
    web::Data,
};
use ipnet::IpNet;

use super::{Door, cookies::Jar, embedded, reply, root_span::RequestReference};
use crate::{
    domain::{id::FlowId, locale::Locale, tenant::Tenant},
    signin::Visitor,
};

/// A request to a tenant that exists.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub door: Data<Door>,
    pub tenant: Arc<Tenant>,
    /// From `Accept-Language`, else the tenant's own.
    pub locale: Locale,
    pub ip: IpAddr,
    pub reference: String,
    pub request: HttpRequest,
}

impl Caller {
    /// Who asks, if what they ask for is a tenant's.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let door = request.app_data::<Data<Door>>().expect("the server gives every request its door").clone();
        let tenant = door.tenants.by_segment(request.match_info().get("tenant")?).map(Arc::clone)?;
        tracing::Span::current().record("tenant.id", tenant.id.as_str());
        let locale = preferred_locale(request).unwrap_or(tenant.default_locale);
        let (ip, reference) = (client_ip(request, &door), reference(request));
        Some(Self { door, tenant, locale, ip, reference, request: request.clone() })
    }

    pub fn jar(&self) -> Jar {
        Jar { is_https: self.door.is_https }
    }

    /// The visitor of the sign-in `flow`.
    pub fn visitor(&self, flow: FlowId) -> Visitor {
        Visitor { ip: self.ip, is_embedded: self.is_embedded(), browser: self.jar().flow_secret(&self.request, flow), proof: None }
    }

    /// The visitor of no sign-in yet.
    pub fn stranger(&self) -> Visitor {
        Visitor { ip: self.ip, is_embedded: self.is_embedded(), browser: None, proof: None }
    }

    fn is_embedded(&self) -> bool {
        let line = |name: &str| self.request.headers().get(name).and_then(|line| line.to_str().ok()).unwrap_or_default();
        embedded::is_embedded(line("user-agent"), line("sec-ch-ua"))
    }

    /// Whether the address names the tenant by its canonical segment.
    pub fn is_canonical(&self) -> bool {
        self.request.match_info().get("tenant") == Some(self.tenant.issuer.segment.as_str())
    }
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(|| {
            let response = reply::no_such_tenant(request);
            InternalError::from_response("unknown tenant", response).into()
        }))
    }
}

pub(super) fn preferred_locale(request: &HttpRequest) -> Option<Locale> {
    request.headers().get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(Locale::from_accept_language)
}

pub(super) fn reference(request: &HttpRequest) -> String {
    request.extensions().get::<RequestReference>().map_or_else(String::new, |reference| reference.0.clone())
}

/// The peer, or, behind proxies the operator trusts, the nearest address in `X-Forwarded-For` that is none of theirs.
fn client_ip(request: &HttpRequest, door: &Door) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |addr| addr.ip().to_canonical());
    nearest(peer, request.headers(), &door.trusted_proxies)
}

/// A proxy may add to the line it got, or a line of its own below it: the last hop of the last line is what the nearest one saw.
fn nearest(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    if !is_trusted(&peer) {
        return peer;
    }
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").map(|line| line.to_str().unwrap_or_default()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).take(32).map_while(|hop| address(hop.trim()));
    hops.map(|ip| ip.to_canonical()).find(|ip| !is_trusted(ip)).unwrap_or(peer)
}

/// Some proxies write the port, too.
fn address(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse().ok().map(|socket: SocketAddr| socket.ip()))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_what_trusted_proxies_saw_counts() {
        let proxies: [IpNet; 1] = ["10.0.0.0/8".parse().unwrap()];
        let seen = |peer: &str, lines: &[&str]| {
            let request = lines.iter().fold(TestRequest::default(), |request, line| request.append_header(("x-forwarded-for", *line)));
            nearest(peer.parse().unwrap(), request.to_http_request().headers(), &proxies).to_string()
        };
        assert_eq!(seen("192.0.2.1", &["198.51.100.1"]), "192.0.2.1", "a stranger's word");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9", "198.51.100.1"]), "198.51.100.1", "the proxy added a line below the visitor's");
        assert_eq!(seen("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(seen("10.0.0.1", &["198.51.100.1, nonsense"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }
}
