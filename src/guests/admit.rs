//! From a proven identity to a guest. A guest is keyed by (voucher, immutable subject); an address only ever helps to find one
//! that has no identity yet, and only where the domain's owner stands behind it (`security.md` C1: never a mere claim).

use super::Refused;
use crate::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        collaboration::ContactConflict,
        error_code::ErrorCode,
        guest::{BoundIdentity, Creation, Guest, Pending, PrincipalName, State},
        id::GuestId,
        identity::VerifiedIdentity,
        tenant::{Admission, Tenant},
    },
    random,
    store::directory::{AddedGuest, BoundGuest, Directory, GuestFile, Whom},
};

/// A guest who may stand before the consent gate.
#[derive(Debug)]
pub struct Admitted {
    pub file: GuestFile,
    /// Whether this visit made the guest or bound the identity, for the trail.
    pub news: Option<News>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Created,
    Bound,
}

/// Whose identity this is.
#[derive(Debug)]
pub enum Recalled {
    Guest(Box<Admitted>),
    /// A guest's who was deleted and can still be restored.
    Deleted,
    Nobody,
}

impl Recalled {
    /// The guest, who is there.
    pub fn guest(&self) -> Option<&Guest> {
        match self {
            Self::Guest(admitted) => Some(&admitted.file.guest),
            Self::Deleted | Self::Nobody => None,
        }
    }
}

/// The guest this identity is bound to, if it is bound.
pub async fn recall(directory: &Directory, tenant: &Tenant, proven: &VerifiedIdentity) -> Result<Recalled, Refused> {
    match directory.guest_by_identity(&tenant.id, &BoundIdentity::from(proven)).await? {
        None => Ok(Recalled::Nobody),
        Some(file) if file.guest.is_deleted() => Ok(Recalled::Deleted),
        Some(file) => allowed(tenant, file).map(|admitted| Recalled::Guest(Box::new(admitted))),
    }
}

/// Someone just proven, whom [`recall`] did not know: finds by address who was expected, or makes a guest.
pub async fn admit(directory: &Directory, clock: &Clock, tenant: &Tenant, proven: &VerifiedIdentity) -> Result<Admitted, Refused> {
    let identity = BoundIdentity::from(proven);
    let address = trusted_address(proven)?;
    match expected(directory, tenant, address).await? {
        Some(file) => bind(directory, tenant, file, &identity, proven).await,
        None if tenant.admission == Admission::Open => create(directory, clock, tenant, address, &identity, proven).await,
        None => Err(Refused::ByRule(ErrorCode::NotInvited)),
    }
}

/// Someone just proven who was deleted: in again only as somebody whom the operator has entered since, never by themselves.
pub async fn readmit(directory: &Directory, tenant: &Tenant, proven: &VerifiedIdentity) -> Result<Admitted, Refused> {
    let Ok(address) = trusted_address(proven) else { return Err(Refused::ByRule(ErrorCode::GuestDeleted)) };
    match expected(directory, tenant, address).await? {
        Some(file) => bind(directory, tenant, file, &BoundIdentity::from(proven), proven).await,
        None => Err(Refused::ByRule(ErrorCode::GuestDeleted)),
    }
}

/// Whoever a direct link finds under an address. An imported contact's guest has it as no proxy address: in the stricter of the two
/// ways with contacts such a guest comes by the mail's link first (`behaviour.md` §10.6).
async fn expected(directory: &Directory, tenant: &Tenant, address: &EmailAddress) -> Result<Option<GuestFile>, Refused> {
    let Some(file) = directory.guest_by_address(&tenant.id, address).await? else { return Ok(None) };
    let is_asked = tenant.invitations.contact_conflict == ContactConflict::Fails && !file.guest.is_deleted();
    if is_asked && matches!(file.guest.state, State::PendingAcceptance(_)) {
        let entry = directory.entry(&tenant.id, &Whom::Id(file.guest.id)).await?;
        if entry.is_some_and(|entry| !entry.addresses.proxy().contains(address)) {
            return Err(Refused::ByRule(ErrorCode::ContactConflict));
        }
    }
    Ok(Some(file))
}

/// The address by which a guest may be found or made: one the domain's owner stands behind. That its domain is on the provider's
/// list is not enough: people edit their own address there, and any Entra tenant's administrator writes what they like ("nOAuth").
fn trusted_address(proven: &VerifiedIdentity) -> Result<&EmailAddress, Refused> {
    let asserted = proven.address.as_ref().ok_or(Refused::ByRule(ErrorCode::UpstreamClaims))?;
    if asserted.is_owner_verified { Ok(&asserted.address) } else { Err(Refused::ByRule(ErrorCode::NotInvited)) }
}

