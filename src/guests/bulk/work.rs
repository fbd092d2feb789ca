//! Working off what bulk invitations left open, one line after the other, whoever entered the file. A file is one worker's at a time.

use std::{sync::Arc, time::Duration};

use super::{BATCH, Defaults, Order, Outcome};
use crate::{
    domain::{
        address::EmailAddress, errand::Destination, error_code::ErrorCode, guest::UserType, id::BulkId, invitation::PersonalMessage,
        tenant::Tenant, timestamp::Timestamp,
    },
    guests::invite::{By, Invite, Inviter, Refusal, Remark, Target, invite},
    random,
    store::directory::{BulkLine, DirectoryError},
};

/// How long a file is one worker's without a sign of life: longer than any one line can take.
const LEASE: Duration = Duration::from_secs(60);
/// How often a worker with nothing to do looks around.
const LOOK: Duration = Duration::from_secs(3);
/// How long a file rests whose inviter has caused as many mails as an hour may have.
const REST: Duration = Duration::from_secs(60);

/// What came of one turn at a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// Some lines were done, and there are more.
    Some,
    /// No line is open.
    All,
    /// Another worker has it.
    Elsewhere,
    /// The inviter's mails for this hour are used up: it goes on by itself.
    Resting,
}

/// Runs for as long as the house is open. What fails is tried again in the next round.
pub async fn work(inviter: Inviter, tenants: Vec<Arc<Tenant>>) {
    let worker = random::token().reveal().clone();
    let mut every = tokio::time::interval(LOOK);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        if let Err(error) = round(&inviter, &tenants, &worker).await {
            tracing::error!(error = %error, "bulk invitations have to wait");
        }
    }
}

/// Every file that nobody works on, a batch of each in turn, so that a long one does not keep a short one waiting.
async fn round(inviter: &Inviter, tenants: &[Arc<Tenant>], worker: &str) -> Result<(), DirectoryError> {
    let mut open = inviter.directory.open_bulks(inviter.clock.now()).await?;
    // Files of tenants that this node does not serve are somebody else's.
    open.retain(|(tenant, _)| tenants.iter().any(|served| served.id == *tenant));
    while !open.is_empty() {
        let mut left = Vec::with_capacity(open.len());
        for (id, bulk) in open {
            let Some(tenant) = tenants.iter().find(|served| served.id == id) else { continue };
            if work_on(inviter, tenant, bulk, worker).await? == Worked::Some {
                left.push((id, bulk));
            }
        }
        open = left;
    }
    Ok(())
}

/// One batch of one file. `worker` is a name that no other worker has.
pub async fn work_on(inviter: &Inviter, tenant: &Tenant, bulk: BulkId, worker: &str) -> Result<Worked, DirectoryError> {
    let (directory, now) = (&inviter.directory, inviter.clock.now());
    if !directory.lease_bulk(&tenant.id, bulk, worker, now + LEASE, now).await? {
        let progress = directory.bulk_progress(&tenant.id, bulk).await?;
        let is_over = progress.is_none_or(|progress| progress.done_at.is_some());
        return Ok(if is_over { Worked::All } else { Worked::Elsewhere });
    }
    let kept = directory.bulk_defaults(&tenant.id, bulk).await?;
    let order = kept.and_then(|(order, since)| Some((serde_json::from_str::<Order>(&order).ok()?, since)));
    let Some((by, order, since)) = order.and_then(|(order, since)| Some((order.by()?, order, since))) else {
        return Err(DirectoryError("a bulk invitation holds what can't be read".into()));
    };
    let lines = directory.open_bulk_lines(&tenant.id, bulk, u32::try_from(BATCH).unwrap_or(u32::MAX)).await?;
    let mut held = now + LEASE;
    for line in &lines {
        let now = inviter.clock.now();
        // Long enough for the whole of this line, or another may have it by then.
        if now + LEASE / 2 > held {
            if !directory.lease_bulk(&tenant.id, bulk, worker, now + LEASE, now).await? {
                return Ok(Worked::Elsewhere);
            }
            held = now + LEASE;
        }
        let Some(outcome) = line_done(inviter, tenant, &by, &order.defaults, line, since).await? else {
            directory.lease_bulk(&tenant.id, bulk, worker, now + REST, now).await?;
            return Ok(Worked::Resting);
        };
        directory.settle_bulk_line(&tenant.id, bulk, line.line, &outcome.stored()).await?;
    }
    if lines.len() == BATCH {
        return Ok(Worked::Some);
    }
    directory.close_bulk(&tenant.id, bulk, inviter.clock.now()).await?;
    directory.release_bulk(&tenant.id, bulk, worker).await?;
    Ok(Worked::All)
}

