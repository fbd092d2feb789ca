//! Terms of use and who accepted them: `agreements`, for whoever audits.

use serde_json::{Value, json};

use super::{
    desk::{Answer, Body, Desk},
    problem::Problem,
};
use crate::{
    domain::{
        consent::Matter,
        id::TermsId,
        terms::{Period, Terms},
    },
    guests,
    store::directory::{Agreements, RecordedAgreement},
};

const PATH: &str = "/agreements";

pub(super) async fn list(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let terms = desk.tenant().terms.values().map(shown).collect();
    Ok(Answer::ok(desk.query.page(desk.tenant(), PATH, terms, None)))
}

fn shown(terms: &Terms) -> Value {
    let versions = terms.versions.iter().map(|version| {
        let files = version.documents.iter().map(|(language, document)| {
            json!({ "language": language.tag(), "contentType": document.media.content_type(), "sha256": document.hash.0 })
        });
        json!({
            "version": version.label,
            "effectiveDateTime": guests::moment(version.effective_at),
            "isMajorVersion": version.is_major,
            "files": files.collect::<Vec<_>>(),
        })
    });
    json!({
        "id": terms.id,
        "displayName": terms.names.get(&terms.default_language),
        "isViewingBeforeAcceptanceRequired": terms.must_be_opened,
        "userReacceptRequiredFrequency": terms.lives.map(written),
        "clients": terms.clients,
        "versions": versions.collect::<Vec<_>>(),
    })
}

/// ISO 8601.
fn written(Period { months, days }: Period) -> String {
    match (months, days) {
        (0, days) => format!("P{days}D"),
        (months, 0) => format!("P{months}M"),
        (months, days) => format!("P{months}M{days}D"),
    }
}

/// JSON, a page at a time; or CSV, a page too, where the caller accepts nothing else.
pub(super) async fn acceptances(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let (tenant, limit) = (desk.tenant(), desk.query.limit());
    // Terms that were taken out of the file are still on record.
    let id = TermsId::parse(desk.part("id")).map_err(|_| Problem::nobody("agreement"))?;
    if desk.query.filter.is_some() {
        return Err(Problem::unreadable("$filter is not supported here"));
    }
    let after = desk.query.after(|text| Some(text.to_owned()))?;
    let which = Agreements { matter: Some(Matter::Terms(id.clone())), ..Agreements::default() };
    let found = desk.directory().agreements(&tenant.id, &which, after.as_deref(), limit).await?;
    let is_full = u32::try_from(found.len()).is_ok_and(|there| there == limit);
    let next = found.last().filter(|_| is_full).map(|last| last.id.clone());
    let path = format!("{PATH}/{id}/acceptances");
    let rows: Vec<Value> = found.iter().map(|one| accepted(&id, one)).collect();
    if desk.ask.accept.as_deref().is_some_and(|accept| accept.trim_start().starts_with("text/csv")) {
        let mut text = COLUMNS.join(",");
        text.push_str("\r\n");
        rows.iter().for_each(|row| text.push_str(&line(row)));
        return Ok(Answer { status: 200, body: Body::Csv(text), location: None });
    }
    Ok(Answer::ok(desk.query.page(tenant, &path, rows, next)))
}

const COLUMNS: [&str; 11] = [
    "id",
    "agreementId",
    "agreementVersion",
    "agreementFileSha256",
    "state",
    "recordedDateTime",
    "userId",
    "userPrincipalName",
    "userEmail",
    "userDisplayName",
    "language",
];

/// In the words of Graph's `agreementAcceptance`.
fn accepted(terms: &TermsId, one: &RecordedAgreement) -> Value {
    let record = &one.record;
    json!({
        "id": one.id,
        "agreementId": terms,
        "agreementVersion": record.version,
        "agreementFileSha256": record.document.0,
        "state": if record.is_accepted { "accepted" } else { "declined" },
        "recordedDateTime": guests::moment(record.at),
        "userId": record.guest.to_string(),
        "userPrincipalName": one.principal_name,
        "userEmail": one.mail,
        "userDisplayName": one.display_name,
        "language": record.locale.tag(),
        "appId": record.client,
        "identityProvider": record.voucher,
    })
}

/// RFC 4180. What a spreadsheet would take for a formula is made text.
fn line(row: &Value) -> String {
    let cells = COLUMNS.iter().map(|name| {
        let text = row[*name].as_str().unwrap_or_default();
        let harmless = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
        format!("\"{}\"", harmless.replace('"', "\"\""))
    });
    cells.collect::<Vec<_>>().join(",") + "\r\n"
}
