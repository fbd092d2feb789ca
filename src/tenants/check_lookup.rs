//! The part of the check that is about asking home directories.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use url::Url;

use super::{
    check::Desk,
    file_providers::{Lookup as Raw, TrueOrText},
};
use crate::{
    domain::{
        address::{DomainName, EmailAddress},
        identity_provider::{Account, DomainStanding, Lookup, LookupSource},
    },
    settings::{
        at::{At, Span},
        problem::Code,
        secrets,
        source::Reporter,
        values::{self, Bounds, DAY},
    },
};

/// Whose lookup it is.
pub(super) enum Owner {
    Oidc { has_domains: bool },
    Entra { has_domains: bool, authority: Option<Url> },
    MicrosoftAccount,
}

const TIMEOUT: Duration = Duration::from_secs(2);
const CACHE: Duration = Duration::from_secs(600);

/// What Entra is asked unless the operator says otherwise.
pub(super) fn entra_domain(authority: Url) -> Lookup {
    Lookup { source: LookupSource::EntraDomain { authority }, timeout: TIMEOUT, cache: CACHE }
}

pub(super) fn check(table: &At<Raw>, owner: &Owner, desk: &mut Desk<'_>) -> Option<Lookup> {
    let raw = &table.value;
    let timeout =
        values::duration(raw.timeout.as_ref(), Bounds(Duration::from_millis(50), Duration::from_secs(30)), TIMEOUT, &mut desk.reporter);
    let cache = values::duration(raw.cache.as_ref(), Bounds::seconds(0, DAY), CACHE, &mut desk.reporter);
    let way = way(table, &mut desk.reporter)?;
    let is_fitting = match (owner, way.kind) {
        (Owner::Oidc { .. }, Kind::DomainProbe) => Err("only Entra can be asked for its domains this way"),
        (Owner::MicrosoftAccount, Kind::Listed | Kind::Hook) => Ok(()),
        (Owner::MicrosoftAccount, _) => Err("Microsoft accounts can't be asked for this way"),
        _ => Ok(()),
    };
    if let Err(message) = is_fitting {
        let hint = match owner {
            Owner::MicrosoftAccount => "use a list (`accounts`, `csv`) or a `hook`",
            _ => "use `domains`, a list (`accounts`, `csv`, …), `webfinger`, `scim` or a `hook`",
        };
        desk.reporter.error(Code::Lookup, &way.span, message, hint);
        return None;
    }
    let takes_token = matches!(way.kind, Kind::Scim | Kind::Hook);
    if let Some(token) = raw.token.as_ref().filter(|_| !takes_token) {
        desk.reporter.error(Code::Lookup, &token.span, "`token` goes with `scim` and `hook` alone", "take `token` out");
    }
    let token = raw
        .token
        .as_ref()
        .filter(|_| takes_token)
        .map(|token| secrets::fetch(token, desk.around.purpose, desk.around.environment, &mut desk.reporter));
    let source = match way.kind {
        Kind::Domains => domains(raw.domains.as_ref()?, owner, &mut desk.reporter)?,
        Kind::Listed => listed(raw, &mut desk.reporter),
        Kind::DomainProbe => match owner {
            Owner::Entra { authority, .. } => LookupSource::EntraDomain { authority: authority.clone()? },
            Owner::Oidc { .. } | Owner::MicrosoftAccount => return None,
        },
        Kind::WebFinger => webfinger(raw.webfinger.as_ref()?, desk)?,
        Kind::Scim => {
            let base = values::outbound_url(raw.scim.as_ref()?, desk.around.allow_http.as_deref(), &mut desk.reporter)?;
            LookupSource::Scim { base, token: fetched(token)? }
        }
        Kind::Hook => {
            let url = values::outbound_url(raw.hook.as_ref()?, desk.around.allow_http.as_deref(), &mut desk.reporter)?;
            LookupSource::Hook { url, token: fetched(token)? }
        }
    };
    Some(Lookup { source, timeout, cache })
}

/// Turns "asked for, perhaps not had" inside out.
fn fetched<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        Some(value) => value.map(Some),
        None => Some(None),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Domains,
    Listed,
    DomainProbe,
    WebFinger,
    Scim,
    Hook,
}

struct Way {
    kind: Kind,
    span: Span,
}

/// The one way this table names.
fn way(table: &At<Raw>, reporter: &mut Reporter) -> Option<Way> {
    let raw = &table.value;
    let lists = [&raw.accounts, &raw.unmanaged, &raw.verified, &raw.federated, &raw.closed];
    let list = lists.iter().find_map(|list| list.as_ref()).map(|list| list.first().map_or(table.span.clone(), |at| at.span.clone()));
    let list = list.or(raw.csv.as_ref().map(|at| at.span.clone()));
    let named = [
        (Kind::Domains, raw.domains.as_ref().map(|at| at.span.clone())),
        (Kind::Listed, list),
        (Kind::DomainProbe, raw.domain_probe.as_ref().map(|at| at.span.clone())),
        (Kind::WebFinger, raw.webfinger.as_ref().map(|at| at.span.clone())),
        (Kind::Scim, raw.scim.as_ref().map(|at| at.span.clone())),
        (Kind::Hook, raw.hook.as_ref().map(|at| at.span.clone())),
    ];
    let mut ways: Vec<Way> = named.into_iter().filter_map(|(kind, span)| Some(Way { kind, span: span? })).collect();
    ways.sort_by_key(|way| way.span.start);
    let off = [raw.domains.as_ref(), raw.domain_probe.as_ref()].into_iter().flatten().find(|at| !at.value);
    if let Some(off) = off {
        reporter.error(Code::Lookup, &off.span, "a lookup that is off asks nothing", "write `true`, or take `lookup` out");
        return None;
    }
    match ways.len() {
        1 => ways.pop(),
        0 if reporter.is_incomplete(&table.span) => None,
        0 => {
            let hint =
                "name one: `domains = true`, `accounts = […]`, `csv`, `webfinger`, `scim`, `hook`, or for Entra `domain_probe = true`";
            reporter.error(Code::Lookup, &table.span, "this lookup names no way to ask", hint);
            None
        }
        _ => {
            let hint = "keep one of `domains`, lists, `domain_probe`, `webfinger`, `scim`, `hook`";
            reporter.error(Code::Lookup, &ways[1].span, "this lookup names a second way to ask", hint);
            None
        }
    }
}

