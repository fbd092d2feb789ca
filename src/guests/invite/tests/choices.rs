//! What an invitation chooses by itself: language, message, addresses, apps, sponsors, and how long it holds.

use std::time::Duration;

use super::*;
use crate::{
    domain::{
        address::DomainName,
        collaboration::PartnerPolicy,
        home_realm::{Edition, Entry as Way, Facts, Outcome, Progress, Query, decide},
        id::ClientId,
        invitation::Status,
    },
    store::directory::Whom,
};

#[tokio::test]
async fn somebody_new_is_expected_with_a_link_that_holds_as_long_as_the_tenant_says() {
    let house = House::new().await;
    let invited = house.invited("Ana+x@partner.example").await;
    assert_eq!(invited.entry.sponsors.iter().map(Principal::as_str).collect::<Vec<_>>(), ["ben@contoso.example"]);
    assert_eq!(invited.entry.guest.invited_by, Principal::new("ben@contoso.example"));
    assert_eq!(invited.invitation.expires_at, Some(NOW + Duration::from_secs(30 * 86_400)));
    let handle = handle(&invited);
    assert_eq!(handle.len(), 43);
    let opened = house.open(&handle).await.unwrap();
    assert_eq!((opened.invitation, opened.entry, opened.status), (invited.invitation, invited.entry, Status::PendingAcceptance));
    for none in ["", "x", &"A".repeat(43), &format!("{handle}A"), "../../../../../../../../../../../../../etc/pas"] {
        assert!(matches!(house.open(none).await, Err(Refused::ByRule(ErrorCode::InvitationGone))), "{none}");
    }
    house.inviter.clock.advance(Duration::from_secs(30 * 86_400));
    assert_eq!(house.open(&handle).await.unwrap().status, Status::Expired);
}

#[tokio::test]
async fn somebody_expected_is_invited_again_as_the_same_guest_and_both_links_hold() {
    let house = House::new().await;
    let (first, second) = (house.invited("ana@partner.example").await, house.invited("ANA@partner.example").await);
    assert_eq!(second.remarks, [Remark::AlreadyPending]);
    assert_eq!(first.entry.guest.id, second.entry.guest.id);
    for invited in [&first, &second] {
        assert_eq!(house.open(&handle(invited)).await.unwrap().status, Status::PendingAcceptance);
    }
}

#[tokio::test]
async fn the_language_is_the_one_asked_for_else_the_guests_else_the_tenants() {
    let mut house = House::new().await;
    house.tenant.default_locale = Locale::Fr;
    assert_eq!(house.invited("a@partner.example").await.invitation.language, Locale::Fr);
    let german = Invite { language: Some(Locale::De), ..to("b@partner.example") };
    assert_eq!(house.invite(german).await.unwrap().invitation.language, Locale::De);
    assert_eq!(house.invited("b@partner.example").await.invitation.language, Locale::De, "theirs by now");
}

#[tokio::test]
async fn a_message_that_nobody_could_answer_is_dropped_and_that_is_said() {
    let house = House::new().await;
    let hello = Invite { message: PersonalMessage::new("Hello").unwrap(), ..to("ana@partner.example") };
    let dropped = house.invite(hello.clone()).await.unwrap();
    assert_eq!((dropped.invitation.message, dropped.remarks), (None, vec![Remark::MessageDropped]));
    let answered = By { reply_to: Some(address("ben@contoso.example")), ..by(Rank::Member) };
    let kept = invite(&house.inviter, &house.tenant, &answered, hello).await.unwrap();
    assert_eq!((kept.invitation.message.unwrap().as_str(), kept.remarks), ("Hello", vec![Remark::AlreadyPending]));
}

#[tokio::test]
async fn a_contacts_address_is_no_proxy_address_of_the_guest() {
    let mut house = House::new().await;
    house.tenant.invitations.contacts = ["ana@partner.example".to_owned()].into();
    let invited = house.invited("Ana@partner.example").await;
    assert_eq!(invited.remarks, [Remark::Contact]);
    assert_eq!((invited.entry.addresses.other().len(), invited.entry.addresses.proxy().len()), (1, 0));
}

#[tokio::test]
async fn an_invitation_to_an_app_or_a_page_of_it_assigns() {
    let house = House::new().await;
    let portal = ClientId::parse("portal").unwrap();
    let page = url::Url::parse("https://portal.contoso.example/orders").unwrap();
    for (mail, destination, is_assigned) in [
        ("a@partner.example", Destination::Apps, false),
        ("b@partner.example", Destination::Client(portal.clone()), true),
        ("c@partner.example", Destination::Page(page), true),
    ] {
        let invited = house.invite(Invite { destination, ..to(mail) }).await.unwrap();
        let assigned = house.inviter.directory.is_assigned(&house.tenant.id, invited.entry.guest.id, &portal).await.unwrap();
        assert_eq!(assigned, is_assigned, "{mail}");
    }
}

