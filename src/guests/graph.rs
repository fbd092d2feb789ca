//! A guest in the words of Microsoft Graph's `user`, so that scripts written for it carry over (`behaviour.md` §10.1). What Graph
//! has no word for comes last.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    consent::Acceptance,
    guest::{Entry, Labels},
    tenant::Tenant,
    timestamp::Timestamp,
};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphUser {
    pub id: String,
    pub user_type: &'static str,
    pub user_principal_name: String,
    pub display_name: Option<String>,
    pub mail: String,
    pub other_mails: Vec<String>,
    /// `SMTP:` before the one that is `mail`, `smtp:` before the others.
    pub proxy_addresses: Vec<String>,
    pub mail_nickname: String,
    pub identities: Vec<GraphIdentity>,
    pub external_user_state: &'static str,
    pub external_user_state_change_date_time: String,
    pub creation_type: &'static str,
    pub account_enabled: bool,
    /// Never: guests are in nobody's address book.
    pub show_in_address_list: bool,
    pub preferred_language: Option<&'static str>,
    pub sponsors: Vec<Named>,
    pub created_date_time: String,
    pub deleted_date_time: Option<String>,
    pub sign_in_sessions_valid_from_date_time: Option<String>,
    pub sign_in_activity: Option<SignInActivity>,
    /// Always null: nobody here comes from another directory by synchronisation.
    pub on_premises_sync_enabled: Option<bool>,
    /// The Source of older portals.
    pub source: String,
    pub invited_by: Option<Named>,
    /// `guest`, or `policy` where both organisations or the app's administrator agreed for them; null while pending.
    pub accepted_by: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphIdentity {
    pub sign_in_type: &'static str,
    pub issuer: String,
    pub issuer_assigned_id: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    pub display_name: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInActivity {
    pub last_sign_in_date_time: String,
}

impl GraphUser {
    pub fn of(entry: &Entry, tenant: &Tenant) -> Self {
        let Entry { guest, addresses, sponsors } = entry;
        let provider =
            tenant.providers.values().find(|one| guest.identity().is_some_and(|bound| bound.voucher.as_str() == one.id.as_str()));
        let Labels { source, identities } = Labels::of(guest, provider, &tenant.initial_domain());
        let identities = identities.into_iter().map(|one| GraphIdentity {
            sign_in_type: one.sign_in_type,
            issuer: one.issuer,
            issuer_assigned_id: one.issuer_assigned_id,
        });
        let proxies = addresses.proxy().iter().map(|proxy| {
            let scheme = if proxy == addresses.mail() { "SMTP" } else { "smtp" };
            format!("{scheme}:{proxy}")
        });
        Self {
            id: guest.id.to_string(),
            user_type: guest.user_type.as_str(),
            user_principal_name: guest.principal_name.as_str().to_owned(),
            display_name: guest.display_name.clone(),
            mail: addresses.mail().to_string(),
            other_mails: addresses.other().iter().map(ToString::to_string).collect(),
            proxy_addresses: proxies.collect(),
            mail_nickname: guest.principal_name.nickname().to_owned(),
            identities: identities.collect(),
            external_user_state: guest.state.as_str(),
            external_user_state_change_date_time: moment(guest.state.since()),
            creation_type: guest.creation.as_str(),
            account_enabled: guest.is_enabled,
            show_in_address_list: false,
            preferred_language: guest.preferred_language.map(|language| language.tag()),
            sponsors: sponsors.iter().map(|sponsor| Named { display_name: sponsor.as_str().to_owned() }).collect(),
            created_date_time: moment(guest.created_at),
            deleted_date_time: guest.deleted_at.map(moment),
            sign_in_sessions_valid_from_date_time: guest.sessions_valid_from.map(moment),
            on_premises_sync_enabled: None,
            sign_in_activity: guest.last_sign_in_at.map(|at| SignInActivity { last_sign_in_date_time: moment(at) }),
            source,
            accepted_by: guest.acceptance.map(Acceptance::as_str),
            invited_by: guest.invited_by.as_ref().map(|by| Named { display_name: by.as_str().to_owned() }),
        }
    }
}

/// RFC 3339, in UTC.
pub fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.unix()).map_or_else(|_| at.unix().to_string(), |moment| moment.to_string())
}
