//! Logs and metrics as designed surfaces: the subscriber, the field names, the counters. Never a query, cookie, body, token or address.

pub mod mail;
pub mod partner;

use std::{sync::OnceLock, time::Duration};

use metrics::{counter, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt};

use crate::domain::{
    error_code::{ErrorCode, Loudness},
    id::{IdpId, TenantId},
    verdict::{Outcome, Verdicts},
};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Json,
    Text,
}

/// Seconds; from a session answered at once to an upstream that takes its time.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Sends logs to standard error; call once. A filter that can't be read becomes `info`.
pub fn start(filter: &str, format: Format) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start, as in tests, keeps the first.
    let _ = match format {
        Format::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
        Format::Text => lines.compact().with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
    };
}

/// What was counted, for whoever scrapes it.
#[derive(Debug, Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// In Prometheus' text format, version 0.0.4.
    pub fn render(&self) -> String {
        self.0.render()
    }
}

/// The metrics of this process: installed once, shared by every house in it.
pub fn recorder() -> Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    let installed = METRICS.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        let _ = metrics::set_global_recorder(recorder);
        Metrics(handle)
    });
    installed.clone()
}

/// One HTTP request answered. `route` is the pattern, never the path.
pub fn answered(route: &str, status: u16, took: Duration) {
    counter!("gatehouse_http_requests_total", "route" => route.to_owned(), "status" => status.to_string()).increment(1);
    histogram!("gatehouse_http_request_seconds", "route" => route.to_owned()).record(took.as_secs_f64());
}

/// A sign-in finished with a code; `road` is `session`, `passcode` or `upstream`, `reference` the number people see.
pub fn signed_in(tenant: &TenantId, road: &'static str, reference: &str) {
    counter!("gatehouse_signins_total", "tenant" => tenant.to_string(), "road" => road).increment(1);
    tracing::info!(signin.road = road, signin.reference = reference, "signed in");
}

/// A partner's answer was accepted, with warnings: each is counted, and one line names them.
pub fn upstream_warned(tenant: &TenantId, provider: &IdpId, verdicts: &Verdicts, reference: &str) {
    let warned: Vec<&'static str> = verdicts.iter().filter(|v| v.outcome == Outcome::Warned).map(|v| v.check).collect();
    for check in &warned {
        let labels = [("tenant", tenant.to_string()), ("provider", provider.to_string()), ("check", (*check).to_owned())];
        counter!("gatehouse_upstream_warnings_total", &labels).increment(1);
    }
    tracing::warn!(upstream.provider = %provider, upstream.warnings = warned.join(", "), signin.reference = reference, "accepted with warnings");
}

/// A session ended; `road` is `person`, `partner` or `cleanup`.
pub fn signed_out(tenant: &TenantId, road: &'static str, sessions: usize) {
    counter!("gatehouse_signouts_total", "tenant" => tenant.to_string(), "road" => road).increment(sessions as u64);
    tracing::info!(signout.road = road, signout.sessions = sessions, "signed out");
}

/// A failure, where it is handled: once. `detail` names no person.
pub fn failed(code: ErrorCode, detail: &str, reference: &str) {
    counter!("gatehouse_errors_total", "code" => code.code()).increment(1);
    match code.loudness() {
        Loudness::Info => tracing::info!(error.code = code.code(), error.detail = detail, request.reference = reference, "refused"),
        Loudness::Warn => tracing::warn!(error.code = code.code(), error.detail = detail, request.reference = reference, "refused"),
        Loudness::Error => tracing::error!(error.code = code.code(), error.detail = detail, request.reference = reference, "failed"),
    }
}
