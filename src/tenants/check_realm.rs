//! The part of the check that is about discovery, passcodes and lifetimes.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    check::{Desk, FILE},
    file::{self, TenantFile},
};
use crate::{
    domain::{
        address::DomainName,
        home_realm::{Edition, Fallback, Primary, RealmPolicy, RedemptionOrder},
        tenant::PasscodePolicy,
        token_policy::TokenPolicy,
    },
    settings::{
        at::{At, Span},
        problem::Code,
        source::Reporter,
        values::{self, Bounds, DAY, HOUR, MINUTE},
    },
};

/// Consumer mail everyone knows; `consumer_domains` adds to it.
const CONSUMER_DOMAINS: [&str; 34] = [
    "aol.com",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "live.com",
    "mac.com",
    "mail.com",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "proton.me",
    "protonmail.com",
    "t-online.de",
    "web.de",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
];

pub(super) fn policy(raw: &TenantFile, desk: &mut Desk<'_>) -> RealmPolicy {
    let realm = raw.home_realm.as_ref().map(|at| &at.value);
    let reporter = &mut desk.reporter;
    let passcode = raw.passcode.as_ref().and_then(|passcode| passcode.value.enabled.as_ref());
    let edition = realm.and_then(|realm| realm.edition).unwrap_or_default();
    let roads = Roads {
        is_passcode_on: passcode.is_none_or(|at| at.value),
        has_microsoft_account: !raw.msa.is_empty(),
        has_self_service: edition == Edition::E2021 && desk.around.has_mail,
    };

    let default = RedemptionOrder::default();
    let fallback = realm.and_then(|realm| realm.fallback.as_ref());
    let order = RedemptionOrder {
        primaries: realm.and_then(|realm| realm.order.as_deref()).map_or(default.primaries, |order| primaries(order, reporter)),
        fallback: fallback.map_or(default.fallback, |at| at.value),
    };
    let blamed = fallback.map(|at| &at.span).or(passcode.map(|at| &at.span)).unwrap_or(&FILE);
    roads.check(order.fallback, blamed, reporter);

    let mut partners = BTreeMap::new();
    for (name, partner) in realm.into_iter().flat_map(|realm| &realm.partners) {
        let own = RedemptionOrder {
            primaries: partner.value.order.as_deref().map_or_else(|| order.primaries.clone(), |order| primaries(order, reporter)),
            fallback: partner.value.fallback.as_ref().map_or(order.fallback, |at| at.value),
        };
        if let Some(fallback) = &partner.value.fallback {
            roads.check(fallback.value, &fallback.span, reporter);
        }
        let Some(domain) = values::domain(name, reporter) else { continue };
        if partners.insert(domain.clone(), own).is_some() {
            reporter.error(
                Code::Repeated,
                &name.span,
                format!("{domain} has two tables"),
                "domains compare without case; put the two tables together",
            );
        }
    }
    let mut consumer_domains: BTreeSet<DomainName> = CONSUMER_DOMAINS.iter().filter_map(|name| DomainName::parse(name).ok()).collect();
    for text in realm.and_then(|realm| realm.consumer_domains.as_deref()).unwrap_or_default() {
        consumer_domains.extend(values::domain(text, reporter));
    }
    if roads.is_passcode_on && !desk.around.has_mail {
        let hint = "add `[mail]` to gatehouse.toml, or put `enabled = false` into `[passcode]` here";
        reporter.error(
            Code::NoMail,
            passcode.map_or(&FILE, |at| &at.span),
            "passcodes are on, and Gatehouse has no way to mail them",
            hint,
        );
    }
    RealmPolicy { edition, order, partners, is_passcode_on: roads.is_passcode_on, consumer_domains }
}

/// What is open to people without a home.
struct Roads {
    is_passcode_on: bool,
    has_microsoft_account: bool,
    /// Edition 2021: a mailed code makes an account where there is none (`behaviour.md` §9).
    has_self_service: bool,
}

