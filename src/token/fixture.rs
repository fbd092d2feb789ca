//! Keys, a grant and a small session store, for the tests of this room.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use uuid::Uuid;

use crate::{
    domain::{
        address::EmailAddress,
        client::Scope,
        consent::{self, ConsentRecord, DocumentHash, Matter},
        grant::Grant,
        guest::{Creation, Guest, PrincipalName, State},
        id::{FlowId, GuestId, IdpId},
        identity::{AssertedAddress, Subject, VerifiedIdentity, Voucher},
        locale::Locale,
        secret::Secret,
        timestamp::Timestamp,
        token_policy::SigningAlgorithm,
    },
    oidc::{parameters::Parameters, request},
    store::directory::Directory,
    store::seal::Seal,
    store::sessions::{Commit, Created, Key, Sessions, SessionsError, Shelf, Slot, Spent, Swap, Versioned},
};

pub(crate) use crate::oidc::fixture::{CALLBACK, tenant};

use super::{access_token::VerifiedTokens, forge, plan, ring::Ring};

pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub(crate) fn seal() -> Seal {
    Seal::new(&Secret::new([7; 32]))
}

/// A ring with a first key for each of `algorithms`.
pub(crate) fn ring(algorithms: &[SigningAlgorithm]) -> Ring {
    let tenant = tenant();
    let lives = plan::plan(NOW, &[], algorithms, &tenant.tokens);
    let stored: Vec<_> = lives.into_iter().map(|life| forge::forge(&tenant.id, life, NOW, &seal()).unwrap()).collect();
    Ring::open(&tenant.id, &stored, &seal(), VerifiedTokens::holding(100)).unwrap()
}

/// What may differ from one grant to the next.
pub(crate) struct Asking<'a> {
    pub client: &'a str,
    pub scopes: &'a [Scope],
    /// The PKCE verifier, of clients that use one.
    pub verifier: Option<&'a str>,
}

impl Default for Asking<'_> {
    fn default() -> Self {
        Self { client: "portal", scopes: &Scope::ALL, verifier: Some(VERIFIER) }
    }
}

/// Who the grant is for, and as whom proven.
fn ana() -> (Guest, VerifiedIdentity) {
    let mail = EmailAddress::parse("ana@fabrikam.example").unwrap();
    let identity = VerifiedIdentity {
        voucher: Voucher::Provider(IdpId::parse("fabrikam").unwrap()),
        subject: Subject::new("upstream-subject").unwrap(),
        address: Some(AssertedAddress { address: mail.clone(), is_owner_verified: true }),
        name: Some("Ana".into()),
        authenticated_at: NOW - Duration::from_secs(5),
        amr: vec!["pwd".into(), "otp".into()],
        acr: None,
        partner_session: None,
    };
    let name = PrincipalName::of(&mail, "contoso.example");
    (Guest::pending(GuestId::from_drawn(Uuid::from_u128(9)), name, mail, Creation::Invitation, NOW), identity)
}

/// With the guest of the grant in it, who has accepted.
pub(crate) async fn directory() -> Directory {
    let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap();
    let (guest, identity) = ana();
    let accepted = State::stored("Accepted", NOW, Some((&identity).into())).unwrap();
    directory.add_guest(&tenant().id, &Guest { state: accepted, ..guest }).await.unwrap();
    directory
}

/// A grant as the whole road makes it: a request that was read, an identity proven, the consent gate passed.
pub(crate) fn grant(asking: &Asking<'_>) -> Grant {
    let tenant = tenant();
    let challenge = asking.verifier.map(|verifier| crate::random::sha256_base64url(verifier.as_bytes()));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", asking.client),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", &super::claims::scope(asking.scopes)),
            ("nonce", "n-0S6_WzA2Mj"),
            ("code_challenge", challenge.as_deref().unwrap_or_default()),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let request = request::read(&tenant, &Parameters::parse(query.as_bytes()).unwrap()).unwrap();
    let (guest, identity) = ana();
    let consent = ConsentRecord {
        guest: guest.id,
        matter: Matter::Privacy,
        version: None,
        document: DocumentHash(String::new()),
        locale: Locale::En,
        is_accepted: true,
        client: asking.client.to_owned(),
        voucher: "fabrikam".into(),
        at: NOW,
    };
    let duties = consent::Duties { is_privacy_asked: true, terms: Vec::new(), now: NOW };
    let passed = consent::gate(&guest, identity, &[consent], &duties, &[]).unwrap();
    Grant::new(passed, FlowId::from_drawn(Uuid::from_u128(7)).into(), &request, NOW + tenant.tokens.authorization_code)
}

/// Values by key, and whether each was spent.
type Values = HashMap<String, (bool, Vec<u8>)>;

/// Remembers without forgetting: time is not its business here.
#[derive(Debug, Default)]
pub(crate) struct Shelves {
    values: Mutex<Values>,
    pub is_down: AtomicBool,
}

impl Shelves {
    fn open(&self) -> Result<MutexGuard<'_, Values>, SessionsError> {
        if self.is_down.load(Ordering::SeqCst) {
            return Err(SessionsError::Unreachable("down".into()));
        }
        Ok(self.values.lock().unwrap())
    }
}

#[async_trait]
impl Sessions for Shelves {
    async fn create(&self, _: &Key, _: &[u8], _: Duration) -> Result<Created, SessionsError> {
        unreachable!("not asked here")
    }

    async fn put(&self, slot: &Slot, values: &[(Shelf, Vec<u8>, Duration)]) -> Result<(), SessionsError> {
        let mut open = self.open()?;
        open.extend(values.iter().map(|(shelf, value, _)| (slot.key(shelf).as_str().to_owned(), (false, value.clone()))));
        Ok(())
    }

    async fn read(&self, key: &Key) -> Result<Option<Versioned>, SessionsError> {
        let revision = crate::store::sessions::Revision(1);
        Ok(self.open()?.get(key.as_str()).map(|(_, value)| Versioned { revision, value: value.clone() }))
    }

    async fn commit(&self, _: Commit) -> Result<Swap, SessionsError> {
        unreachable!("not asked here")
    }

    async fn spend(&self, key: &Key, tombstone: &[u8], _: Duration) -> Result<Spent, SessionsError> {
        let mut open = self.open()?;
        let Some((is_spent, value)) = open.get_mut(key.as_str()) else { return Ok(Spent::Never) };
        if *is_spent {
            return Ok(Spent::Again(value.clone()));
        }
        *is_spent = true;
        Ok(Spent::First(std::mem::replace(value, tombstone.to_vec())))
    }

    async fn remove(&self, _: &Key) -> Result<(), SessionsError> {
        unreachable!("not asked here")
    }

    async fn count(&self, _: &Key, _: Duration) -> Result<u64, SessionsError> {
        unreachable!("not asked here")
    }

    async fn uncount(&self, _: &Key) -> Result<(), SessionsError> {
        unreachable!("not asked here")
    }

    async fn counted(&self, _: &Key) -> Result<u64, SessionsError> {
        unreachable!("not asked here")
    }

    async fn enlist(&self, _: &Key, _: &[u8], _: Duration, _: usize) -> Result<(), SessionsError> {
        unreachable!("not asked here")
    }

    async fn lines(&self, _: &Key) -> Result<Vec<Vec<u8>>, SessionsError> {
        unreachable!("not asked here")
    }

    async fn is_ready(&self) -> bool {
        true
    }
}
