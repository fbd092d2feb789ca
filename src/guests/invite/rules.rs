//! The rules that need no directory: who may invite (`behaviour.md` §11.3), which domains (§11.4), to where, in which shape.

use super::{By, Invite, Inviter, Rank, Refusal, Target};
use crate::domain::{
    address::EmailAddress, collaboration::AllowInvitesFrom, errand::Destination, error_code::ErrorCode, guest::UserType, id::ClientId,
    tenant::Tenant,
};

/// Every rule, in the order in which it is best to hear of them.
pub(super) fn check(inviter: &Inviter, tenant: &Tenant, by: &By, invite: &Invite) -> Result<(), Refusal> {
    may_invite(tenant, by)?;
    if invite.user_type == UserType::Member && by.rank < Rank::Administrator {
        let detail = "only administrators invite somebody as a member; invite as a guest, or ask an administrator";
        return Err(Refusal::by_rule(ErrorCode::MembersByAdministrators, detail));
    }
    if matches!(invite.target, Target::Reset(_) | Target::Convert(_)) && by.rank < Rank::Administrator {
        let detail = "only administrators reset a redemption or convert a member";
        return Err(Refusal::by_rule(ErrorCode::InvitingNotAllowed, detail));
    }
    leads_somewhere(tenant, &invite.destination)?;
    domain_is_welcome(tenant, &invite.address)?;
    can_be_mailed(inviter, invite.is_mailed)
}

pub(super) fn may_invite(tenant: &Tenant, by: &By) -> Result<(), Refusal> {
    let (least, who) = match tenant.invitations.from {
        AllowInvitesFrom::None => (None, "nobody"),
        AllowInvitesFrom::AdminsAndGuestInviters => (Some(Rank::GuestInviter), "administrators and guest inviters"),
        AllowInvitesFrom::AdminsGuestInvitersAndAllMembers => (Some(Rank::Member), "administrators, guest inviters and members"),
        AllowInvitesFrom::Everyone => (Some(Rank::Guest), "everyone"),
    };
    if least.is_some_and(|least| by.rank >= least) {
        return Ok(());
    }
    let detail = format!("tenant {} lets {who} invite: `allow_from` under [invitations] of its file says so", tenant.id);
    Err(Refusal::by_rule(ErrorCode::InvitingNotAllowed, detail))
}

/// Our own domains, and the rules for others. Asked again when an invitation is sent again.
pub(super) fn domain_is_welcome(tenant: &Tenant, address: &EmailAddress) -> Result<(), Refusal> {
    let domain = address.domain();
    if tenant.domains.contains(domain) {
        let detail = format!("{domain} is a domain of tenant {} itself: its people sign in with their own account", tenant.id);
        return Err(Refusal::by_rule(ErrorCode::AddressIsOwnDomain, detail));
    }
    tenant.invitations.judge(domain).map_err(|code| {
        let cure = if code == ErrorCode::PartnerBlocked {
            format!("set `inbound = \"allowed\"` under [partners.\"{domain}\"]")
        } else {
            "change `allow_domains` or `block_domains` under [invitations]".to_owned()
        };
        Refusal::by_rule(code, format!("tenant {} does not collaborate with {domain}; {cure}", tenant.id))
    })
}

/// An app of the tenant, one of its pages, or ours.
fn leads_somewhere(tenant: &Tenant, destination: &Destination) -> Result<(), Refusal> {
    let is_known = match destination {
        Destination::Apps | Destination::Account => true,
        Destination::Client(client) => tenant.clients.contains_key(client),
        Destination::Page(url) => Destination::of(tenant, url.as_str()).is_some(),
    };
    if is_known {
        return Ok(());
    }
    let detail = format!(
        "no app of tenant {} is there; name one of its apps, or list the origin in `redirect_origins` under [invitations]",
        tenant.id
    );
    Err(Refusal::by_rule(ErrorCode::RedirectNotAllowed, detail))
}

pub(super) fn can_be_mailed(inviter: &Inviter, is_mailed: bool) -> Result<(), Refusal> {
    if is_mailed && inviter.outbox.is_none() {
        let detail = "no mail server is configured; write [mail] into gatehouse.toml, or ask for the link and pass it on yourself";
        return Err(Refusal::by_rule(ErrorCode::MailNotConfigured, detail));
    }
    Ok(())
}

/// The apps that an invitation to there assigns: the app itself, or those that live where the page is.
pub(super) fn apps(tenant: &Tenant, destination: &Destination) -> Vec<ClientId> {
    match destination {
        Destination::Apps | Destination::Account => Vec::new(),
        Destination::Client(client) => vec![client.clone()],
        Destination::Page(url) => tenant.apps_at(url).map(|client| client.id.clone()).collect(),
    }
}
