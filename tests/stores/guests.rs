//! The directory of guests, on every directory: found in every way, listed, changed, deleted, restored, purged, redeemed anew.

use std::time::Duration;

use gatehouse::{
    domain::{
        guest::{Addresses, Entry, Guest, Principal, PrincipalName, RESTORABLE, Sponsors, State, UserType},
        id::{GuestId, TenantId},
        identity::Voucher,
        locale::Locale,
        secret::Secret,
    },
    store::directory::{AddedGuest, BoundGuest, Changed, Count, Directory, Filter, Obstacle, StateName, Update, Whom},
};

use crate::{
    directory::{acceptance, add, address, at, completing, contract, identity, known, open, pending, sign_in},
    services::postgres::Postgres,
    stage::tenant,
};

contract! {
    a_guest_comes_back_with_everything_and_is_found_in_four_ways
    a_principal_name_is_never_used_again
    what_is_absent_from_a_change_stays
    an_address_of_another_guest_can_not_be_taken_over
    a_list_is_filtered_and_read_page_by_page
    guests_are_counted_by_who_proved_them
    a_deleted_guest_is_nobody_to_change_and_in_nobodys_way
    a_restored_guest_is_as_before
    who_stands_in_the_way_of_a_restoration_is_said
    only_the_deleted_are_purged_and_nothing_of_them_stays
    whoever_was_deleted_thirty_days_ago_is_past_restoring
    a_reset_begins_redemption_anew_and_old_consents_do_not_count
    a_sign_in_is_written_later_and_to_a_few_minutes
}

fn principal(name: &str) -> Principal {
    Principal::new(name).unwrap()
}

async fn entry(directory: &Directory, id: GuestId) -> Option<Entry> {
    directory.entry(&tenant(), &Whom::Id(id)).await.unwrap()
}

async fn delete(directory: &Directory, guest: &Guest, seconds: i64) {
    assert_eq!(directory.delete_guest(&tenant(), guest.id, at(seconds)).await.unwrap(), Changed::Done);
}

async fn a_guest_comes_back_with_everything_and_is_found_in_four_ways(directory: &Directory) {
    let ana = Guest {
        user_type: UserType::Member,
        invited_by: Some(principal("Ben Meyer")),
        preferred_language: Some(Locale::Fr),
        last_sign_in_at: None,
        ..known("Ana@partner.example", identity("fabrikam", "s-1"))
    };
    let [alias, old] = ["a.torres@partner.example", "ana@old.example"].map(address);
    let ana = Entry {
        addresses: Addresses::new(ana.mail.clone(), vec![alias.clone()], vec![ana.mail.clone(), old.clone()]).unwrap(),
        sponsors: Sponsors::new(["Ben Meyer", "Team Purchasing"].map(principal)).unwrap(),
        guest: ana,
    };
    assert_eq!(directory.add_entry(&tenant(), &ana).await.unwrap(), AddedGuest::Added);
    add(directory, &pending("ben@partner.example")).await;
    let name = PrincipalName::parse("ana_partner.example#ext#@contoso.example").unwrap();
    let identity = ana.guest.identity().unwrap().clone();
    for whom in [Whom::Id(ana.guest.id), Whom::PrincipalName(name), Whom::Identity(identity), Whom::Address(alias), Whom::Address(old)] {
        assert_eq!(directory.entry(&tenant(), &whom).await.unwrap().as_ref(), Some(&ana), "{whom:?}");
        assert_eq!(directory.entry(&TenantId::parse("fabrikam").unwrap(), &whom).await.unwrap(), None, "{whom:?}");
    }
}

