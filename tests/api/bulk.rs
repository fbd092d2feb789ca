//! Many invitations in one file, as a server works them off: its own, another's, and after a crash (`behaviour.md` §11.5).

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use gatehouse::{
    domain::{address::EmailAddress, guest::Principal, id::BulkId, tenant::Tenant},
    guests::{
        By, Inviter, Rank,
        bulk::{self, Defaults, NotAccepted, Outcome, Progress},
    },
    store::directory::InvitationFilter,
};

use crate::{
    services::postgres::Postgres,
    world::{ANA, SOL, Setup, World},
};

const HEAD: &str = "version:v1.0\nEmail address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]\n";
const HERE: &str = "https://portal.contoso.example/welcome";

fn ends(world: &World) -> (Inviter, Arc<Tenant>) {
    let (_, tenants) = world.configuration();
    let tenant = tenants.by_segment("contoso").map(Arc::clone).unwrap();
    (Inviter { directory: world.directory.clone(), outbox: None, clock: world.clock.clone() }, tenant)
}

fn by() -> By {
    let reply_to = EmailAddress::parse("kim@contoso.example").ok();
    By { principal: Principal::new("kim@contoso.example").unwrap(), name: Some("Kim".into()), reply_to, rank: Rank::Administrator }
}

fn defaults() -> Defaults {
    Defaults { redirect: None, is_mailed: true, message: None, language: None }
}

