//! Whatever stands in the way has a code, a name and a cure.

use super::*;
use crate::{
    domain::{
        address::DomainName,
        collaboration::{AllowInvitesFrom, DomainList, PartnerPolicy},
        guest::{Guest, PrincipalName, State},
        id::ClientId,
    },
    store::directory::Update,
};

fn refused(result: Result<Invited, Refusal>) -> (ErrorCode, String, Option<GuestId>) {
    match result.unwrap_err() {
        Refusal::ByRule { code, detail, guest } => (code, detail, guest),
        Refusal::Directory(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn who_may_invite_is_said_by_the_tenant() {
    use AllowInvitesFrom::{AdminsAndGuestInviters, AdminsGuestInvitersAndAllMembers, Everyone, None};
    let ranks = [Rank::Guest, Rank::Member, Rank::GuestInviter, Rank::Administrator];
    for (from, may) in [
        (None, [false, false, false, false]),
        (AdminsAndGuestInviters, [false, false, true, true]),
        (AdminsGuestInvitersAndAllMembers, [false, true, true, true]),
        (Everyone, [true, true, true, true]),
    ] {
        for (rank, may) in ranks.into_iter().zip(may) {
            let mut house = House::new().await;
            house.tenant.invitations.from = from;
            let result = invite(&house.inviter, &house.tenant, &by(rank), to("ana@partner.example")).await;
            match may {
                true => assert!(result.is_ok(), "{from:?} {rank:?}"),
                false => assert_eq!(refused(result).0, ErrorCode::InvitingNotAllowed, "{from:?} {rank:?}"),
            }
        }
    }
}

#[tokio::test]
async fn only_administrators_invite_members_reset_and_convert() {
    let house = House::new().await;
    let ana = house.invited("ana@partner.example").await.entry.guest.id;
    for (asked, code) in [
        (Invite { user_type: UserType::Member, ..to("ben@partner.example") }, ErrorCode::MembersByAdministrators),
        (Invite { target: Target::Reset(ana), ..to("ana@partner.example") }, ErrorCode::InvitingNotAllowed),
        (Invite { target: Target::Convert(ana), ..to("ana@partner.example") }, ErrorCode::InvitingNotAllowed),
    ] {
        let result = invite(&house.inviter, &house.tenant, &by(Rank::GuestInviter), asked.clone()).await;
        assert_eq!(refused(result).0, code);
        assert!(house.invite(asked).await.is_ok());
    }
}

#[tokio::test]
async fn a_rule_that_needs_no_directory_says_what_to_change() {
    let domain = |text: &str| DomainName::parse(text).unwrap();
    let blocked = PartnerPolicy { is_inbound_allowed: false, ..PartnerPolicy::default() };
    let mut house = House::new().await;
    house.tenant.domains = vec![domain("contoso.example")];
    house.tenant.invitations.domains = DomainList::Block([domain("blocked.example")].into());
    house.tenant.invitations.partners = [(domain("cut.example"), blocked)].into();
    let page = |text: &str| Destination::Page(url::Url::parse(text).unwrap());
    let elsewhere = Invite { destination: page("https://evil.example/"), ..to("ana@partner.example") };
    let no_app = Invite { destination: Destination::Client(ClientId::parse("gone").unwrap()), ..to("ana@partner.example") };
    for (invite, code, cure) in [
        (to("ana@contoso.example"), ErrorCode::AddressIsOwnDomain, "their own account"),
        (to("ana@blocked.example"), ErrorCode::DomainBlocked, "`block_domains`"),
        (to("ana@cut.example"), ErrorCode::PartnerBlocked, "[partners.\"cut.example\"]"),
        (elsewhere, ErrorCode::RedirectNotAllowed, "`redirect_origins`"),
        (no_app, ErrorCode::RedirectNotAllowed, "name one of its apps"),
        (Invite { is_mailed: true, ..to("ana@partner.example") }, ErrorCode::MailNotConfigured, "[mail]"),
    ] {
        let (got, detail, guest) = refused(house.invite(invite).await);
        assert_eq!((got, guest), (code, None));
        assert!(detail.contains(cure), "{detail}");
    }
    assert!(house.inviter.directory.audit_events(&house.tenant.id, 9).await.unwrap().is_empty());
    house.tenant.invitations.domains = DomainList::Allow([domain("fabrikam.example")].into());
    assert_eq!(refused(house.invite(to("ana@partner.example")).await).0, ErrorCode::DomainBlocked);
    assert!(house.invite(to("ana@fabrikam.example")).await.is_ok());
}

#[tokio::test]
async fn who_is_in_the_way_is_named_with_the_cure() {
    let house = House::new().await;
    let (directory, tenant) = (&house.inviter.directory, &house.tenant);
    let blocked = house.invited("blocked@partner.example").await.entry.guest.id;
    directory.update_guest(&tenant.id, blocked, &Update { is_enabled: Some(false), ..Update::default() }).await.unwrap();
    let deleted = house.invited("deleted@partner.example").await.entry.guest.id;
    directory.delete_guest(&tenant.id, deleted, NOW).await.unwrap();
    let there = house.invited("there@partner.example").await.entry.guest.id;
    let mover = house.invited("mover@partner.example").await.entry.guest.id;
    let accepted = Guest {
        state: State::stored("Accepted", NOW, Some((&proven("s")).into())).unwrap(),
        ..house.invited("x@partner.example").await.entry.guest
    };
    let id = GuestId::from_drawn(random::ordered_uuid(NOW));
    let mail = address("accepted@partner.example");
    let principal_name = PrincipalName::of(&mail, "contoso.example");
    directory.add_guest(&tenant.id, &Guest { id, mail, principal_name, ..accepted }).await.unwrap();
    directory.block_invitations(&tenant.id, &address("enough@partner.example"), NOW).await.unwrap();
    let reset = |mail: &str, guest| Invite { target: Target::Reset(guest), ..to(mail) };
    for (invite, code, who, cure) in [
        (to("blocked@partner.example"), ErrorCode::GuestIsBlocked, Some(blocked), "unblock"),
        (to("DELETED@partner.example"), ErrorCode::GuestIsDeleted, Some(deleted), "restore"),
        (to("accepted@partner.example"), ErrorCode::AlreadyAccepted, Some(id), "reset"),
        (to("enough@partner.example"), ErrorCode::RecipientOptedOut, None, "lift the block"),
        (reset("there@partner.example", mover), ErrorCode::AddressOfAnother, Some(there), "delete"),
        (reset("new@partner.example", deleted), ErrorCode::GuestIsDeleted, Some(deleted), "restore"),
        (reset("new@partner.example", blocked), ErrorCode::GuestIsBlocked, Some(blocked), "unblock"),
        (Invite { target: Target::Convert(id), ..to("accepted@partner.example") }, ErrorCode::ConversionImpossible, Some(id), "reset"),
        (
            Invite { target: Target::Convert(mover), ..to("mover@fabrikam.example") },
            ErrorCode::ConversionImpossible,
            Some(mover),
            "partner.example",
        ),
    ] {
        let (got, detail, guest) = refused(house.invite(invite).await);
        assert_eq!((got, guest), (code, who), "{detail}");
        assert!(detail.contains(cure), "{detail}");
    }
}

#[tokio::test]
async fn an_inviter_causes_as_many_mails_an_hour_as_the_tenant_says() {
    let mut house = House::new().await.with_mail();
    house.tenant.invitations.mails_per_hour = 2;
    let mailed = |mail: &str| Invite { is_mailed: true, ..to(mail) };
    for mail in ["a@partner.example", "b@partner.example"] {
        assert!(house.invite(mailed(mail)).await.unwrap().link.is_none(), "the link goes by mail alone");
    }
    assert_eq!(refused(house.invite(mailed("c@partner.example")).await).0, ErrorCode::TooManyInvitations);
    assert!(house.invite(to("c@partner.example")).await.is_ok(), "no mail");
    house.inviter.clock.advance(std::time::Duration::from_secs(3600));
    assert!(house.invite(mailed("d@partner.example")).await.is_ok());
}
