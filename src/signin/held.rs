//! A flow in hand: loaded for the browser it belongs to, moved on, and saved by compare-and-swap.

use std::time::Duration;

use subtle::ConstantTimeEq;

use super::{Failure, Keepsakes, Porter, Reply, Visit, Visitor, mailing::Letter};
use crate::{
    domain::{
        error_code::ErrorCode,
        flow::{Flow, Renewal, Stage},
        id::FlowId,
        identity::VerifiedIdentity,
        secret::Secret,
        tenant::Tenant,
    },
    random,
    store::sessions::{Commit, Created, Key, Revision, Shelf, Slot, Swap, Versioned},
};

/// How often a sign-in is found again by its old secret. A passcode is short: without a limit, whoever planted that secret could
/// guess it here, where no wrong entry is counted (`security.md` C8, E4).
const MOST_DOUBLE_CLICKS: u64 = 5;

/// A flow and what it takes to save it.
#[derive(Debug)]
pub(super) struct Held {
    pub flow: Flow,
    state: State,
    /// To be posted once the flow is kept.
    letter: Option<Letter>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Not in the store: a sign-in that needs no page never gets there.
    Unsaved,
    /// As in the store.
    AsStored(Revision),
    /// Moved on since.
    Changed(Revision),
}

/// What became of saving.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Yes,
    /// Another request of the same sign-in was faster; nothing was written.
    Overtaken,
}

impl Held {
    pub fn fresh(flow: Flow) -> Self {
        Self { flow, state: State::Unsaved, letter: None }
    }

    /// The flow `id` of this tenant, if it is alive and `visitor` is the browser it was begun in. Whatever is wrong, the answer is
    /// the same: a stranger learns nothing.
    pub async fn load(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor) -> Result<Self, Failure> {
        let gone = |why: &str| Failure::new(ErrorCode::FlowGone, why);
        let secret = visitor.browser.as_deref().ok_or_else(|| gone("no cookie of this sign-in"))?;
        let key = Slot::of_flow(&tenant.id, id).key(&Shelf::Flow);
        // When the store answers again, the sign-in is where it was: the way on leads back to it.
        let stored =
            porter.sessions.read(&key).await.map_err(|error| Failure::from(error).within(id))?.ok_or_else(|| gone("not in the store"))?;
        let held = Self::stored(&stored)?;
        let flow = &held.flow;
        let browser = random::sha256_base64url(secret.as_bytes());
        if !is_same(&flow.browser, &browser) && !is_double_click(porter, tenant, flow, &browser, visitor.proof.as_deref()).await? {
            return Err(gone("the cookie is another browser's"));
        }
        if porter.clock.now() >= flow.expires_at {
            return Err(gone("expired"));
        }
        Ok(held)
    }

    /// As the store has it, whoever asks: for what is not the browser's to say.
    pub fn stored(stored: &Versioned) -> Result<Self, Failure> {
        let flow = serde_json::from_slice(&stored.value)
            .map_err(|error| Failure::new(ErrorCode::Internal, format!("a stored flow can't be read: {error}")))?;
        Ok(Self { flow, state: State::AsStored(stored.revision), letter: None })
    }

    /// Moves the flow on.
    pub fn then(self, step: impl FnOnce(Flow) -> Flow) -> Self {
        let state = match self.state {
            State::Unsaved => State::Unsaved,
            State::AsStored(revision) | State::Changed(revision) => State::Changed(revision),
        };
        Self { flow: step(self.flow), state, ..self }
    }

    pub fn with(self, letter: Option<Letter>) -> Self {
        Self { letter, ..self }
    }

    /// Somebody proved who they are: the browser's secret is renewed (`security.md` C8).
    pub fn proven(self, identity: VerifiedIdentity, visitor: &Visitor) -> Self {
        let to = random::token();
        let browser = random::sha256_base64url(to.reveal().as_bytes());
        let renewal = Renewal { from: self.flow.browser.clone(), proof: visitor.proof.clone().unwrap_or_default(), to };
        self.then(|flow| flow.proven(identity, browser, renewal))
    }

    /// Ends the visit with this reply.
    pub fn ends(self, visitor: &Visitor, reply: Reply) -> Visit {
        let keepsakes = Keepsakes { browser: self.renewed_for(visitor), session: None };
        Visit { flow: self.flow, reply, keepsakes }
    }

    /// The renewed secret, for the browser that still has the old one.
    fn renewed_for(&self, visitor: &Visitor) -> Option<Secret<String>> {
        let renewal = self.flow.renewal.as_ref()?;
        let browser = random::sha256_base64url(visitor.browser.as_deref()?.as_bytes());
        is_same(&renewal.from, &browser).then(|| renewal.to.clone())
    }

    /// Saves the flow if it changed, with `alongside` in the same slot and the same breath.
    pub async fn save(&mut self, porter: &Porter, tenant: &Tenant, alongside: Vec<(Shelf, Vec<u8>, Duration)>) -> Result<Kept, Failure> {
        let slot = Slot::of_flow(&tenant.id, self.flow.id);
        let is_kept = match self.state {
            State::AsStored(_) => true,
            // Answered without a page: there is nothing to come back to.
            State::Unsaved if matches!(self.flow.stage, Stage::Answered { .. }) => true,
            State::Unsaved => porter.sessions.create(&slot.key(&Shelf::Flow), &self.written()?, self.ttl(porter)).await? == Created::New,
            State::Changed(expected) => {
                let (value, ttl) = (self.written()?, self.ttl(porter));
                porter.sessions.commit(Commit { slot, shelf: Shelf::Flow, expected, value, ttl, alongside }).await? != Swap::Lost
            }
        };
        if !is_kept {
            return Ok(Kept::Overtaken);
        }
        if let Some(letter) = self.letter.take() {
            letter.post();
        }
        Ok(Kept::Yes)
    }

    fn written(&self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec(&self.flow).map_err(|error| Failure::new(ErrorCode::Internal, format!("a flow can't be written: {error}")))
    }

    fn ttl(&self, porter: &Porter) -> Duration {
        self.flow.expires_at.since(porter.clock.now())
    }
}

fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

async fn is_double_click(porter: &Porter, tenant: &Tenant, flow: &Flow, browser: &str, proof: Option<&str>) -> Result<bool, Failure> {
    let (Some(renewal), Some(proof)) = (&flow.renewal, proof) else { return Ok(false) };
    if !is_same(&renewal.from, browser) {
        return Ok(false);
    }
    // Counted before it is compared, like any guess.
    let clicks = Key::counter(&tenant.id, "double-clicks", &flow.id.to_string());
    let is_often = porter.sessions.count(&clicks, tenant.tokens.flow).await? > MOST_DOUBLE_CLICKS;
    Ok(!is_often && is_same(&renewal.proof, proof))
}
