//! The outbox and its sender, over real SMTP: outages, crashes, several nodes. What counts is what the server got.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use gatehouse::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        id::{MailId, TenantId},
        secret::Secret,
        timestamp::Timestamp,
    },
    mail::{Encryption, Line, Mailer, Message, Outbox, Post, SmtpServer},
    random,
    store::{
        directory::{Began, Directory, Lease, MailKind, MailState},
        seal::Seal,
    },
};
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    Sink, mailer,
    services::{ports::free_ports, postgres::Postgres},
};

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

/// One node: its outbox, and the sender until it is dropped.
struct Node {
    outbox: Outbox,
    directory: Directory,
    sender: Option<JoinHandle<()>>,
}

impl Node {
    fn new(directory: &Directory, clock: &Clock, server: SmtpServer) -> Self {
        let seal = Seal::new(&Secret::new([7; 32]));
        let outbox = Outbox::new(directory.clone(), seal, clock.clone(), Arc::new(mailer(server)));
        Self { outbox, directory: directory.clone(), sender: None }
    }

    fn begin(&mut self) {
        self.sender = Some(tokio::spawn(self.outbox.clone().keep_sending()));
    }

    async fn post(&self, to: &str, expires_at: Option<Timestamp>) -> MailId {
        let (id, address) = (random::ordered_uuid(NOW), EmailAddress::parse(to).unwrap());
        let message = Message {
            to: address,
            cc: None,
            reply_to: None,
            subject: Line::new("Hello"),
            text: "Hello".into(),
            html: "<p>Hello</p>".into(),
            unsubscribe: None,
            id,
            at: NOW,
        };
        let post = Post { message, kind: MailKind::Passcode, guest: None, invitation: None, expires_at };
        self.outbox.post(&tenant(), &post).await.unwrap();
        MailId::from_drawn(id)
    }

    async fn state(&self, id: MailId) -> MailState {
        self.directory.mail(id).await.unwrap().unwrap().state
    }

