//! Every request we send out, bounded: https to public addresses unless the operator listed the host, no redirects, no proxy from the
//! environment, a size limit, a time limit.
//!
//! Must not know what is asked; must not put a URL's query, a header or a body into an error.

use std::{error::Error, fmt, net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{
    Client, Method, Request, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, CACHE_CONTROL, HeaderMap, HeaderValue},
    redirect,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;
use serde::de::DeserializeOwned;
use url::{Host, Url};

use super::public_address::is_public;

/// Largest body that is read where nothing else is said, after decompression.
const LARGEST_BODY: usize = 1024 * 1024;

/// What the operator allows to leave the house.
#[derive(Debug, Clone)]
pub struct OutboundPolicy {
    /// `host` or `host:port` for which plain http and private addresses are fine.
    pub allow_http: Vec<String>,
    /// PEM of trust anchors beside the platform's.
    pub ca: Option<Vec<u8>>,
    /// For one whole exchange, from resolving the name to the last octet.
    pub timeout: Duration,
}

/// Why nothing usable came back. Names hosts at most.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("{0} may not be asked: {1}")]
    Forbidden(String, &'static str),
    #[error("{0} can't be reached: {1}")]
    Unreachable(String, String),
    #[error("{0} did not answer in time")]
    TimedOut(String),
    #[error("{0} answered with more than we read")]
    TooLarge(String),
    #[error("{0} answered nonsense: {1}")]
    Nonsense(String, String),
    #[error("outbound requests can't be set up: {0}")]
    Setup(String),
}

/// An answer, whole and small.
#[derive(Clone)]
pub struct Fetched {
    pub host: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The one client. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Fetcher(Arc<Inner>);

struct Inner {
    /// Resolves to public addresses only, speaks https only.
    guarded: Client,
    /// For listed hosts.
    listed: Client,
    allow_http: Vec<String>,
    timeout: Duration,
}

impl Fetcher {
    pub fn new(policy: OutboundPolicy) -> Result<Self, FetchError> {
        let OutboundPolicy { allow_http, ca, timeout } = policy;
        let tls = tls(ca.as_deref())?;
        let client = |public_only: Option<PublicOnly>| {
            let builder = Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .no_proxy()
                .referer(false)
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent(concat!("gatehouse/", env!("CARGO_PKG_VERSION")));
            let builder = match public_only {
                Some(resolver) => builder.https_only(true).dns_resolver(resolver),
                None => builder,
            };
            builder.build().map_err(|error| FetchError::Setup(innermost(&error)))
        };
        let (guarded, listed) = (client(Some(PublicOnly))?, client(None)?);
        let allow_http = allow_http.into_iter().map(|host| host.to_ascii_lowercase()).collect();
        Ok(Self(Arc::new(Inner { guarded, listed, allow_http, timeout })))
    }

    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// Whether the policy lets us, or a browser in our name, go to `url`.
    pub fn permits(&self, url: &Url) -> Result<(), FetchError> {
        self.client_for(url).map(|_| ())
    }

    fn client_for(&self, url: &Url) -> Result<&Client, FetchError> {
        let host = url.host_str().unwrap_or_default();
        let forbidden = |why| Err(FetchError::Forbidden(host.to_owned(), why));
        if !url.username().is_empty() || url.password().is_some() {
            return forbidden("its address holds credentials");
        }
        let is_listed = {
            let with_port = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
            self.0.allow_http.iter().any(|entry| entry == host || *entry == with_port)
        };
        match (url.scheme(), url.host()) {
            ("http" | "https", Some(_)) if is_listed => Ok(&self.0.listed),
            ("https", Some(Host::Ipv4(address))) if !is_public(address.into()) => forbidden("it is a private address"),
            ("https", Some(Host::Ipv6(address))) if !is_public(address.into()) => forbidden("it is a private address"),
            ("https", Some(_)) => Ok(&self.0.guarded),
            _ => forbidden("only https is allowed"),
        }
    }

    /// One exchange, within the policy's time limit.
    pub async fn send(&self, request: Request) -> Result<Fetched, FetchError> {
        self.send_within(request, self.0.timeout).await
    }

    /// One exchange, within `limit`, whether that is more or less than the policy's.
    pub async fn send_within(&self, request: Request, limit: Duration) -> Result<Fetched, FetchError> {
        self.send_bounded(request, limit, LARGEST_BODY).await
    }

    async fn send_bounded(&self, request: Request, limit: Duration, largest: usize) -> Result<Fetched, FetchError> {
        let client = self.client_for(request.url())?;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        match tokio::time::timeout(limit, exchange(client, request, &host, largest)).await {
            Ok(fetched) => fetched,
            Err(_) => Err(FetchError::TimedOut(host)),
        }
    }

    /// An XML document of at most `largest` octets, as it comes.
    pub async fn xml(&self, url: &Url, largest: usize) -> Result<Vec<u8>, FetchError> {
        let mut request = Request::new(Method::GET, url.clone());
        let wanted = HeaderValue::from_static("application/samlmetadata+xml, application/xml, text/xml;q=0.9, */*;q=0.1");
        request.headers_mut().insert(ACCEPT, wanted);
        let fetched = self.send_bounded(request, self.0.timeout, largest).await?;
        match fetched.status {
            StatusCode::OK => Ok(fetched.body),
            other => Err(FetchError::Nonsense(fetched.host, format!("HTTP {}", other.as_u16()))),
        }
    }

    /// A JSON document and how long its server says it keeps (RFC 9111 §5.2.2.1 `max-age`).
    pub async fn document<T: DeserializeOwned>(&self, url: &Url) -> Result<(T, Option<Duration>), FetchError> {
        let fetched = self.send(get(url)).await?;
        if fetched.status != StatusCode::OK {
            return Err(FetchError::Nonsense(fetched.host, format!("HTTP {}", fetched.status.as_u16())));
        }
        Ok((fetched.json()?, fetched.max_age()))
    }
}

/// A GET that wants JSON.
pub fn get(url: &Url) -> Request {
    let mut request = Request::new(Method::GET, url.clone());
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}

impl Fetched {
    /// The body, as JSON. The error says where it stopped making sense, never what stood there.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, FetchError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let what = if error.is_data() { "JSON of another shape" } else { "no JSON" };
            FetchError::Nonsense(self.host.clone(), format!("{what} (line {}, column {})", error.line(), error.column()))
        })
    }

    fn max_age(&self) -> Option<Duration> {
        let header = self.headers.get(CACHE_CONTROL)?.to_str().ok()?;
        header.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok()).map(Duration::from_secs)
    }
}

