//! Terms of use and who accepted them: `agreements`, for whoever audits.

use serde_json::{Value, json};

use super::{
    desk::{Answer, Desk},
    problem::Problem,
};
use crate::{
    domain::terms::{Period, Terms},
    guests,
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
