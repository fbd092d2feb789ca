//! What is in force for an address besides discovery: whether it may be invited, which order is its domain's, what is agreed with its
//! home, whether passcodes are on; each with where that comes from. Reads policies, decides nothing: the rules are the domain's.

use std::io::{self, Write};

use serde_json::json;

use crate::{
    domain::{
        address::{DomainName, EmailAddress},
        collaboration::{AllowInvitesFrom, ContactConflict, DomainList, PartnerPolicy, Standing},
        home_realm::{Edition, Entry, Fallback},
        tenant::{Admission, Tenant},
    },
    tenants::Tenants,
};

/// A setting as it is for this address: what it is about, what holds, and why.
pub(super) struct Row {
    about: &'static str,
    holds: String,
    why: String,
}

impl Row {
    fn new(about: &'static str, holds: impl Into<String>, why: impl Into<String>) -> Self {
        Self { about, holds: holds.into(), why: why.into() }
    }
}

pub(super) fn rows(tenants: &Tenants, tenant: &Tenant, address: &EmailAddress, entry: Entry) -> Vec<Row> {
    let mut rows = vec![invitation(tenant, address.domain()), inviters(tenant), redemption(tenant, entry)];
    rows.extend(contact(tenant, address, entry));
    rows.extend([order(tenant, address.domain()), automatic(tenants, tenant, address), passcode(tenant, address.domain())]);
    rows.extend(self_service(tenant, address.domain(), entry));
    rows
}

/// What the other entry would come to.
pub(super) fn otherwise(entry: Entry, outcome: String, is_same: bool) -> Row {
    let about = match entry {
        Entry::Link => "by_invitation_link",
        Entry::Direct => "by_direct_link",
    };
    if is_same { Row::new(about, "the same", outcome) } else { Row::new(about, "otherwise", outcome) }
}

pub(super) fn as_json(rows: &[Row]) -> serde_json::Value {
    rows.iter().map(|row| (row.about.to_owned(), json!({ "holds": row.holds, "why": row.why }))).collect::<serde_json::Map<_, _>>().into()
}

pub(super) fn as_text(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    for Row { about, holds, why } in rows {
        writeln!(out, "  {about:<25} {holds:<11} {why}")?;
    }
    Ok(())
}

fn invitation(tenant: &Tenant, domain: &DomainName) -> Row {
    let policy = &tenant.invitations;
    let why = match policy.standing(domain) {
        Standing::Blocked => format!("{domain} is in [invitations] block_domains"),
        Standing::PartnerBlocked => format!("[partners.\"{domain}\"] says inbound = \"blocked\""),
        Standing::Listed => format!("{domain} is in [invitations] allow_domains"),
        Standing::NotListed => format!("{domain} is not in [invitations] allow_domains, and no [partners] table allows it"),
        Standing::Partner => match policy.domains {
            DomainList::Allow(_) => format!("[partners.\"{domain}\"] allows it, although allow_domains has it not"),
            DomainList::Block(_) | DomainList::Unlisted => format!("[partners.\"{domain}\"] allows it"),
        },
        Standing::Unlisted => format!("{domain} is not in [invitations] block_domains"),
        Standing::Open => "no list of domains is configured".to_owned(),
    };
    match policy.judge(domain) {
        Ok(()) => Row::new("invitation", "allowed", why),
        Err(code) => Row::new("invitation", "refused", format!("{why} ({}); at redemption, too", code.code())),
    }
}

fn inviters(tenant: &Tenant) -> Row {
    let (holds, who) = match tenant.invitations.from {
        AllowInvitesFrom::None => ("nobody", "allow_from = \"none\""),
        AllowInvitesFrom::AdminsAndGuestInviters => ("some", "administrators and guest inviters (allow_from)"),
        AllowInvitesFrom::AdminsGuestInvitersAndAllMembers => ("some", "administrators, guest inviters and members (allow_from)"),
        AllowInvitesFrom::Everyone => ("everyone", "guests, too (allow_from)"),
    };
    Row::new("invited_by", holds, who)
}

/// What the way of coming makes of another address, and of somebody who was never invited.
fn redemption(tenant: &Tenant, entry: Entry) -> Row {
    match (entry, tenant.invitations.is_alias_accepted, tenant.admission) {
        (Entry::Link, true, _) => {
            Row::new("who_redeems", "the invited", "another address proven by the same provider is asked about (alias = \"ask\")")
        }
        (Entry::Link, false, _) => Row::new("who_redeems", "the invited", "another address is refused (alias = \"refuse\")"),
        (Entry::Direct, _, Admission::Invited) => {
            Row::new("who_redeems", "the invited", "only by an address that is theirs here ([guests] admission = \"invited\")")
        }
        (Entry::Direct, _, Admission::Open) => {
            Row::new("who_redeems", "anyone", "who is new becomes a guest ([guests] admission = \"open\")")
        }
    }
}

