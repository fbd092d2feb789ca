//! A link redeemed: by whom, when, and how often.

use std::time::Duration;

use super::*;
use crate::{
    domain::{address::DomainName, collaboration::DomainList, guest::Creation},
    guests::News,
    store::directory::Update,
};

fn code(result: Result<Admitted, Refused>) -> ErrorCode {
    match result.unwrap_err() {
        Refused::ByRule(code) => code,
        Refused::Directory(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_second_click_is_no_second_redemption() {
    let house = House::new().await;
    let link = handle(&house.invited("ana@partner.example").await);
    let first = house.redeem(&link, &proven("s-1")).await.unwrap();
    assert_eq!(first.news, Some(News::Bound));
    let second = house.redeem(&link, &proven("s-1")).await.unwrap();
    assert_eq!((second.news, second.file), (None, first.file));
    assert_eq!(code(house.redeem(&link, &proven("s-2")).await), ErrorCode::SubjectChanged);
    let passcode = VerifiedIdentity { voucher: Voucher::Passcode, ..proven("ana@partner.example") };
    assert_eq!(code(house.redeem(&link, &passcode).await), ErrorCode::WrongAccount);
}

#[tokio::test]
async fn the_account_of_another_guest_redeems_nothing() {
    let house = House::new().await;
    let (ana, ben) = (house.invited("ana@partner.example").await, house.invited("ben@partner.example").await);
    house.redeem(&handle(&ana), &proven("s-1")).await.unwrap();
    assert_eq!(code(house.redeem(&handle(&ben), &proven("s-1")).await), ErrorCode::AnotherGuestsAccount);
}

#[tokio::test]
async fn what_changed_between_the_click_and_the_proof_counts() {
    let house = House::new().await;
    let ana = house.invited("ana@partner.example").await;
    house.inviter.clock.advance(Duration::from_secs(31 * 86_400));
    assert_eq!(code(house.redeem(&handle(&ana), &proven("s")).await), ErrorCode::InvitationExpired);

    let house = House::new().await;
    let ana = house.invited("ana@partner.example").await;
    revoke(&house.inviter, &house.tenant, &by(Rank::Member), ana.invitation.id).await.unwrap();
    assert_eq!(code(house.redeem(&handle(&ana), &proven("s")).await), ErrorCode::InvitationGone);

    let house = House::new().await;
    let ana = house.invited("ana@partner.example").await;
    let (directory, tenant, id) = (&house.inviter.directory, &house.tenant.id, ana.entry.guest.id);
    directory.update_guest(tenant, id, &Update { is_enabled: Some(false), ..Update::default() }).await.unwrap();
    assert_eq!(code(house.redeem(&handle(&ana), &proven("s")).await), ErrorCode::GuestBlocked);
    directory.update_guest(tenant, id, &Update { is_enabled: Some(true), ..Update::default() }).await.unwrap();
    directory.delete_guest(tenant, id, NOW).await.unwrap();
    assert_eq!(code(house.redeem(&handle(&ana), &proven("s")).await), ErrorCode::InvitationGone);

    let mut house = House::new().await;
    let (ana, ben) = (house.invited("ana@partner.example").await, house.invited("ben@partner.example").await);
    house.redeem(&handle(&ben), &proven("s-2")).await.unwrap();
    house.tenant.invitations.domains = DomainList::Block([DomainName::parse("partner.example").unwrap()].into());
    assert_eq!(code(house.redeem(&handle(&ana), &proven("s")).await), ErrorCode::DomainBlocked);
    assert_eq!(code(house.redeem(&handle(&ben), &proven("s-2")).await), ErrorCode::DomainBlocked, "not accepted yet");
}

#[tokio::test]
async fn a_self_service_account_is_noted_as_such() {
    let house = House::new().await;
    let link = handle(&house.invited("ida@viral.example").await);
    let by_code = VerifiedIdentity { voucher: Voucher::EmailVerified, ..proven("ida@viral.example") };
    assert_eq!(house.redeem(&link, &by_code).await.unwrap().file.guest.creation, Creation::EmailVerified);
}
