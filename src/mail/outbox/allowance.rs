//! How many mails somebody may still cause within the hour. Counted now and then, not for every line of a long file.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::Outbox;
use crate::{
    domain::{guest::Principal, id::TenantId, timestamp::Timestamp},
    store::directory::DirectoryError,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// Of what was left at the last count, this part is given out before the next: ten nodes together stay within the limit, and the last
/// few are counted one by one.
const PART: u32 = 10;
/// At most as many, and for as long, without a new count.
const MOST: u32 = 250;
const TRUSTED: Duration = Duration::from_secs(60);
/// Inviters remembered; beyond it all are counted anew.
const REMEMBERED: usize = 1000;

type Inviter = (TenantId, Principal);

/// What the last counts left to be given out.
#[derive(Debug, Default)]
pub(super) struct Allowances(Mutex<HashMap<Inviter, Known>>);

#[derive(Debug, Clone, Copy)]
struct Known {
    free: u32,
    until: Timestamp,
    /// The limit it was counted against.
    limit: u32,
}

impl Allowances {
    fn take(&self, who: &Inviter, limit: u32, now: Timestamp) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = all.get_mut(who).filter(|known| known.limit == limit && known.until > now && known.free > 0) else {
            return false;
        };
        known.free -= 1;
        true
    }

    fn keep(&self, who: Inviter, known: Known) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(who, known);
    }
}

impl Outbox {
    /// Whether `inviter` may cause one more mail, `limit` of which an hour may have.
    pub async fn may_be_caused(&self, tenant: &TenantId, inviter: &Principal, limit: u32) -> Result<bool, DirectoryError> {
        let (who, now) = ((tenant.clone(), inviter.clone()), self.clock.now());
        if self.allowances.take(&who, limit, now) {
            return Ok(true);
        }
        let left = self.directory.mails_left(tenant, inviter, now - HOUR, limit).await?;
        self.allowances.keep(who, Known { free: (left / PART).min(MOST), until: now + TRUSTED, limit });
        Ok(left > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_given_out_once_and_for_a_minute_and_under_the_same_limit() {
        let (all, now) = (Allowances::default(), Timestamp::from_unix(1_800_000_000));
        let who = || (TenantId::parse("contoso").unwrap(), Principal::new("kim").unwrap());
        let known = Known { free: 2, until: now + TRUSTED, limit: 20 };
        assert!(!all.take(&who(), 20, now));
        all.keep(who(), known);
        assert!(!all.take(&who(), 30, now) && !all.take(&who(), 20, now + TRUSTED));
        assert!(all.take(&who(), 20, now) && all.take(&who(), 20, now) && !all.take(&who(), 20, now));
    }
}