async fn a_principal_name_is_never_used_again(directory: &Directory) {
    let [first, second, third] = [pending("ana@partner.example"), pending("ana@partner.example"), pending("ana@partner.example")];
    add(directory, &first).await;
    assert_eq!(directory.add_guest(&tenant(), &second).await.unwrap(), AddedGuest::Taken);
    delete(directory, &first, 1).await;
    add(directory, &second).await;
    // Handed over to somebody else, who has another address.
    let addresses = Some(Addresses::only(address("eve@partner.example")));
    let moved = directory.update_guest(&tenant(), second.id, &Update { addresses, ..Update::default() }).await.unwrap();
    assert_eq!(moved, Changed::Done);
    add(directory, &third).await;
    let mut names = Vec::new();
    for guest in [&first, &second, &third] {
        names.push(entry(directory, guest.id).await.unwrap().guest.principal_name.as_str().to_owned());
    }
    let id = third.id.to_string();
    assert_eq!(names[0], "ana_partner.example#EXT#@contoso.example");
    assert_eq!(names[2], format!("ana_partner.example_{}#EXT#@contoso.example", &id[id.len() - 8..]));
    assert!(names[1] != names[2] && names[1] != names[0]);
}

async fn what_is_absent_from_a_change_stays(directory: &Directory) {
    let ana = pending("ana@partner.example");
    add(directory, &ana).await;
    let change = async |update: Update| assert_eq!(directory.update_guest(&tenant(), ana.id, &update).await.unwrap(), Changed::Done);
    let sponsors = Sponsors::new([principal("Ben")]).unwrap();
    let addresses = Addresses::new(address("ana@new.example"), vec![ana.mail.clone()], Vec::new()).unwrap();
    change(Update { display_name: Some(Some("Ana".into())), preferred_language: Some(Some(Locale::De)), ..Update::default() }).await;
    change(Update { user_type: Some(UserType::Member), is_enabled: Some(false), ..Update::default() }).await;
    change(Update { addresses: Some(addresses.clone()), sponsors: Some(sponsors.clone()), ..Update::default() }).await;
    change(Update::default()).await;
    let changed = Guest {
        display_name: Some("Ana".into()),
        preferred_language: Some(Locale::De),
        user_type: UserType::Member,
        is_enabled: false,
        mail: address("ana@new.example"),
        ..ana.clone()
    };
    assert_eq!(entry(directory, ana.id).await, Some(Entry { guest: changed.clone(), addresses, sponsors }));
    change(Update { display_name: Some(None), preferred_language: Some(None), sponsors: Some(Sponsors::default()), ..Update::default() })
        .await;
    let emptied = entry(directory, ana.id).await.unwrap();
    assert_eq!((emptied.guest.display_name, emptied.guest.preferred_language, emptied.sponsors), (None, None, Sponsors::default()));
    let nobody = directory.update_guest(&tenant(), pending("x@y.example").id, &Update::default()).await.unwrap();
    assert_eq!(nobody, Changed::Nobody);
}

async fn an_address_of_another_guest_can_not_be_taken_over(directory: &Directory) {
    let (ana, ben) = (pending("ana@partner.example"), pending("ben@partner.example"));
    add(directory, &ana).await;
    add(directory, &ben).await;
    let greedy = Addresses::new(ben.mail.clone(), vec![address("b@partner.example"), address("ANA@partner.example")], Vec::new()).unwrap();
    let update = Update { addresses: Some(greedy), is_enabled: Some(false), ..Update::default() };
    let changed = directory.update_guest(&tenant(), ben.id, &update).await.unwrap();
    assert_eq!(changed, Changed::Obstructed(vec![Obstacle::Address { address: ana.mail.clone(), of: ana.id }]));
    assert_eq!(entry(directory, ben.id).await, Some(Entry::from(ben)), "nothing half-done");
}

