//! What was agreed to, on every directory: kept with its words, read back by its guest alone, exported page by page, told of once.

use gatehouse::{
    domain::{
        consent::{ConsentRecord, DocumentHash, Matter},
        guest::{Guest, State},
        id::{MailId, TermsId},
        locale::Locale,
        secret::Secret,
        terms::{Media, TermsDocument},
    },
    random,
    store::directory::{AddedGuest, Agreements, Directory, MailKind, News, QueuedMail, Standing},
};

use crate::{
    directory::{acceptance, at, contract, identity, known, open, sign_in},
    services::postgres::Postgres,
    stage::tenant,
};

contract! {
    the_words_are_kept_once_and_read_by_who_agreed_to_them_alone
    a_history_goes_on_after_a_reset
    acceptances_come_page_by_page_with_whom_they_were_known_as
    of_a_new_version_everybody_is_told_once
}

fn visitors() -> TermsId {
    TermsId::parse("visitors").unwrap()
}

fn document(words: &str) -> TermsDocument {
    TermsDocument { hash: DocumentHash(format!("hash of {words}")), media: Media::Pdf, bytes: words.as_bytes().into() }
}

async fn somebody(directory: &Directory, mail: &str, subject: &str) -> Guest {
    let state = State::stored("Accepted", at(5), Some(identity("idp", subject))).unwrap();
    let guest = Guest { state, is_enabled: true, ..known(mail, identity("idp", subject)) };
    assert_eq!(directory.add_guest(&tenant(), &guest).await.unwrap(), AddedGuest::Added);
    guest
}

fn of(guest: &Guest, version: &str, seconds: i64) -> ConsentRecord {
    ConsentRecord {
        matter: Matter::Terms(visitors()),
        version: Some(version.into()),
        document: document(version).hash,
        ..acceptance(guest.id, "x", at(seconds))
    }
}

async fn agree(directory: &Directory, guest: &Guest, record: &ConsentRecord) {
    let (who, words) = (guest.identity().unwrap(), document(record.version.as_deref().unwrap()));
    directory.record_agreement(&tenant(), sign_in(), who, record, Some(&words), Standing::AsBefore).await.unwrap().unwrap();
}

async fn the_words_are_kept_once_and_read_by_who_agreed_to_them_alone(directory: &Directory) {
    let (ana, ben) = (somebody(directory, "ana@p.example", "1").await, somebody(directory, "ben@p.example", "2").await);
    for _ in 0..2 {
        agree(directory, &ana, &of(&ana, "one", 10)).await;
    }
    let words = document("one");
    assert_eq!(directory.document(&tenant(), &words.hash).await.unwrap().unwrap().bytes, words.bytes);
    let read = directory.document_of(&tenant(), ana.id, &words.hash).await.unwrap().unwrap();
    assert_eq!((read.media, read.bytes), (Media::Pdf, words.bytes));
    assert!(directory.document_of(&tenant(), ben.id, &words.hash).await.unwrap().is_none());
    assert!(directory.document(&tenant(), &DocumentHash("another".into())).await.unwrap().is_none());
    // Nothing is kept of what nobody agreed to: the identity is another's.
    let refused = of(&ana, "two", 20);
    let stands =
        directory.record_agreement(&tenant(), sign_in(), ben.identity().unwrap(), &refused, Some(&document("two")), Standing::AsBefore);
    assert_eq!(stands.await.unwrap(), None);
    assert!(directory.document(&tenant(), &document("two").hash).await.unwrap().is_none());
}

async fn a_history_goes_on_after_a_reset(directory: &Directory) {
    let ana = somebody(directory, "ana@p.example", "1").await;
    let record = of(&ana, "one", 10);
    agree(directory, &ana, &record).await;
    directory.reset_redemption(&tenant(), ana.id, at(20)).await.unwrap();
    assert!(directory.guest(&tenant(), ana.id).await.unwrap().unwrap().consents.is_empty(), "it counts no more");
    assert_eq!(directory.consents_of(&tenant(), ana.id).await.unwrap(), [record]);
}

