//! The part of the check that is about where a partner's keys and endpoints come from: exactly one of an address of metadata, a file of
//! metadata, and what the operator typed.
//!
//! Must not reach for the network; what is at an address is read when the house is open.

use std::{sync::Arc, time::Duration};

use super::{
    check::Desk,
    check_metadata,
    file_partners::{Binding, Signing},
};
use crate::{
    domain::{
        certificate::{Certificate, CertificateError},
        federation::TrustSource,
        timestamp::Timestamp,
    },
    settings::{
        at::{At, Span},
        problem::{Code, Severity},
        secrets,
        source::Reporter,
        values::{self, Bounds, DAY, MINUTE},
    },
};

const REFRESH: Duration = Duration::from_secs(12 * 3600);
/// What runs out sooner is told.
pub(super) const NOTICE: Duration = Duration::from_secs(30 * DAY);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Saml,
    WsFed,
}

/// What a partner's table says about its keys and endpoints.
pub(super) struct Words<'a> {
    pub(super) table: &'a Span,
    pub(super) metadata_url: Option<&'a At<String>>,
    pub(super) metadata_refresh: Option<&'a At<String>>,
    pub(super) metadata_certificates: Option<&'a At<Vec<At<String>>>>,
    pub(super) metadata_file: Option<&'a At<String>>,
    pub(super) sign_in_url: Option<&'a At<String>>,
    pub(super) sign_out_url: Option<&'a At<String>>,
    pub(super) certificates: Option<&'a At<Vec<At<String>>>>,
    pub(super) request_binding: Option<&'a At<Binding>>,
    pub(super) sign_requests: Option<&'a At<Signing>>,
}

enum Way<'a> {
    Url(&'a At<String>),
    File(&'a At<String>),
    Typed(&'a At<String>),
}

impl Words<'_> {
    /// `entity_id` is what metadata must name; `None`: it can't be read, and metadata is not held against it.
    pub(super) fn check(&self, protocol: Protocol, entity_id: Option<&str>, desk: &mut Desk<'_>) -> Option<TrustSource> {
        let way = self.way(&mut desk.reporter)?;
        self.companions(&way, &mut desk.reporter);
        match way {
            Way::Url(text) => {
                let url = values::outbound_url(text, desk.around.allow_http.as_deref(), &mut desk.reporter);
                let refresh = values::duration(self.metadata_refresh, Bounds::seconds(10 * MINUTE, 7 * DAY), REFRESH, &mut desk.reporter);
                let signed_by = certificates(self.metadata_certificates, desk);
                Some(TrustSource::Url { url: url?, refresh, signed_by: signed_by? })
            }
            Way::File(path) => {
                let signed_by = certificates(self.metadata_certificates, desk);
                let text = text_of(path, &mut desk.reporter)?;
                let entity_id = entity_id?;
                check_metadata::check(&text, path, protocol, entity_id, self, desk).then_some(())?;
                Some(TrustSource::File { name: path.value.clone(), text: Arc::from(text), signed_by: signed_by? })
            }
            Way::Typed(text) => {
                let allow_http = desk.around.allow_http.as_deref();
                let sign_in = values::outbound_url(text, allow_http, &mut desk.reporter);
                let sign_out = self.sign_out_url.map(|text| values::outbound_url(text, allow_http, &mut desk.reporter));
                let certificates = certificates(self.certificates, desk).filter(|all| !all.is_empty());
                let sign_out = match sign_out {
                    Some(url) => Some(url?),
                    None => None,
                };
                Some(TrustSource::Typed { sign_in: sign_in?, sign_out, certificates: certificates? })
            }
        }
    }

    /// The one place that keys and endpoints come from.
    fn way<'a>(&'a self, reporter: &mut Reporter) -> Option<Way<'a>> {
        let mut ways = [
            self.metadata_url.map(|at| ("metadata_url", Way::Url(at), &at.span)),
            self.metadata_file.map(|at| ("metadata_file", Way::File(at), &at.span)),
            self.sign_in_url.map(|at| ("sign_in_url", Way::Typed(at), &at.span)),
        ]
        .into_iter()
        .flatten();
        let Some((first, way, _)) = ways.next() else {
            if !reporter.is_incomplete(self.table) {
                let (message, hint) = match self.certificates {
                    Some(_) => ("this partner has certificates, and nothing says where people are sent", "add `sign_in_url`"),
                    None => (
                        "nothing says where this partner's keys and addresses come from",
                        "add `metadata_url`, or `metadata_file`, or `sign_in_url` with `certificates`",
                    ),
                };
                reporter.error(Code::TrustSource, self.table, message, hint);
            }
            return None;
        };
        if let Some((second, _, span)) = ways.next() {
            let message = format!("keys and addresses come from one place, and `{first}` already is one");
            reporter.error(Code::TrustSource, span, message, format!("keep one of `{first}` and `{second}`"));
            return None;
        }
        Some(way)
    }

    /// What only makes sense beside another key.
    fn companions(&self, way: &Way<'_>, reporter: &mut Reporter) {
        let mut misplaced = |at: Option<&Span>, key: &str, with: &str| {
            if let Some(at) = at {
                let hint = format!("take `{key}` out, or use {with}");
                reporter.error(Code::Contradiction, at, format!("`{key}` goes with {with} alone"), hint);
            }
        };
        let (is_url, is_typed) = (matches!(way, Way::Url(_)), matches!(way, Way::Typed(_)));
        if !is_url {
            misplaced(self.metadata_refresh.map(|at| &at.span), "metadata_refresh", "`metadata_url`");
        }
        if is_typed {
            misplaced(self.metadata_certificates.map(|at| &at.span), "metadata_certificates", "`metadata_url` or `metadata_file`");
        } else {
            misplaced(self.sign_out_url.map(|at| &at.span), "sign_out_url", "`sign_in_url`");
            misplaced(self.certificates.map(|at| &at.span), "certificates", "`sign_in_url`");
        }
        if let Some(text) = self.sign_in_url.filter(|_| is_typed && self.certificates.is_none() && !reporter.is_incomplete(self.table)) {
            let hint = "add `certificates = [\"partner.pem\"]`, the certificates the partner signs with";
            reporter.error(Code::TrustSource, &text.span, "nothing this partner signs could be verified: it has no certificate", hint);
        }
    }
}

