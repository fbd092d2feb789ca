//! What the operator is told of federation partners: metadata read, refused or quarantined, certificates that end.
//!
//! Must not judge. A reason names hosts, codes and numbers; never what a person is called.

use metrics::{counter, gauge};

use crate::domain::{error_code::ErrorCode, rejection::Rejected};

/// One partner, by (tenant, provider).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    pub tenant: String,
    pub provider: String,
}

impl Name {
    fn labels(&self) -> [(&'static str, String); 2] {
        [("tenant", self.tenant.clone()), ("provider", self.provider.clone())]
    }

    fn read(&self, outcome: &'static str) {
        let [tenant, provider] = self.labels();
        counter!("gatehouse_partner_metadata_reads_total", &[tenant, provider, ("outcome", outcome.to_owned())]).increment(1);
    }

    pub fn metadata_adopted(&self) {
        self.read("adopted");
    }

    /// The last good document stays, if there is one.
    pub fn metadata_failed(&self, rejected: &Rejected) {
        self.read("failed");
        tracing::warn!(
            partner.tenant = self.tenant,
            partner.provider = self.provider,
            error.code = rejected.code.code(),
            error.detail = rejected.detail,
            "a partner's metadata could not be read"
        );
    }

    pub fn keys_changed(&self, keys: usize) {
        tracing::info!(
            partner.tenant = self.tenant,
            partner.provider = self.provider,
            partner.keys = keys,
            "a partner's signing keys changed"
        );
    }

    pub fn quarantined(&self, digest: &str, reasons: &str) {
        self.read("quarantined");
        tracing::error!(
            partner.tenant = self.tenant,
            partner.provider = self.provider,
            partner.digest = digest,
            error.code = ErrorCode::MetadataQuarantined.code(),
            error.detail = reasons,
            "a partner's metadata changed in a way that a person must look at: the last good one stays until a restart or a change of this provider's metadata settings"
        );
    }

    pub fn released(&self) {
        tracing::info!(partner.tenant = self.tenant, partner.provider = self.provider, "a partner's metadata is out of quarantine");
    }

    /// Less than a third of a document's life is left, and no newer one came.
    pub fn metadata_ends(&self, seconds: i64) {
        tracing::warn!(
            partner.tenant = self.tenant,
            partner.provider = self.provider,
            partner.seconds_left = seconds,
            error.code = ErrorCode::MetadataExpired.code(),
            "a partner's metadata ends soon: after that nobody signs in there"
        );
    }

    /// Its newest certificate ends within 30 days, or has ended.
    pub fn certificate_ends(&self, seconds: i64) {
        if seconds > 0 {
            tracing::warn!(
                partner.tenant = self.tenant,
                partner.provider = self.provider,
                partner.seconds_left = seconds,
                "a partner's signing certificate ends soon"
            );
        } else {
            tracing::error!(
                partner.tenant = self.tenant,
                partner.provider = self.provider,
                partner.seconds_left = seconds,
                "a partner's signing certificate has ended"
            );
        }
    }

    /// Seconds until the newest certificate ends; negative once it has.
    pub fn certificate_expires(&self, seconds: i64) {
        gauge!("gatehouse_partner_certificate_expires_seconds", &self.labels()).set(precise(seconds));
    }

    pub fn metadata_age(&self, seconds: i64) {
        gauge!("gatehouse_partner_metadata_age_seconds", &self.labels()).set(precise(seconds));
    }

    pub fn quarantine(&self, is_quarantined: bool) {
        gauge!("gatehouse_partner_metadata_quarantined", &self.labels()).set(if is_quarantined { 1.0 } else { 0.0 });
    }
}

/// Seconds as a float holds them: exact for hundreds of years, and held to those.
fn precise(seconds: i64) -> f64 {
    const LONG: i64 = i32::MAX as i64;
    f64::from(i32::try_from(seconds.clamp(-LONG, LONG)).unwrap_or(i32::MAX))
}
