//! Invitations, on every directory: written whole or not at all, found by their handles, listed, taken back, redeemed by one.

use std::time::Duration;

use gatehouse::{
    domain::{
        errand::{Destination, Redemption},
        guest::{Addresses, Creation, Entry, Guest, Principal, State},
        id::{ClientId, GuestId, InvitationId, MailId, TenantId},
        identity::Voucher,
        invitation::{Invitation, PersonalMessage, Status},
        locale::Locale,
        secret::Secret,
        timestamp::Timestamp,
    },
    random,
    store::directory::{
        AddedInvitation, AuditEvent, BoundGuest, Changed, Directory, InvitationFile, InvitationFilter, Invitee, MailKind, NewInvitation,
        QueuedMail, Redeemed, Whom,
    },
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    directory::{address, at, contract, identity, open, pending},
    services::postgres::Postgres,
    stage::tenant,
};

contract! {
    an_invitation_comes_back_whole_by_its_id_and_by_its_handle
    an_invitation_is_written_whole_or_not_at_all
    of_many_invitations_of_one_address_at_once_one_adds_the_guest
    somebody_expected_is_invited_once_more_only_while_they_wait
    a_reset_ends_every_earlier_invitation_and_keeps_the_guest
    one_more_handle_is_given_only_while_the_invitation_holds
    a_revoked_invitation_takes_back_its_mail
    invitations_are_listed_newest_first_by_the_status_that_the_rules_give
    a_timeline_has_the_events_and_the_mails_of_its_invitation
    an_opened_link_is_noted_once_a_minute
    whoever_wants_no_more_invitations_is_known
    those_who_never_came_are_deleted_when_all_their_invitations_are_long_over
    mails_of_one_inviter_within_the_hour_are_counted
    an_assignment_is_of_one_guest_and_one_app
    an_invitation_is_redeemed_by_one_identity_and_only_while_it_holds
    a_purged_guest_takes_their_invitations_along
}

pub fn invitation(guest: &Guest, now: Timestamp) -> Invitation {
    Invitation {
        id: InvitationId::from_drawn(random::ordered_uuid(now)),
        guest: guest.id,
        round: guest.round,
        invited: guest.mail.clone(),
        destination: Destination::Apps,
        inviter: Principal::new("ben@contoso.example"),
        message: None,
        cc: None,
        language: Locale::De,
        is_mailed: false,
        created_at: now,
        expires_at: Some(now + Duration::from_secs(100)),
        revoked_at: None,
    }
}

pub fn event(invitation: &Invitation, action: &'static str, now: Timestamp) -> AuditEvent {
    AuditEvent::without_sign_in(now, action, invitation.guest, json!({ "by": "test" })).of_invitation(invitation.id)
}

pub fn mail(invitation: &Invitation, now: Timestamp) -> QueuedMail {
    QueuedMail {
        id: MailId::from_drawn(random::ordered_uuid(now)),
        tenant: tenant(),
        kind: MailKind::Invitation,
        to: invitation.invited.clone(),
        sealed: vec![1, 2, 3],
        guest: Some(invitation.guest),
        invitation: Some(invitation.id),
        due_at: now,
        expires_at: invitation.expires_at,
    }
}

pub async fn write(directory: &Directory, invitation: &Invitation, invitee: Invitee<'_>, digest: &str) -> AddedInvitation {
    let event = event(invitation, "guest.invited", invitation.created_at);
    let mail = invitation.is_mailed.then(|| mail(invitation, invitation.created_at));
    let new = NewInvitation { invitation, invitee, digest, mail: mail.as_ref(), apps: &[], replaces: None, event: &event };
    directory.add_invitation(&tenant(), new).await.unwrap()
}

async fn invited(directory: &Directory, mail: &str, digest: &str) -> (Guest, Invitation) {
    let guest = pending(mail);
    let invitation = invitation(&guest, at(0));
    let entry = Entry::from(guest.clone());
    assert_eq!(write(directory, &invitation, Invitee::New(&entry), digest).await, AddedInvitation::Added);
    (guest, invitation)
}