async fn acceptances_come_page_by_page_with_whom_they_were_known_as(directory: &Directory) {
    let (ana, ben) = (somebody(directory, "ana@p.example", "1").await, somebody(directory, "ben@p.example", "2").await);
    let declined = ConsentRecord { is_accepted: false, locale: Locale::Fr, ..of(&ben, "one", 20) };
    for (guest, record) in
        [(&ana, of(&ana, "one", 10)), (&ben, declined), (&ben, of(&ben, "two", 30)), (&ana, acceptance(ana.id, "p", at(40)))]
    {
        let words = record.version.as_deref().map(document);
        let who = guest.identity().unwrap();
        directory.record_agreement(&tenant(), sign_in(), who, &record, words.as_ref(), Standing::AsBefore).await.unwrap().unwrap();
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = directory.agreements(&tenant(), &Agreements::default(), after.as_deref(), 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        seen.extend(page);
    }
    assert_eq!(seen.len(), 4);
    assert_eq!((seen[0].mail.as_str(), seen[0].principal_name.as_str()), ("ana@p.example", ana.principal_name.as_str()));
    let count = async |which: Agreements| directory.agreements(&tenant(), &which, None, 99).await.unwrap().len();
    let matter = Some(Matter::Terms(visitors()));
    assert_eq!(count(Agreements { matter: matter.clone(), ..Agreements::default() }).await, 3);
    assert_eq!(count(Agreements { version: Some("one".into()), ..Agreements::default() }).await, 2);
    assert_eq!(count(Agreements { matter, is_accepted: Some(false), ..Agreements::default() }).await, 1);
    let mut tally = directory.tally(&tenant(), &visitors()).await.unwrap();
    tally.sort_by_key(|tally| (tally.version.clone(), tally.locale));
    let counts: Vec<_> = tally.iter().map(|t| (t.version.as_deref().unwrap(), t.locale, t.is_accepted, t.guests)).collect();
    let first = acceptance(ana.id, "x", at(0)).locale;
    assert_eq!(counts, [("one", first, true, 1), ("one", Locale::Fr, false, 1), ("two", first, true, 1)]);
}

async fn of_a_new_version_everybody_is_told_once(directory: &Directory) {
    let (ana, ben) = (somebody(directory, "ana@p.example", "1").await, somebody(directory, "ben@p.example", "2").await);
    let eve = somebody(directory, "eve@p.example", "3").await;
    for guest in [&ana, &ben] {
        agree(directory, guest, &of(guest, "one", 10)).await;
    }
    agree(directory, &ben, &of(&ben, "two", 20)).await;
    let (tenant, terms) = (tenant(), visitors());
    let news = News { tenant: &tenant, terms: &terms, version: "two" };
    assert_eq!(directory.untold(news, None, 9).await.unwrap(), [ana.id], "ben has accepted it, eve never did any");
    let mail = || QueuedMail {
        id: MailId::from_drawn(random::ordered_uuid(at(30))),
        tenant: tenant.clone(),
        kind: MailKind::TermsChanged,
        to: ana.mail.clone(),
        sealed: vec![1],
        guest: Some(ana.id),
        invitation: None,
        due_at: at(30),
        expires_at: None,
    };
    assert!(directory.tell(news, ana.id, &mail(), at(30)).await.unwrap());
    assert!(!directory.tell(news, ana.id, &mail(), at(31)).await.unwrap());
    assert!(directory.untold(news, None, 9).await.unwrap().is_empty());
    // The next version is another matter.
    let third = News { version: "three", ..news };
    let mut both = vec![ana.id, ben.id];
    both.sort();
    assert_eq!(directory.untold(third, None, 9).await.unwrap(), both);
    assert!(!both.contains(&eve.id));
    assert_eq!(directory.untold(third, Some(both[0]), 9).await.unwrap(), [both[1]]);
}