/// Ends somebody's turn at a file, so that another may go on at once.
pub async fn let_go(inviter: &Inviter, tenant: &Tenant, bulk: BulkId, worker: &str) -> Result<(), DirectoryError> {
    inviter.directory.release_bulk(&tenant.id, bulk, worker).await
}

/// What became of one line; `None`: it has to wait.
async fn line_done(
    inviter: &Inviter,
    tenant: &Tenant,
    by: &By,
    defaults: &Defaults,
    line: &BulkLine,
    since: Timestamp,
) -> Result<Option<Outcome>, DirectoryError> {
    let asked = match read(tenant, defaults, line) {
        Ok(asked) => asked,
        Err(refused) => return Ok(Some(refused)),
    };
    // Whoever worked here before may have been stopped between the invitation and its result.
    if let Some(invitation) = inviter.directory.invited_since(&tenant.id, &asked.address, by.principal.as_str(), since).await? {
        return Ok(Some(Outcome::Invited { invitation: Some(invitation), detail: String::new() }));
    }
    match invite(inviter, tenant, by, asked).await {
        Ok(invited) => {
            let remarks: Vec<&str> = invited.remarks.iter().copied().map(said).collect();
            Ok(Some(Outcome::Invited { invitation: Some(invited.invitation.id), detail: remarks.join("; ") }))
        }
        Err(Refusal::ByRule { code: ErrorCode::TooManyInvitations, .. }) => Ok(None),
        Err(Refusal::ByRule { code, detail, .. }) => Ok(Some(Outcome::Refused { code, detail })),
        Err(Refusal::Directory(error)) => Err(error),
    }
}

fn said(remark: Remark) -> &'static str {
    match remark {
        Remark::AlreadyPending => "invited before and not come yet: the older links stay good",
        Remark::Contact => "an imported contact has the address",
        Remark::MessageDropped => "the personal message was dropped: nobody would get the answer",
        Remark::Automatic => "by automatic redemption: the mail is a notice",
        Remark::AddressAdded => "the address was added to a guest who is known by others",
    }
}

/// The invitation that a line asks for, or what is wrong with it.
pub(super) fn read(tenant: &Tenant, defaults: &Defaults, line: &BulkLine) -> Result<Invite, Outcome> {
    let refused = |code, detail: String| Outcome::Refused { code, detail };
    let address = EmailAddress::parse(&line.address)
        .map_err(|error| refused(ErrorCode::InvitedAddressInvalid, format!("the address {error}: correct it")))?;
    let destination = if line.redirect.is_empty() {
        Err("[inviteRedirectURL] is empty: say where the guest is to land".to_owned())
    } else {
        let unknown = "[inviteRedirectURL] leads to no app of this tenant: name one of its apps, or have its origin listed";
        Destination::of(tenant, &line.redirect).ok_or_else(|| unknown.to_owned())
    };
    let destination = destination.map_err(|why| refused(ErrorCode::RedirectNotAllowed, why))?;
    let message = line.message.as_deref().map_or(Some(None), PersonalMessage::new);
    let message = message.ok_or_else(|| {
        refused(ErrorCode::MessageTooLong, format!("the message has more than {} characters: shorten it", PersonalMessage::MOST))
    })?;
    Ok(Invite {
        address,
        target: Target::Address,
        display_name: line.display_name.clone(),
        destination,
        user_type: UserType::Guest,
        message,
        cc: None,
        language: defaults.language,
        sponsors: None,
        is_mailed: line.is_mailed,
    })
}