async fn by_handle(directory: &Directory, digest: &str) -> Option<InvitationFile> {
    directory.invitation_by_handle(&tenant(), digest).await.unwrap()
}

async fn guest(directory: &Directory, id: GuestId) -> Guest {
    directory.entry(&tenant(), &Whom::Id(id)).await.unwrap().unwrap().guest
}

pub fn redemption(invitation: &Invitation) -> Redemption {
    Redemption {
        invitation: invitation.id,
        guest: invitation.guest,
        round: invitation.round,
        invited: invitation.invited.clone(),
        destination: invitation.destination.clone(),
    }
}

async fn redeem(directory: &Directory, invitation: &Invitation, subject: &str, now: Timestamp) -> Redeemed {
    let event = event(invitation, "invitation.redeemed", now);
    directory.redeem_invitation(&tenant(), &redemption(invitation), &identity("idp", subject), None, &event).await.unwrap()
}

async fn an_invitation_comes_back_whole_by_its_id_and_by_its_handle(directory: &Directory) {
    let guest = Guest { invited_by: Principal::new("Ben"), ..pending("Ana@partner.example") };
    let page = url::Url::parse("https://portal.contoso.example/orders?x=1").unwrap();
    let full = Invitation {
        destination: Destination::Page(page),
        message: PersonalMessage::new("Hello\r\nthere").unwrap(),
        cc: Some(address("cleo@partner.example")),
        is_mailed: true,
        expires_at: None,
        ..invitation(&guest, at(0))
    };
    let entry = Entry::from(guest);
    assert_eq!(write(directory, &full, Invitee::New(&entry), "d1").await, AddedInvitation::Added);
    let file = Some(InvitationFile { invitation: full.clone(), entry });
    assert_eq!(by_handle(directory, "d1").await, file);
    assert_eq!(directory.invitation(&tenant(), full.id).await.unwrap(), file);
    assert_eq!(by_handle(directory, "d2").await, None);
    let elsewhere = TenantId::parse("fabrikam").unwrap();
    assert_eq!(directory.invitation_by_handle(&elsewhere, "d1").await.unwrap(), None);
    assert_eq!(directory.invitation(&elsewhere, full.id).await.unwrap(), None);
}

async fn an_invitation_is_written_whole_or_not_at_all(directory: &Directory) {
    let (ana, _) = invited(directory, "ana@partner.example", "d1").await;
    let again = pending("ANA@partner.example");
    let entry = Entry::from(again.clone());
    let second = Invitation { is_mailed: true, ..invitation(&again, at(1)) };
    assert_eq!(write(directory, &second, Invitee::New(&entry), "d2").await, AddedInvitation::Taken);
    // The same handle twice: the database itself says no, and the guest is not there either.
    let third = pending("cleo@partner.example");
    let entry = Entry::from(third.clone());
    let wanted = invitation(&third, at(1));
    let event = event(&wanted, "guest.invited", at(1));
    let new = NewInvitation {
        invitation: &wanted,
        invitee: Invitee::New(&entry),
        digest: "d1",
        mail: None,
        apps: &[],
        replaces: None,
        event: &event,
    };
    assert!(directory.add_invitation(&tenant(), new).await.is_err());
    for (guest, invitation) in [(again.id, second.id), (third.id, wanted.id)] {
        assert_eq!(directory.entry(&tenant(), &Whom::Id(guest)).await.unwrap(), None);
        assert_eq!(directory.invitation(&tenant(), invitation).await.unwrap(), None);
        assert!(directory.timeline(&tenant(), invitation).await.unwrap().is_empty());
    }
    assert_eq!(directory.audit_events(&tenant(), 9).await.unwrap().len(), 1);
    assert_eq!(by_handle(directory, "d1").await.unwrap().entry.guest.id, ana.id);
}