async fn a_list_is_filtered_and_read_page_by_page(directory: &Directory) {
    let mut all = Vec::new();
    for n in 0..7 {
        let mail = format!("guest{n}@partner.example");
        let guest = match n {
            0..3 => known(&mail, identity("idp", &format!("s-{n}"))),
            3 => known(&mail, identity("other", "s")),
            _ => Guest { user_type: UserType::Member, ..pending(&mail) },
        };
        let entry = Entry {
            sponsors: Sponsors::new(["One", "Two"].map(principal)).unwrap(),
            addresses: Addresses::new(guest.mail.clone(), vec![address(&format!("Alias{n}%_@partner.example"))], Vec::new()).unwrap(),
            guest,
        };
        assert_eq!(directory.add_entry(&tenant(), &entry).await.unwrap(), AddedGuest::Added);
        all.push(entry);
    }
    delete(directory, &all[6].guest, 1).await;
    all.truncate(6);
    all.sort_by_key(|entry| entry.guest.id);
    let mails = |entries: &[Entry]| {
        let mut mails: Vec<&str> = entries.iter().map(|entry| entry.guest.mail.local()).collect();
        mails.sort_unstable();
        mails.join(" ")
    };
    let (mut read, mut after) = (Vec::new(), None);
    loop {
        let page = directory.entries(&tenant(), &Filter::default(), after, 4).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.guest.id);
        read.extend(page);
    }
    assert_eq!(read, all);
    let everyone = "guest0 guest1 guest2 guest3 guest4 guest5";
    let of = |text: &str| Filter { address_prefix: Some(text.into()), ..Filter::default() };
    for (filter, want) in [
        (Filter::default(), everyone),
        (Filter { is_deleted: true, ..Filter::default() }, "guest6"),
        (Filter { state: Some(StateName::Accepted), ..Filter::default() }, "guest0 guest1 guest2 guest3"),
        (Filter { state: Some(StateName::PendingAcceptance), ..Filter::default() }, "guest4 guest5"),
        (Filter { user_type: Some(UserType::Member), ..Filter::default() }, "guest4 guest5"),
        (Filter { voucher: Voucher::parse("other"), ..Filter::default() }, "guest3"),
        (of("GUEST1"), "guest1"),
        (of("alias2%_@"), "guest2"),
        (of("g"), everyone),
        (of("g%"), ""),
        (Filter { is_deleted: true, ..of("alias6") }, "guest6"),
        (Filter { user_type: Some(UserType::Guest), voucher: Voucher::parse("idp"), ..of("guest2") }, "guest2"),
        (Filter { is_enabled: Some(true), ..of("g") }, "guest4 guest5"),
        (Filter { is_enabled: Some(false), ..Filter::default() }, "guest0 guest1 guest2 guest3"),
    ] {
        assert_eq!(mails(&directory.entries(&tenant(), &filter, None, 99).await.unwrap()), want, "{filter:?}");
        let count = want.split_whitespace().count() as u64;
        assert_eq!(directory.count_entries(&tenant(), &filter).await.unwrap(), count, "{filter:?}");
    }
    assert!(directory.entries(&TenantId::parse("fabrikam").unwrap(), &Filter::default(), None, 99).await.unwrap().is_empty());
}

async fn guests_are_counted_by_who_proved_them(directory: &Directory) {
    for (mail, who) in [("a@p.example", identity("idp", "1")), ("b@p.example", identity("idp", "2")), ("c@p.example", identity("abc", "3"))]
    {
        add(directory, &known(mail, who)).await;
    }
    let proven = Guest { state: State::stored("PendingAcceptance", at(0), Some(identity("idp", "4"))).unwrap(), ..pending("d@p.example") };
    for guest in [&proven, &pending("e@p.example"), &pending("f@p.example")] {
        add(directory, guest).await;
    }
    let mut counts = directory.count_guests(&tenant()).await.unwrap();
    // Where NULL sorts is each database's own affair.
    counts.sort_by_key(|count| count.voucher.clone());
    let count = |voucher: Option<&str>, pending, accepted| Count { voucher: voucher.and_then(Voucher::parse), pending, accepted };
    assert_eq!(counts, [count(None, 2, 0), count(Some("abc"), 0, 1), count(Some("idp"), 1, 2)]);
    delete(directory, &proven, 1).await;
    assert!(directory.count_guests(&tenant()).await.unwrap().contains(&count(Some("idp"), 0, 2)));
}

