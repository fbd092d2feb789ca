//! From one raw tenant file to a [`Tenant`], in one pass that gathers every problem.

use std::{collections::BTreeSet, path::Path};

use url::Url;

use super::{
    check_clients, check_collaboration, check_invitations, check_partners, check_providers, check_realm, check_terms,
    file::{self, TenantFile},
    file_guests,
};
use crate::{
    domain::{
        address::DomainName,
        id::{NameError, TenantId},
        locale::Locale,
        tenant::{Admission, Branding, Issuer, Privacy, Tenant},
        timestamp::Timestamp,
    },
    settings::{
        Environment, Problem, Purpose,
        at::{At, Span},
        document::{self, Document},
        problem::Code,
        source::Reporter,
        values,
    },
};

/// What a tenant file is checked against, besides itself.
pub struct Surroundings<'a> {
    /// `None`: the settings could not be read; issuers can't be built, everything else can be checked.
    pub public_url: Option<Url>,
    /// `[outbound] allow_http`.
    pub allow_http: Option<Vec<String>>,
    /// Whether `[mail]` is there.
    pub has_mail: bool,
    pub purpose: Purpose,
    /// What certificates are held against.
    pub now: Timestamp,
    pub environment: Environment<'a>,
}

/// One file's result; what is needed to compare tenants stands beside the tenant, because that must work for broken ones, too.
pub(super) struct Draft {
    pub(super) reporter: Reporter,
    pub(super) tenant: Option<Tenant>,
    pub(super) id: Option<At<TenantId>>,
    pub(super) domains: Vec<At<DomainName>>,
    pub(super) partners: Vec<check_collaboration::Stated>,
}

/// Everything checks need besides the raw value.
pub(super) struct Desk<'a> {
    pub(super) reporter: Reporter,
    pub(super) around: &'a Surroundings<'a>,
}

pub(super) fn read(path: &Path, around: &Surroundings<'_>) -> Draft {
    draft(document::read::<TenantFile>(path), around)
}

/// Of a file that is not written yet.
pub(super) fn parse(path: &Path, text: &str, around: &Surroundings<'_>) -> Draft {
    draft(document::parse::<TenantFile>(path, text.as_bytes().to_vec()), around)
}

fn draft(Document { reporter, raw }: Document<TenantFile>, around: &Surroundings<'_>) -> Draft {
    match raw {
        Some(raw) => check(&raw, Desk { reporter, around }),
        None => Draft { reporter, tenant: None, id: None, domains: Vec::new(), partners: Vec::new() },
    }
}

fn check(raw: &TenantFile, mut desk: Desk<'_>) -> Draft {
    let id = raw.id.as_ref().and_then(|text| name_of(text, TenantId::parse, &mut desk.reporter));
    let name = raw.name.as_ref().and_then(|text| shown_name(text, &mut desk.reporter));
    let domains = domains(raw.domains.as_deref(), &mut desk.reporter);
    let segment = segment(raw, id.as_ref(), &domains, &mut desk.reporter);
    let issuer = desk.around.public_url.as_ref().zip(segment).map(|(public_url, segment)| Issuer::new(public_url, &segment));
    let branding = branding(raw.branding.as_ref().map(|at| &at.value), &mut desk.reporter);
    let privacy = privacy(raw.privacy.as_ref().map(|at| &at.value), &mut desk.reporter);
    let providers = check_providers::check(raw, issuer.as_ref(), &mut desk);
    let home_realm = check_realm::policy(raw, &mut desk);
    let passcode = check_realm::passcode(raw, &mut desk.reporter);
    let tokens = check_realm::tokens(raw.tokens.as_ref().map(|at| &at.value), &mut desk.reporter);
    let federation = check_partners::policy(raw.federation.as_ref().map(|at| &at.value), &mut desk.reporter);
    let clients = check_clients::check(&raw.clients, &mut desk);
    let invitations = check_invitations::policy(raw, &domains, &mut desk);
    let terms = check_terms::check(raw, &mut desk);
    let is_sound = !desk.reporter.problems.iter().any(Problem::is_fatal);
    let tenant = (|| {
        Some(Tenant {
            id: id.as_ref()?.value.clone(),
            name: name?,
            domains: domains.iter().map(|domain| domain.value.clone()).collect(),
            issuer: issuer?,
            default_locale: match raw.locale {
                None | Some(file::LocaleName::En) => Locale::En,
                Some(file::LocaleName::De) => Locale::De,
                Some(file::LocaleName::Fr) => Locale::Fr,
            },
            branding,
            privacy,
            home_realm,
            passcode,
            admission: match raw.guests.as_ref().and_then(|guests| guests.value.admission) {
                None | Some(file_guests::Admission::Invited) => Admission::Invited,
                Some(file_guests::Admission::Open) => Admission::Open,
            },
            clients: clients?,
            providers: providers?,
            tokens,
            federation,
            invitations,
            terms,
        })
    })();
    Draft {
        tenant: tenant.filter(|_| is_sound),
        reporter: desk.reporter,
        id,
        domains,
        partners: check_collaboration::stated(&raw.partners),
    }
}

/// An id of ours, with its place.
pub(super) fn name_of<T>(text: &At<String>, parse: fn(&str) -> Result<T, NameError>, reporter: &mut Reporter) -> Option<At<T>> {
    match parse(&text.value) {
        Ok(value) => Some(At { value, span: text.span.clone() }),
        Err(error) => {
            let hint = match error {
                NameError::Reserved => "choose another word",
                _ => "use up to 63 lower-case letters, digits and -, beginning with a letter or digit",
            };
            reporter.error(Code::Name, &text.span, format!("{:?} {error}", text.value), hint);
            None
        }
    }
}

