//! `/{tenant}/account`: My account, the end of sessions, and leaving. Every change is a form of ours, by token and by
//! where it came from.

use actix_web::{HttpResponse, http::StatusCode, web::Bytes};

use super::{
    agreements::agreement,
    caller::Caller,
    origin,
    portal::{asked, at_home, elsewhere, frame, home, provider, signed_in, speaking},
    reply, show,
};
use crate::{
    domain::{errand::Destination, error_code::ErrorCode, id::SessionId, session::BrowserSession},
    oidc::parameters::Parameters,
    pages::{Goodbye, LeaveOrganization, Membership, MyAccount, Session},
    portal::{
        Recognised, Resident, account,
        form::{self, Act},
        leave, recognise,
    },
    signin::Failure,
};

pub(super) async fn show(caller: Caller) -> HttpResponse {
    let caller = speaking(caller);
    if let Some(canonical) = elsewhere(&caller) {
        return canonical;
    }
    at_home(&caller, Destination::Account, async |resident, cookie| {
        let account = account::overview(&caller.door.porter, &caller.door.tenants, &caller.tenant, resident, caller.locale).await?;
        Ok(my_account(&caller, resident, cookie, account))
    })
    .await
}

fn my_account(caller: &Caller, resident: &Resident, cookie: &str, account: account::Account) -> HttpResponse {
    let (here, guest) = (home(caller, "/account"), &resident.file.guest);
    let addresses = account.entry.map_or_else(
        || vec![guest.mail.to_string()],
        |entry| entry.addresses.kinds().values().map(|(address, _)| address.to_string()).collect(),
    );
    let page = MyAccount {
        frame: frame(caller, &here),
        signed_in: signed_in(caller, &resident.session.identity),
        name: guest.display_name.clone(),
        addresses,
        since: guest.created_at,
        organizations: account.organizations.iter().map(|one| membership(caller, one)).collect(),
        agreements: account.decided.into_iter().map(|decided| agreement(caller, decided)).collect(),
        sessions: account.sessions.iter().map(|one| session(caller, resident, cookie, one)).collect(),
        everywhere_token: form::token(cookie, Act::EndAll),
        apps_href: home(caller, "/apps"),
        path: here,
    };
    reply::html(StatusCode::OK, page.render(), &show::policy(caller, &[]))
}

fn membership(caller: &Caller, organization: &account::Organization) -> Membership {
    let tenant = &organization.tenant;
    Membership {
        name: tenant.name.clone(),
        domain: tenant.primary_domain(),
        href: (tenant.id != caller.tenant.id).then(|| format!("/{}/apps", tenant.issuer.segment)),
        is_pending: !organization.is_accepted,
    }
}

fn session(caller: &Caller, resident: &Resident, cookie: &str, session: &BrowserSession) -> Session {
    Session {
        id: session.id.to_string(),
        began_at: session.began_at,
        provider: provider(caller, &session.identity.voucher),
        is_this: session.id == resident.session.id,
        token: form::token(cookie, Act::End(session.id)),
    }
}

pub(super) async fn end_session(caller: Caller, body: Bytes) -> HttpResponse {
    let act = |fields: &Parameters| Some(Act::End(SessionId::parse(fields.one("session").ok()??)?));
    acting(&caller, &body, act, async |resident, act| {
        if let Act::End(session) = act {
            account::end(&caller.door.porter, &caller.tenant, resident, session).await?;
        }
        Ok(reply::see_other(&home(&caller, "/account")))
    })
    .await
}

pub(super) async fn end_all(caller: Caller, body: Bytes) -> HttpResponse {
    acting(
        &caller,
        &body,
        |_| Some(Act::EndAll),
        async |resident, _| {
            account::end_all(&caller.door.porter, &caller.tenant, resident).await?;
            Ok(forgotten(&caller, &home(&caller, "/signout")))
        },
    )
    .await
}

pub(super) async fn ask_to_leave(caller: Caller) -> HttpResponse {
    let caller = speaking(caller);
    if let Some(canonical) = elsewhere(&caller) {
        return canonical;
    }
    let shown = at_home(&caller, Destination::Account, async |resident, cookie| {
        leave::allowed(&caller.tenant)?;
        let action = home(&caller, "/account/leave");
        let page = LeaveOrganization {
            frame: frame(&caller, &action),
            signed_in: signed_in(&caller, &resident.session.identity),
            action,
            token: form::token(cookie, Act::Leave),
            stay_href: home(&caller, "/account"),
            is_unconfirmed: asked(&caller, "unconfirmed").is_some(),
        };
        Ok(reply::html(StatusCode::OK, page.render(), &show::policy(&caller, &[])))
    });
    shown.await
}

pub(super) async fn leave(caller: Caller, body: Bytes) -> HttpResponse {
    let is_confirmed = Parameters::parse(&body).is_ok_and(|fields| fields.one("confirm").ok().flatten() == Some("yes"));
    acting(
        &caller,
        &body,
        |_| Some(Act::Leave),
        async |resident, _| {
            if !is_confirmed {
                return Ok(reply::see_other(&home(&caller, "/account/leave?unconfirmed=1")));
            }
            leave::leave(&caller.door.porter, &caller.tenant, resident).await?;
            Ok(forgotten(&caller, &home(&caller, "/account/goodbye")))
        },
    )
    .await
}

/// For whoever has left; somebody who is here has not.
pub(super) async fn goodbye(caller: Caller) -> HttpResponse {
    let caller = speaking(caller);
    let cookie = caller.jar().session_secret(&caller.request, &caller.tenant.id);
    let recognised = recognise(&caller.door.porter, &caller.tenant, cookie.as_deref(), &Destination::Account).await;
    if let Ok(Recognised::Resident(_)) = recognised {
        return reply::see_other(&home(&caller, "/account"));
    }
    let contact = caller.tenant.privacy.contact.as_ref().map(ToString::to_string);
    let page = Goodbye { frame: frame(&caller, &home(&caller, "/account/goodbye")), contact };
    reply::html(StatusCode::OK, page.render(), &show::policy(&caller, &[]))
}

/// Where a form was sent, asked for by itself.
pub(super) async fn onward(caller: Caller) -> HttpResponse {
    reply::see_other(&home(&caller, "/account"))
}

/// Does what a form of this guest's own page asks for. `act` reads what that is.
async fn acting(
    caller: &Caller,
    body: &Bytes,
    act: impl FnOnce(&Parameters) -> Option<Act>,
    done: impl AsyncFnOnce(&Resident, Act) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    at_home(caller, Destination::Account, async |resident, cookie| {
        let fields = Parameters::parse(body)?;
        let presented = fields.one("form").ok().flatten().unwrap_or_default();
        match act(&fields).filter(|act| !origin::is_foreign(&caller.request) && form::is_own(cookie, *act, presented)) {
            Some(act) => done(resident, act).await,
            None => Err(ErrorCode::StaleForm.into()),
        }
    })
    .await
}

/// On, without the session.
fn forgotten(caller: &Caller, location: &str) -> HttpResponse {
    let mut response = reply::see_other(location);
    // Our own names are always cookies.
    let _ = response.add_cookie(&caller.jar().session_over(&caller.tenant.id));
    response
}
