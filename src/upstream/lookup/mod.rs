//! Asking home directories about an address: is this account yours, is its domain?
//!
//! Must not decide where anyone signs in: it gathers facts for home-realm discovery. An answer that can't be had is a stated
//! [`Answer::Unanswered`], never an error, and never holds anybody up longer than its time limit.

use std::{future::Future, pin::Pin, sync::Arc, task::Poll, time::Duration};

use moka::sync::Cache;
use reqwest::{
    Request, StatusCode,
    header::{AUTHORIZATION, HeaderValue},
};
use url::Url;

use crate::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        id::{IdpId, TenantId},
        identity_provider::{AccountStanding, Answer, DomainStanding, IdentityProvider, LookupSource},
        secret::Secret,
        tenant::Tenant,
        timestamp::Timestamp,
    },
    random,
};

use super::fetch::{FetchError, Fetched, Fetcher};
use breaker::{Breakers, Target};

mod breaker;
mod entra;
mod hook;
mod scim;
mod web_finger;

/// Most answers that are remembered at once.
const REMEMBERED: u64 = 100_000;
/// No answer is remembered longer, whatever the tenant file says.
const LONGEST_MEMORY: Duration = Duration::from_secs(24 * 60 * 60);

/// Everybody who can be asked. Cheap to clone; clones share memory and breakers.
#[derive(Debug, Clone)]
pub struct Lookups {
    fetcher: Fetcher,
    clock: Clock,
    remembered: Cache<Asked, Remembered>,
    breakers: Arc<Breakers>,
}

/// Whom was asked about whom: addresses are kept as digests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    tenant: TenantId,
    provider: IdpId,
    about: [u8; 32],
}

#[derive(Debug, Clone)]
struct Remembered {
    answer: Answer,
    until: Timestamp,
}

impl Lookups {
    pub fn new(fetcher: Fetcher, clock: Clock) -> Self {
        let remembered = Cache::builder().max_capacity(REMEMBERED).time_to_live(LONGEST_MEMORY).build();
        Self { fetcher, clock, remembered, breakers: Arc::new(Breakers::new()) }
    }

    /// What `provider` says about `address`.
    pub async fn ask(&self, tenant: &Tenant, provider: &IdpId, address: &EmailAddress) -> Answer {
        let Some(configured) = tenant.providers.get(provider) else {
            return Answer::Unanswered("no such provider in this tenant".to_owned());
        };
        let Some(lookup) = &configured.lookup else {
            return Answer::Unanswered("this provider can't be asked".to_owned());
        };
        // What stands in the tenant file needs neither memory nor breaker.
        match &lookup.source {
            LookupSource::Domains if configured.domains.contains(address.domain()) => return known(configured, address),
            LookupSource::Domains => return absent(configured, address),
            LookupSource::Listed { accounts, domains } => {
                let standing = domains.get(address.domain()).copied().unwrap_or_else(|| domain_standing(configured, address));
                let key = address.key();
                let account = accounts.iter().find(|listed| listed.upn_key == key).map(|listed| listed.is_managed);
                return Answer::Stated { account: account_standing(account), domain: standing };
            }
            _ => {}
        }
        let about = match lookup.source {
            LookupSource::EntraDomain { .. } => random::sha256(address.domain().as_str().as_bytes()),
            _ => random::sha256(address.key().as_bytes()),
        };
        let asked = Asked { tenant: tenant.id.clone(), provider: provider.clone(), about };
        if let Some(remembered) = self.remembered.get(&asked).filter(|remembered| self.clock.now() < remembered.until) {
            return remembered.answer;
        }
        let domain = matches!(lookup.source, LookupSource::WebFinger { base: None }).then(|| address.domain().clone());
        let breaker = self.breakers.of(Target { tenant: tenant.id.clone(), provider: provider.clone(), domain });
        if !breaker.lets_through(self.clock.now()) {
            return Answer::Unanswered("it failed too often a moment ago and is left alone for a while".to_owned());
        }
        let asking = self.ask_outside(configured, &lookup.source, address, lookup.timeout);
        let outcome = tokio::time::timeout(lookup.timeout, asking).await.unwrap_or_else(|_| Err(Unanswered::late()));
        match outcome {
            Ok(answer) => {
                breaker.succeeded();
                let until = self.clock.now() + lookup.cache.min(LONGEST_MEMORY);
                self.remembered.insert(asked, Remembered { answer: answer.clone(), until });
                answer
            }
            Err(Unanswered { why, is_outage }) => {
                if is_outage {
                    breaker.failed(self.clock.now());
                }
                Answer::Unanswered(why)
            }
        }
    }

