//! What mail does. Details come from the mail room, which names no address.

use std::time::Duration;

use metrics::{counter, gauge};

use crate::domain::error_code::ErrorCode;

pub fn sent() {
    counter!("gatehouse_mails_total", "outcome" => "sent").increment(1);
}

/// Not taken, to be tried again.
pub fn put_off(detail: &str) {
    counter!("gatehouse_mails_total", "outcome" => "put_off").increment(1);
    tracing::info!(error.detail = detail, "mail put off");
}

/// Not sent, and not tried again.
pub fn failed(detail: &str) {
    counter!("gatehouse_mails_total", "outcome" => "failed").increment(1);
    tracing::warn!(error.detail = detail, "mail not sent");
}

/// Perhaps sent.
pub fn uncertain(detail: &str) {
    counter!("gatehouse_mails_total", "outcome" => "uncertain").increment(1);
    tracing::warn!(error.detail = detail, "mail perhaps sent");
}

/// Not by this sender, or by time alone: `outcome` is `failed` or `uncertain`.
pub fn ended(outcome: &'static str, mails: usize) {
    counter!("gatehouse_mails_total", "outcome" => outcome).increment(mails as u64);
    tracing::warn!(mail.outcome = outcome, mail.count = mails, "mails ended by time");
}

/// The server takes nothing; the next try comes after `pause`.
pub fn paused(detail: &str, pause: Duration) {
    let code = ErrorCode::MailUnavailable.code();
    tracing::error!(error.code = code, error.detail = detail, mail.pause_seconds = pause.as_secs(), "mail has to wait");
}

pub fn waiting(queued: u64, oldest: Duration) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge, not an account")]
    gauge!("gatehouse_mails_queued").set(queued as f64);
    gauge!("gatehouse_mails_oldest_seconds").set(oldest.as_secs_f64());
}

/// The directory did not let the sender work.
pub fn stuck(detail: &str) {
    tracing::error!(error.code = ErrorCode::DirectoryUnavailable.code(), error.detail = detail, "the outbox has to wait");
}