fn domains(at: &At<bool>, owner: &Owner, reporter: &mut Reporter) -> Option<LookupSource> {
    let has_domains = match owner {
        Owner::Oidc { has_domains } | Owner::Entra { has_domains, .. } => *has_domains,
        Owner::MicrosoftAccount => false,
    };
    if !has_domains {
        reporter.error(
            Code::NoRoute,
            &at.span,
            "every address of its domains, but the provider has none",
            "add `domains = [\"partner.example\"]` to the provider",
        );
        return None;
    }
    Some(LookupSource::Domains)
}

fn listed(raw: &Raw, reporter: &mut Reporter) -> LookupSource {
    let mut accounts = BTreeMap::new();
    for (list, is_managed) in [(&raw.accounts, true), (&raw.unmanaged, false)] {
        for text in list.iter().flatten() {
            let Some(address) = values::address(text, reporter) else { continue };
            if accounts.insert(address.key(), Account::new(&address, is_managed)).is_some() {
                reporter.error(
                    Code::Repeated,
                    &text.span,
                    "this account is listed twice",
                    "take one of them out; case makes no difference",
                );
            }
        }
    }
    if let Some(path) = &raw.csv {
        for account in csv(path, reporter) {
            accounts.insert(account.upn_key.clone(), account);
        }
    }
    let mut standings: BTreeMap<DomainName, DomainStanding> = BTreeMap::new();
    let federated = DomainStanding::Verified { is_federated: true, allows_email_verified_users: true };
    let closed = DomainStanding::Verified { is_federated: false, allows_email_verified_users: false };
    for (list, standing) in [(&raw.verified, DomainStanding::MANAGED), (&raw.federated, federated), (&raw.closed, closed)] {
        for text in list.iter().flatten() {
            let Some(domain) = values::domain(text, reporter) else { continue };
            if standings.insert(domain.clone(), standing).is_some() {
                let hint = "a domain is in one of `verified`, `federated` and `closed`";
                reporter.error(Code::Repeated, &text.span, format!("{domain} is listed twice"), hint);
            }
        }
    }
    LookupSource::Listed { accounts: accounts.into_values().collect::<BTreeSet<_>>(), domains: standings }
}

/// `upn,managed` with a header line; `managed` may be left out and then is true.
fn csv(path: &At<String>, reporter: &mut Reporter) -> Vec<Account> {
    let Some(octets) = secrets::read(path, reporter) else { return Vec::new() };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(octets.as_slice());
    let hint = "the first line is `upn,managed`; every other an address and true or false";
    let columns = reader.headers().map(|headers| {
        let column = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name));
        (column("upn"), column("managed"))
    });
    let Ok((Some(upn), managed)) = columns else {
        reporter.error(Code::Csv, &path.span, format!("{:?} has no column `upn`", path.value), hint);
        return Vec::new();
    };
    let mut accounts = Vec::new();
    let mut wrong: Vec<(u64, &'static str)> = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let Ok(record) = record else {
            wrong.push((row as u64 + 2, "is not CSV in UTF-8"));
            continue;
        };
        let line = record.position().map_or(row as u64 + 2, csv::Position::line);
        let address = EmailAddress::parse(record.get(upn).unwrap_or_default());
        let is_managed = match managed.and_then(|column| record.get(column)).unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        };
        match (address, is_managed) {
            (Ok(address), Some(is_managed)) => accounts.push(Account::new(&address, is_managed)),
            (Err(_), _) => wrong.push((line, "has no address in the column `upn`")),
            (Ok(_), None) => wrong.push((line, "has neither true nor false in the column `managed`")),
        }
    }
    // The CSV may be long and wrong throughout; ten lines show the pattern.
    for (line, what) in wrong.iter().take(10) {
        reporter.error(Code::Csv, &path.span, format!("line {line} of {:?} {what}", path.value), hint);
    }
    if wrong.len() > 10 {
        reporter.error(Code::Csv, &path.span, format!("{} more lines of {:?} are wrong", wrong.len() - 10, path.value), hint);
    }
    accounts
}

fn webfinger(at: &At<TrueOrText>, desk: &mut Desk<'_>) -> Option<LookupSource> {
    match &at.value {
        TrueOrText::Is(true) => Some(LookupSource::WebFinger { base: None }),
        TrueOrText::Is(false) => {
            desk.reporter.error(Code::Lookup, &at.span, "a lookup that is off asks nothing", "write `true` or a URL, or take `lookup` out");
            None
        }
        TrueOrText::Text(text) => {
            let text = At { value: text.clone(), span: at.span.clone() };
            let base = values::outbound_url(&text, desk.around.allow_http.as_deref(), &mut desk.reporter)?;
            Some(LookupSource::WebFinger { base: Some(base) })
        }
    }
}
