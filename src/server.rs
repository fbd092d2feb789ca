//! Binding, TLS, graceful stop.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::{
    App, HttpServer,
    dev::ServerHandle,
    middleware::from_fn,
    web::{Data, PayloadConfig},
};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::task::JoinHandle;

use crate::{
    app::House,
    settings::{Settings, Tls},
    web,
};

/// A Gatehouse that answers.
#[derive(Debug)]
pub struct Running {
    /// Where it listens, with the port it really got.
    pub address: SocketAddr,
    pub operator: Option<SocketAddr>,
    handles: Vec<ServerHandle>,
    tasks: Vec<JoinHandle<io::Result<()>>>,
    /// Kept until the last request is answered.
    house: House,
}

/// How the process's signals are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signals {
    /// SIGTERM and SIGINT stop it gracefully.
    Heed,
    /// Somebody else decides when to stop: tests, the demo.
    Leave,
}

/// Binds what the settings say, or takes a listener already bound, and starts answering.
pub fn start(settings: &Settings, house: House, listener: Option<TcpListener>, signals: Signals) -> io::Result<Running> {
    let listener = listener.map_or_else(|| TcpListener::bind(&settings.server.listen), Ok)?;
    let address = listener.local_addr()?;
    let operator_listener = settings.operator.as_ref().map(TcpListener::bind).transpose()?;
    let operator = operator_listener.as_ref().map(TcpListener::local_addr).transpose()?;
    let (door, is_operator_apart, body_limit) = (Data::from(Arc::clone(&house.door)), operator.is_some(), settings.server.body_limit);
    let mut public = HttpServer::new(move || {
        let app =
            App::new().app_data(door.clone()).app_data(PayloadConfig::new(body_limit)).wrap(from_fn(web::greet)).wrap(from_fn(web::scribe));
        let app = if is_operator_apart { app } else { app.configure(web::operator_routes) };
        app.configure(web::routes)
    })
    .shutdown_timeout(10);
    if let Some(workers) = settings.server.workers {
        public = public.workers(workers.into());
    }
    if signals == Signals::Leave {
        public = public.disable_signals();
    }
    let public = match &settings.server.tls {
        Some(tls) => public.listen_rustls_0_23(listener, tls_config(tls)?)?,
        None => public.listen(listener)?,
    };
    let mut servers = vec![public.run()];
    if let Some(listener) = operator_listener {
        let door = Data::from(Arc::clone(&house.door));
        let server = HttpServer::new(move || {
            let app = App::new().app_data(door.clone()).wrap(from_fn(web::greet)).wrap(from_fn(web::scribe));
            app.configure(web::operator_routes).default_service(web::nowhere())
        });
        servers.push(server.workers(1).disable_signals().listen(listener)?.run());
    }
    let handles = servers.iter().map(actix_web::dev::Server::handle).collect();
    let tasks = servers.into_iter().map(tokio::spawn).collect();
    Ok(Running { address, operator, handles, tasks, house })
}

impl Running {
    /// Until a signal stops it.
    pub async fn finished(mut self) -> io::Result<()> {
        let first = self.tasks.remove(0);
        let outcome = first.await.map_err(io::Error::other)?;
        self.stop().await;
        outcome
    }

    /// Lets requests under way finish, and ends.
    pub async fn stop(self) {
        for handle in &self.handles {
            handle.stop(true).await;
        }
        for task in self.tasks {
            // A server that failed has said so itself.
            let _ = task.await;
        }
        self.house.rest().await;
    }
}

fn tls_config(tls: &Tls) -> io::Result<ServerConfig> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&tls.certificates).collect();
    let key = PrivateKeyDer::from_pem_slice(tls.key.reveal().as_bytes()).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates.unwrap_or_default(), key))
        .map_err(io::Error::other)
}
