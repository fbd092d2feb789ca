//! The part of the check that holds a partner's metadata file against what the tenant file says of the partner.

use url::Url;

use super::{
    check::Desk,
    check_trust::{self, Held, NOTICE, Protocol, Words},
    file_partners::{Binding as Wanted, Signing},
};
use crate::{
    domain::error_code::ErrorCode,
    federation::metadata::{self, Binding, EntityMetadata, PartnerRole},
    settings::{
        at::At,
        problem::{Code, Severity},
        source::Reporter,
        values,
    },
};

/// Whether a partner can be made of it. All that is wrong is told at `path`, the file's name in the tenant file.
pub(super) fn check(text: &str, path: &At<String>, protocol: Protocol, entity_id: &str, words: &Words<'_>, desk: &mut Desk<'_>) -> bool {
    match metadata::parse(text.as_bytes(), Some(entity_id)) {
        Ok(found) => Paper { found: &found, path, protocol, entity_id, words }.check(desk),
        Err(rejected) if rejected.code == ErrorCode::MetadataEntity => {
            let alone = metadata::parse(text.as_bytes(), None).ok();
            another_entity(alone.as_ref().map(|found| found.entity_id.as_str()), path, entity_id, &mut desk.reporter);
            false
        }
        Err(rejected) => {
            let message = format!("{:?} can't be read as metadata ({}): {}", path.value, rejected.code.code(), rejected.detail);
            desk.reporter.error(Code::Metadata, &path.span, message, "`gatehouse metadata show` tells more; ask the partner for it anew");
            false
        }
    }
}

fn another_entity(found: Option<&str>, path: &At<String>, entity_id: &str, reporter: &mut Reporter) {
    let (message, hint) = match found {
        Some(found) => (
            format!("this is the metadata of {found:?}, not of {entity_id:?}"),
            "correct the one that is wrong; they must be the same to the last slash",
        ),
        None => (format!("there is no {entity_id:?} in this metadata"), "compare the entity id with those in the file, to the last slash"),
    };
    reporter.error(Code::MetadataEntity, &path.span, message, hint);
}

/// One metadata document, and who it should be of.
struct Paper<'a> {
    found: &'a EntityMetadata,
    path: &'a At<String>,
    protocol: Protocol,
    entity_id: &'a str,
    words: &'a Words<'a>,
}

