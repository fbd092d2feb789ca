//! The contract of the outbox, one sentence a case, on SQLite (file and memory) and PostgreSQL.

use std::{collections::BTreeSet, time::Duration};

use gatehouse::{
    domain::{
        address::EmailAddress,
        id::{InvitationId, MailId},
        secret::Secret,
        timestamp::Timestamp,
    },
    random,
    store::directory::{Began, Directory, Lease, MailKind, MailState, Outcome, QueuedMail, Retried},
};
use tokio::task::JoinSet;

use crate::{
    directory::{contract, open},
    services::postgres::Postgres,
    stage::tenant,
};

contract! {
    what_is_due_is_leased_to_one_passcodes_first
    of_many_senders_at_once_each_mail_has_one
    a_lease_that_runs_out_before_the_hand_over_gives_the_mail_back
    a_lease_that_runs_out_after_it_makes_the_mail_uncertain
    an_uncertain_mail_goes_again_only_if_somebody_says_so
    what_is_over_is_emptied_and_told_to_the_invitation
    a_failed_hand_over_is_due_again_later
    what_is_too_late_is_never_leased
    a_mail_that_came_back_has_failed
    what_was_over_long_ago_is_forgotten
}

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

fn later(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

fn mail(kind: MailKind) -> QueuedMail {
    let drawn = random::ordered_uuid(NOW);
    QueuedMail {
        id: MailId::from_drawn(drawn),
        tenant: tenant(),
        kind,
        to: EmailAddress::parse("ana@partner.example").unwrap(),
        sealed: b"sealed".to_vec(),
        guest: None,
        invitation: (kind == MailKind::Invitation).then(|| InvitationId::from_drawn(drawn)),
        due_at: NOW,
        expires_at: None,
    }
}

async fn queued(directory: &Directory, kind: MailKind) -> MailId {
    let mail = mail(kind);
    directory.queue_mail(&mail).await.unwrap();
    mail.id
}

async fn leased(directory: &Directory, now: Timestamp) -> (Lease, Vec<MailId>) {
    let lease = Lease::drawn();
    let mails = directory.lease_mails(&lease, now + Duration::from_secs(60), now, 100).await.unwrap();
    (lease, mails.into_iter().map(|mail| mail.id).collect())
}

async fn begun(directory: &Directory) -> (Lease, MailId) {
    let id = queued(directory, MailKind::Invitation).await;
    let (lease, ids) = leased(directory, NOW).await;
    assert_eq!(ids, [id]);
    assert_eq!(directory.begin_mail(&lease, id, NOW, later(60)).await.unwrap(), Began::Yes);
    (lease, id)
}

async fn state(directory: &Directory, id: MailId) -> (MailState, bool) {
    let mail = directory.mail(id).await.unwrap().unwrap();
    (mail.state, mail.is_whole)
}

async fn what_is_due_is_leased_to_one_passcodes_first(directory: &Directory) {
    let invitation = queued(directory, MailKind::Invitation).await;
    let passcode = queued(directory, MailKind::Passcode).await;
    let future = QueuedMail { due_at: later(10), ..mail(MailKind::Notice) };
    directory.queue_mail(&future).await.unwrap();
    let (lease, ids) = leased(directory, NOW).await;
    assert_eq!(ids, [passcode, invitation]);
    assert_eq!(leased(directory, NOW).await.1, []);
    directory.release_mails(&lease).await.unwrap();
    assert_eq!(leased(directory, NOW).await.1, [passcode, invitation]);
    assert_eq!(leased(directory, later(10)).await.1, [future.id]);
    assert_eq!(directory.pending_mails().await.unwrap().queued, 3);
}

async fn of_many_senders_at_once_each_mail_has_one(directory: &Directory) {
    let mut all = BTreeSet::new();
    for _ in 0..120 {
        all.insert(queued(directory, MailKind::Invitation).await);
    }
    let mut senders = JoinSet::new();
    for _ in 0..6 {
        let directory = directory.clone();
        senders.spawn(async move {
            let (mut begun, mut idle) = (Vec::new(), 0);
            while idle < 5 {
                let lease = Lease::drawn();
                let mails = directory.lease_mails(&lease, later(60), NOW, 7).await.unwrap();
                idle = if mails.is_empty() { idle + 1 } else { 0 };
                for mail in mails {
                    assert_eq!(directory.begin_mail(&lease, mail.id, NOW, later(60)).await.unwrap(), Began::Yes);
                    directory.finish_mail(&lease, mail.id, &Outcome::Sent, NOW).await.unwrap();
                    begun.push(mail.id);
                }
            }
            begun
        });
    }
    let begun: Vec<MailId> = senders.join_all().await.concat();
    assert_eq!(begun.len(), all.len(), "none twice");
    assert_eq!(begun.into_iter().collect::<BTreeSet<_>>(), all);
}

async fn a_lease_that_runs_out_before_the_hand_over_gives_the_mail_back(directory: &Directory) {
    let id = queued(directory, MailKind::Invitation).await;
    let (first, _) = leased(directory, NOW).await;
    let (second, ids) = leased(directory, later(60)).await;
    assert_eq!(ids, [id]);
    assert_eq!(directory.begin_mail(&first, id, later(61), later(99)).await.unwrap(), Began::TooLate);
    assert_eq!(directory.begin_mail(&second, id, later(61), later(99)).await.unwrap(), Began::Yes);
    assert_eq!(directory.begin_mail(&second, id, later(61), later(99)).await.unwrap(), Began::TooLate);
}

async fn a_lease_that_runs_out_after_it_makes_the_mail_uncertain(directory: &Directory) {
    let (lease, id) = begun(directory).await;
    assert_eq!(directory.lose_mails(later(59)).await.unwrap(), 0);
    assert_eq!(directory.lose_mails(later(60)).await.unwrap(), 1);
    assert_eq!(state(directory, id).await, (MailState::Uncertain, true));
    assert_eq!(leased(directory, later(9999)).await.1, [], "nobody sends it again");
    // Whoever held it knows better, if it comes back after all.
    directory.finish_mail(&lease, id, &Outcome::Sent, later(61)).await.unwrap();
    assert_eq!(state(directory, id).await, (MailState::Sent, false));
}

async fn an_uncertain_mail_goes_again_only_if_somebody_says_so(directory: &Directory) {
    let (lease, id) = begun(directory).await;
    assert_eq!(directory.retry_mail(id, NOW).await.unwrap(), Retried::Refused, "it is in somebody's hands");
    directory.finish_mail(&lease, id, &Outcome::Uncertain { why: "silence".into() }, NOW).await.unwrap();
    assert_eq!(directory.retry_mail(id, NOW).await.unwrap(), Retried::Queued);
    let (lease, ids) = leased(directory, NOW).await;
    assert_eq!(ids, [id]);
    directory.begin_mail(&lease, id, NOW, later(60)).await.unwrap();
    directory.finish_mail(&lease, id, &Outcome::Sent, NOW).await.unwrap();
    assert_eq!(directory.retry_mail(id, NOW).await.unwrap(), Retried::Refused);
}

async fn what_is_over_is_emptied_and_told_to_the_invitation(directory: &Directory) {
    for (outcome, as_state) in [(Outcome::Sent, MailState::Sent), (Outcome::Failed { why: "550 5.1.1".into() }, MailState::Failed)] {
        let (lease, id) = begun(directory).await;
        directory.finish_mail(&Lease::drawn(), id, &outcome, NOW).await.unwrap();
        assert_eq!(state(directory, id).await.0, MailState::Sending, "not a stranger's to say");
        directory.finish_mail(&lease, id, &outcome, NOW).await.unwrap();
        assert_eq!(state(directory, id).await, (as_state, false));
    }
    let events = directory.audit_events(&tenant(), 9).await.unwrap();
    let mut told: Vec<_> = events.iter().map(|event| (event.action.as_str(), event.details["status"].as_str())).collect();
    told.sort_unstable();
    assert_eq!(told, [("mail.failed", Some("550 5.1.1")), ("mail.sent", None)]);
}

async fn a_failed_hand_over_is_due_again_later(directory: &Directory) {
    let (lease, id) = begun(directory).await;
    let again = Outcome::Again { due_at: later(15), is_attempt: true, why: "450 4.2.0".into() };
    directory.finish_mail(&lease, id, &again, NOW).await.unwrap();
    assert_eq!(leased(directory, later(14)).await.1, []);
    let lease = Lease::drawn();
    let [mail] = directory.lease_mails(&lease, later(99), later(15), 9).await.unwrap().try_into().unwrap();
    assert_eq!((mail.id, mail.attempts, mail.sealed.as_slice()), (id, 1, &b"sealed"[..]));
}

async fn what_is_too_late_is_never_leased(directory: &Directory) {
    let passcode = QueuedMail { expires_at: Some(later(30)), ..mail(MailKind::Passcode) };
    directory.queue_mail(&passcode).await.unwrap();
    let (lease, ids) = leased(directory, later(29)).await;
    assert_eq!(ids, [passcode.id]);
    assert_eq!(directory.begin_mail(&lease, passcode.id, later(30), later(60)).await.unwrap(), Began::TooLate);
    directory.release_mails(&lease).await.unwrap();
    assert_eq!(leased(directory, later(30)).await.1, []);
    assert_eq!(directory.expire_mails(later(29)).await.unwrap(), 0);
    assert_eq!(directory.expire_mails(later(30)).await.unwrap(), 1);
    assert_eq!(state(directory, passcode.id).await, (MailState::Failed, false));
}

async fn a_mail_that_came_back_has_failed(directory: &Directory) {
    let (lease, id) = begun(directory).await;
    directory.finish_mail(&lease, id, &Outcome::Sent, NOW).await.unwrap();
    let mail = directory.bounce_mail(id, "5.2.2", later(5)).await.unwrap().unwrap();
    assert_eq!((mail.state, mail.last_error.as_deref()), (MailState::Failed, Some("bounced: 5.2.2")));
    assert_eq!(directory.mails(&tenant(), Some(MailState::Failed), mail.invitation, None, 9).await.unwrap(), [mail]);
    let unknown = MailId::from_drawn(random::ordered_uuid(NOW));
    assert_eq!(directory.bounce_mail(unknown, "5.2.2", later(5)).await.unwrap(), None);
    assert_eq!(directory.audit_events(&tenant(), 1).await.unwrap()[0].action, "mail.bounced");
}

async fn what_was_over_long_ago_is_forgotten(directory: &Directory) {
    let (lease, id) = begun(directory).await;
    directory.finish_mail(&lease, id, &Outcome::Sent, NOW).await.unwrap();
    let waiting = queued(directory, MailKind::Notice).await;
    assert_eq!(directory.purge_mails(NOW - Duration::from_secs(1)).await.unwrap(), 0);
    assert_eq!(directory.purge_mails(NOW).await.unwrap(), 1);
    assert!(directory.mail(id).await.unwrap().is_none() && directory.mail(waiting).await.unwrap().is_some());
}