async fn done(world: &World, id: BulkId) -> Progress {
    let (inviter, tenant) = ends(world);
    loop {
        let progress = bulk::progress(&inviter, &tenant, id).await.unwrap().unwrap();
        if progress.done_at.is_some() {
            return progress;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn told(world: &World, id: BulkId) -> Vec<(u64, String, String)> {
    let (inviter, tenant) = ends(world);
    let results = bulk::results(&inviter, &tenant, id, 0, 1000).await.unwrap();
    results.into_iter().map(|result| (result.line, result.outcome.word().to_owned(), result.outcome.detail())).collect()
}

#[tokio::test]
async fn a_file_is_invited_line_by_line_and_every_line_has_a_result() {
    let world = Setup::new().tenant("contoso", "[invitations]\nblock_domains = [\"blocked.example\"]\n").open().await;
    let (inviter, tenant) = ends(&world);
    let file = format!(
        "{HEAD}Example: x@y.example,{HERE},TRUE,Hi\n{ANA},{HERE},TRUE,\"Welcome, Ana\"\nnonsense,{HERE},,\n{SOL},https://evil.example/,,\n\
         x@blocked.example,{HERE},,\nANA@Fabrikam.example,{HERE},,\n{SOL},{HERE},false,\n"
    );
    let accepted = bulk::accept(&inviter, &tenant, &by(), &defaults(), file.as_bytes()).await.unwrap();
    assert!(!accepted.is_known);
    let progress = done(&world, accepted.id).await;
    assert_eq!((progress.lines, progress.done, progress.failed), (7, 7, 3));
    let told = told(&world, accepted.id).await;
    let words: Vec<(u64, &str)> = told.iter().map(|(line, word, _)| (*line, word.as_str())).collect();
    let wanted = [(3, "example"), (4, "invited"), (5, "GH5007"), (6, "GH5008"), (7, "GH2022"), (8, "duplicate"), (9, "invited")];
    assert_eq!(words, wanted, "{told:?}");
    assert_eq!(told[5].2, "as line 4");
    world.next_mail(ANA).await;
    assert_eq!((world.mails_to(ANA), world.mails_to(SOL)), (1, 0));
    assert!(world.guest("contoso", SOL).await.is_some());

    // The same file again: what was done stays done, what was refused is tried again.
    let again = bulk::accept(&inviter, &tenant, &by(), &defaults(), file.as_bytes()).await.unwrap();
    assert!(again.is_known && again.id == accepted.id);
    let progress = done(&world, again.id).await;
    assert_eq!((progress.done, progress.failed, world.mails_to(ANA)), (7, 3, 1));
}

#[tokio::test]
async fn of_a_file_that_can_not_be_read_nobody_is_invited() {
    let world = World::open().await;
    let (inviter, tenant) = ends(&world);
    let file = format!("{HEAD}{ANA},{HERE},TRUE,\nsol@nowhere.example,{HERE},TRUE,\"open\n");
    match bulk::accept(&inviter, &tenant, &by(), &defaults(), file.as_bytes()).await {
        Err(NotAccepted::Unreadable(why)) => assert_eq!(why.line, 4),
        other => panic!("{other:?}"),
    }
    assert!(world.guest("contoso", ANA).await.is_none());
    assert_eq!(inviter.directory.open_bulks(world.clock.now()).await.unwrap(), []);
}

/// A node died with the file in its hands.
#[tokio::test]
async fn another_worker_goes_on_where_one_stopped() {
    let world = World::open().await;
    let (inviter, tenant) = ends(&world);
    let file = format!("{HEAD}{ANA},{HERE},TRUE,\n");
    let id = bulk::accept(&inviter, &tenant, &by(), &defaults(), file.as_bytes()).await.unwrap().id;
    let now = world.clock.now();
    if !world.directory.lease_bulk(&tenant.id, id, "dead", now + Duration::from_secs(60), now).await.unwrap() {
        // The node was faster; then there is nothing to take over.
        return;
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(bulk::progress(&inviter, &tenant, id).await.unwrap().unwrap().done, 0, "not while the other may still be at it");
    world.clock.advance(Duration::from_secs(60));
    done(&world, id).await;
    world.next_mail(ANA).await;
}

async fn two_nodes(setup: Setup, lines: usize) -> Duration {
    let mut world = setup.open().await;
    world.add_node().await;
    let (inviter, tenant) = ends(&world);
    let rows: String = (0..lines).map(|n| format!("guest{n}@partner{}.example,{HERE},TRUE,\n", n % 50)).collect();
    let begun = Instant::now();
    // Two files at once, so that both nodes have something to do, with half of the people in both.
    let half: String = rows.lines().take(lines / 2).map(|line| format!("{line}\n")).collect();
    let all = bulk::accept(&inviter, &tenant, &by(), &defaults(), format!("{HEAD}{rows}").as_bytes()).await.unwrap().id;
    println!("{lines} lines: accepted after {:?}", begun.elapsed());
    let some = bulk::accept(&inviter, &tenant, &by(), &defaults(), format!("{HEAD}{half}").as_bytes()).await.unwrap().id;
    let progress = done(&world, all).await;
    let took = begun.elapsed();
    println!("{lines} lines: done after {took:?}");
    assert_eq!((progress.lines, progress.failed), (lines as u64, 0));
    assert_eq!(done(&world, some).await.failed, 0);
    let mut ids = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = bulk::results(&inviter, &tenant, all, after, 1000).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.line;
        for result in &page {
            let Outcome::Invited { invitation: Some(id), .. } = result.outcome else { panic!("{result:?}") };
            assert!(ids.insert(id), "{result:?}");
        }
    }
    assert_eq!(ids.len(), lines);
    let filter = InvitationFilter { inviter: Principal::new("kim@contoso.example"), ..InvitationFilter::default() };
    let (mut count, mut before) = (0, None);
    loop {
        let page = world.directory.invitations(&tenant.id, &filter, world.clock.now(), before, 999).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.invitation.id);
        count += page.len();
    }
    // Both files at once on two nodes: at the very same moment one person may be invited by each, but by one file never twice.
    assert!(count >= lines && count <= lines + lines / 2, "{count}");
    took
}

async fn on_postgres() -> Setup {
    let url = Postgres::shared().await.database();
    Setup::new().process(&format!("[directory]\nurl = \"{}\"\n", url.reveal()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_share_the_work_and_invite_nobody_twice() {
    two_nodes(on_postgres().await, 150).await;
}

/// `cargo test --test api ten_thousand -- --ignored --nocapture`: a few minutes at most.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn ten_thousand_lines_take_a_few_minutes_at_most() {
    assert!(two_nodes(Setup::new(), 10_000).await < Duration::from_secs(300));
    assert!(two_nodes(on_postgres().await, 10_000).await < Duration::from_secs(300));
}
