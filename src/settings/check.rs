//! From the raw `gatehouse.toml` to [`Settings`], in one pass that gathers every problem.

use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    time::Duration,
};

use ipnet::IpNet;
use rustls::{
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use tracing_subscriber::EnvFilter;
use url::Url;

use super::{
    Dkim, Environment, Outbound, Problem, Purpose, Server, Settings, Telemetry, Tls,
    at::At,
    check_stores,
    document::{self, Document},
    file::{self, GatehouseFile},
    problem::Code,
    secrets,
    source::Reporter,
    values::{self, Bounds, MINUTE},
};
use crate::domain::secret::Secret;

/// What could be read, also where not all could: tenant files are checked against it.
#[derive(Debug)]
pub struct Reading {
    pub settings: Option<Settings>,
    pub public_url: Option<Url>,
    pub allow_http: Option<Vec<String>>,
    /// Whether `[mail]` is there at all.
    pub has_mail: bool,
    /// How mail is signed, if that alone is right.
    pub dkim: Option<Dkim>,
    pub problems: Vec<Problem>,
}

/// Reads `gatehouse.toml` in `config_dir`.
pub fn read(purpose: Purpose, config_dir: &Path, environment: Environment<'_>) -> Reading {
    let Document { reporter, raw } = document::read::<GatehouseFile>(&config_dir.join("gatehouse.toml"));
    check(purpose, config_dir, raw, reporter, environment)
}

/// Everything checks need besides the raw value.
pub(super) struct Desk<'a> {
    pub(super) reporter: Reporter,
    pub(super) purpose: Purpose,
    pub(super) environment: Environment<'a>,
}

fn check(purpose: Purpose, config_dir: &Path, raw: Option<GatehouseFile>, reporter: Reporter, environment: Environment<'_>) -> Reading {
    let Some(raw) = raw else {
        // Of an unreadable file nothing is known; say nothing about tenants that could follow from it alone.
        return Reading { settings: None, public_url: None, allow_http: None, has_mail: true, dkim: None, problems: reporter.problems };
    };
    let mut desk = Desk { reporter, purpose, environment };
    let public_url =
        raw.server.as_ref().and_then(|server| server.value.public_url.as_ref()).and_then(|text| origin(text, &mut desk.reporter));
    let server = raw.server.as_ref().and_then(|server| check_server(&server.value, public_url.clone(), &mut desk));
    let operator =
        raw.operator.as_ref().and_then(|operator| operator.value.listen.as_ref()).and_then(|text| listen(text, &mut desk.reporter));
    let sessions = check_stores::sessions(raw.sessions.as_ref().map(|at| &at.value), &mut desk);
    let directory = check_stores::directory(raw.directory.as_ref().map(|at| &at.value), config_dir, &mut desk);
    let seal_key = check_stores::seal_key(raw.keys.as_ref().map(|at| &at.value), &mut desk);
    let mail = raw.mail.as_ref().filter(|_| !purpose.serves_nothing()).map(|mail| check_stores::mail(mail, &mut desk));
    let outbound = check_outbound(raw.outbound.as_ref().map(|at| &at.value), &mut desk);
    let telemetry = check_telemetry(raw.telemetry.as_ref().map(|at| &at.value), &mut desk);
    let allow_http = Some(outbound.allow_http.clone());
    let dkim = mail.as_ref().and_then(|mail| mail.as_ref()?.dkim.clone());
    let settings = (|| {
        Some(Settings {
            config_dir: config_dir.to_owned(),
            server: server?,
            operator,
            sessions: sessions?,
            directory: directory?,
            seal_key: seal_key?,
            mail: match mail {
                Some(mail) => Some(mail?),
                None => None,
            },
            outbound,
            telemetry,
        })
    })();
    Reading { settings, public_url, allow_http, has_mail: raw.mail.is_some(), dkim, problems: desk.reporter.problems }
}

fn check_server(raw: &file::Server, public_url: Option<Url>, desk: &mut Desk<'_>) -> Option<Server> {
    let listen = raw.listen.as_ref().and_then(|text| listen(text, &mut desk.reporter));
    let tls = raw.tls.as_ref().filter(|_| !desk.purpose.serves_nothing()).map(|tls| check_tls(&tls.value, desk));
    let mut trusted_proxies = Vec::new();
    for text in raw.trusted_proxies.iter().flatten() {
        match text.value.parse::<IpNet>().or_else(|_| text.value.parse::<IpAddr>().map(IpNet::from)) {
            Ok(network) => trusted_proxies.push(network),
            Err(_) => {
                let message = format!("{:?} is not a network", text.value);
                desk.reporter.error(
                    Code::Network,
                    &text.span,
                    message,
                    "write an address or a network such as \"10.0.0.0/8\" or \"fd00::/8\"",
                );
            }
        }
    }
    Some(Server {
        listen: listen?,
        public_url: public_url?,
        tls: match tls {
            Some(tls) => Some(tls?),
            None => None,
        },
        trusted_proxies,
        workers: raw.workers,
        body_limit: raw.body_limit.map_or(65536, |limit| limit as usize),
    })
}

