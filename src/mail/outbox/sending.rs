//! The sender: one a node. Leases what is due, hands several over at once, and writes down what became of each. A server that takes
//! nothing stops it for everybody, and is then tried with one mail.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::OwnedSemaphorePermit,
    task::{JoinError, JoinSet},
    time::{sleep, timeout},
};

use super::{Outbox, pauses};
use crate::{
    domain::secret::Secret,
    mail::{MailError, Message},
    store::{
        directory::{Began, Lease, LeasedMail, Outcome},
        seal::{Place, Purpose},
    },
    telemetry,
};

/// Mails in hand-over at once.
pub(super) const AT_ONCE: usize = 8;
const LEASED_AT_ONCE: u32 = 16;
/// Longer than any hand-over takes, and time to write down how it went.
const LEASE: Duration = Duration::from_secs(180);
/// Another process may have queued something.
const POLL: Duration = Duration::from_secs(3);
/// What is over is forgotten after this long.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
const PURGE: Duration = Duration::from_secs(60 * 60);
/// For those in hand-over when the house closes.
const LAST_WAIT: Duration = Duration::from_secs(20);

/// What the server had to say.
enum Heard {
    Answer,
    Trouble(String),
    /// It was not asked.
    Nothing,
}

/// One sender's mind.
struct Round {
    ready: VecDeque<(Lease, LeasedMail)>,
    in_hand: JoinSet<Heard>,
    /// How often in a row the server failed.
    strikes: u32,
    paused_until: Option<Instant>,
    /// Nothing was due when last asked.
    is_drained: bool,
    chores_at: Instant,
    purged_at: Option<Instant>,
}

impl Outbox {
    /// Sends what is due, for as long as the house is open.
    pub async fn keep_sending(self) {
        let mut round = Round {
            ready: VecDeque::new(),
            in_hand: JoinSet::new(),
            strikes: 0,
            paused_until: None,
            is_drained: false,
            chores_at: Instant::now(),
            purged_at: None,
        };
        loop {
            self.chores(&mut round).await;
            self.fill_hands(&mut round).await;
            let nap = round.nap();
            tokio::select! {
                Some(done) = round.in_hand.join_next() => self.heed(&mut round, done).await,
                () = self.news.notified() => round.is_drained = false,
                () = sleep(nap) => round.is_drained = false,
            }
        }
    }

    /// Begins nothing more, and waits for what is being handed over: cut off, it would be uncertain.
    pub async fn rest(&self) {
        let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        if let Ok(Ok(permits)) = timeout(LAST_WAIT, self.hands.acquire_many(all)).await {
            permits.forget();
        }
    }

    async fn fill_hands(&self, round: &mut Round) {
        // A server that failed is tried with one mail, not with eight.
        while !round.is_paused() && (round.strikes == 0 || round.in_hand.is_empty()) {
            if round.ready.is_empty() && !round.is_drained {
                self.refill(round).await;
            }
            if round.ready.is_empty() {
                return;
            }
            let Ok(permit) = Arc::clone(&self.hands).try_acquire_owned() else { return };
            let Some((lease, mail)) = round.ready.pop_front() else { return };
            round.in_hand.spawn(self.clone().deliver(lease, mail, permit));
        }
    }

    async fn refill(&self, round: &mut Round) {
        let (lease, now) = (Lease::drawn(), self.clock.now());
        let most = if round.strikes == 0 { LEASED_AT_ONCE } else { 1 };
        match self.directory.lease_mails(&lease, now + LEASE, now, most).await {
            Ok(mails) => {
                round.is_drained = mails.is_empty();
                round.ready.extend(mails.into_iter().map(|mail| (lease.clone(), mail)));
            }
            Err(error) => {
                round.is_drained = true;
                telemetry::mail::stuck(&error.to_string());
            }
        }
    }

    async fn heed(&self, round: &mut Round, done: Result<Heard, JoinError>) {
        match done {
            Ok(Heard::Answer) => {
                round.strikes = 0;
                self.health.recovered();
            }
            Ok(Heard::Trouble(why)) => {
                // Those that failed with the first of them are the same strike.
                if round.is_paused() {
                    return;
                }
                round.strikes = round.strikes.saturating_add(1);
                let pause = pauses::of_the_server(round.strikes);
                round.paused_until = Some(Instant::now() + pause);
                self.health.failed(self.clock.now(), pause);
                telemetry::mail::paused(&why, pause);
                for (lease, _) in std::mem::take(&mut round.ready) {
                    // What can't be given back comes back when its lease runs out.
                    let _ = self.directory.release_mails(&lease).await;
                }
                round.is_drained = false;
            }
            Ok(Heard::Nothing) => {}
            Err(error) => telemetry::mail::stuck(if error.is_panic() { "a hand-over panicked" } else { "a hand-over was cut off" }),
        }
    }