fn text_of(path: &At<String>, reporter: &mut Reporter) -> Option<String> {
    let text = String::from_utf8(secrets::read(path, reporter)?);
    if text.is_err() {
        let hint = "save it as the partner publishes it: UTF-8, beginning with < or <?xml";
        reporter.error(Code::Metadata, &path.span, format!("{:?} is not UTF-8 text", path.value), hint);
    }
    text.ok()
}

/// The certificates of these files. `None`: at least one can't be used; without a list there are none.
fn certificates(files: Option<&At<Vec<At<String>>>>, desk: &mut Desk<'_>) -> Option<Vec<Certificate>> {
    let mut found = Vec::new();
    let mut is_sound = true;
    for path in files.into_iter().flat_map(|at| &at.value) {
        let Some(read) = read(path, &mut desk.reporter) else {
            is_sound = false;
            continue;
        };
        for certificate in read {
            if certificate.key().is_strong_enough() {
                found.push(Held { certificate, span: path.span.clone() });
            } else {
                is_sound = false;
                weak(&certificate, &path.span, Severity::Error, &mut desk.reporter);
            }
        }
    }
    dates(&found, desk.around.now, &mut desk.reporter);
    is_sound.then(|| found.into_iter().map(|held| held.certificate).collect())
}

/// A certificate, and the place in the tenant file that led to it.
pub(super) struct Held {
    pub(super) certificate: Certificate,
    pub(super) span: Span,
}

pub(super) fn weak(certificate: &Certificate, at: &Span, severity: Severity, reporter: &mut Reporter) {
    let message = format!("the key of {} is {}, and that is never verified with", named(certificate), certificate.key());
    let hint = "this one can go; the partner needs one with RSA of 2048 bits or more, or EC P-256 or P-384";
    match severity {
        Severity::Error => reporter.error(Code::WeakKey, at, message, hint),
        Severity::Warning => reporter.warn(Code::WeakKey, at, message, hint),
    }
}

/// Says which certificates are out of their dates: an error if none of them is within, because then nothing else would be noticed
/// until people are; during a rollover, one that is not valid yet is as it should be.
pub(super) fn dates(held: &[Held], now: Timestamp, reporter: &mut Reporter) {
    let is_current = |held: &Held| held.certificate.not_before() <= now && now <= held.certificate.not_after();
    let has_current = held.iter().any(is_current);
    let is_lasting = held.iter().any(|held| now + NOTICE <= held.certificate.not_after());
    for Held { certificate, span } in held {
        let (from, until) = (certificate.not_before(), certificate.not_after());
        if until < now {
            let message = format!("{} expired on {}", named(certificate), day(until));
            if has_current {
                reporter.warn(Code::CertificateDates, span, message, "another one is valid; this one can go");
            } else {
                reporter.error(Code::CertificateDates, span, message, "ask the partner for its new certificate");
            }
        } else if now < from && !has_current {
            let message = format!("{} is not valid before {}", named(certificate), day(from));
            reporter.error(Code::CertificateDates, span, message, "is this machine's clock right? Else ask for the certificate in use now");
        } else if from <= now && until < now + NOTICE && !is_lasting {
            let message = format!("{} expires on {}", named(certificate), day(until));
            reporter.warn(
                Code::CertificateDates,
                span,
                message,
                "ask the partner for its next certificate; until it signs with that, both can stand side by side",
            );
        }
    }
}

fn named(certificate: &Certificate) -> String {
    match certificate.subject() {
        "" => "the certificate without a name".to_owned(),
        subject => format!("the certificate of {subject:?}"),
    }
}

pub(super) fn day(moment: Timestamp) -> String {
    jiff::Timestamp::from_second(moment.unix()).map_or_else(|_| moment.unix().to_string(), |moment| moment.strftime("%Y-%m-%d").to_string())
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// All certificates of a file in PEM, or its one in DER or bare base64.
fn read(path: &At<String>, reporter: &mut Reporter) -> Option<Vec<Certificate>> {
    let octets = secrets::read(path, reporter)?;
    let text = std::str::from_utf8(&octets);
    if text.is_ok_and(|text| text.contains("PRIVATE KEY-----")) {
        let hint = "a partner's private key is nobody's but the partner's: ask for the certificate alone";
        reporter.error(Code::Certificate, &path.span, format!("{:?} holds a private key", path.value), hint);
        return None;
    }
    let read: Result<Vec<Certificate>, CertificateError> = match text {
        Ok(text) if text.contains(BEGIN) => {
            text.split(BEGIN).skip(1).map(|rest| Certificate::from_text(&format!("{BEGIN}{rest}"))).collect()
        }
        Ok(text) if text.trim().is_empty() => Err(CertificateError::Shape),
        Ok(text) => Certificate::from_text(text).map(|one| vec![one]),
        Err(_) => Certificate::from_der(&octets).map(|one| vec![one]),
    };
    if let Err(error) = &read {
        let message = format!("{:?} can't be read: {error}", path.value);
        reporter.error(Code::Certificate, &path.span, message, "it should have lines like -----BEGIN CERTIFICATE-----");
    }
    read.ok()
}
