//! Where everything of the demo listens. All ports are taken before anything starts, because each part is told of the others.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
};

/// One port on loopback.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) port: u16,
}

impl Place {
    /// By name, as a person would type it.
    pub(super) fn origin(self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

/// One of each, for everything that listens.
#[derive(Debug, Clone)]
pub(super) struct Each<T> {
    pub(super) gatehouse: T,
    pub(super) portal: T,
    pub(super) orders: T,
    pub(super) shipping: T,
    pub(super) upstream: T,
    pub(super) saml: T,
    pub(super) ws_fed: T,
    pub(super) mailbox: T,
    pub(super) smtp: T,
    pub(super) guide: T,
}

pub(super) type Places = Each<Place>;
pub(super) type Listeners = Each<TcpListener>;

/// Takes `first` for Gatehouse and the ports after it for the rest; 0, and what is taken, is replaced by what is free.
pub(super) fn take(first: u16) -> io::Result<(Places, Listeners)> {
    let near = |offset| {
        let wished = if first == 0 { 0 } else { first.checked_add(offset).unwrap_or(0) };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wished));
        listener.or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
    };
    let listeners = Each {
        gatehouse: near(0)?,
        portal: near(1)?,
        shipping: near(2)?,
        upstream: near(3)?,
        mailbox: near(4)?,
        smtp: near(5)?,
        saml: near(6)?,
        ws_fed: near(7)?,
        orders: near(8)?,
        guide: near(9)?,
    };
    let place = |listener: &TcpListener| listener.local_addr().map(|address| Place { port: address.port() });
    let places = Each {
        gatehouse: place(&listeners.gatehouse)?,
        portal: place(&listeners.portal)?,
        shipping: place(&listeners.shipping)?,
        upstream: place(&listeners.upstream)?,
        saml: place(&listeners.saml)?,
        ws_fed: place(&listeners.ws_fed)?,
        orders: place(&listeners.orders)?,
        guide: place(&listeners.guide)?,
        mailbox: place(&listeners.mailbox)?,
        smtp: place(&listeners.smtp)?,
    };
    Ok((places, listeners))
}