async fn a_deleted_guest_is_nobody_to_change_and_in_nobodys_way(directory: &Directory) {
    let who = identity("idp", "s-1");
    let (ana, anew) = (known("ana@partner.example", who.clone()), pending("ana@partner.example"));
    add(directory, &ana).await;
    delete(directory, &ana, 7).await;
    let deleted = Guest { deleted_at: Some(at(7)), ..ana.clone() };
    for file in [
        directory.guest_by_identity(&tenant(), &who).await.unwrap().unwrap(),
        directory.guest_by_address(&tenant(), &ana.mail).await.unwrap().unwrap(),
    ] {
        assert_eq!(file.guest, deleted, "still recognised");
    }
    for changed in [
        directory.update_guest(&tenant(), ana.id, &Update { is_enabled: Some(true), ..Update::default() }).await.unwrap(),
        directory.reset_redemption(&tenant(), ana.id, at(8)).await.unwrap(),
        directory.delete_guest(&tenant(), ana.id, at(8)).await.unwrap(),
    ] {
        assert_eq!(changed, Changed::Nobody);
    }
    assert_eq!(directory.bind_identity(&tenant(), ana.id, &who, Some("Eve")).await.unwrap(), BoundGuest::Taken);
    assert_eq!(entry(directory, ana.id).await, Some(Entry::from(deleted)));
    add(directory, &anew).await;
    assert_eq!(directory.bind_identity(&tenant(), anew.id, &who, None).await.unwrap(), BoundGuest::Bound);
    assert_eq!(directory.guest_by_identity(&tenant(), &who).await.unwrap().unwrap().guest.id, anew.id);
    assert_eq!(directory.guest_by_address(&tenant(), &ana.mail).await.unwrap().unwrap().guest.id, anew.id);
}

async fn a_restored_guest_is_as_before(directory: &Directory) {
    let who = identity("idp", "s-1");
    let ana = known("ana@partner.example", who.clone());
    add(directory, &ana).await;
    directory
        .record_consent(&tenant(), sign_in(), &who, &acceptance(ana.id, "one", at(5)), gatehouse::store::directory::Standing::AsBefore)
        .await
        .unwrap();
    let before = directory.guest(&tenant(), ana.id).await.unwrap();
    delete(directory, &ana, 10).await;
    assert_eq!(directory.restore_guest(&tenant(), ana.id, at(20)).await.unwrap(), Changed::Done);
    assert_eq!(directory.guest(&tenant(), ana.id).await.unwrap(), before);
    assert_eq!(directory.guest_by_address(&tenant(), &ana.mail).await.unwrap(), before);
    assert_eq!(directory.restore_guest(&tenant(), ana.id, at(30)).await.unwrap(), Changed::Nobody, "nobody is deleted");
}

async fn who_stands_in_the_way_of_a_restoration_is_said(directory: &Directory) {
    let who = identity("idp", "s-1");
    let ana = known("ana@partner.example", who.clone());
    add(directory, &ana).await;
    delete(directory, &ana, 1).await;
    let (one, other) = (pending("ana@partner.example"), known("b@partner.example", who));
    add(directory, &one).await;
    let restore = async || directory.restore_guest(&tenant(), ana.id, at(2)).await.unwrap();
    let on_address = Obstacle::Address { address: ana.mail.clone(), of: one.id };
    assert_eq!(restore().await, Changed::Obstructed(vec![on_address.clone()]));
    add(directory, &other).await;
    assert_eq!(restore().await, Changed::Obstructed(vec![on_address, Obstacle::Identity { of: other.id }]));
    assert!(entry(directory, ana.id).await.unwrap().guest.is_deleted());
    delete(directory, &one, 3).await;
    delete(directory, &other, 3).await;
    assert_eq!(restore().await, Changed::Done);
    assert_eq!(directory.guest_by_address(&tenant(), &ana.mail).await.unwrap().unwrap().guest, ana);
}

async fn only_the_deleted_are_purged_and_nothing_of_them_stays(directory: &Directory) {
    let who = identity("idp", "s-1");
    let ana = Guest { invited_by: Some(principal("Ben")), ..known("ana@partner.example", who.clone()) };
    add(directory, &ana).await;
    let record = acceptance(ana.id, "one", at(5));
    directory.record_consent(&tenant(), sign_in(), &who, &record, completing(&ana, &who, &record)).await.unwrap();
    assert_eq!(directory.purge_guest(&tenant(), ana.id).await.unwrap(), Changed::Nobody);
    delete(directory, &ana, 6).await;
    assert_eq!(directory.purge_guest(&TenantId::parse("fabrikam").unwrap(), ana.id).await.unwrap(), Changed::Nobody);
    assert_eq!(directory.purge_guest(&tenant(), ana.id).await.unwrap(), Changed::Done);
    assert_eq!(directory.purge_guest(&tenant(), ana.id).await.unwrap(), Changed::Nobody);
    assert_eq!(directory.guest_by_identity(&tenant(), &who).await.unwrap(), None);
    assert_eq!(directory.guest_by_address(&tenant(), &ana.mail).await.unwrap(), None);
    // Even under the same id nothing is left over.
    add(directory, &Guest { invited_by: None, ..ana.clone() }).await;
    assert!(directory.guest(&tenant(), ana.id).await.unwrap().unwrap().consents.is_empty());
    assert_eq!(entry(directory, ana.id).await.unwrap().sponsors, Sponsors::default());
}

