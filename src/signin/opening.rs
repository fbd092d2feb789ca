//! Step: the person opens the document of the terms they are asked to accept. Noted, so that what must be opened first can be accepted.

use super::{
    Failure, Porter, Visitor,
    held::{Held, Kept},
    review::{self, Shown},
};
use crate::domain::{
    flow::{Flow, Stage},
    id::FlowId,
    locale::Locale,
    tenant::Tenant,
    terms::{self, TermsDocument},
};

/// A document and the sign-in it is opened in.
#[derive(Debug)]
pub struct Opened {
    pub flow: Flow,
    /// What guests call it.
    pub name: String,
    /// The document's own.
    pub language: Locale,
    pub document: TermsDocument,
}

/// `None`: no terms are asked about now; the sign-in is somewhere else.
pub async fn open(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor) -> Result<Option<Opened>, Failure> {
    // Overtaken by another request of this sign-in: look again where it stands.
    for _ in 0..3 {
        let held = Held::load(porter, tenant, id, visitor).await?;
        let Some(shown) = shown(tenant, &held.flow, porter) else { return Ok(None) };
        let (document, language) = (shown.document.clone(), shown.locale);
        let name = shown.terms.name(language).to_owned();
        let mut held = if is_opened(&held.flow, &document) { held } else { held.then(|flow| flow.opened(document.hash.clone())) };
        if held.save(porter, tenant, Vec::new()).await? == Kept::Yes {
            return Ok(Some(Opened { flow: held.flow, name, language, document }));
        }
    }
    Ok(None)
}

fn shown<'t>(tenant: &'t Tenant, flow: &Flow, porter: &Porter) -> Option<terms::Shown<'t>> {
    match review::shown(tenant, flow).filter(|_| review::is_in_force(tenant, flow, porter.clock.now()))? {
        Shown::Terms(shown) => Some(shown),
        Shown::Permissions(_) => None,
    }
}

fn is_opened(flow: &Flow, document: &TermsDocument) -> bool {
    matches!(&flow.stage, Stage::Consent { opened, .. } if opened.contains(&document.hash))
}