    /// Asks all of `providers` at the same time: as slow as the slowest, not as their sum.
    pub async fn ask_all(&self, tenant: &Tenant, providers: &[IdpId], address: &EmailAddress) -> Vec<(IdpId, Answer)> {
        let asking = providers.iter().map(|id| -> Pin<Box<dyn Future<Output = (IdpId, Answer)> + Send + '_>> {
            Box::pin(async move { (id.clone(), self.ask(tenant, id, address).await) })
        });
        all(asking.collect()).await
    }

    async fn ask_outside(
        &self,
        provider: &IdentityProvider,
        source: &LookupSource,
        address: &EmailAddress,
        timeout: Duration,
    ) -> Result<Answer, Unanswered> {
        let wire = Wire { fetcher: &self.fetcher, timeout };
        match source {
            LookupSource::EntraDomain { authority } => entra::ask(&wire, provider, authority, address).await,
            LookupSource::WebFinger { base } => web_finger::ask(&wire, provider, base.as_ref(), address).await,
            LookupSource::Scim { base, token } => scim::ask(&wire, provider, base, token.as_ref(), address).await,
            LookupSource::Hook { url, token } => hook::ask(&wire, provider, url, token.as_ref(), address).await,
            LookupSource::Domains | LookupSource::Listed { .. } => Err(Unanswered::because("it needs no asking")),
        }
    }
}

/// Why there is no answer; names no address.
struct Unanswered {
    why: String,
    /// Whether others would get none either. What a directory says of one odd address must not silence it for everyone.
    is_outage: bool,
}

impl Unanswered {
    fn because(why: impl Into<String>) -> Self {
        Self { why: why.into(), is_outage: true }
    }

    fn late() -> Self {
        Self::because("it did not answer in time")
    }

    fn status(status: StatusCode) -> Self {
        let is_about_this_address = matches!(status.as_u16(), 400 | 404 | 406 | 409..=424);
        Self { why: format!("it answered HTTP {}", status.as_u16()), is_outage: !is_about_this_address }
    }
}

impl From<FetchError> for Unanswered {
    fn from(error: FetchError) -> Self {
        match error {
            // The host is left out: with WebFinger it is the domain of somebody's address.
            FetchError::TimedOut(_) => Self::late(),
            FetchError::Forbidden(_, why) => Self::because(format!("it may not be asked: {why}")),
            FetchError::Unreachable(_, why) => Self::because(format!("it can't be reached: {why}")),
            FetchError::TooLarge(_) => Self::because("it answered with more than we read"),
            FetchError::Nonsense(_, why) | FetchError::Setup(why) => Self::because(format!("it answered nonsense: {why}")),
        }
    }
}

/// The bounded client, and the time this lookup may take.
struct Wire<'a> {
    fetcher: &'a Fetcher,
    timeout: Duration,
}

impl Wire<'_> {
    async fn send(&self, request: Request) -> Result<Fetched, Unanswered> {
        Ok(self.fetcher.send_within(request, self.timeout).await?)
    }
}

fn bear(request: &mut Request, token: Option<&Secret<String>>) -> Result<(), Unanswered> {
    let Some(token) = token else { return Ok(()) };
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.reveal()))
        .map_err(|_| Unanswered::because("its token has characters no header can carry"))?;
    bearer.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, bearer);
    Ok(())
}

/// `base` with further path segments, whether or not it ends in a slash.
fn below(base: &Url, segments: &[&str]) -> Result<Url, Unanswered> {
    let mut url = base.clone();
    url.path_segments_mut().map_err(|()| Unanswered::because("its address can't have a path"))?.pop_if_empty().extend(segments);
    Ok(url)
}

fn domain_standing(provider: &IdentityProvider, address: &EmailAddress) -> DomainStanding {
    if provider.domains.contains(address.domain()) { DomainStanding::MANAGED } else { DomainStanding::Unverified }
}

fn account_standing(is_managed: Option<bool>) -> AccountStanding {
    match is_managed {
        Some(true) => AccountStanding::Managed,
        Some(false) => AccountStanding::Unmanaged,
        None => AccountStanding::Absent,
    }
}

/// The account is there. That says nothing of its domain beyond what the operator listed.
fn known(provider: &IdentityProvider, address: &EmailAddress) -> Answer {
    Answer::Stated { account: AccountStanding::Managed, domain: domain_standing(provider, address) }
}

fn absent(provider: &IdentityProvider, address: &EmailAddress) -> Answer {
    Answer::Stated { account: AccountStanding::Absent, domain: domain_standing(provider, address) }
}

/// Runs all of `futures` side by side in this task; results in their order.
async fn all<T>(futures: Vec<Pin<Box<dyn Future<Output = T> + Send + '_>>>) -> Vec<T> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Some(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, result) in &mut running {
            if let Some(Poll::Ready(value)) = future.as_mut().map(|future| future.as_mut().poll(context)) {
                (*future, *result) = (None, Some(value));
            }
        }
        if running.iter().all(|(future, _)| future.is_none()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(|(_, result)| result).collect()
}