async fn of_many_invitations_of_one_address_at_once_one_adds_the_guest(directory: &Directory) {
    let mut inviting = JoinSet::new();
    for number in 0..8 {
        let directory = directory.clone();
        inviting.spawn(async move {
            let guest = pending("ana@partner.example");
            write(&directory, &invitation(&guest, at(0)), Invitee::New(&Entry::from(guest.clone())), &format!("d{number}")).await
        });
    }
    let added = inviting.join_all().await;
    assert_eq!(added.iter().filter(|added| **added == AddedInvitation::Added).count(), 1);
}

async fn somebody_expected_is_invited_once_more_only_while_they_wait(directory: &Directory) {
    let (ana, first) = invited(directory, "ana@partner.example", "d1").await;
    let second = Invitation { destination: Destination::Account, ..invitation(&ana, at(1)) };
    assert_eq!(write(directory, &second, Invitee::Waiting, "d2").await, AddedInvitation::Added);
    assert_eq!(by_handle(directory, "d1").await.unwrap().invitation, first);
    assert_eq!(by_handle(directory, "d2").await.unwrap().invitation, second);
    let late = Invitation { round: 2, ..invitation(&ana, at(2)) };
    assert_eq!(write(directory, &late, Invitee::Waiting, "d3").await, AddedInvitation::Taken, "another redemption");
    directory.delete_guest(&tenant(), ana.id, at(3)).await.unwrap();
    assert_eq!(write(directory, &invitation(&ana, at(3)), Invitee::Waiting, "d4").await, AddedInvitation::Taken, "deleted");
    assert_eq!((by_handle(directory, "d3").await, by_handle(directory, "d4").await), (None, None));
}

async fn a_reset_ends_every_earlier_invitation_and_keeps_the_guest(directory: &Directory) {
    let (ana, first) = invited(directory, "ana@partner.example", "d1").await;
    assert_eq!(redeem(directory, &first, "s-1", at(1)).await, Redeemed::Bound);
    let [old, new] = ["ana@partner.example", "ana@new.example"].map(address);
    let addresses = Addresses::new(new.clone(), vec![old.clone(), new.clone()], vec![old, new.clone()]).unwrap();
    let anew = Invitation { round: 2, invited: new.clone(), ..invitation(&ana, at(5)) };
    assert_eq!(write(directory, &anew, Invitee::Anew(&addresses), "d2").await, AddedInvitation::Added);
    let InvitationFile { entry, .. } = by_handle(directory, "d2").await.unwrap();
    let expected = Guest { state: State::reset(at(5)), mail: new, round: 2, sessions_valid_from: Some(at(5)), ..ana.clone() };
    assert_eq!((&entry.guest, &entry.addresses), (&expected, &addresses));
    assert_eq!(first.status(&entry.guest, at(5)), Status::Revoked);
    assert_eq!(redeem(directory, &first, "s-2", at(6)).await, Redeemed::NotOpen, "the old link");
    // A second reset from the same reading finds another round.
    assert_eq!(
        write(
            directory,
            &Invitation { id: InvitationId::from_drawn(random::ordered_uuid(at(7))), ..anew.clone() },
            Invitee::Anew(&addresses),
            "d3"
        )
        .await,
        AddedInvitation::Taken
    );
    assert_eq!(redeem(directory, &anew, "s-1", at(7)).await, Redeemed::Bound);
    // An address of somebody else resets nobody.
    let (ben, _) = invited(directory, "ben@partner.example", "d4").await;
    let taken = Addresses::only(address("ANA@new.example"));
    let theirs = Invitation { round: 2, ..invitation(&ben, at(8)) };
    assert_eq!(write(directory, &theirs, Invitee::Anew(&taken), "d5").await, AddedInvitation::Taken);
    assert_eq!(guest(directory, ben.id).await, ben);
}

