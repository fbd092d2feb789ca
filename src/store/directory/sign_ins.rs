//! When guests last signed in: noted in memory, written behind everybody's back, so that no sign-in waits for it.
//!
//! To a few minutes, and the last seconds before a crash are lost: it tells who has not been here for months, the audit the rest.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{Directory, DirectoryError, pool::writing};
use crate::domain::{
    guest::Guest,
    id::{GuestId, TenantId},
    timestamp::Timestamp,
};

/// Signing in again within this is the same visit.
const GRAIN: Duration = Duration::from_secs(5 * 60);
/// More are not noted between two writes.
const MOST: usize = 20_000;
/// Written in one transaction.
const PART: usize = 100;

const WRITE: &str = "UPDATE guests SET last_sign_in_at = $3 WHERE tenant = $1 AND id = $2";

/// Noted and not yet written.
#[derive(Debug, Clone, Default)]
pub(super) struct SignIns(Arc<Mutex<HashMap<(TenantId, GuestId), Timestamp>>>);

impl Directory {
    /// Notes that a guest was proven and passed the gate. Asks no database.
    pub fn note_sign_in(&self, tenant: &TenantId, guest: &Guest, now: Timestamp) {
        if guest.last_sign_in_at.is_some_and(|last| now.since(last) < GRAIN) {
            return;
        }
        let mut noted = self.sign_ins.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < MOST {
            noted.insert((tenant.clone(), guest.id), now);
        }
    }

    /// Writes what was noted; what can't be written now stays noted.
    pub async fn write_sign_ins(&self) -> Result<(), DirectoryError> {
        let noted = std::mem::take(&mut *self.sign_ins.0.lock().unwrap_or_else(PoisonError::into_inner));
        // In the order of the ids, so that two nodes never wait for each other; a few at a time, so that nobody waits long for us.
        let mut noted: Vec<_> = noted.into_iter().collect();
        noted.sort_unstable();
        for (number, part) in noted.chunks(PART).enumerate() {
            let written = writing!(&self.pools, |connection| async {
                let mut transaction = sqlx::Connection::begin(connection).await?;
                for ((tenant, guest), at) in part {
                    let query = sqlx::query(WRITE).bind(tenant.as_str()).bind(guest.to_string()).bind(at.unix());
                    query.execute(&mut *transaction).await?;
                }
                transaction.commit().await
            });
            if let Err(error) = written {
                let mut later = self.sign_ins.0.lock().unwrap_or_else(PoisonError::into_inner);
                for (whose, at) in noted.drain(number * PART..) {
                    later.entry(whose).or_insert(at);
                }
                return Err(error);
            }
        }
        Ok(())
    }
}