/// The address is known: its guest takes this identity if it has none. A known identity that comes back under another
/// subject stops here and is reported, never silently relinked (`security.md` C2).
async fn bind(
    directory: &Directory,
    tenant: &Tenant,
    file: GuestFile,
    identity: &BoundIdentity,
    proven: &VerifiedIdentity,
) -> Result<Admitted, Refused> {
    let admitted = allowed(tenant, file)?;
    if admitted.file.guest.identity() == Some(identity) {
        // Another visit of theirs was faster.
        return Ok(admitted);
    }
    let GuestFile { guest, consents } = admitted.file;
    let pending = match guest.state.clone() {
        State::PendingAcceptance(pending) => pending.bound(identity.clone()).ok(),
        State::Accepted(_) => None,
    };
    let Some(pending) = pending else {
        let is_same_voucher = guest.identity().is_some_and(|stored| stored.voucher == identity.voucher);
        return Err(Refused::ByRule(if is_same_voucher { ErrorCode::SubjectChanged } else { ErrorCode::WrongAccount }));
    };
    match directory.bind_identity(&tenant.id, guest.id, identity, proven.name.as_deref()).await? {
        BoundGuest::Bound => {
            let guest = Guest { state: pending.into(), ..guest };
            Ok(Admitted { file: GuestFile { guest, consents }, news: Some(News::Bound) })
        }
        // Another visit was faster; it is this identity's guest or it is not.
        BoundGuest::Taken => found_again(directory, tenant, identity).await,
    }
}

async fn create(
    directory: &Directory,
    clock: &Clock,
    tenant: &Tenant,
    address: &EmailAddress,
    identity: &BoundIdentity,
    proven: &VerifiedIdentity,
) -> Result<Admitted, Refused> {
    tenant.invitations.judge(address.domain()).map_err(Refused::ByRule)?;
    let now = clock.now();
    let (id, name) = (GuestId::from_drawn(random::ordered_uuid(now)), PrincipalName::of(address, &tenant.initial_domain()));
    let stranger = Guest::pending(id, name, address.clone(), Creation::SelfServiceSignUp, now);
    let known = Pending::begun(now).bound(identity.clone()).unwrap_or_else(|pending| pending);
    let guest = Guest { state: known.into(), display_name: proven.name.clone(), ..stranger };
    match directory.add_guest(&tenant.id, &guest).await? {
        AddedGuest::Added => Ok(Admitted { file: GuestFile { guest, consents: Vec::new() }, news: Some(News::Created) }),
        AddedGuest::Taken => found_again(directory, tenant, identity).await,
    }
}

async fn found_again(directory: &Directory, tenant: &Tenant, identity: &BoundIdentity) -> Result<Admitted, Refused> {
    match directory.guest_by_identity(&tenant.id, identity).await? {
        Some(file) => allowed(tenant, file),
        None => Err(Refused::ByRule(ErrorCode::WrongAccount)),
    }
}

/// Whoever is deleted or blocked goes no further, nor does somebody still expected whose domain the organisation has closed since.
fn allowed(tenant: &Tenant, file: GuestFile) -> Result<Admitted, Refused> {
    let guest = &file.guest;
    if guest.is_deleted() {
        return Err(Refused::ByRule(ErrorCode::GuestDeleted));
    }
    if !guest.is_enabled {
        return Err(Refused::ByRule(ErrorCode::GuestBlocked));
    }
    if matches!(guest.state, State::PendingAcceptance(_)) {
        tenant.invitations.judge(guest.mail.domain()).map_err(Refused::ByRule)?;
    }
    Ok(Admitted { file, news: None })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use super::*;
    use crate::{
        domain::{
            address::DomainName,
            id::IdpId,
            identity::{AssertedAddress, Subject, Voucher},
            identity_provider::{EntraUpstream, IdentityProvider, Kind, OidcUpstream, OpenId},
            secret::Secret,
            timestamp::Timestamp,
        },
        oidc::fixture,
    };

    const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

    fn tenant(open_id: fn(OidcUpstream) -> OpenId) -> Tenant {
        let upstream = OidcUpstream {
            issuer: "https://id.partner.example".into(),
            client_id: "gatehouse".into(),
            client_secret: None,
            scopes: Vec::new(),
            id_token_algorithms: Vec::new(),
            clock_skew: Duration::ZERO,
        };
        let id = IdpId::parse("partner").unwrap();
        let domains = BTreeSet::from([DomainName::parse("partner.example").unwrap()]);
        let provider =
            IdentityProvider { id: id.clone(), name: "Partner".into(), kind: Kind::OpenId(open_id(upstream)), domains, lookup: None };
        Tenant { providers: [(id, provider)].into(), ..fixture::tenant() }
    }

    fn proven(is_owner_verified: bool) -> VerifiedIdentity {
        VerifiedIdentity {
            voucher: Voucher::parse("partner").unwrap(),
            subject: Subject::new("mallory").unwrap(),
            address: Some(AssertedAddress { address: EmailAddress::parse("ceo@partner.example").unwrap(), is_owner_verified }),
            name: None,
            authenticated_at: NOW,
            amr: Vec::new(),
            acr: None,
            partner_session: None,
        }
    }

    #[tokio::test]
    async fn an_address_nobody_stands_behind_finds_and_makes_no_guest() {
        let kinds: [fn(OidcUpstream) -> OpenId; 2] =
            [OpenId::Generic, |oidc| OpenId::Entra(EntraUpstream { oidc, allowed_tids: BTreeSet::new() })];
        for kind in kinds {
            let (tenant, clock) = (tenant(kind), Clock::movable(NOW));
            let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap();
            let refused = admit(&directory, &clock, &tenant, &proven(false)).await.unwrap_err();
            assert!(matches!(refused, Refused::ByRule(ErrorCode::NotInvited)), "{refused}");
            let ceo = proven(true).address.unwrap().address;
            assert_eq!(directory.guest_by_address(&tenant.id, &ceo).await.unwrap(), None);
            assert!(admit(&directory, &clock, &tenant, &proven(true)).await.is_ok());
        }
    }
}
