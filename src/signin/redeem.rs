//! Step: an invitation's link. Looked at, it does nothing, however often (`security.md` E1: mail is opened by machines first). Accepting
//! begins a sign-in that goes straight to where the invited address signs in; what spends the invitation is the guest's acceptance.

use super::{
    Failure, Porter, Visit, Visitor,
    fresh::{Fresh, suffices},
    reroute,
};
use crate::{
    domain::{
        address::EmailAddress,
        errand::{Destination, Errand, Redemption},
        error_code::ErrorCode,
        flow::{Approach, Flow},
        home_realm::Entry,
        id::FlowId,
        invitation::{Invitation, Status},
        locale::Locale,
        secret::Secret,
        tenant::Tenant,
    },
    guests::{self, Opened, Refused},
    random,
};

/// What a link leads to.
#[derive(Debug)]
pub enum Look {
    /// Good, and nothing has happened yet.
    Good(Box<Invitation>),
    /// Redeemed long since: the link is a way back.
    Redeemed(Destination),
    /// Revoked, expired, replaced, or never ours.
    Over(ErrorCode),
}

/// What accepting comes to.
#[derive(Debug)]
pub enum Begun {
    Visit(Box<Visit>),
    /// There is nothing to accept: what there is instead.
    Not(Look),
}

/// Who accepts, as far as the browser tells.
#[derive(Clone, Copy)]
pub struct Acceptance<'a> {
    /// The handle in the link.
    pub ticket: &'a str,
    /// What the page drew for itself: the same button pressed twice is one sign-in.
    pub press: &'a str,
    pub locale: Locale,
    /// The tenant's session cookie.
    pub session: Option<&'a str>,
}

/// Tickets and cookies are nobody's to read.
impl std::fmt::Debug for Acceptance<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Acceptance").field("locale", &self.locale).finish_non_exhaustive()
    }
}

/// What the page of a link shows. That it was looked at is written down, and nothing else.
pub async fn look(porter: &Porter, tenant: &Tenant, ticket: &str) -> Result<Look, Failure> {
    let Some(opened) = open(porter, tenant, ticket).await? else { return Ok(Look::Over(ErrorCode::InvitationGone)) };
    guests::opened(&porter.directory, &porter.clock, tenant, &opened).await?;
    Ok(judged(opened))
}

/// The invitation of a ticket, whatever became of it.
async fn open(porter: &Porter, tenant: &Tenant, ticket: &str) -> Result<Option<Opened>, Failure> {
    match guests::open(&porter.directory, &porter.clock, tenant, ticket).await {
        Ok(opened) => Ok(Some(opened)),
        Err(Refused::ByRule(_)) => Ok(None),
        Err(Refused::Directory(error)) => Err(error.into()),
    }
}

fn judged(opened: Opened) -> Look {
    match opened.status {
        Status::PendingAcceptance | Status::InProgress => Look::Good(Box::new(opened.invitation)),
        Status::Completed => Look::Redeemed(opened.invitation.destination),
        Status::Revoked => Look::Over(ErrorCode::InvitationGone),
        Status::Expired => Look::Over(ErrorCode::InvitationExpired),
    }
}

/// Accepts: a sign-in by the invited address's own road. The session of the invited guest spares it.
pub async fn begin(porter: &Porter, tenant: &Tenant, by: Acceptance<'_>, visitor: &Visitor) -> Result<Begun, Failure> {
    let Some(opened) = open(porter, tenant, by.ticket).await? else { return Ok(Begun::Not(Look::Over(ErrorCode::InvitationGone))) };
    let redemption = opened.redemption();
    if let other @ (Look::Redeemed(_) | Look::Over(_)) = judged(opened) {
        return Ok(Begun::Not(other));
    }
    let known = super::recognise(porter, tenant, by.session).await?.filter(|session| session.guest == redemption.guest);
    let fresh = |errand| Fresh::new(porter, tenant, errand, Entry::Link, by.locale);
    let first = fresh(Errand::Redemption(redemption.clone()));
    if let Some(session) = known.filter(|session| suffices(porter, tenant, &first.flow, session, None)) {
        return Ok(Begun::Visit(Box::new(first.recognised(session).set_out(porter, tenant, visitor).await?)));
    }
    let first = routed(porter, tenant, pressed(porter, by, first), &redemption, visitor).await?;
    // A double click holds no cookie yet; it is known by what it presses.
    let same = Visitor { browser: Some(first.secret.reveal().clone()), ..visitor.clone() };
    let visit = match first.set_out(porter, tenant, &same).await {
        // Signed in since, or in another browser: this is another sign-in.
        Err(failure) if failure.code == ErrorCode::FlowGone => {
            let anew = routed(porter, tenant, fresh(Errand::Redemption(redemption.clone())), &redemption, visitor).await?;
            anew.set_out(porter, tenant, visitor).await?
        }
        visit => visit?,
    };
    Ok(Begun::Visit(Box::new(visit)))
}

/// Whose invitation the link is of, whatever became of it: they may always say that they want no more.
pub async fn addressee(porter: &Porter, tenant: &Tenant, ticket: &str) -> Result<Option<EmailAddress>, Failure> {
    Ok(open(porter, tenant, ticket).await?.map(|opened| opened.invitation.invited))
}

/// No more invitations of this tenant to the address: who it is about, if the link is one of ours.
pub async fn block(porter: &Porter, tenant: &Tenant, ticket: &str) -> Result<Option<EmailAddress>, Failure> {
    let Some(opened) = open(porter, tenant, ticket).await? else { return Ok(None) };
    guests::block_further(&porter.directory, &porter.clock, tenant, &opened).await?;
    Ok(Some(opened.invitation.invited))
}

async fn routed(porter: &Porter, tenant: &Tenant, fresh: Fresh, redemption: &Redemption, visitor: &Visitor) -> Result<Fresh, Failure> {
    let Fresh { flow, secret } = fresh;
    let flow = reroute::road(porter, tenant, flow, redemption.invited.clone(), visitor, Approach::AsNeeded).await?;
    Ok(Fresh { flow, secret })
}

/// The flow that this press of this page's button begins, and its browser's secret: both follow from what was pressed, by a key of
/// ours, so that a double click mails one code and not two.
fn pressed(porter: &Porter, by: Acceptance<'_>, fresh: Fresh) -> Fresh {
    if by.press.len() != 43 {
        return fresh;
    }
    let drawn = |what: &str| random::hmac_sha256(porter.passcode_key.reveal(), format!("{what}\n{}\n{}", by.ticket, by.press).as_bytes());
    let secret = random::sha256_base64url(&drawn("the browser of a redemption"));
    let id: String = drawn("the flow of a redemption").iter().take(16).map(|octet| format!("{octet:02x}")).collect();
    let Some(id) = FlowId::parse(&id) else { return fresh };
    Fresh { flow: Flow { id, browser: random::sha256_base64url(secret.as_bytes()), ..fresh.flow }, secret: Secret::new(secret) }
}