#[tokio::test]
async fn where_both_sides_redeem_automatically_the_mail_is_a_notice() {
    let mut house = House::new().await.with_mail();
    let both = PartnerPolicy { is_automatic_inbound: true, is_automatic_outbound: true, ..PartnerPolicy::default() };
    house.tenant.invitations.partners = [(DomainName::parse("partner.example").unwrap(), both)].into();
    let invite = Invite { is_mailed: true, ..to("ana@partner.example") };
    let preview = preview(&house.inviter, &house.tenant, &by(Rank::Guest), &invite).await.unwrap();
    assert_eq!((preview.kind, preview.effect, preview.remarks), (Invites::ForInformation, Effect::Added, vec![Remark::Automatic]));
    assert_eq!(house.inviter.directory.entry(&house.tenant.id, &Whom::Address(address("ana@partner.example"))).await.unwrap(), None);
    assert_eq!(house.invite(invite).await.unwrap().remarks, [Remark::Automatic]);
}

#[tokio::test]
async fn a_reset_keeps_id_and_name_and_the_older_addresses_and_ends_older_links() {
    let house = House::new().await;
    let first = house.invited("ana@partner.example").await;
    house.redeem(&handle(&first), &proven("s-1")).await.unwrap();
    let reset = Invite { target: Target::Reset(first.entry.guest.id), ..to("ana@new.example") };
    let second = house.invite(reset).await.unwrap();
    assert_eq!((second.remarks.as_slice(), second.entry.guest.round), (&[Remark::AddressAdded][..], 2));
    assert_eq!((second.entry.guest.id, &second.entry.guest.principal_name), (first.entry.guest.id, &first.entry.guest.principal_name));
    assert_eq!((second.entry.addresses.mail(), second.entry.addresses.other().len()), (&address("ana@new.example"), 2));
    assert_eq!(second.entry.guest.identity(), None);
    assert_eq!(house.open(&handle(&first)).await.unwrap().status, Status::Revoked);
    assert!(matches!(house.redeem(&handle(&first), &proven("s-1")).await, Err(Refused::ByRule(ErrorCode::InvitationGone))));
    assert!(house.redeem(&handle(&second), &proven("s-2")).await.is_ok());
}

#[tokio::test]
async fn an_invitation_is_sent_again_taken_back_and_issued_anew() {
    let house = House::new().await;
    let (inviter, tenant, ben) = (&house.inviter, &house.tenant, by(Rank::Member));
    let first = house.invited("ana@partner.example").await;
    let again = resend(inviter, tenant, &ben, first.invitation.id, Delivery::Link).await.unwrap();
    assert_ne!(handle(&again), handle(&first));
    let code = |refusal: Refusal| refusal.code();
    revoke(inviter, tenant, &ben, first.invitation.id).await.unwrap();
    for handle in [handle(&first), handle(&again)] {
        assert_eq!(house.open(&handle).await.unwrap().status, Status::Revoked);
    }
    let closed = resend(inviter, tenant, &ben, first.invitation.id, Delivery::Link).await.map_err(code).unwrap_err();
    assert_eq!(closed, ErrorCode::InvitationClosed);
    assert_eq!(revoke(inviter, tenant, &ben, first.invitation.id).await.map_err(code).unwrap_err(), ErrorCode::InvitationClosed);
    let anew = reissue(inviter, tenant, &ben, first.invitation.id, Delivery::Link).await.unwrap();
    house.redeem(&handle(&anew), &proven("s")).await.unwrap();
    assert_eq!(house.open(&handle(&anew)).await.unwrap().status, Status::InProgress);
    let unknown = crate::domain::id::InvitationId::from_drawn(uuid::Uuid::nil());
    assert_eq!(revoke(inviter, tenant, &ben, unknown).await.map_err(code).unwrap_err(), ErrorCode::ApiNotFound);
}

#[test]
fn who_is_locked_out_is_decided_as_discovery_decides() {
    let mail = address("ana@partner.example");
    for (edition, is_passcode_on) in [(Edition::E2021, true), (Edition::E2021, false), (Edition::E2024, true), (Edition::E2024, false)] {
        let mut tenant = fixture::tenant();
        (tenant.home_realm.edition, tenant.home_realm.is_passcode_on) = (edition, is_passcode_on);
        for voucher in ["mail", "email_verified", "removed"].map(|text| Voucher::parse(text).unwrap()) {
            let facts = Facts { accepted_as: Some(voucher.clone()), ..Facts::default() };
            let Progress::Decided(decision) = decide(&tenant, &Query { address: Some(&mail), entry: Way::Direct, hint: None }, &facts)
            else {
                panic!("a stored identity asks nobody")
            };
            assert_eq!(tenant.serves(&voucher), !matches!(decision.outcome, Outcome::Blocked(_)), "{voucher:?} {edition:?}");
        }
    }
}
