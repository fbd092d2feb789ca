//! Opens the house's neighbours: apps, identity providers, the mailbox, the front page. Knows who is registered where, and nothing of
//! how any of them works.

use std::net::TcpListener;

use actix_web::dev::{Server, ServerHandle};

use super::{
    DemoError, app,
    configuration::Written,
    guide, inbox,
    mailbox::Mailbox,
    partner::{self, KeyRing, KeyShape, LITWARE, PROSEWARE, Partner, saml_idp, wsfed_sts},
    places::Places,
    relying_party::{self, RelyingParty},
    sample_tenants, upstream,
};
use crate::clock::Clock;

/// Where the neighbours will live.
pub(super) struct Rooms {
    pub(super) guide: TcpListener,
    pub(super) portal: TcpListener,
    pub(super) orders: TcpListener,
    pub(super) shipping: TcpListener,
    pub(super) upstream: TcpListener,
    pub(super) saml: TcpListener,
    pub(super) ws_fed: TcpListener,
    pub(super) mailbox: TcpListener,
}

impl Rooms {
    pub(super) fn open(self, places: &Places, written: Written, mailbox: &Mailbox, clock: &Clock) -> Result<Vec<ServerHandle>, DemoError> {
        let http = relying_party::http()?;
        let gatehouse = places.gatehouse.origin();
        let client = upstream::Registration {
            client_id: sample_tenants::UPSTREAM_CLIENT.into(),
            client_secret: written.upstream_secret,
            redirect_uri: format!("{gatehouse}/contoso/callback/fabrikam"),
        };
        let portal = relying_party::Registration {
            issuer: format!("{gatehouse}/contoso"),
            client_id: sample_tenants::PORTAL_CLIENT.into(),
            client_secret: written.portal_secret,
            redirect_uri: format!("{}/callback", places.portal.origin()),
        };
        let orders = relying_party::Registration {
            issuer: format!("{gatehouse}/contoso"),
            client_id: sample_tenants::ORDERS_CLIENT.into(),
            client_secret: written.orders_secret,
            redirect_uri: format!("{}/callback", places.orders.origin()),
        };
        let shipping = relying_party::Registration {
            issuer: format!("{gatehouse}/northwind"),
            client_id: sample_tenants::SHIPPING_CLIENT.into(),
            client_secret: written.shipping_secret,
            redirect_uri: format!("{}/callback", places.shipping.origin()),
        };
        let contoso = |entity: &str, idp: &str| partner::Registration {
            entity_id: format!("{gatehouse}/contoso/{entity}"),
            acs: format!("{gatehouse}/contoso/callback/{idp}"),
            sign_out: format!("{gatehouse}/contoso/callback/{idp}/logout"),
        };
        // one of each kind of key, as out there
        let litware = Partner {
            company: LITWARE,
            origin: places.saml.origin(),
            registered: contoso("saml", "litware"),
            keys: KeyRing::new(KeyShape::Rsa2048, "Litware", clock)?,
        };
        let proseware = Partner {
            company: PROSEWARE,
            origin: places.ws_fed.origin(),
            registered: contoso("wsfed", "proseware"),
            keys: KeyRing::new(KeyShape::P256, "Proseware", clock)?,
        };
        let started = [
            upstream::start(self.upstream, &places.upstream.origin(), client, clock)?,
            saml_idp::start(self.saml, litware, clock)?,
            wsfed_sts::start(self.ws_fed, proseware, clock)?,
            app::start(self.portal, app::PORTAL, RelyingParty::new(portal, http.clone()), clock)?,
            app::start(self.orders, app::ORDERS, RelyingParty::new(orders, http.clone()), clock)?,
            app::start(self.shipping, app::SHIPPING, RelyingParty::new(shipping, http), clock)?,
            inbox::start(self.mailbox, mailbox.clone())?,
            guide::start(self.guide, places, &written.folder)?,
        ];
        Ok(started.map(run_aside).into())
    }
}

pub(super) fn run_aside((server, handle): (Server, ServerHandle)) -> ServerHandle {
    tokio::spawn(server);
    handle
}
