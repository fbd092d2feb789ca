//! The part of the check that is about inviting: how long an invitation lives, where it may lead, and the lists it is held against.

use std::{collections::BTreeSet, time::Duration};

use super::{
    check::{self, Desk},
    check_collaboration, check_contacts,
    file::TenantFile,
    file_guests::{Alias, Invitations, Leaving},
};
use crate::{
    domain::{
        address::DomainName,
        collaboration::{DomainList, InvitationPolicy},
    },
    settings::{
        at::At,
        problem::Code,
        source::Reporter,
        values::{self, Bounds, DAY, HOUR},
    },
};

/// One policy per tenant may have so many characters of domains (`behaviour.md` §11.4).
const MOST_CHARACTERS: usize = 25_000;

/// `own`: the tenant's verified domains.
pub(super) fn policy(raw: &TenantFile, own: &[At<DomainName>], desk: &mut Desk<'_>) -> InvitationPolicy {
    let reporter = &mut desk.reporter;
    let leaving = raw.guests.as_ref().and_then(|guests| guests.value.leaving.as_ref());
    is_leaving_explained(raw, leaving, reporter);
    let default = InvitationPolicy::default();
    let is_leaving_allowed = leaving.map_or(default.is_leaving_allowed, |at| at.value == Leaving::Allowed);
    let policy = match raw.invitations.as_ref().map(|at| &at.value) {
        None => default,
        Some(invitations) => stated(invitations, default, reporter),
    };
    let partners = check_collaboration::partners(&raw.partners, own, &policy.domains, reporter);
    InvitationPolicy { partners, is_leaving_allowed, ..policy }
}

fn stated(raw: &Invitations, default: InvitationPolicy, reporter: &mut Reporter) -> InvitationPolicy {
    let expires_after = raw.expires_after.as_ref().map_or(default.expires_after, |text| life(text, default.expires_after, reporter));
    InvitationPolicy {
        from: raw.allow_from.unwrap_or(default.from),
        expires_after,
        domains: list(raw, reporter),
        redirect_origins: raw.redirect_origins.iter().flatten().filter_map(|text| origin(text, reporter)).collect(),
        contacts: raw.contacts.as_ref().map(|path| check_contacts::read(path, reporter)).unwrap_or_default(),
        contacts_file: raw.contacts.as_ref().map(|path| reporter.resolve(&path.value)),
        contact_conflict: raw.contact_conflict.unwrap_or(default.contact_conflict),
        is_alias_accepted: raw.alias != Some(Alias::Refuse),
        clean_up_after: raw.clean_up_after.as_ref().and_then(|text| clean_up(text, expires_after, reporter)),
        mails_per_hour: raw.mails_per_hour.unwrap_or(default.mails_per_hour),
        ..default
    }
}

/// `None`: for ever.
fn life(text: &At<String>, fallback: Option<Duration>, reporter: &mut Reporter) -> Option<Duration> {
    if text.value == "never" {
        return None;
    }
    if values::parse_duration(&text.value).is_none() {
        let hint = "write a whole number and one of h, d: \"72h\", \"30d\"; or \"never\"";
        reporter.error(Code::Duration, &text.span, format!("{:?} is not a duration", text.value), hint);
        return fallback;
    }
    let fallback = fallback.unwrap_or_default();
    Some(values::duration(Some(text), Bounds::seconds(HOUR, 365 * DAY), fallback, reporter))
}

/// It counts from the end of the last invitation, which is easily misread.
fn clean_up(text: &At<String>, expires_after: Option<Duration>, reporter: &mut Reporter) -> Option<Duration> {
    let before = reporter.problems.len();
    let after = values::duration(Some(text), Bounds::seconds(DAY, 730 * DAY), Duration::ZERO, reporter);
    if reporter.problems.len() > before {
        return None;
    }
    let days = |duration: Duration| duration.as_secs().div_ceil(DAY);
    match expires_after {
        None => {
            let message = "invitations never expire here: only guests whose invitations were all revoked are cleaned up";
            reporter.warn(Code::CleanUp, &text.span, message, "let them expire, such as expires_after = \"30d\"");
        }
        Some(life) if after < life => {
            let (after, all) = (days(after), days(life + after));
            let message =
                format!("this counts from the end of the last invitation: guests go {all} days after they were invited, not {after} days");
            reporter.warn(Code::CleanUp, &text.span, message, "make it at least as long as `expires_after`, or shorten that one");
        }
        Some(_) => {}
    }
    Some(after)
}

fn list(raw: &Invitations, reporter: &mut Reporter) -> DomainList {
    let (allow, block) = (raw.allow_domains.as_ref(), raw.block_domains.as_ref());
    let is_stated = |list: &At<Vec<At<String>>>| !list.value.is_empty();
    if let (Some(allow), Some(block)) = (allow, block)
        && is_stated(allow)
        && is_stated(block)
    {
        let hint = "take one of the two out: what is not on an allow list is not allowed anyway";
        reporter.error(Code::TwoDomainLists, &block.span, "domains are either allowed or blocked; this tenant does both", hint);
    }
    let mut read = |list: &At<Vec<At<String>>>| -> BTreeSet<DomainName> {
        let length: usize = list.value.iter().map(|text| text.value.chars().count()).sum();
        if length > MOST_CHARACTERS {
            let message = format!("this list has {length} characters of domains; {MOST_CHARACTERS} is the most, as in Entra");
            reporter.error(
                Code::DomainListSize,
                &list.span,
                message,
                "block what must be blocked, or allow what may come: whichever is shorter",
            );
        }
        check::domains(Some(&list.value), reporter).into_iter().map(|domain| domain.value).collect()
    };
    // Both are read, so that the problems of both are told.
    let (allowed, blocked) = (allow.map(&mut read), block.map(&mut read));
    match (allowed.filter(|all| !all.is_empty()), blocked.filter(|all| !all.is_empty())) {
        (Some(allowed), _) => DomainList::Allow(allowed),
        (None, Some(blocked)) => DomainList::Block(blocked),
        // An empty allow list allows nobody; a tenant that wants that says allow_from = "none", so it is taken for an unused key.
        (None, None) => DomainList::Unlisted,
    }
}

/// `https://portal.contoso.example`: scheme, host and port, as browsers spell an origin.
fn origin(text: &At<String>, reporter: &mut Reporter) -> Option<String> {
    let url = values::public_url(text, reporter)?;
    let origin = url.origin().ascii_serialization();
    if url.path() != "/" || url.query().is_some() {
        let hint = format!("write \"{origin}\": an invitation may lead to every page there");
        reporter.error(Code::RedirectOrigin, &text.span, "an origin has neither a path nor a query", hint);
        return None;
    }
    Some(origin)
}

/// In Entra the setting is there only once privacy information is (`behaviour.md` §10.5): who leaves asks what becomes of their data.
fn is_leaving_explained(raw: &TenantFile, leaving: Option<&At<Leaving>>, reporter: &mut Reporter) {
    let privacy = raw.privacy.as_ref().map(|at| &at.value);
    let is_explained = privacy.is_some_and(|privacy| privacy.statement.is_some() || privacy.contact.is_some());
    if let Some(at) = leaving.filter(|at| at.value == Leaving::Allowed && !is_explained) {
        let message = "guests may leave, and nothing tells them what becomes of what is known about them";
        reporter.warn(Code::LeavingWithoutPrivacy, &at.span, message, "add `statement` or `contact` to [privacy]");
    }
}
