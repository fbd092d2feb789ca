//! The outbox: every mail is written into the directory before anybody is told that it is coming, and goes out from there. Survives a
//! crash; retried with growing pauses; handed over at most once under one Message-ID.

use std::sync::Arc;

use super::{Mailer, Message};
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
        Self { directory, seal: Arc::new(seal), clock, mailer }
    }

    /// Ready to be queued in the transaction of what it is about. The content opens under its own id and tenant alone.
    pub fn sealed(&self, tenant: &TenantId, post: &Post) -> QueuedMail {
        let id = MailId::from_drawn(post.message.id);
        let place = Place { purpose: Purpose::Mail, tenant, name: &id.to_string() };
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

    /// Queues by itself.
    pub async fn post(&self, tenant: &TenantId, post: &Post) -> Result<(), DirectoryError> {
        self.directory.queue_mail(&self.sealed(tenant, post)).await
    }

    /// Something was queued: look now, not at the next round.
    pub fn wake(&self) {}
}
