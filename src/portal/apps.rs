//! My Apps: what a guest may open, and where it is.

use std::collections::BTreeSet;

use url::Url;

use super::Resident;
use crate::{
    domain::{
        client::Client,
        error_code::ErrorCode,
        id::{ClientId, GuestId},
        tenant::Tenant,
    },
    signin::{Failure, Porter},
};

/// What My Apps shows.
#[derive(Debug)]
pub struct Shelf<'a> {
    /// In the order of their names; those that were asked for.
    pub apps: Vec<&'a Client>,
    /// How many there are altogether.
    pub total: usize,
}

/// The apps that are shown to `resident`, and of these the ones whose name or description has every word of `wanted`.
pub async fn shown<'a>(porter: &Porter, tenant: &'a Tenant, resident: &Resident, wanted: &str) -> Result<Shelf<'a>, Failure> {
    let assigned = assigned(porter, tenant, resident.file.guest.id).await?;
    let is_shown = |client: &&Client| client.is_listed && client.launch_url.is_some() && may_open(client, &assigned);
    let mut apps: Vec<&Client> = tenant.clients.values().filter(is_shown).collect();
    apps.sort_by_key(|client| (client.name.to_lowercase(), client.id.clone()));
    let total = apps.len();
    let wanted = wanted.to_lowercase();
    apps.retain(|client| {
        let text = format!("{} {}", client.name, client.description.as_deref().unwrap_or_default()).to_lowercase();
        wanted.split_whitespace().all(|word| text.contains(word))
    });
    Ok(Shelf { apps, total })
}

/// The front door of `client` for `resident`; `None`: it has none, and My Apps is as far as we can bring them.
pub async fn launch(porter: &Porter, tenant: &Tenant, resident: &Resident, client: &ClientId) -> Result<Option<Url>, Failure> {
    let client = tenant.clients.get(client).ok_or(ErrorCode::UnknownClient)?;
    if may_open(client, &assigned(porter, tenant, resident.file.guest.id).await?) {
        Ok(client.launch_url.clone())
    } else {
        Err(ErrorCode::AppNotAssigned.into())
    }
}

fn may_open(client: &Client, assigned: &BTreeSet<ClientId>) -> bool {
    !client.is_assignment_required || assigned.contains(&client.id)
}

/// Where no app asks for it, nothing is asked.
async fn assigned(porter: &Porter, tenant: &Tenant, guest: GuestId) -> Result<BTreeSet<ClientId>, Failure> {
    if tenant.clients.values().any(|client| client.is_assignment_required) {
        Ok(porter.directory.apps_of(&tenant.id, guest).await?.into_iter().map(|assigned| assigned.client).collect())
    } else {
        Ok(BTreeSet::new())
    }
}
