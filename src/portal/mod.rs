//! What guests do for themselves: open their apps, look at their account, end sessions, leave. Knows no HTTP and renders nothing; signing
//! in is [`crate::signin`]'s, and nobody gets past here who would not get past its gate.

pub mod account;
pub mod apps;
pub mod form;
pub mod leave;
pub mod organizations;
pub mod waiting;

use crate::{
    domain::{
        consent::{self, Duties},
        errand::Destination,
        error_code::ErrorCode,
        id::ClientId,
        session::BrowserSession,
        tenant::Tenant,
    },
    guests::{self, Recalled},
    signin::{self, Failure, Porter},
    store::directory::GuestFile,
};

/// A guest who is signed in here, and owes nothing.
#[derive(Debug)]
pub struct Resident {
    pub session: BrowserSession,
    pub file: GuestFile,
}

/// Who is at the door of our own pages.
#[derive(Debug)]
pub enum Recognised {
    Resident(Box<Resident>),
    /// Signed in, and a rule says no: blocked, for one.
    Refused(ErrorCode),
    /// Nobody known, or somebody with something to do first: a sign-in finds out what.
    Stranger,
}

/// Whose session this is, and whether it opens `destination` as the gate of a sign-in would.
pub async fn recognise(porter: &Porter, tenant: &Tenant, cookie: Option<&str>, destination: &Destination) -> Result<Recognised, Failure> {
    let Some(session) = signin::recognise(porter, tenant, cookie).await? else { return Ok(Recognised::Stranger) };
    let admitted = match guests::recall(&porter.directory, tenant, &session.identity).await {
        Ok(Recalled::Guest(admitted)) => admitted,
        Ok(Recalled::Deleted | Recalled::Nobody) => return Ok(Recognised::Stranger),
        Err(guests::Refused::ByRule(code)) => return Ok(Recognised::Refused(code)),
        Err(guests::Refused::Directory(error)) => return Err(error.into()),
    };
    let guest = &admitted.file.guest;
    let is_over = session.guest != guest.id || session.is_over(guest.sessions_valid_from);
    if is_over || !tenant.serves(&session.identity.voucher) {
        return Ok(Recognised::Stranger);
    }
    let duties = Duties::of(tenant, client(destination), guest, &session.identity, porter.clock.now());
    Ok(match consent::gate(guest, session.identity.clone(), &admitted.file.consents, &duties, &[]) {
        Ok(_) => Recognised::Resident(Box::new(Resident { session, file: admitted.file })),
        Err(_) => Recognised::Stranger,
    })
}

fn client(destination: &Destination) -> Option<&ClientId> {
    match destination {
        Destination::Client(client) => Some(client),
        Destination::Apps | Destination::Account | Destination::Page(_) => None,
    }
}
