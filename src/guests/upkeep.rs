//! What the directory of guests needs while nobody looks: sign-ins written down, those deleted long ago purged, and those who never
//! came deleted.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use crate::{
    clock::Clock,
    domain::tenant::Tenant,
    store::directory::{AuditEvent, Directory, DirectoryError},
};

/// How old a noted sign-in grows before it is written.
const WRITE_EVERY: Duration = Duration::from_secs(10);
/// Rounds of writing between two of purging: an hour.
const PURGE_EVERY: u32 = 360;

/// Runs for as long as the house is open. What fails is tried again in the next round.
pub async fn upkeep(directory: Directory, clock: Clock, tenants: Vec<Arc<Tenant>>) {
    let mut every = tokio::time::interval(WRITE_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut rounds: u32 = 0;
    loop {
        every.tick().await;
        if let Err(error) = directory.write_sign_ins().await {
            tracing::error!(error = %error, "the upkeep of the directory has to wait");
        }
        if rounds.is_multiple_of(PURGE_EVERY) {
            for done in [purge(&directory, &clock).await, clean_up(&directory, &clock, &tenants).await] {
                if let Err(error) = done {
                    tracing::error!(error = %error, "the upkeep of the directory has to wait");
                }
            }
        }
        rounds = rounds.wrapping_add(1);
    }
}

/// Removes for good everybody whose time to be restored is over, and answers that nobody may ask for again.
async fn purge(directory: &Directory, clock: &Clock) -> Result<(), DirectoryError> {
    loop {
        let now = clock.now();
        directory.purge_answers(now).await?;
        let purged = directory.purge_overdue(now).await?;
        if purged.is_empty() {
            return Ok(());
        }
        for (tenant, guest) in purged {
            let event = AuditEvent::without_sign_in(now, "guest.purged", guest, json!({ "by": "time" }));
            directory.record(&tenant, &event).await?;
        }
    }
}

/// Deletes, restorably, those who were waited for and whose invitations have all been over for as long as their tenant says.
async fn clean_up(directory: &Directory, clock: &Clock, tenants: &[Arc<Tenant>]) -> Result<(), DirectoryError> {
    for tenant in tenants {
        let Some(after) = tenant.invitations.clean_up_after else { continue };
        loop {
            let now = clock.now();
            let deleted = directory.delete_overdue(&tenant.id, now - after, now).await?;
            if deleted.is_empty() {
                break;
            }
            for guest in deleted {
                let event = AuditEvent::without_sign_in(now, "guest.deleted", guest, json!({ "by": "time" }));
                directory.record(&tenant.id, &event).await?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            address::EmailAddress,
            errand::Destination,
            guest::{Creation, Guest, Principal, PrincipalName, RESTORABLE, UserType},
            id::{GuestId, TenantId},
            secret::Secret,
            timestamp::Timestamp,
        },
        guests::{By, Invite, Inviter, Rank, Target, invite},
        oidc::fixture,
        random,
    };

    #[tokio::test]
    async fn whoever_was_deleted_thirty_days_ago_is_purged_and_it_is_written_down() {
        let clock = Clock::movable(Timestamp::from_unix(1_800_000_000));
        let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap();
        let (tenant, mail) = (TenantId::parse("contoso").unwrap(), EmailAddress::parse("ana@partner.example").unwrap());
        let (id, name) = (GuestId::from_drawn(random::ordered_uuid(clock.now())), PrincipalName::of(&mail, "contoso.example"));
        let guest = Guest::pending(id, name, mail, Creation::Invitation, clock.now());
        directory.add_guest(&tenant, &guest).await.unwrap();
        directory.delete_guest(&tenant, id, clock.now()).await.unwrap();
        clock.advance(RESTORABLE - Duration::from_secs(1));
        purge(&directory, &clock).await.unwrap();
        assert!(directory.guest(&tenant, id).await.unwrap().is_some());
        clock.advance(Duration::from_secs(1));
        purge(&directory, &clock).await.unwrap();
        assert!(directory.guest(&tenant, id).await.unwrap().is_none());
        let [event] = directory.audit_events(&tenant, 9).await.unwrap().try_into().unwrap();
        assert_eq!((event.action.as_str(), event.guest), ("guest.purged", Some(id)));
    }

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// Two are invited, one of them for ever; the upkeep's first round comes `after` that.
    async fn deleted(clean_up_after: Option<Duration>, after: Duration) -> Vec<String> {
        let clock = Clock::movable(Timestamp::from_unix(1_800_000_000));
        let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap();
        let inviter = Inviter { directory: directory.clone(), outbox: None, clock: clock.clone() };
        let by = By { principal: Principal::new("Ines").unwrap(), name: None, reply_to: None, rank: Rank::Administrator };
        let mut tenant = fixture::tenant();
        for (mail, expires_after) in [("ana@partner.example", Some(30 * DAY)), ("ben@partner.example", None)] {
            tenant.invitations.expires_after = expires_after;
            let whom = Invite {
                address: EmailAddress::parse(mail).unwrap(),
                target: Target::Address,
                display_name: None,
                destination: Destination::Apps,
                user_type: UserType::Guest,
                message: None,
                cc: None,
                language: None,
                sponsors: None,
                is_mailed: false,
            };
            invite(&inviter, &tenant, &by, whom).await.unwrap();
        }
        tenant.invitations.clean_up_after = clean_up_after;
        clock.advance(after);
        let id = tenant.id.clone();
        let upkeep = tokio::spawn(upkeep(directory.clone(), clock, vec![Arc::new(tenant)]));
        // The first round is at once; a second look, since nobody says when it is over.
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        upkeep.abort();
        let events = directory.audit_events(&id, 9).await.unwrap().into_iter().filter(|event| event.action == "guest.deleted");
        let mut mails = Vec::new();
        for event in events {
            let guest = directory.guest(&id, event.guest.unwrap()).await.unwrap().unwrap().guest;
            assert!(guest.is_deleted() && guest.restorable_until().is_some());
            mails.push(guest.mail.to_string());
        }
        mails
    }

    #[tokio::test]
    async fn whoever_never_came_is_deleted_when_the_tenant_says_and_can_be_restored() {
        assert_eq!(deleted(Some(90 * DAY), 30 * DAY + 90 * DAY).await, ["ana@partner.example"]);
        assert!(deleted(Some(90 * DAY), 30 * DAY + 89 * DAY).await.is_empty());
        assert!(deleted(None, 1000 * DAY).await.is_empty());
    }
}
