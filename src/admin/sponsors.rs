//! Who answers for a guest: `users/{id}/sponsors`, by reference as in Graph, or by name. Sponsors are the tenant's own people, whom this
//! directory does not keep: an entry is the operator's word for one.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    desk::{Answer, Desk},
    problem::Problem,
    users,
};
use crate::{
    domain::guest::{Entry, Principal, Sponsors},
    store::directory::Update,
};

/// One sponsor: a reference, an id, or a name.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SponsorReference {
    /// `…/users/{id}` or `…/groups/{id}`.
    #[serde(rename = "@odata.id")]
    #[schema(example = "https://graph.microsoft.com/v1.0/users/6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0")]
    pub reference: Option<String>,
    pub id: Option<String>,
    pub user_principal_name: Option<String>,
    pub mail: Option<String>,
    pub display_name: Option<String>,
}

impl SponsorReference {
    pub(super) fn principal(&self) -> Result<Principal, Problem> {
        let referred = self.reference.as_deref().map(|url| url.trim_end_matches('/').rsplit('/').next().unwrap_or_default());
        let named = referred.or(self.id.as_deref()).or(self.user_principal_name.as_deref()).or(self.mail.as_deref());
        let text = named.or(self.display_name.as_deref()).unwrap_or_default();
        Principal::new(text).ok_or_else(|| {
            Problem::unreadable("a sponsor has @odata.id, id, userPrincipalName, mail or displayName: one line of at most 256 characters")
        })
    }
}

pub(super) async fn list(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let entry = desk.entry().await?;
    let path = format!("{}/{}/sponsors", users::PATH, entry.guest.id);
    Ok(Answer::ok(desk.query.page(desk.tenant(), &path, entry.sponsors.iter().map(shown).collect(), None)))
}

fn shown(sponsor: &Principal) -> Value {
    json!({ "id": sponsor.as_str(), "displayName": sponsor.as_str() })
}

pub(super) async fn add(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let sponsor = desk.body::<SponsorReference>()?.principal()?;
    let entry = desk.entry().await?;
    let all = Sponsors::new(entry.sponsors.iter().cloned().chain([sponsor]));
    let all = all.map_err(|most| Problem::unreadable(format!("a guest has {most} sponsors")))?;
    write(desk, &entry, all, "guest.sponsor_added").await
}

pub(super) async fn remove(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let gone = Principal::new(desk.text_of("sponsor")).ok_or_else(|| Problem::nobody("sponsor"))?;
    let entry = desk.entry().await?;
    if !entry.sponsors.iter().any(|sponsor| *sponsor == gone) {
        return Err(Problem::nobody("sponsor"));
    }
    let left = Sponsors::new(entry.sponsors.iter().filter(|sponsor| **sponsor != gone).cloned()).map_err(|_| Problem::internal())?;
    write(desk, &entry, left, "guest.sponsor_removed").await
}

async fn write(desk: &Desk<'_>, entry: &Entry, sponsors: Sponsors, action: &'static str) -> Result<Answer, Problem> {
    let update = Update { sponsors: Some(sponsors), ..Update::default() };
    users::changed(desk.directory().update_guest(&desk.tenant().id, entry.guest.id, &update).await?, "user")?;
    desk.record(action, entry.guest.id, json!({})).await?;
    Ok(Answer::nothing())
}