async fn one_more_handle_is_given_only_while_the_invitation_holds(directory: &Directory) {
    let (ana, first) = invited(directory, "ana@partner.example", "d1").await;
    let give = async |digest: &str, now| {
        let (event, mail) = (event(&first, "invitation.resent", now), mail(&first, now));
        directory.add_handle(&tenant(), &first, digest, Some(&mail), &event).await.unwrap()
    };
    assert!(give("d2", at(1)).await);
    assert_eq!(by_handle(directory, "d2").await.unwrap().invitation, first);
    assert!(!give("d3", at(100)).await, "expired");
    let revoking = event(&first, "invitation.revoked", at(50));
    assert!(directory.revoke_invitation(&tenant(), &first, &revoking).await.unwrap());
    assert!(!directory.revoke_invitation(&tenant(), &first, &revoking).await.unwrap(), "once");
    assert!(!give("d4", at(51)).await, "revoked");
    assert_eq!(by_handle(directory, "d2").await.unwrap().invitation.status(&guest(directory, ana.id).await, at(52)), Status::Revoked);
    for digest in ["d3", "d4"] {
        assert_eq!(by_handle(directory, digest).await, None);
    }
}

async fn a_revoked_invitation_takes_back_its_mail(directory: &Directory) {
    let guest = pending("ana@partner.example");
    let first = Invitation { is_mailed: true, ..invitation(&guest, at(0)) };
    write(directory, &first, Invitee::New(&Entry::from(guest.clone())), "d1").await;
    let second = invitation(&guest, at(9));
    let event = event(&second, "invitation.reissued", at(9));
    let new = NewInvitation {
        invitation: &second,
        invitee: Invitee::Waiting,
        digest: "d2",
        mail: None,
        apps: &[],
        replaces: Some(first.id),
        event: &event,
    };
    assert_eq!(directory.add_invitation(&tenant(), new).await.unwrap(), AddedInvitation::Added);
    let old = by_handle(directory, "d1").await.unwrap();
    assert_eq!((old.invitation.revoked_at, old.invitation.status(&guest, at(10))), (Some(at(9)), Status::Revoked));
    let timeline = directory.timeline(&tenant(), first.id).await.unwrap();
    assert_eq!(timeline.iter().map(|event| event.action.as_str()).collect::<Vec<_>>(), ["guest.invited", "mail.failed"]);
    assert_eq!(by_handle(directory, "d2").await.unwrap().invitation, second);
}