    /// What time alone does.
    async fn chores(&self, round: &mut Round) {
        if Instant::now() < round.chores_at {
            return;
        }
        round.chores_at = Instant::now() + POLL;
        let now = self.clock.now();
        let done = async {
            for (outcome, count) in
                [("uncertain", self.directory.lose_mails(now).await?), ("failed", self.directory.expire_mails(now).await?)]
            {
                if count > 0 {
                    telemetry::mail::ended(outcome, count);
                }
            }
            if round.purged_at.is_none_or(|at| at.elapsed() > PURGE) {
                while self.directory.purge_mails(now - KEPT).await? > 0 {}
                round.purged_at = Some(Instant::now());
            }
            let pending = self.directory.pending_mails().await?;
            telemetry::mail::waiting(pending.queued, pending.oldest.map_or(Duration::ZERO, |at| now.since(at)));
            Ok::<(), crate::store::directory::DirectoryError>(())
        };
        if let Err(error) = done.await {
            telemetry::mail::stuck(&error.to_string());
        }
    }

    /// One mail, from its lease to its record.
    async fn deliver(self, lease: Lease, mail: LeasedMail, _permit: OwnedSemaphorePermit) -> Heard {
        let now = self.clock.now();
        match self.directory.begin_mail(&lease, mail.id, now, now + LEASE).await {
            Ok(Began::Yes) => {}
            Ok(Began::TooLate) => return Heard::Nothing,
            Err(error) => {
                telemetry::mail::stuck(&error.to_string());
                return Heard::Nothing;
            }
        }
        let (outcome, heard) = match self.opened(&mail) {
            Some(message) => self.judged(&mail, self.mailer.send(message).await),
            None => (Outcome::Failed { why: "what it says was sealed with another key".into() }, Heard::Nothing),
        };
        match &outcome {
            Outcome::Sent => telemetry::mail::sent(),
            Outcome::Again { why, .. } => telemetry::mail::put_off(why),
            Outcome::Failed { why } => telemetry::mail::failed(why),
            Outcome::Uncertain { why } => telemetry::mail::uncertain(why),
        }
        self.note(&lease, &mail, &outcome).await;
        heard
    }

    fn opened(&self, mail: &LeasedMail) -> Option<Message> {
        let name = mail.id.to_string();
        let place = Place { purpose: Purpose::Mail, tenant: &mail.tenant, name: &name };
        let written: Secret<Vec<u8>> = self.seal.open(place, &mail.sealed).ok()?;
        Message::read(&written, mail.id.as_uuid(), mail.to.clone())
    }

    fn judged(&self, mail: &LeasedMail, answer: Result<(), MailError>) -> (Outcome, Heard) {
        let Err(error) = answer else { return (Outcome::Sent, Heard::Answer) };
        let (why, now, failures) = (error.why().to_owned(), self.clock.now(), mail.attempts + 1);
        let heard = if error.is_about_the_server() { Heard::Trouble(error.to_string()) } else { Heard::Answer };
        let outcome = match error {
            // Nothing was said about this mail: it does not count. A moment later than the others, so that no mail is always first.
            MailError::Unreachable(_) => Outcome::Again { due_at: now + Duration::from_secs(1), is_attempt: false, why },
            MailError::Temporary(_) if matches!(heard, Heard::Trouble(_)) && now.since(mail.created_at) < pauses::GIVE_UP => {
                Outcome::Again { due_at: now + pauses::ABOUT_THE_SERVER, is_attempt: false, why }
            }
            MailError::Temporary(_) | MailError::BrokenOff(_) => match pauses::of_a_mail(failures) {
                Some(pause) => Outcome::Again { due_at: now + pause, is_attempt: true, why },
                None => Outcome::Failed { why: format!("given up after {failures} tries: {why}") },
            },
            MailError::Permanent(_) => Outcome::Failed { why },
            MailError::Uncertain(_) => Outcome::Uncertain { why },
        };
        (outcome, heard)
    }

    /// Tries for as long as the lease holds: what is not written down becomes uncertain.
    async fn note(&self, lease: &Lease, mail: &LeasedMail, outcome: &Outcome) {
        for wait in [1, 2, 5, 10, 20, 0] {
            match self.directory.finish_mail(lease, mail.id, outcome, self.clock.now()).await {
                Ok(()) => return,
                Err(error) => telemetry::mail::stuck(&error.to_string()),
            }
            sleep(Duration::from_secs(wait)).await;
        }
    }
}

impl Round {
    fn is_paused(&self) -> bool {
        self.paused_until.is_some_and(|until| Instant::now() < until)
    }

    /// Until there may be something to do though nobody says so.
    fn nap(&self) -> Duration {
        let chores = self.chores_at.saturating_duration_since(Instant::now());
        let pause = self.paused_until.map(|until| until.saturating_duration_since(Instant::now())).filter(|pause| !pause.is_zero());
        pause.map_or(chores, |pause| pause.min(chores)).max(Duration::from_millis(10))
    }
}