fn contact(tenant: &Tenant, address: &EmailAddress, entry: Entry) -> Option<Row> {
    let policy = &tenant.invitations;
    let why = match (policy.contact_conflict, entry) {
        (ContactConflict::Fails, Entry::Direct) => {
            "no proxy address; before they have accepted, a direct link fails (contact_conflict = \"fails\")"
        }
        (ContactConflict::Fails, Entry::Link) | (ContactConflict::Works, Entry::Link | Entry::Direct) => {
            "no proxy address; this link works"
        }
    };
    policy.is_contact(address).then(|| Row::new("contact", "imported", why))
}

fn order(tenant: &Tenant, domain: &DomainName) -> Row {
    let order = tenant.home_realm.order_for(domain);
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut places: Vec<String> = order.primaries.iter().map(|primary| word(json!(primary))).collect();
    places.push(format!("else {}", word(json!(order.fallback))));
    let (holds, table) = if tenant.home_realm.partners.contains_key(domain) {
        ("its own", format!("[home_realm.partners.\"{domain}\"]"))
    } else {
        ("the tenant's", format!("[home_realm], as {domain} has no order of its own"))
    };
    Row::new("redemption_order", holds, format!("{} ({table})", places.join(", ")))
}

fn automatic(tenants: &Tenants, tenant: &Tenant, address: &EmailAddress) -> Row {
    let domain = address.domain();
    let partner = tenant.invitations.partner(domain).cloned().unwrap_or_default();
    let PartnerPolicy { is_automatic_inbound, is_automatic_outbound, .. } = partner;
    let on_off = |is_on: bool| if is_on { "on" } else { "off" };
    let home = tenants.by_segment(domain.as_str()).filter(|home| home.id != tenant.id);
    let says = home.map_or_else(|| "as stated here".to_owned(), |home| format!("as {}'s own file says", home.id));
    let holds = if tenant.invitations.redeems_automatically(address) { "yes" } else { "no" };
    let halves = format!("our half is {}, the home side's is {} ({says})", on_off(is_automatic_inbound), on_off(is_automatic_outbound));
    Row::new("automatic_redemption", holds, halves)
}

/// The effective value with its reason: a default is no answer.
fn passcode(tenant: &Tenant, domain: &DomainName) -> Row {
    if !tenant.home_realm.is_passcode_on {
        return Row::new("passcode", "off", "[passcode] enabled = false");
    }
    match tenant.home_realm.order_for(domain).fallback {
        Fallback::DefaultConfiguredIdp => Row::new("passcode", "on", "[passcode] enabled, and no order excludes it"),
        Fallback::EmailOneTimePasscode => Row::new("passcode", "on", format!("[passcode] enabled, and the only fallback for {domain}")),
        Fallback::MicrosoftAccount => {
            Row::new("passcode", "off", format!("[passcode] enabled, and the fallback for {domain} is the Microsoft account alone"))
        }
    }
}

/// The accounts that edition 2021 makes by a mailed code, where no road is left (`behaviour.md` §9).
fn self_service(tenant: &Tenant, domain: &DomainName, entry: Entry) -> Option<Row> {
    if tenant.home_realm.edition != Edition::E2021 {
        return None;
    }
    let is_last = tenant.home_realm.order_for(domain).fallback == Fallback::DefaultConfiguredIdp;
    Some(match (is_last, tenant.home_realm.is_passcode_on, entry) {
        (false, _, _) => Row::new("self_service_account", "off", format!("the fallback for {domain} excludes it")),
        (true, true, _) => Row::new("self_service_account", "off", "passcodes are on, and come before it"),
        (true, false, _) if tenant.home_realm.consumer_domains.contains(domain) => {
            Row::new("self_service_account", "off", format!("{domain} is a consumer domain: a Microsoft account instead"))
        }
        (true, false, Entry::Link) => Row::new("self_service_account", "on", "edition 2021, and passcodes are off"),
        (true, false, Entry::Direct) => {
            Row::new("self_service_account", "by link", "edition 2021: the first time by the invitation's link, from then on directly")
        }
    })
}
