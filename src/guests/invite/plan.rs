//! What inviting would do as things are: every obstacle with who is in the way and the cure (`behaviour.md` §10.3, §10.4). Writes nothing.

use super::{By, Effect, Invite, Inviter, Refusal, Remark, Target, rules};
use crate::{
    domain::{
        address::EmailAddress,
        error_code::ErrorCode,
        guest::{Addresses, Creation, Entry, Guest, PrincipalName, Sponsors, State},
        id::{ClientId, GuestId, InvitationId},
        invitation::Invitation,
        tenant::Tenant,
        timestamp::Timestamp,
    },
    mail::Invites,
    random,
    store::directory::{Invitee, Whom},
};

pub(super) struct Plan {
    /// As they are to be.
    pub(super) entry: Entry,
    pub(super) effect: Effect,
    pub(super) invitation: Invitation,
    pub(super) apps: Vec<ClientId>,
    pub(super) kind: Invites,
    pub(super) remarks: Vec<Remark>,
}

impl Plan {
    pub(super) fn invitee(&self) -> Invitee<'_> {
        match self.effect {
            Effect::Added => Invitee::New(&self.entry),
            Effect::Unchanged => Invitee::Waiting,
            Effect::Reset => Invitee::Anew(&self.entry.addresses),
        }
    }
}

pub(super) async fn plan(inviter: &Inviter, tenant: &Tenant, by: &By, invite: &Invite) -> Result<Plan, Refusal> {
    rules::check(inviter, tenant, by, invite)?;
    let now = inviter.clock.now();
    wants_mail(inviter, tenant, &invite.address).await?;
    if invite.is_mailed {
        has_mails_left(inviter, tenant, by).await?;
    }
    let mut remarks = Vec::new();
    let holder = inviter.directory.entry(&tenant.id, &Whom::Address(invite.address.clone())).await?;
    let (entry, effect) = match invite.target {
        Target::Address => match holder {
            Some(entry) => (waiting(entry, &mut remarks)?, Effect::Unchanged),
            None => (somebody_new(tenant, by, invite, now, &mut remarks)?, Effect::Added),
        },
        Target::Reset(guest) | Target::Convert(guest) => {
            let entry = inviter.directory.entry(&tenant.id, &Whom::Id(guest)).await?;
            let entry = entry.ok_or_else(|| nobody(tenant, guest))?;
            is_there(&entry.guest)?;
            if let Some(other) = holder.filter(|holder| holder.guest.id != guest && !holder.guest.is_deleted()) {
                return Err(of_another(&other.guest));
            }
            if matches!(invite.target, Target::Convert(_)) {
                is_convertible(&entry, &invite.address)?;
            }
            (anew(tenant, entry, &invite.address, now, &mut remarks)?, Effect::Reset)
        }
    };
    let kind = if tenant.invitations.redeems_automatically(&invite.address) { Invites::ForInformation } else { Invites::ToAccept };
    if kind == Invites::ForInformation {
        remarks.push(Remark::Automatic);
    }
    let message = invite.message.clone().filter(|_| by.reply_to.is_some());
    if invite.message.is_some() && message.is_none() {
        remarks.push(Remark::MessageDropped);
    }
    let invitation = Invitation {
        id: InvitationId::from_drawn(random::ordered_uuid(now)),
        guest: entry.guest.id,
        round: entry.guest.round,
        invited: invite.address.clone(),
        destination: invite.destination.clone(),
        inviter: Some(by.principal.clone()),
        message,
        cc: invite.cc.clone(),
        language: invite.language.or(entry.guest.preferred_language).unwrap_or(tenant.default_locale),
        is_mailed: invite.is_mailed,
        created_at: now,
        expires_at: tenant.invitations.expires_after.map(|after| now + after),
        revoked_at: None,
    };
    Ok(Plan { apps: rules::apps(tenant, &invite.destination), entry, effect, invitation, kind, remarks })
}

/// Whoever said that they want no more invitations gets none, in whatever way.
pub(super) async fn wants_mail(inviter: &Inviter, tenant: &Tenant, address: &EmailAddress) -> Result<(), Refusal> {
    if inviter.directory.invitations_blocked_since(&tenant.id, address).await?.is_none() {
        return Ok(());
    }
    let detail = "the owner of this address asked for no more invitations; if they changed their mind, lift the block";
    Err(Refusal::by_rule(ErrorCode::RecipientOptedOut, detail))
}

pub(super) async fn has_mails_left(inviter: &Inviter, tenant: &Tenant, by: &By) -> Result<(), Refusal> {
    let most = tenant.invitations.mails_per_hour;
    let Some(outbox) = &inviter.outbox else { return Ok(()) };
    if outbox.may_be_caused(&tenant.id, &by.principal, most).await? {
        return Ok(());
    }
    let detail = format!("{most} mails within an hour by {}; wait, or raise `mails_per_hour` under [invitations]", by.principal.as_str());
    Err(Refusal::by_rule(ErrorCode::TooManyInvitations, detail))
}

