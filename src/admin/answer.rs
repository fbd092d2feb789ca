//! The one road of every request: who asks, may they, how often, was it asked before; then the operation. Nothing is done before all
//! of that is known.

use std::{collections::BTreeSet, time::Duration};

use super::{
    again, agreements, assignments, audit, bulk, deleted,
    desk::{Answer, Ask, Desk, House},
    invitations, invite, openapi,
    permit::Operation,
    problem::Problem,
    query::Query,
    sponsors, users,
};
use crate::{
    domain::{client::Client, error_code::ErrorCode, id::ClientId, permission::Permission},
    random,
    store::sessions::Key,
    token::userinfo,
};

/// Calls of one client in [`WINDOW`].
const CALLS: u64 = 6_000;
const WINDOW: Duration = Duration::from_secs(60);

/// Answers one request. Of whoever is not permitted, the `body` is not even read.
pub async fn answer<F>(house: &House, mut ask: Ask, body: impl FnOnce() -> F) -> Result<Answer, Problem>
where
    F: Future<Output = Result<Vec<u8>, Problem>>,
{
    if ask.operation.is_open() {
        return Ok(openapi::answer(&house.tenant));
    }
    let (client, held) = authenticated(house, &ask)?;
    let reach = ask.operation.reach(&held).ok_or_else(|| denied(ask.operation))?;
    counted(house, client).await?;
    let query = Query::parse(&ask.query)?;
    ask.body = body().await?;
    let ask = &ask;
    let desk = Desk { house, ask, client, held, reach, query };
    if !ask.is_post {
        return Box::pin(done(&desk)).await;
    }
    match &ask.key {
        None => Box::pin(done(&desk)).await,
        Some(key) => house.answers.once(&desk, key, || Box::pin(done(&desk))).await,
    }
}

/// The client of a token that is for this API of this tenant, with what the token says and the operator still permits.
fn authenticated<'h>(house: &'h House, ask: &Ask) -> Result<(&'h Client, BTreeSet<Permission>), Problem> {
    let no = |why: &str| Problem::new(ErrorCode::ApiUnauthenticated, why);
    let token =
        userinfo::bearer(ask.authorization.as_deref(), None).map_err(|_| no("there is no bearer token in the Authorization header"))?;
    let wrong = "the access token is expired, malformed, or not for this API of this tenant";
    let claims = house.ring.verify_app_token(&house.tenant, token, house.now).map_err(|_| no(wrong))?;
    let client = ClientId::parse(&claims.client_id).ok().and_then(|id| house.tenant.clients.get(&id));
    let client = client.ok_or_else(|| no("the client is no longer registered"))?;
    Ok((client, claims.roles.iter().copied().filter(|role| client.permissions.contains(role)).collect()))
}

fn denied(operation: Operation) -> Problem {
    let needed: Vec<&str> = operation.allowed_by().iter().map(|(permission, _)| permission.as_str()).collect();
    Problem::new(ErrorCode::ApiForbidden, format!("this takes one of the permissions {}", needed.join(", ")))
}

async fn counted(house: &House, client: &Client) -> Result<(), Problem> {
    let counter = Key::counter(&house.tenant.id, "api-calls", &random::sha256_base64url(client.id.as_str().as_bytes()));
    if house.sessions.count(&counter, WINDOW).await? > CALLS {
        let detail = format!("one client may call {CALLS} times a minute");
        return Err(Problem { retry_after: Some(WINDOW.as_secs()), ..Problem::new(ErrorCode::ApiTooManyRequests, detail) });
    }
    Ok(())
}

async fn done(desk: &Desk<'_>) -> Result<Answer, Problem> {
    match desk.ask.operation {
        Operation::Invite => invite::invite(desk).await,
        Operation::ListInvitations => invitations::list(desk).await,
        Operation::CountInvitations => invitations::count(desk).await,
        Operation::ShowInvitation => invitations::show(desk).await,
        Operation::ShowTimeline => invitations::timeline(desk).await,
        Operation::ResendInvitation => again::resend(desk).await,
        Operation::RevokeInvitation => again::revoke(desk).await,
        Operation::ReissueInvitation => again::reissue(desk).await,
        Operation::InviteInBulk => bulk::accept(desk).await,
        Operation::ShowBulk => bulk::show(desk).await,
        Operation::ListBulkLines => bulk::lines(desk).await,
        Operation::ListUsers => users::list(desk).await,
        Operation::CountUsers => users::count(desk).await,
        Operation::ShowUser => users::show(desk).await,
        Operation::UpdateUser => users::update(desk).await,
        Operation::DeleteUser => users::delete(desk).await,
        Operation::RevokeSessions => users::revoke_sessions(desk).await,
        Operation::ListSponsors => sponsors::list(desk).await,
        Operation::AddSponsor => sponsors::add(desk).await,
        Operation::RemoveSponsor => sponsors::remove(desk).await,
        Operation::ListAssignments => assignments::list(desk).await,
        Operation::AssignApp => assignments::assign(desk).await,
        Operation::UnassignApp => assignments::unassign(desk).await,
        Operation::ListDeleted => deleted::list(desk).await,
        Operation::ShowDeleted => deleted::show(desk).await,
        Operation::RestoreUser => deleted::restore(desk).await,
        Operation::PurgeUser => deleted::purge(desk).await,
        Operation::ListAuditLogs => audit::list(desk).await,
        Operation::ListAgreements => agreements::list(desk).await,
        Operation::ListAcceptances => agreements::acceptances(desk).await,
        Operation::Describe => Ok(openapi::answer(desk.tenant())),
    }
}