impl Paper<'_> {
    fn check(&self, desk: &mut Desk<'_>) -> bool {
        if self.found.entity_id != self.entity_id {
            another_entity(Some(&self.found.entity_id), self.path, self.entity_id, &mut desk.reporter);
            return false;
        }
        self.dates(desk);
        let role = match self.protocol {
            Protocol::Saml => &self.found.saml,
            Protocol::WsFed => &self.found.ws_fed,
        };
        let Some(role) = role else {
            self.another_role(&mut desk.reporter);
            return false;
        };
        let has_endpoint = self.endpoints(role, desk);
        let has_key = self.keys(role, desk);
        self.wishes(role, &mut desk.reporter);
        has_endpoint && has_key
    }

    fn dates(&self, desk: &mut Desk<'_>) {
        let Some(until) = self.found.valid_until else { return };
        let (now, at) = (desk.around.now, &self.path.span);
        let hint = "ask for its metadata anew, or use `metadata_url`, which is kept current";
        if until <= now {
            desk.reporter.error(Code::MetadataDates, at, format!("this metadata expired on {}", check_trust::day(until)), hint);
        } else if until < now + NOTICE {
            desk.reporter.warn(Code::MetadataDates, at, format!("this metadata expires on {}", check_trust::day(until)), hint);
        }
    }

    fn another_role(&self, reporter: &mut Reporter) {
        let (message, hint) = match self.protocol {
            Protocol::Saml if self.found.ws_fed.is_some() => (
                "this partner's metadata speaks WS-Federation and not SAML 2.0",
                "declare it as [wsfed.<id>], with `issuer` in place of `entity_id`",
            ),
            Protocol::WsFed if self.found.saml.is_some() => (
                "this partner's metadata speaks SAML 2.0 and not WS-Federation",
                "declare it as [saml.<id>], with `entity_id` in place of `issuer`",
            ),
            _ if self.found.other_roles.iter().any(|role| role == "SPSSODescriptor") => (
                "this is a service provider's metadata, and an identity provider's is needed",
                "ask the partner for the metadata of its identity provider; this may be our own, or another app's",
            ),
            _ => ("this metadata has no role of an identity provider", "ask the partner for the metadata of its identity provider"),
        };
        reporter.error(Code::MetadataRole, &self.path.span, message, hint);
    }

    /// Whether there is an address to send people to.
    fn endpoints(&self, role: &PartnerRole, desk: &mut Desk<'_>) -> bool {
        let at = &self.path.span;
        let allow_http = desk.around.allow_http.as_deref();
        let all = role.sign_in.iter().chain(&role.sign_out);
        let mut plain: Vec<&Url> = all
            .flat_map(|endpoint| std::iter::once(&endpoint.location).chain(&endpoint.response_location))
            .filter(|url| is_plain(url, allow_http))
            .collect();
        plain.sort();
        plain.dedup();
        for url in &plain {
            let message = format!("this metadata sends people to {}, and plain http can be read and changed on the way", shown(url));
            desk.reporter.error(Code::PlainHttp, at, message, "the partner must offer https and publish its metadata anew");
        }
        let binding = match (self.protocol, self.words.request_binding.map(|at| at.value).unwrap_or_default()) {
            (Protocol::WsFed, _) => Some(Binding::Passive),
            (Protocol::Saml, Wanted::Redirect) => Some(Binding::Redirect),
            (Protocol::Saml, Wanted::Post) => Some(Binding::Post),
            (Protocol::Saml, Wanted::Offered) => None,
        };
        let has_fitting = role.sign_in.iter().any(|endpoint| match binding {
            Some(binding) => endpoint.binding == binding,
            None => matches!(endpoint.binding, Binding::Redirect | Binding::Post),
        });
        if let Some(wanted) = self.words.request_binding.filter(|_| !has_fitting && !role.sign_in.is_empty()) {
            let message = "the partner's metadata offers no sign-in address for this binding";
            desk.reporter.error(Code::NoEndpoint, &wanted.span, message, "use \"offered\"");
        } else if !has_fitting {
            let message = "this metadata names no sign-in address we can speak to";
            desk.reporter.error(Code::NoEndpoint, at, message, "ask the partner for the metadata of its identity provider");
        }
        has_fitting && plain.is_empty()
    }

    /// Whether there is a key to verify with.
    fn keys(&self, role: &PartnerRole, desk: &mut Desk<'_>) -> bool {
        let at = &self.path.span;
        let (strong, weak): (Vec<_>, Vec<_>) = role.signing.iter().cloned().partition(|certificate| certificate.key().is_strong_enough());
        let severity = if strong.is_empty() { Severity::Error } else { Severity::Warning };
        for certificate in &weak {
            check_trust::weak(certificate, at, severity, &mut desk.reporter);
        }
        if role.signing.is_empty() {
            let message = "this metadata names no certificate that the partner signs with";
            desk.reporter.error(Code::Metadata, at, message, "ask the partner for metadata with a signing KeyDescriptor");
        }
        let held: Vec<Held> = strong.into_iter().map(|certificate| Held { certificate, span: at.clone() }).collect();
        check_trust::dates(&held, desk.around.now, &mut desk.reporter);
        !held.is_empty()
    }

    fn wishes(&self, role: &PartnerRole, reporter: &mut Reporter) {
        if let Some(at) = self.words.sign_requests.filter(|at| at.value == Signing::Never && role.wants_signed_requests) {
            let hint = "take `sign_requests` out, unless you know that the partner takes them unsigned";
            reporter.warn(Code::Contradiction, &at.span, "the partner's metadata wants requests signed", hint);
        }
    }
}

fn is_plain(url: &Url, allow_http: Option<&[String]>) -> bool {
    let is_allowed = || allow_http.is_none_or(|allowed| values::host_and_port(url).is_some_and(|place| allowed.contains(&place)));
    url.scheme() != "https" && !(url.scheme() == "http" && is_allowed())
}

/// Without its query, which may be long.
fn shown(url: &Url) -> &str {
    url.as_str().split('?').next().unwrap_or_default()
}
