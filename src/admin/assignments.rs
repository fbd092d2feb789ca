//! To which apps a guest is assigned: `users/{id}/appRoleAssignments`. An app here has one role, to get in; so an assignment is named
//! by its app.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    desk::{Answer, Desk},
    problem::Problem,
    users,
};
use crate::{
    domain::{client::Client, guest::Entry, id::ClientId},
    guests,
    store::directory::AssignedApp,
};

/// Which app.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NewAssignment {
    /// The app's `client_id`.
    #[schema(example = "portal")]
    pub app_id: Option<String>,
    /// The same, by Graph's name.
    pub resource_id: Option<String>,
}

fn app<'d>(desk: &Desk<'d>, text: &str) -> Option<&'d Client> {
    ClientId::parse(text).ok().and_then(|id| desk.tenant().clients.get(&id))
}

fn shown(desk: &Desk<'_>, entry: &Entry, assigned: &AssignedApp) -> Value {
    let name = desk.tenant().clients.get(&assigned.client).map_or_else(|| assigned.client.to_string(), |client| client.name.clone());
    json!({
        "id": assigned.client,
        "appId": assigned.client,
        "resourceId": assigned.client,
        "resourceDisplayName": name,
        "principalId": entry.guest.id.to_string(),
        "principalDisplayName": entry.guest.display_name,
        "principalType": "User",
        "createdDateTime": guests::moment(assigned.at),
        "assignedBy": assigned.by.as_ref().map(|by| json!({ "displayName": by.as_str() })),
    })
}

fn path(entry: &Entry) -> String {
    format!("{}/{}/appRoleAssignments", users::PATH, entry.guest.id)
}

pub(super) async fn list(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let entry = desk.entry().await?;
    let apps = desk.directory().apps_of(&desk.tenant().id, entry.guest.id).await?;
    let shown = apps.iter().map(|assigned| shown(desk, &entry, assigned)).collect();
    Ok(Answer::ok(desk.query.page(desk.tenant(), &path(&entry), shown, None)))
}

pub(super) async fn assign(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let asked: NewAssignment = desk.body()?;
    let named = asked.app_id.or(asked.resource_id).ok_or_else(|| Problem::unreadable("appId: the client_id of an app is missing"))?;
    let client = app(desk, &named).ok_or_else(|| Problem::unreadable(format!("appId: no app of this tenant is {named:?}")))?;
    let entry = desk.entry().await?;
    let assigned = AssignedApp { client: client.id.clone(), at: desk.now(), by: Some(desk.principal()) };
    let is_new = desk.directory().assign_app(&desk.tenant().id, entry.guest.id, &client.id, assigned.by.as_ref(), desk.now()).await?;
    if is_new {
        desk.record("guest.assigned", entry.guest.id, json!({ "app": client.id })).await?;
    }
    let location = desk.tenant().issuer.at(&format!("/admin/v1{}/{}", path(&entry), client.id));
    Ok(Answer::created(desk.query.one(desk.tenant(), &path(&entry), shown(desk, &entry, &assigned)), location))
}

pub(super) async fn unassign(desk: &Desk<'_>) -> Result<Answer, Problem> {
    // The app itself may be gone from the tenant's file.
    let client = ClientId::parse(desk.text_of("assignment")).map_err(|_| Problem::nobody("assignment"))?;
    let entry = desk.entry().await?;
    if !desk.directory().unassign_app(&desk.tenant().id, entry.guest.id, &client).await? {
        return Err(Problem::nobody("assignment"));
    }
    desk.record("guest.unassigned", entry.guest.id, json!({ "app": client })).await?;
    Ok(Answer::nothing())
}