/// The holder of the address is invited once more only while they are waited for.
fn waiting(entry: Entry, remarks: &mut Vec<Remark>) -> Result<Entry, Refusal> {
    is_there(&entry.guest)?;
    if let State::Accepted(_) = entry.guest.state {
        let detail = format!(
            "guest {} has this address and has accepted: they sign in at the app itself, and get no mail. \
             To begin anew, with the same guest: reset their redemption",
            entry.guest.id
        );
        return Err(Refusal::about(ErrorCode::AlreadyAccepted, entry.guest.id, detail));
    }
    remarks.push(Remark::AlreadyPending);
    Ok(entry)
}

fn is_there(guest: &Guest) -> Result<(), Refusal> {
    if let Some(until) = guest.restorable_until() {
        let until = jiff::Timestamp::from_second(until.unix()).map_or_else(|_| until.unix().to_string(), |at| at.to_string());
        let detail = format!(
            "guest {} has this address and was deleted; restorable until {until}: restore them, \
             or purge them and invite somebody new",
            guest.id
        );
        return Err(Refusal::about(ErrorCode::GuestIsDeleted, guest.id, detail));
    }
    if !guest.is_enabled {
        let detail = format!("guest {} has this address and is blocked: unblock them first", guest.id);
        return Err(Refusal::about(ErrorCode::GuestIsBlocked, guest.id, detail));
    }
    Ok(())
}

fn somebody_new(tenant: &Tenant, by: &By, invite: &Invite, now: Timestamp, remarks: &mut Vec<Remark>) -> Result<Entry, Refusal> {
    let mail = invite.address.clone();
    let (id, name) = (GuestId::from_drawn(random::ordered_uuid(now)), PrincipalName::of(&mail, &tenant.initial_domain()));
    let guest = Guest {
        user_type: invite.user_type,
        display_name: invite.display_name.clone(),
        invited_by: Some(by.principal.clone()),
        preferred_language: invite.language,
        ..Guest::pending(id, name, mail.clone(), Creation::Invitation, now)
    };
    let named = invite.sponsors.iter().flat_map(Sponsors::iter).cloned();
    let sponsors = Sponsors::new(named.chain([by.principal.clone()]))
        .map_err(|most| Refusal::by_rule(ErrorCode::ApiBadRequest, format!("{most} sponsors, the inviter among them")))?;
    let proxy = if is_contact(tenant, &mail, remarks) { Vec::new() } else { vec![mail.clone()] };
    let addresses = Addresses::new(mail.clone(), vec![mail], proxy).map_err(|most| many(&most))?;
    Ok(Entry { guest, addresses, sponsors })
}

/// An imported contact has the address: it stays the contact's alone among the proxy addresses (§10.6).
fn is_contact(tenant: &Tenant, address: &EmailAddress, remarks: &mut Vec<Remark>) -> bool {
    let is_contact = tenant.invitations.is_contact(address);
    if is_contact {
        remarks.push(Remark::Contact);
    }
    is_contact
}

/// §10.3: the address becomes the one that mail goes to, and finds them; those they had stay. Id, principal name and type stay.
fn anew(tenant: &Tenant, entry: Entry, address: &EmailAddress, now: Timestamp, remarks: &mut Vec<Remark>) -> Result<Entry, Refusal> {
    let Entry { guest, addresses, sponsors } = entry;
    let is_known = addresses.kinds().contains_key(&address.key());
    if !is_known {
        remarks.push(Remark::AddressAdded);
    }
    let other = [addresses.other(), &[addresses.mail().clone(), address.clone()]].concat();
    let mut proxy = addresses.proxy().to_vec();
    if !is_contact(tenant, address, remarks) {
        proxy.push(address.clone());
    }
    let addresses = Addresses::new(address.clone(), other, proxy).map_err(|most| many(&most))?;
    let guest = Guest {
        state: State::reset(now),
        mail: address.clone(),
        round: guest.round + 1,
        acceptance: None,
        sessions_valid_from: Some(now),
        ..guest
    };
    Ok(Entry { guest, addresses, sponsors })
}

/// §10.4: an internal member is somebody whom no provider has proven yet; the account that redeems is of their mail's domain.
fn is_convertible(entry: &Entry, address: &EmailAddress) -> Result<(), Refusal> {
    let Guest { id, mail, .. } = &entry.guest;
    let no = |detail: String| Err(Refusal::about(ErrorCode::ConversionImpossible, *id, detail));
    if entry.guest.identity().is_some() {
        return no(format!("guest {id} signs in from outside already; to begin anew: reset their redemption"));
    }
    if mail.domain() != address.domain() {
        return no(format!("the address must be of {}, the domain of {id}'s mail; change their mail first", mail.domain()));
    }
    Ok(())
}

fn of_another(other: &Guest) -> Refusal {
    let detail = format!("guest {} has this address; take another one, or delete and purge that guest first", other.id);
    Refusal::about(ErrorCode::AddressOfAnother, other.id, detail)
}

fn nobody(tenant: &Tenant, guest: GuestId) -> Refusal {
    Refusal::by_rule(ErrorCode::ApiNotFound, format!("tenant {} has no guest {guest}", tenant.id))
}

fn many(most: &crate::domain::guest::TooMany) -> Refusal {
    Refusal::by_rule(ErrorCode::ApiBadRequest, format!("{most} addresses of one guest; remove one first"))
}