impl Roads {
    /// Both fallbacks can't be off (`product.md`, home-realm discovery).
    fn check(&self, fallback: Fallback, at: &Span, reporter: &mut Reporter) {
        let (message, hint) = match fallback {
            Fallback::DefaultConfiguredIdp if !self.is_passcode_on && !self.has_microsoft_account && !self.has_self_service => (
                "passcodes are off and no Microsoft account provider is configured: no fallback is left",
                "set `enabled = true` in `[passcode]`, or add an `[msa.<id>]` table",
            ),
            Fallback::EmailOneTimePasscode if !self.is_passcode_on => {
                ("the fallback is the passcode, and passcodes are off", "set `enabled = true` in `[passcode]`, or choose another fallback")
            }
            Fallback::MicrosoftAccount if !self.has_microsoft_account => (
                "the fallback is the Microsoft account, and no such provider is configured",
                "add an `[msa.<id>]` table, or choose another fallback",
            ),
            _ => return,
        };
        reporter.error(Code::FallbackClosed, at, message, hint);
    }
}

fn primaries(order: &[At<Primary>], reporter: &mut Reporter) -> Vec<Primary> {
    let mut primaries = Vec::new();
    for place in order {
        if primaries.contains(&place.value) {
            reporter.error(
                Code::Repeated,
                &place.span,
                "this kind is already in the order",
                "each kind has one place; take one of them out",
            );
        } else {
            primaries.push(place.value);
        }
    }
    primaries
}

pub(super) fn passcode(raw: &TenantFile, reporter: &mut Reporter) -> PasscodePolicy {
    let default = PasscodePolicy::default();
    let Some(raw) = raw.passcode.as_ref().map(|at| &at.value) else { return default };
    let policy = PasscodePolicy {
        length: raw.length.unwrap_or(default.length),
        lifetime: values::duration(raw.lifetime.as_ref(), Bounds::seconds(MINUTE, 2 * HOUR), default.lifetime, reporter),
        attempts: raw.attempts.unwrap_or(default.attempts),
        resend_gap: values::duration(raw.resend_gap.as_ref(), Bounds::seconds(10, HOUR), default.resend_gap, reporter),
        sends_per_address: raw.sends_per_address.unwrap_or(default.sends_per_address),
        sends_per_ip: raw.sends_per_ip.unwrap_or(default.sends_per_ip),
        guesses_per_address: raw.guesses_per_address.as_ref().map_or(default.guesses_per_address, |at| at.value),
        guesses_per_tenant: raw.guesses_per_tenant.as_ref().map_or(default.guesses_per_tenant, |at| at.value),
        window: values::duration(raw.window.as_ref(), Bounds::seconds(MINUTE, DAY), default.window, reporter),
    };
    if let Some(gap) = raw.resend_gap.as_ref().filter(|_| policy.resend_gap > policy.lifetime) {
        let hint = "make `resend_gap` shorter than `lifetime`";
        reporter.error(Code::Contradiction, &gap.span, "a new code could only be asked for after the old one is dead", hint);
    }
    let bounds = raw.guesses_per_tenant.as_ref().or(raw.guesses_per_address.as_ref());
    if let Some(at) = bounds.filter(|_| policy.guesses_per_address > policy.guesses_per_tenant) {
        let hint = "make `guesses_per_tenant` at least as large as `guesses_per_address`; fifty times is usual";
        reporter.error(Code::Contradiction, &at.span, "one address could use up the wrong entries of the whole tenant", hint);
    }
    policy
}

pub(super) fn tokens(raw: Option<&file::Tokens>, reporter: &mut Reporter) -> TokenPolicy {
    let default = TokenPolicy::default();
    let Some(raw) = raw else { return default };
    let mut read = |text: &Option<At<String>>, least, most, fallback: Duration| {
        values::duration(text.as_ref(), Bounds::seconds(least, most), fallback, reporter)
    };
    let policy = TokenPolicy {
        id_token: read(&raw.id_token, MINUTE, DAY, default.id_token),
        access_token: read(&raw.access_token, MINUTE, DAY, default.access_token),
        authorization_code: read(&raw.code, 10, 10 * MINUTE, default.authorization_code),
        session: read(&raw.session, 5 * MINUTE, 30 * DAY, default.session),
        flow: read(&raw.flow, 5 * MINUTE, DAY, default.flow),
        key_publish_ahead: read(&raw.key_publish_ahead, 5 * MINUTE, 30 * DAY, default.key_publish_ahead),
        key_rotation: read(&raw.key_rotation, DAY, 730 * DAY, default.key_rotation),
    };
    if let Some(at) =
        raw.key_publish_ahead.as_ref().or(raw.key_rotation.as_ref()).filter(|_| policy.key_publish_ahead >= policy.key_rotation)
    {
        let hint = "make `key_publish_ahead` shorter than `key_rotation`";
        reporter.error(Code::Contradiction, &at.span, "the next key would have to be published before the last one signs", hint);
    }
    policy
}
