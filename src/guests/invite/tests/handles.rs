//! No sequence of inviting, sending again, taking back, resetting and deleting leaves a handle that redeems another guest, or another
//! redemption of the same one.

use std::{collections::BTreeMap, time::Duration};

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::*;
use crate::{
    domain::{errand::Redemption, guest::BoundIdentity, id::InvitationId, invitation::Status},
    guests::News,
    store::directory::{Filter, Whom},
};

#[derive(Debug, Clone)]
enum Step {
    Invite(usize),
    Reset(usize, usize),
    Resend(usize),
    Revoke(usize),
    Reissue(usize),
    Delete(usize),
    Restore(usize),
    Redeem(usize, usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let (many, few) = (0..12_usize, 0..3_usize);
    prop_oneof![
        3 => few.clone().prop_map(Step::Invite),
        2 => (many.clone(), few.clone()).prop_map(|(guest, address)| Step::Reset(guest, address)),
        2 => many.clone().prop_map(Step::Resend),
        1 => many.clone().prop_map(Step::Revoke),
        1 => many.clone().prop_map(Step::Reissue),
        1 => many.clone().prop_map(Step::Delete),
        1 => many.clone().prop_map(Step::Restore),
        5 => (many, few).prop_map(|(handle, identity)| Step::Redeem(handle, identity)),
        1 => (1..20_u64).prop_map(Step::Wait),
    ]
}

/// Every link there ever was, with what it was for when it was given out.
#[derive(Default)]
struct Given {
    links: Vec<(String, Redemption)>,
    invitations: Vec<InvitationId>,
    guests: Vec<GuestId>,
}

impl Given {
    fn keep(&mut self, invited: &Invited) {
        let Invited { invitation, .. } = invited;
        let of = Redemption {
            invitation: invitation.id,
            guest: invitation.guest,
            round: invitation.round,
            invited: invitation.invited.clone(),
            destination: invitation.destination.clone(),
        };
        self.links.push((handle(invited), of));
        self.invitations.push(invitation.id);
        self.guests.push(invitation.guest);
    }
}

async fn known(house: &House) -> BTreeMap<GuestId, (u32, Option<BoundIdentity>)> {
    let mut known = BTreeMap::new();
    for is_deleted in [false, true] {
        let filter = Filter { is_deleted, ..Filter::default() };
        for entry in house.inviter.directory.entries(&house.tenant.id, &filter, None, 999).await.unwrap() {
            known.insert(entry.guest.id, (entry.guest.round, entry.guest.identity().cloned()));
        }
    }
    known
}

async fn take(house: &House, given: &mut Given, step: &Step) {
    let (inviter, tenant, ben) = (&house.inviter, &house.tenant, by(Rank::Administrator));
    let mail = |number: usize| ["ana@p.example", "ben@p.example", "cleo@p.example"][number];
    let guest = |given: &Given, number: usize| given.guests.get(number).copied();
    let invitation = |given: &Given, number: usize| given.invitations.get(number).copied();
    let invited = match *step {
        Step::Invite(address) => house.invite(to(mail(address))).await.ok(),
        Step::Reset(number, address) => match guest(given, number) {
            Some(guest) => house.invite(Invite { target: Target::Reset(guest), ..to(mail(address)) }).await.ok(),
            None => None,
        },
        Step::Resend(number) => match invitation(given, number) {
            Some(id) => resend(inviter, tenant, &ben, id, Delivery::Link).await.ok(),
            None => None,
        },
        Step::Reissue(number) => match invitation(given, number) {
            Some(id) => reissue(inviter, tenant, &ben, id, Delivery::Link).await.ok(),
            None => None,
        },
        Step::Revoke(number) => {
            if let Some(id) = invitation(given, number) {
                let _ = revoke(inviter, tenant, &ben, id).await;
            }
            None
        }
        Step::Delete(number) => {
            if let Some(guest) = guest(given, number) {
                inviter.directory.delete_guest(&tenant.id, guest, inviter.clock.now()).await.unwrap();
            }
            None
        }
        Step::Restore(number) => {
            if let Some(guest) = guest(given, number) {
                inviter.directory.restore_guest(&tenant.id, guest, inviter.clock.now()).await.unwrap();
            }
            None
        }
        Step::Redeem(number, identity) => {
            if let Some((handle, redemption)) = given.links.get(number) {
                redeems_its_own(house, handle, redemption, &proven(["s-0", "s-1", "s-2"][identity])).await;
            }
            None
        }
        Step::Wait(days) => {
            inviter.clock.advance(Duration::from_secs(days * 86_400));
            None
        }
    };
    if let Some(invited) = invited {
        given.keep(&invited);
    }
}

async fn redeems_its_own(house: &House, handle: &str, redemption: &Redemption, proven: &VerifiedIdentity) {
    let (before, opened) = (known(house).await, house.open(handle).await.unwrap());
    let result = redeem(&house.inviter.directory, &house.inviter.clock, &house.tenant, redemption, proven).await;
    let mut expected = before;
    match result {
        Ok(Admitted { file, news: Some(News::Bound) }) => {
            assert_eq!((file.guest.id, file.guest.round, opened.status), (redemption.guest, redemption.round, Status::PendingAcceptance));
            expected.insert(redemption.guest, (redemption.round, Some(proven.into())));
        }
        Ok(Admitted { file, news: None }) => {
            assert_eq!((file.guest.id, file.guest.identity()), (redemption.guest, Some(&proven.into())), "known already");
        }
        Ok(Admitted { news: Some(News::Created), .. }) => panic!("a link makes nobody"),
        Err(Refused::ByRule(_)) => {}
        Err(Refused::Directory(error)) => panic!("{error}"),
    }
    assert_eq!(known(house).await, expected, "nobody else changed");
}

#[tokio::test]
async fn no_sequence_leaves_a_handle_that_redeems_another_guest_or_redemption() {
    let mut runner = TestRunner::default();
    for number in 0..40 {
        let steps = proptest::collection::vec(step(), 30).new_tree(&mut runner).unwrap().current();
        let (house, mut given) = (House::new().await, Given::default());
        for (count, step) in steps.iter().enumerate() {
            println!("{number}.{count}: {step:?}");
            take(&house, &mut given, step).await;
            for (handle, redemption) in &given.links {
                let opened = house.open(handle).await.unwrap();
                assert_eq!(opened.redemption(), *redemption);
                if matches!(opened.status, Status::PendingAcceptance | Status::InProgress) {
                    let guest = house.inviter.directory.entry(&house.tenant.id, &Whom::Id(redemption.guest)).await.unwrap().unwrap().guest;
                    assert_eq!((guest.round, guest.is_deleted()), (redemption.round, false));
                }
            }
        }
    }
}
