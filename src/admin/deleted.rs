//! Deleted guests, for the 30 days in which they can be restored: `directory/deletedItems`.

use serde_json::json;

use super::{
    desk::{Answer, Desk},
    problem::Problem,
    users,
};
use crate::{
    domain::guest::Entry,
    store::directory::{Filter, Whom},
};

pub(super) const PATH: &str = "/directory/deletedItems/microsoft.graph.user";

pub(super) async fn list(desk: &Desk<'_>) -> Result<Answer, Problem> {
    users::page(desk, PATH, Filter { is_deleted: true, ..Filter::default() }).await
}

async fn entry(desk: &Desk<'_>) -> Result<Entry, Problem> {
    let found = desk.directory().entry(&desk.tenant().id, &Whom::Id(desk.deleted_id()?)).await?;
    found.filter(|entry| entry.guest.is_deleted()).ok_or_else(|| Problem::nobody("deleted user"))
}

pub(super) async fn show(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let entry = entry(desk).await?;
    Ok(Answer::ok(desk.query.one(desk.tenant(), PATH, users::shown(desk, &entry)?)))
}

pub(super) async fn restore(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let id = desk.deleted_id()?;
    users::changed(desk.directory().restore_guest(&desk.tenant().id, id, desk.now()).await?, "deleted user")?;
    desk.record("guest.restored", id, json!({})).await?;
    let restored = desk.directory().entry(&desk.tenant().id, &Whom::Id(id)).await?.ok_or_else(|| Problem::nobody("user"))?;
    Ok(Answer::ok(desk.query.one(desk.tenant(), users::PATH, users::shown(desk, &restored)?)))
}

pub(super) async fn purge(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let id = desk.deleted_id()?;
    users::changed(desk.directory().purge_guest(&desk.tenant().id, id).await?, "deleted user")?;
    desk.record("guest.purged", id, json!({})).await?;
    Ok(Answer::nothing())
}