/// A name that people read: one line, not empty, of bearable length.
pub(super) fn shown_name(text: &At<String>, reporter: &mut Reporter) -> Option<String> {
    let name = text.value.trim();
    let wrong = match name.chars().count() {
        0 => "this name is empty",
        101.. => "this name is longer than 100 characters",
        _ if name.chars().any(char::is_control) => "this name has control characters in it",
        _ => return Some(name.to_owned()),
    };
    reporter.error(Code::Name, &text.span, wrong, "write what guests should read, on one line");
    None
}

/// Domains with their places; each once.
pub(super) fn domains(list: Option<&[At<String>]>, reporter: &mut Reporter) -> Vec<At<DomainName>> {
    let mut seen = BTreeSet::new();
    let mut domains = Vec::new();
    for text in list.unwrap_or_default() {
        let Some(domain) = values::domain(text, reporter) else { continue };
        if seen.insert(domain.clone()) {
            domains.push(At { value: domain, span: text.span.clone() });
        } else {
            reporter.error(Code::Repeated, &text.span, format!("{domain} is listed twice"), "take one of them out");
        }
    }
    domains
}

fn segment(raw: &TenantFile, id: Option<&At<TenantId>>, domains: &[At<DomainName>], reporter: &mut Reporter) -> Option<String> {
    let Some(issuer) = &raw.issuer else { return id.map(|id| id.value.to_string()) };
    if id.is_some_and(|id| id.value.as_str() == issuer.value) {
        return Some(issuer.value.clone());
    }
    let domain = domains.iter().find(|domain| DomainName::parse(&issuer.value).is_ok_and(|named| named == domain.value));
    if domain.is_none() {
        let known: Vec<String> = id.map(|id| id.value.to_string()).into_iter().chain(domains.iter().map(|d| d.value.to_string())).collect();
        let hint = format!("use the tenant's id or one of its domains: {}", known.join(", "));
        reporter.error(Code::Issuer, &issuer.span, format!("the issuer {:?} is neither the id nor a verified domain", issuer.value), hint);
    }
    domain.map(|domain| domain.value.to_string())
}

fn branding(raw: Option<&file::Branding>, reporter: &mut Reporter) -> Branding {
    let logo = raw.and_then(|raw| raw.logo.as_ref()).and_then(|path| logo(path, reporter));
    let color = raw.and_then(|raw| raw.color.as_ref()).and_then(|text| color(text, reporter));
    Branding { logo, color }
}

fn logo(path: &At<String>, reporter: &mut Reporter) -> Option<std::path::PathBuf> {
    let full = reporter.resolve(&path.value);
    if !matches!(full.extension().and_then(|extension| extension.to_str()), Some("svg" | "png" | "webp")) {
        reporter.error(Code::Logo, &path.span, "a logo of this kind is not served", "use a .svg, .png or .webp file");
        return None;
    }
    match std::fs::metadata(&full) {
        Ok(about) if about.is_file() && about.len() <= 1024 * 1024 => Some(full),
        Ok(about) if about.is_file() => {
            reporter.error(Code::Logo, &path.span, "this logo is larger than 1 MiB", "every sign-in page loads it; make it smaller");
            None
        }
        _ => {
            let hint = format!("put the picture at {}, or correct the path; it is relative to this file's folder", full.display());
            reporter.error(Code::FileMissing, &path.span, format!("there is no file {:?}", path.value), hint);
            None
        }
    }
}

fn color(text: &At<String>, reporter: &mut Reporter) -> Option<String> {
    let digits = text.value.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let Some(rgb) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
        reporter.error(
            Code::Color,
            &text.span,
            format!("{:?} is not a colour", text.value),
            "write # and six hexadecimal digits: \"#0b5fff\"",
        );
        return None;
    };
    let contrast = contrast_to_white(rgb);
    if contrast < 4.5 {
        let message = format!("white text can't be read on {}: its contrast is {contrast:.1} to 1", text.value);
        reporter.error(Code::Color, &text.span, message, "choose a darker colour; 4.5 to 1 is the least (WCAG 2.2, 1.4.3)");
        return None;
    }
    Some(text.value.to_ascii_lowercase())
}

/// WCAG 2.2's contrast ratio between white and an sRGB colour.
fn contrast_to_white(rgb: u32) -> f64 {
    let channel = |shift: u32| {
        let part = f64::from((rgb >> shift) & 0xff) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
    1.05 / (luminance + 0.05)
}

fn privacy(raw: Option<&file::Privacy>, reporter: &mut Reporter) -> Privacy {
    Privacy {
        statement: raw.and_then(|raw| raw.statement.as_ref()).and_then(|text| values::public_url(text, reporter)),
        contact: raw.and_then(|raw| raw.contact.as_ref()).and_then(|text| values::address(text, reporter)),
    }
}

/// The place of a whole file, for what is missing from it.
pub(super) const FILE: Span = 0..0;

#[cfg(test)]
mod tests {
    use super::contrast_to_white;

    #[test]
    fn contrast_is_as_wcag_defines_it() {
        assert!((contrast_to_white(0x00_0000) - 21.0).abs() < 0.01);
        assert!((contrast_to_white(0x76_7676) - 4.54).abs() < 0.01);
        assert!((contrast_to_white(0xff_ffff) - 1.0).abs() < 0.01);
    }
}