async fn exchange(client: &Client, request: Request, host: &str, largest: usize) -> Result<Fetched, FetchError> {
    let fail = |error: reqwest::Error| {
        if error.is_timeout() {
            FetchError::TimedOut(host.to_owned())
        } else {
            FetchError::Unreachable(host.to_owned(), innermost(&error.without_url()))
        }
    };
    let mut response = client.execute(request).await.map_err(fail)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(fail)? {
        if body.len() + chunk.len() > largest {
            return Err(FetchError::TooLarge(host.to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Fetched { host: host.to_owned(), status, headers, body })
}

/// The cause at the bottom: "connection refused", "certificate expired".
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Resolves names, and forgets addresses that are not public: checked at the very lookup that is connected to, so a name that
/// changes its mind between check and use gains nothing.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.filter(|address| is_public(address.ip())).collect();
            if found.is_empty() {
                return Err("it resolves to no public address".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The platform's trust anchors and the operator's. A machine without any can still speak to listed http hosts.
fn tls(ca: Option<&[u8]>) -> Result<ClientConfig, FetchError> {
    let setup = |error: &dyn fmt::Display| FetchError::Setup(error.to_string());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().map_err(|e| setup(&e))?;
    let anchors: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(ca.unwrap_or_default()).collect::<Result<_, _>>().map_err(|e| setup(&e))?;
    if ca.is_some() && anchors.is_empty() {
        return Err(FetchError::Setup("the extra trust anchor holds no certificate".to_owned()));
    }
    let mut config = match Verifier::new_with_extra_roots(anchors, provider) {
        Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth(),
        Err(error) => {
            tracing::warn!(error.cause = %error, "this machine has no trust anchors: no https identity provider can be reached");
            builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").field("allow_http", &self.0.allow_http).field("timeout", &self.0.timeout).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetcher() -> Fetcher {
        Fetcher::new(OutboundPolicy { allow_http: vec!["localhost:9001".into(), "peer".into()], ca: None, timeout: Duration::from_secs(2) })
            .unwrap()
    }

    #[test]
    fn plain_http_and_private_addresses_need_the_operator_s_word() {
        let fetcher = fetcher();
        for fine in ["https://id.example/x", "http://localhost:9001/x", "https://localhost:9001", "http://peer:1/", "https://1.1.1.1/"] {
            assert!(fetcher.permits(&fine.parse().unwrap()).is_ok(), "{fine}");
        }
        for bad in [
            "http://id.example/",
            "http://localhost:9002/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://a:b@id.example/",
            "ftp://peer/",
            "file:///etc/passwd",
        ] {
            assert!(matches!(fetcher.permits(&bad.parse().unwrap()), Err(FetchError::Forbidden(..))), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_a_private_address_is_not_connected_to() {
        let error = fetcher().send(get(&"https://localhost:9443/".parse().unwrap())).await.err().unwrap();
        assert_eq!(error, FetchError::Unreachable("localhost".into(), "it resolves to no public address".into()));
    }
}