/// `host:port`; the host may be a name.
fn listen(text: &At<String>, reporter: &mut Reporter) -> Option<String> {
    let is_shaped = text.value.rsplit_once(':').is_some_and(|(host, port)| {
        let is_bare_v6 = host.contains(':') && !(host.starts_with('[') && host.ends_with(']'));
        !host.is_empty() && !is_bare_v6 && !host.contains(['/', '@', ' ']) && port.parse::<u16>().is_ok()
    });
    if !is_shaped {
        let message = format!("{:?} is not a host and a port", text.value);
        reporter.error(Code::Listen, &text.span, message, "write \"127.0.0.1:8080\", \"[::1]:8080\" or \"0.0.0.0:8080\"");
    }
    is_shaped.then(|| text.value.clone())
}

/// The public address: nothing but an origin, because issuers, cookies and redirect URIs are built on it.
fn origin(text: &At<String>, reporter: &mut Reporter) -> Option<Url> {
    let url = values::public_url(text, reporter)?;
    if url.path() != "/" || url.query().is_some() {
        let hint = format!("write {:?}; Gatehouse needs an origin of its own", url.origin().ascii_serialization());
        reporter.error(Code::PublicUrl, &text.span, "the public address has a path or query", hint);
        return None;
    }
    Some(url)
}

fn check_tls(raw: &file::Tls, desk: &mut Desk<'_>) -> Option<Tls> {
    let certificates = raw.certificate.as_ref().and_then(|path| values::certificates(path, &mut desk.reporter));
    let key = raw.key.as_ref().and_then(|key| secrets::fetch(key, desk.purpose, desk.environment, &mut desk.reporter));
    let key = key?;
    let at = &raw.key.as_ref()?.place();
    let Ok(der) = PrivateKeyDer::from_pem_slice(key.reveal().as_bytes()) else {
        let hint = "it should begin with -----BEGIN PRIVATE KEY----- and not be encrypted";
        desk.reporter.error(Code::Certificate, at, "this is not a private key in PEM", hint);
        return None;
    };
    let certificates = certificates?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&certificates).filter_map(Result::ok).collect();
    if let Err(error) = CertifiedKey::from_der(chain, der, &aws_lc_rs::default_provider()) {
        let message = match error {
            rustls::Error::InconsistentKeys(_) => "this key does not belong to the certificate".to_owned(),
            other => format!("certificate and key can't be used: {other}"),
        };
        desk.reporter.error(Code::Certificate, at, message, "the first certificate of the file must be the one made for this key");
        return None;
    }
    Some(Tls { certificates, key })
}

fn check_outbound(raw: Option<&file::Outbound>, desk: &mut Desk<'_>) -> Outbound {
    let mut allow_http = Vec::new();
    for text in raw.and_then(|raw| raw.allow_http.as_ref()).into_iter().flatten() {
        // Through the URL parser, so that the spelling is the one it will be compared in.
        let parsed = Url::parse(&format!("http://{}/", text.value)).ok().filter(|url| url.path() == "/" && url.username().is_empty());
        let has_port = text.value.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        match parsed.as_ref().and_then(values::host_and_port).filter(|_| has_port) {
            Some(place) => allow_http.push(place),
            None => {
                let message = format!("{:?} is not a host and a port", text.value);
                desk.reporter.error(Code::AllowHttp, &text.span, message, "write \"localhost:9001\": no scheme, no path");
            }
        }
    }
    Outbound {
        allow_http,
        ca: raw.and_then(|raw| raw.ca.as_ref()).and_then(|path| values::certificates(path, &mut desk.reporter)),
        dns: raw.and_then(|raw| raw.dns.as_ref()).and_then(|text| resolver(text, &mut desk.reporter)),
        timeout: values::duration(
            raw.and_then(|raw| raw.timeout.as_ref()),
            Bounds::seconds(1, MINUTE),
            Duration::from_secs(5),
            &mut desk.reporter,
        ),
    }
}

/// A resolver is what finds names, so it has none here.
fn resolver(text: &At<String>, reporter: &mut Reporter) -> Option<SocketAddr> {
    let address = text.value.parse().ok().filter(|address: &SocketAddr| address.port() != 0);
    if address.is_none() {
        let message = format!("{:?} is not an address and a port", text.value);
        reporter.error(Code::Resolver, &text.span, message, "write \"127.0.0.1:53\" or \"[::1]:53\": an address, not a name");
    }
    address
}

fn check_telemetry(raw: Option<&file::Telemetry>, desk: &mut Desk<'_>) -> Telemetry {
    let mut log = "info".to_owned();
    if let Some(text) = raw.and_then(|raw| raw.log.as_ref()) {
        match EnvFilter::try_new(&text.value) {
            Ok(_) => log.clone_from(&text.value),
            Err(error) => {
                let hint = "write a level such as \"info\", or a filter such as \"warn,gatehouse::upstream=debug\"";
                desk.reporter.error(Code::LogFilter, &text.span, format!("this is not a log filter: {error}"), hint);
            }
        }
    }
    Telemetry { log, format: raw.and_then(|raw| raw.format).unwrap_or_default() }
}

/// A key drawn for this run alone.
pub(super) fn drawn_key() -> Secret<[u8; 32]> {
    Secret::new(crate::random::bytes())
}
