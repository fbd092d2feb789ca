//! The outbox: every mail is written into the directory before anybody is told that it is coming, and goes out from there. Survives a
//! crash; retried with growing pauses; handed over at most once under one Message-ID, unless an operator says otherwise.

mod allowance;
mod pauses;
mod sending;

use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};

use super::{MailError, MailHealth, Mailer, Message};
use crate::{
    clock::Clock,
    domain::{
        id::{GuestId, InvitationId, MailId, TenantId},
        timestamp::Timestamp,
    },
    store::{
        directory::{Directory, DirectoryError, MailKind, QueuedMail},
        seal::{Place, Purpose, Seal},
    },
};

/// Takes mail and sees that it gets out. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbox {
    directory: Directory,
    seal: Arc<Seal>,
    clock: Clock,
    mailer: Arc<dyn Mailer>,
    health: MailHealth,
    news: Arc<Notify>,
    /// A permit for every mail that is being handed over.
    hands: Arc<Semaphore>,
    allowances: Arc<allowance::Allowances>,
}

/// A message and what it is about.
#[derive(Debug)]
pub struct Post {
    pub message: Message,
    pub kind: MailKind,
    pub guest: Option<GuestId>,
    pub invitation: Option<InvitationId>,
    /// After this it is worth nothing.
    pub expires_at: Option<Timestamp>,
}

impl Outbox {
    pub fn new(directory: Directory, seal: Seal, clock: Clock, mailer: Arc<dyn Mailer>) -> Self {
        let (health, news, hands) = (MailHealth::default(), Arc::default(), Arc::new(Semaphore::new(sending::AT_ONCE)));
        Self { directory, seal: Arc::new(seal), clock, mailer, health, news, hands, allowances: Arc::default() }
    }

    /// One that queues and sends nothing: for a command, whose mail goes out from a serving node.
    pub fn to_queue(directory: Directory, seal: Seal, clock: Clock) -> Self {
        Self::new(directory, seal, clock, Arc::new(Nobody))
    }

    /// What the sender learns about the mail server.
    pub fn health(&self) -> MailHealth {
        self.health.clone()
    }

    /// Ready to be queued in the transaction of what it is about. The content opens under its own id and tenant alone.
    pub fn sealed(&self, tenant: &TenantId, post: &Post) -> QueuedMail {
        let id = MailId::from_drawn(post.message.id);
        let name = id.to_string();
        let place = Place { purpose: Purpose::Mail, tenant, name: &name };
        QueuedMail {
            id,
            tenant: tenant.clone(),
            kind: post.kind,
            to: post.message.to.clone(),
            sealed: self.seal.seal(place, &post.message.written()),
            guest: post.guest,
            invitation: post.invitation,
            due_at: self.clock.now(),
            expires_at: post.expires_at,
        }
    }

    /// Queues by itself, and sees that it goes at once.
    pub async fn post(&self, tenant: &TenantId, post: &Post) -> Result<(), DirectoryError> {
        self.directory.queue_mail(&self.sealed(tenant, post)).await?;
        self.wake();
        Ok(())
    }

    /// Something was queued: look now, not at the next round.
    pub fn wake(&self) {
        self.news.notify_one();
    }
}

/// Where nothing is sent from.
#[derive(Debug)]
struct Nobody;

#[async_trait::async_trait]
impl Mailer for Nobody {
    async fn send(&self, _: Message) -> Result<(), MailError> {
        Err(MailError::Unreachable("mail goes out from the serving nodes".into()))
    }
}