async fn invitations_are_listed_newest_first_by_the_status_that_the_rules_give(directory: &Directory) {
    let mut all = Vec::new();
    for (number, name) in ["waits", "expired", "revoked", "bound", "deleted", "reset"].iter().enumerate() {
        let guest = pending(&format!("{name}@partner.example"));
        let span = if *name == "expired" { 1 } else { 1000 };
        let by = if number == 0 { "Ana" } else { "Ben" };
        let one = Invitation {
            id: InvitationId::from_drawn(random::ordered_uuid(at(number as i64))),
            expires_at: Some(at(span)),
            inviter: Principal::new(by),
            ..invitation(&guest, at(0))
        };
        write(directory, &one, Invitee::New(&Entry::from(guest)), name).await;
        all.push(one);
    }
    directory.revoke_invitation(&tenant(), &all[2], &event(&all[2], "invitation.revoked", at(1))).await.unwrap();
    assert_eq!(redeem(directory, &all[3], "s-1", at(1)).await, Redeemed::Bound);
    directory.delete_guest(&tenant(), all[4].guest, at(1)).await.unwrap();
    directory.reset_redemption(&tenant(), all[5].guest, at(1)).await.unwrap();
    let list = async |filter: InvitationFilter, before, limit| {
        let listed = directory.invitations(&tenant(), &filter, at(50), before, limit).await.unwrap();
        if limit == 99 {
            assert_eq!(directory.count_invitations(&tenant(), &filter, at(50)).await.unwrap(), listed.len() as u64, "{filter:?}");
        }
        listed
    };
    let everything = list(InvitationFilter::default(), None, 99).await;
    assert_eq!(everything.iter().map(|one| one.invitation.id).collect::<Vec<_>>(), all.iter().rev().map(|one| one.id).collect::<Vec<_>>());
    let mut counted = 0;
    for status in [Status::PendingAcceptance, Status::InProgress, Status::Completed, Status::Revoked, Status::Expired] {
        let filtered = list(InvitationFilter { status: Some(status), ..InvitationFilter::default() }, None, 99).await;
        assert!(filtered.iter().all(|one| one.invitation.status(&one.guest, at(50)) == status), "{status:?}");
        counted += filtered.len();
    }
    assert_eq!(counted, all.len());
    let first = list(InvitationFilter::default(), None, 4).await;
    let rest = list(InvitationFilter::default(), first.last().map(|last| last.invitation.id), 4).await;
    assert_eq!((first.len(), rest.len()), (4, 2));
    let only = |filter| async { list(filter, None, 99).await.iter().map(|one| one.invitation.id).collect::<Vec<_>>() };
    assert_eq!(
        only(InvitationFilter { address: Some(address("WAITS@partner.example")), ..InvitationFilter::default() }).await,
        [all[0].id]
    );
    assert_eq!(only(InvitationFilter { inviter: Principal::new("Ana"), ..InvitationFilter::default() }).await, [all[0].id]);
    assert_eq!(only(InvitationFilter { guest: Some(all[3].guest), ..InvitationFilter::default() }).await, [all[3].id]);
}

async fn a_timeline_has_the_events_and_the_mails_of_its_invitation(directory: &Directory) {
    let (_, first) = invited(directory, "ana@partner.example", "d1").await;
    let (_, other) = invited(directory, "ben@partner.example", "d2").await;
    directory.record(&tenant(), &event(&first, "invitation.opened", at(3))).await.unwrap();
    directory.record(&tenant(), &event(&other, "invitation.opened", at(4))).await.unwrap();
    let timeline = directory.timeline(&tenant(), first.id).await.unwrap();
    assert_eq!(timeline.iter().map(|event| event.action.as_str()).collect::<Vec<_>>(), ["guest.invited", "invitation.opened"]);
    assert!(timeline.iter().all(|event| event.invitation == Some(first.id)));
}

async fn an_opened_link_is_noted_once_a_minute(directory: &Directory) {
    let (_, first) = invited(directory, "ana@partner.example", "d1").await;
    for seconds in [10, 20, 69, 71, 72] {
        let now = at(seconds);
        let event = event(&first, "invitation.opened", now);
        directory.record_unless_since(&tenant(), &event, now - Duration::from_secs(60)).await.unwrap();
    }
    let timeline = directory.timeline(&tenant(), first.id).await.unwrap();
    let seen: Vec<Timestamp> = timeline.iter().filter(|event| event.action == "invitation.opened").map(|event| event.at).collect();
    assert_eq!(seen, [at(10), at(71)]);
}

async fn whoever_wants_no_more_invitations_is_known(directory: &Directory) {
    let (ana, other) = (address("ana@partner.example"), TenantId::parse("fabrikam").unwrap());
    assert!(directory.block_invitations(&tenant(), &ana, at(5)).await.unwrap());
    assert!(!directory.block_invitations(&tenant(), &ana, at(6)).await.unwrap());
    assert_eq!(directory.invitations_blocked_since(&tenant(), &address("ANA@partner.example")).await.unwrap(), Some(at(5)));
    assert_eq!(directory.invitations_blocked_since(&other, &ana).await.unwrap(), None);
    assert!(directory.unblock_invitations(&tenant(), &ana).await.unwrap());
    assert!(!directory.unblock_invitations(&tenant(), &ana).await.unwrap());
    assert_eq!(directory.invitations_blocked_since(&tenant(), &ana).await.unwrap(), None);
}