    /// Waits until as many are in this state.
    async fn until(&self, state: MailState, count: usize) {
        let began = Instant::now();
        while self.directory.mails(&tenant(), Some(state), None, None, 999).await.unwrap().len() < count {
            assert!(began.elapsed() < Duration::from_secs(60), "not in a minute: {count} {state:?}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(sender) = &self.sender {
            sender.abort();
        }
    }
}

fn tenant() -> TenantId {
    TenantId::parse("contoso").unwrap()
}

async fn memory() -> Directory {
    Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap()
}

fn plain(port: u16) -> SmtpServer {
    SmtpServer { host: "localhost".into(), port, encryption: Encryption::None, login: None, ca: None }
}

/// How often the server got each Message-ID.
fn received(sink: &mut Sink, count: usize) -> BTreeMap<String, u32> {
    let mut seen = BTreeMap::new();
    for _ in 0..count {
        let id = sink.next()["message_id"].as_str().unwrap().trim_matches(['<', '>']).split('@').next().unwrap().to_owned();
        *seen.entry(id).or_insert(0) += 1;
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_outage_every_mail_is_delivered_once_and_the_passcode_road_was_closed() {
    let ([port], clock, directory) = (free_ports(), Clock::system(), memory().await);
    let mut node = Node::new(&directory, &clock, plain(port));
    node.begin();
    let mut ids = Vec::new();
    for number in 0..60 {
        ids.push(node.post(&format!("guest{number}@viral.example"), None).await.to_string());
    }
    sleep(Duration::from_secs(5)).await;
    assert!(node.outbox.health().is_closed(clock.now()));
    assert_eq!(directory.pending_mails().await.unwrap().queued, 60);
    let attempts = directory.mails(&tenant(), None, None, None, 99).await.unwrap().iter().map(|mail| mail.attempts).sum::<u32>();
    assert_eq!(attempts, 0, "an outage uses up nobody's attempts");
    let mut sink = Sink::open_at(port, "none");
    node.until(MailState::Sent, 60).await;
    let seen = received(&mut sink, 60);
    assert!(seen.values().all(|times| *times == 1) && ids.iter().all(|id| seen.contains_key(id)), "{seen:?}");
    assert!(!node.outbox.health().is_closed(clock.now()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_dies_before_the_hand_over_loses_nothing() {
    let (mut sink, clock, directory) = (Sink::open("none"), Clock::movable(NOW), memory().await);
    let mut node = Node::new(&directory, &clock, plain(sink.server(Encryption::None).port));
    let id = node.post("ida@viral.example", None).await;
    let lease = Lease::drawn();
    assert_eq!(directory.lease_mails(&lease, clock.now() + Duration::from_secs(60), clock.now(), 9).await.unwrap().len(), 1);
    clock.advance(Duration::from_secs(61));
    node.begin();
    node.until(MailState::Sent, 1).await;
    assert_eq!(received(&mut sink, 1), BTreeMap::from([(id.to_string(), 1)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_dies_after_the_hand_over_sends_nothing_twice() {
    let (mut sink, clock, directory) = (Sink::open("none"), Clock::movable(NOW), memory().await);
    let server = plain(sink.server(Encryption::None).port);
    let mut node = Node::new(&directory, &clock, server.clone());
    let id = node.post("ida@viral.example", None).await;
    let (lease, until) = (Lease::drawn(), clock.now() + Duration::from_secs(60));
    directory.lease_mails(&lease, until, clock.now(), 9).await.unwrap();
    assert_eq!(directory.begin_mail(&lease, id, clock.now(), until).await.unwrap(), Began::Yes);
    let mut message = crate::code_for("ida@viral.example");
    message.id = id.as_uuid();
    mailer(server).send(message).await.unwrap();
    clock.advance(Duration::from_secs(61));
    node.begin();
    node.until(MailState::Uncertain, 1).await;
    let other = node.post("otto@viral.example", None).await;
    node.until(MailState::Sent, 1).await;
    let seen = received(&mut sink, 2);
    assert_eq!(seen, BTreeMap::from([(id.to_string(), 1), (other.to_string(), 1)]));
    assert_eq!(node.state(id).await, MailState::Uncertain);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_up_after_the_message_is_not_asked_again() {
    let (mut sink, clock, directory) = (Sink::open("none"), Clock::system(), memory().await);
    let mut node = Node::new(&directory, &clock, plain(sink.server(Encryption::None).port));
    node.begin();
    let id = node.post("vanish@viral.example", None).await;
    node.until(MailState::Uncertain, 1).await;
    node.post("otto@viral.example", None).await;
    node.until(MailState::Sent, 1).await;
    let seen = received(&mut sink, 2);
    assert_eq!((seen.len(), seen[&id.to_string()]), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_mailbox_that_is_refused_or_put_off_holds_up_nobody() {
    let (mut sink, clock, directory) = (Sink::open("none"), Clock::system(), memory().await);
    let mut node = Node::new(&directory, &clock, plain(sink.server(Encryption::None).port));
    node.begin();
    let (unknown, broken) = (node.post("unknown@viral.example", None).await, node.post("drop@viral.example", None).await);
    let later = node.post("later@viral.example", None).await;
    for number in 0..5 {
        node.post(&format!("guest{number}@viral.example"), None).await;
    }
    node.until(MailState::Sent, 5).await;
    node.until(MailState::Failed, 1).await;
    assert!(received(&mut sink, 5).values().all(|times| *times == 1));
    assert_eq!(node.directory.mail(unknown).await.unwrap().unwrap().last_error.as_deref(), Some("550 5.1.1"));
    for id in [broken, later] {
        let mail = node.directory.mail(id).await.unwrap().unwrap();
        assert!(mail.state == MailState::Queued && mail.due_at > clock.now() && mail.last_error.is_some(), "{mail:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passcode_that_expired_while_the_server_was_down_is_never_mailed() {
    let ([port], clock, directory) = (free_ports(), Clock::movable(NOW), memory().await);
    let mut node = Node::new(&directory, &clock, plain(port));
    let dead = node.post("ida@viral.example", Some(NOW + Duration::from_secs(1800))).await;
    node.begin();
    sleep(Duration::from_secs(1)).await;
    clock.advance(Duration::from_secs(1800));
    let mut sink = Sink::open_at(port, "none");
    node.until(MailState::Failed, 1).await;
    let alive = node.post("ida@viral.example", Some(clock.now() + Duration::from_secs(1800))).await;
    node.until(MailState::Sent, 1).await;
    assert_eq!(received(&mut sink, 1), BTreeMap::from([(alive.to_string(), 1)]));
    assert_eq!(node.directory.mail(dead).await.unwrap().unwrap().last_error.as_deref(), Some("too late"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_on_postgres_deliver_every_mail_once_and_many_a_second() {
    let clock = Clock::system();
    let url = Postgres::shared().await.database();
    let (one, two) = (Directory::open(&url).await.unwrap(), Directory::open(&url).await.unwrap());
    let mut sink = Sink::open("none");
    let server = plain(sink.server(Encryption::None).port);
    let mut nodes = [Node::new(&one, &clock, server.clone()), Node::new(&two, &clock, server)];
    for number in 0..500 {
        nodes[number % 2].post(&format!("guest{number}@viral.example"), None).await;
    }
    let began = Instant::now();
    nodes.iter_mut().for_each(Node::begin);
    // The server stays until all its answers are in.
    let (_sink, seen) = tokio::task::spawn_blocking(move || {
        let seen = received(&mut sink, 500);
        (sink, seen)
    })
    .await
    .unwrap();
    println!("500 mails in {:?}", began.elapsed());
    assert!(seen.len() == 500 && seen.values().all(|times| *times == 1));
    nodes[0].until(MailState::Sent, 500).await;
    for node in &nodes {
        node.outbox.rest().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_house_that_rests_finishes_what_it_hands_over_and_begins_nothing() {
    let (mut sink, clock, directory) = (Sink::open("none"), Clock::system(), memory().await);
    let mut node = Node::new(&directory, &clock, plain(sink.server(Encryption::None).port));
    node.begin();
    for number in 0..100 {
        node.post(&format!("guest{number}@viral.example"), None).await;
    }
    node.outbox.rest().await;
    if let Some(sender) = node.sender.take() {
        sender.abort();
    }
    let all = directory.mails(&tenant(), None, None, None, 999).await.unwrap();
    let count = |state| all.iter().filter(|mail| mail.state == state).count();
    assert_eq!((count(MailState::Sending), count(MailState::Uncertain)), (0, 0));
    let sent = count(MailState::Sent);
    assert_eq!((sent + count(MailState::Queued), received(&mut sink, sent).len()), (100, sent));
}