async fn whoever_was_deleted_thirty_days_ago_is_past_restoring(directory: &Directory) {
    let (ana, ben) = (pending("ana@partner.example"), pending("ben@partner.example"));
    add(directory, &ana).await;
    add(directory, &ben).await;
    delete(directory, &ana, 0).await;
    delete(directory, &ben, 1).await;
    assert_eq!(directory.purge_overdue(at(-1) + RESTORABLE).await.unwrap(), []);
    let over = at(0) + RESTORABLE;
    assert_eq!(directory.restore_guest(&tenant(), ana.id, over).await.unwrap(), Changed::Nobody, "though not purged yet");
    assert_eq!(directory.purge_overdue(over).await.unwrap(), [(tenant(), ana.id)]);
    assert_eq!((entry(directory, ana.id).await, directory.purge_overdue(over).await.unwrap()), (None, vec![]));
    assert_eq!(directory.restore_guest(&tenant(), ben.id, over).await.unwrap(), Changed::Done);
}

async fn a_reset_begins_redemption_anew_and_old_consents_do_not_count(directory: &Directory) {
    let (who, next) = (identity("idp", "s-1"), identity("idp", "s-2"));
    let ana = known("ana@partner.example", who.clone());
    add(directory, &ana).await;
    let record = acceptance(ana.id, "one", at(5));
    directory.record_consent(&tenant(), sign_in(), &who, &record, completing(&ana, &who, &record)).await.unwrap();
    assert_eq!(directory.reset_redemption(&tenant(), ana.id, at(5)).await.unwrap(), Changed::Done);
    let file = directory.guest(&tenant(), ana.id).await.unwrap().unwrap();
    let anew = Guest { state: State::reset(at(5)), round: 2, acceptance: None, sessions_valid_from: Some(at(5)), ..ana.clone() };
    assert_eq!((&file.guest, file.consents.len()), (&anew, 0), "in the same second");
    assert_eq!(directory.guest_by_identity(&tenant(), &who).await.unwrap(), None);
    assert_eq!(directory.bind_identity(&tenant(), ana.id, &next, None).await.unwrap(), BoundGuest::Bound);
    let record = acceptance(ana.id, "two", at(9));
    assert_eq!(directory.record_consent(&tenant(), sign_in(), &who, &record, completing(&ana, &who, &record)).await.unwrap(), None);
    directory.record_consent(&tenant(), sign_in(), &next, &record, completing(&anew, &next, &record)).await.unwrap().unwrap();
    let file = directory.guest(&tenant(), ana.id).await.unwrap().unwrap();
    assert_eq!((file.guest.state.as_str(), file.guest.identity(), file.consents), ("Accepted", Some(&next), vec![record]));
}

async fn a_sign_in_is_written_later_and_to_a_few_minutes(directory: &Directory) {
    let ana = pending("ana@partner.example");
    add(directory, &ana).await;
    let last = async || entry(directory, ana.id).await.unwrap().guest;
    directory.note_sign_in(&tenant(), &ana, at(10));
    assert_eq!(last().await.last_sign_in_at, None, "nobody waited for it");
    directory.write_sign_ins().await.unwrap();
    assert_eq!(last().await.last_sign_in_at, Some(at(10)));
    for (later, want) in [(Duration::from_secs(299), 10), (Duration::from_secs(300), 310)] {
        directory.note_sign_in(&tenant(), &last().await, at(10) + later);
        directory.write_sign_ins().await.unwrap();
        assert_eq!(last().await.last_sign_in_at, Some(at(want)));
    }
}