async fn those_who_never_came_are_deleted_when_all_their_invitations_are_long_over(directory: &Directory) {
    let (over, _) = invited(directory, "over@partner.example", "d1").await;
    let (once_more, _) = invited(directory, "once-more@partner.example", "d2").await;
    write(directory, &invitation(&once_more, at(50)), Invitee::Waiting, "d3").await;
    let (revoked, theirs) = invited(directory, "revoked@partner.example", "d4").await;
    directory.revoke_invitation(&tenant(), &theirs, &event(&theirs, "invitation.revoked", at(10))).await.unwrap();
    let endless = pending("endless@partner.example");
    let never = Invitation { expires_at: None, ..invitation(&endless, at(0)) };
    write(directory, &never, Invitee::New(&Entry::from(endless)), "d5").await;
    let by_hand = pending("by-hand@partner.example");
    directory.add_guest(&tenant(), &by_hand).await.unwrap();
    assert_eq!(directory.delete_overdue(&tenant(), at(9), at(200)).await.unwrap(), []);
    assert_eq!(directory.delete_overdue(&tenant(), at(10), at(200)).await.unwrap(), [revoked.id]);
    assert_eq!(directory.delete_overdue(&tenant(), at(100), at(200)).await.unwrap(), [over.id]);
    assert_eq!(directory.delete_overdue(&tenant(), at(149), at(200)).await.unwrap(), []);
    assert_eq!(directory.delete_overdue(&tenant(), at(150), at(200)).await.unwrap(), [once_more.id]);
    assert_eq!(directory.delete_overdue(&tenant(), at(9_999), at(9_999)).await.unwrap(), []);
    let anew = pending("over@partner.example");
    directory.add_guest(&tenant(), &anew).await.unwrap();
    assert_eq!(guest(directory, anew.id).await.id, anew.id, "the address is free");
    assert!(guest(directory, over.id).await.is_deleted());
}

async fn mails_of_one_inviter_within_the_hour_are_counted(directory: &Directory) {
    for (number, by) in ["Ana", "Ana", "Ben"].iter().enumerate() {
        let guest = pending(&format!("g{number}@partner.example"));
        let one = Invitation { is_mailed: true, inviter: Principal::new(by), ..invitation(&guest, at(number as i64)) };
        write(directory, &one, Invitee::New(&Entry::from(guest)), by.to_lowercase().repeat(number + 1).as_str()).await;
    }
    let left = async |by: &str, since, most| directory.mails_left(&tenant(), &Principal::new(by).unwrap(), since, most).await.unwrap() > 0;
    assert!(left("Ana", at(-1), 3).await && !left("Ana", at(-1), 2).await && left("Ana", at(0), 2).await);
    assert!(left("Ben", at(-1), 2).await && !left("Ben", at(-1), 1).await && left("Cleo", at(-1), 1).await);
}

async fn an_assignment_is_of_one_guest_and_one_app(directory: &Directory) {
    let (portal, shop) = (ClientId::parse("portal").unwrap(), ClientId::parse("shop").unwrap());
    let ana = pending("ana@partner.example");
    let wanted = Invitation { destination: Destination::Client(portal.clone()), ..invitation(&ana, at(0)) };
    let event = event(&wanted, "guest.invited", at(0));
    let (entry, apps) = (Entry::from(ana.clone()), [portal.clone()]);
    let new = NewInvitation {
        invitation: &wanted,
        invitee: Invitee::New(&entry),
        digest: "d",
        mail: None,
        apps: &apps,
        replaces: None,
        event: &event,
    };
    directory.add_invitation(&tenant(), new).await.unwrap();
    assert!(directory.is_assigned(&tenant(), ana.id, &portal).await.unwrap());
    assert!(!directory.is_assigned(&tenant(), ana.id, &shop).await.unwrap());
    assert!(!directory.assign_app(&tenant(), ana.id, &portal, None, at(1)).await.unwrap(), "already");
    assert!(directory.assign_app(&tenant(), ana.id, &shop, None, at(1)).await.unwrap());
    assert!(!directory.assign_app(&tenant(), pending("x@y.example").id, &shop, None, at(1)).await.unwrap(), "nobody");
    let apps = directory.apps_of(&tenant(), ana.id).await.unwrap();
    assert_eq!(apps.iter().map(|app| app.client.as_str()).collect::<Vec<_>>(), ["portal", "shop"]);
    assert_eq!((apps[0].at, apps[0].by.clone()), (at(0), Principal::new("ben@contoso.example")));
    assert!(directory.unassign_app(&tenant(), ana.id, &portal).await.unwrap());
    assert!(!directory.unassign_app(&tenant(), ana.id, &portal).await.unwrap());
}

