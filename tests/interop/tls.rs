//! TLS before services that speak none.

use serde_json::json;

use crate::{peers::Peer, services::certificates::Certificates};

/// One certificate for all of loopback, and who speaks TLS with it. Ends with its handle.
pub struct Tls {
    certificates: Certificates,
    fronts: Vec<Peer>,
}

impl Tls {
    pub fn new() -> Self {
        Self { certificates: Certificates::issue(), fronts: Vec::new() }
    }

    /// The file of who issued the certificate.
    pub fn ca(&self) -> &str {
        self.certificates.ca.to_str().expect("a plain path")
    }

    /// From now on, whoever comes to `near` by TLS is at `far`.
    pub fn before(&mut self, near: u16, far: u16) {
        let Certificates { certificate, key, .. } = &self.certificates;
        let front = Peer::start("tls.mjs", &json!({ "port": near, "to": far, "certificate": certificate, "key": key }));
        assert_eq!(front.line()["ready"], true);
        self.fronts.push(front);
    }
}
