//! Every obstacle, every choice, and what stays true of links whatever happens.

mod choices;
mod handles;
mod obstacles;
mod redeeming;

use std::sync::Arc;

use super::*;
use crate::{
    domain::{
        id::IdpId,
        identity::{AssertedAddress, Subject, VerifiedIdentity, Voucher},
        timestamp::Timestamp,
    },
    guests::{Admitted, Refused, redeem},
    mail::{MailError, Mailer, Message},
    oidc::fixture,
    store::seal::Seal,
};

pub(super) const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

#[derive(Debug)]
struct Nowhere;

#[async_trait::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _: Message) -> Result<(), MailError> {
        Ok(())
    }
}

/// An organisation of one's own, its directory empty.
pub(super) struct House {
    pub(super) tenant: Tenant,
    pub(super) inviter: Inviter,
}

impl House {
    pub(super) async fn new() -> Self {
        let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap();
        Self { tenant: fixture::tenant(), inviter: Inviter { directory, outbox: None, clock: Clock::movable(NOW) } }
    }

    pub(super) fn with_mail(mut self) -> Self {
        let (directory, clock) = (self.inviter.directory.clone(), self.inviter.clock.clone());
        self.inviter.outbox = Some(Outbox::new(directory, Seal::new(&Secret::new([7; 32])), clock, Arc::new(Nowhere)));
        self
    }

    pub(super) async fn invite(&self, invite: Invite) -> Result<Invited, Refusal> {
        super::invite(&self.inviter, &self.tenant, &by(Rank::Administrator), invite).await
    }

    pub(super) async fn invited(&self, mail: &str) -> Invited {
        self.invite(to(mail)).await.unwrap()
    }

    pub(super) async fn open(&self, handle: &str) -> Result<Opened, Refused> {
        open(&self.inviter.directory, &self.inviter.clock, &self.tenant, handle).await
    }

    pub(super) async fn redeem(&self, handle: &str, proven: &VerifiedIdentity) -> Result<Admitted, Refused> {
        let redemption = self.open(handle).await?.redemption();
        redeem(&self.inviter.directory, &self.inviter.clock, &self.tenant, &redemption, proven).await
    }
}

pub(super) fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(super) fn by(rank: Rank) -> By {
    By { principal: Principal::new("ben@contoso.example").unwrap(), name: None, reply_to: None, rank }
}

pub(super) fn to(mail: &str) -> Invite {
    Invite {
        address: address(mail),
        target: Target::Address,
        display_name: None,
        destination: Destination::Apps,
        user_type: UserType::Guest,
        message: None,
        cc: None,
        language: None,
        sponsors: None,
        is_mailed: false,
    }
}

/// The handle in the link.
pub(super) fn handle(invited: &Invited) -> String {
    let link = invited.link.as_ref().unwrap().reveal();
    link.strip_prefix("https://login.example.org/contoso/redeem?ticket=").unwrap().to_owned()
}

pub(super) fn proven(subject: &str) -> VerifiedIdentity {
    VerifiedIdentity {
        voucher: Voucher::Provider(IdpId::parse("partner").unwrap()),
        subject: Subject::new(subject).unwrap(),
        address: Some(AssertedAddress { address: address("alias@partner.example"), is_owner_verified: false }),
        name: None,
        authenticated_at: NOW,
        amr: Vec::new(),
        acr: None,
        partner_session: None,
    }
}