async fn an_invitation_is_redeemed_by_one_identity_and_only_while_it_holds(directory: &Directory) {
    let (ana, first) = invited(directory, "ana@partner.example", "d1").await;
    let (ben, second) = invited(directory, "ben@partner.example", "d2").await;
    assert_eq!(redeem(directory, &first, "s-1", at(100)).await, Redeemed::NotOpen, "expired");
    let crossed = Invitation { guest: ben.id, ..first.clone() };
    assert_eq!(redeem(directory, &crossed, "s-1", at(1)).await, Redeemed::NotOpen, "another guest's invitation");
    assert_eq!(redeem(directory, &Invitation { round: 2, ..first.clone() }, "s-1", at(1)).await, Redeemed::NotOpen, "another round");
    let mut racing = JoinSet::new();
    for number in 0..8 {
        let (directory, first) = (directory.clone(), first.clone());
        racing.spawn(async move { redeem(&directory, &first, &format!("s-{number}"), at(2)).await });
    }
    let bound = racing.join_all().await.into_iter().filter(|redeemed| *redeemed == Redeemed::Bound).count();
    assert_eq!(bound, 1);
    let known = guest(directory, ana.id).await.identity().cloned().unwrap();
    assert_eq!(redeem(directory, &second, known.subject.as_str(), at(3)).await, Redeemed::Taken);
    assert_eq!(guest(directory, ben.id).await, ben);
    let timeline = directory.timeline(&tenant(), first.id).await.unwrap();
    assert_eq!(timeline.iter().filter(|event| event.action == "invitation.redeemed").count(), 1);
    let by_code = gatehouse::domain::guest::BoundIdentity { voucher: Voucher::EmailVerified, ..identity("idp", "ben@partner.example") };
    let bound = event(&second, "invitation.redeemed", at(4));
    let redeemed = directory.redeem_invitation(&tenant(), &redemption(&second), &by_code, Some("Ben"), &bound).await.unwrap();
    let ben = guest(directory, ben.id).await;
    assert_eq!((redeemed, ben.creation, ben.display_name.as_deref()), (Redeemed::Bound, Creation::EmailVerified, Some("Ben")));
}

async fn a_purged_guest_takes_their_invitations_along(directory: &Directory) {
    let (ana, first) = invited(directory, "ana@partner.example", "d1").await;
    directory.delete_guest(&tenant(), ana.id, at(1)).await.unwrap();
    assert_eq!(by_handle(directory, "d1").await.unwrap().invitation.status(&guest(directory, ana.id).await, at(1)), Status::Revoked);
    assert_eq!(directory.purge_guest(&tenant(), ana.id).await.unwrap(), Changed::Done);
    assert_eq!((by_handle(directory, "d1").await, directory.invitation(&tenant(), first.id).await.unwrap()), (None, None));
    assert_eq!(directory.bind_identity(&tenant(), ana.id, &identity("idp", "s"), None).await.unwrap(), BoundGuest::Taken);
}
