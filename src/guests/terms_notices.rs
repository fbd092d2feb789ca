//! Telling guests by mail that terms they accepted have a new version to accept: each guest once per version, and only those whose
//! acceptance it ended. Asks nobody for anything: the consent gate does that at the next sign-in.

use std::{sync::Arc, time::Duration};

use super::Inviter;
use crate::{
    domain::{
        consent::ConsentRecord,
        guest::Guest,
        tenant::Tenant,
        terms::{Terms, TermsVersion},
        timestamp::Timestamp,
    },
    mail::{Outbox, Post, TermsChangedMail},
    random,
    store::directory::{DirectoryError, MailKind, News},
};

/// How soon after it came into force a version is told of, at the latest.
const ROUND: Duration = Duration::from_secs(5 * 60);
/// Guests looked at together.
const PAGE: u32 = 200;

/// Runs for as long as the house is open. What fails is tried again in the next round.
pub async fn tell_of_new_terms(inviter: Inviter, tenants: Vec<Arc<Tenant>>) {
    let mut every = tokio::time::interval(ROUND);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        for tenant in &tenants {
            if let Err(error) = round(&inviter, tenant).await {
                tracing::error!(error = %error, tenant.id = tenant.id.as_str(), "notices of new terms have to wait");
            }
        }
    }
}

/// Tells everybody of this tenant who is to be told now.
async fn round(inviter: &Inviter, tenant: &Tenant) -> Result<(), DirectoryError> {
    // Without mail nobody is noted as told.
    let Some(outbox) = &inviter.outbox else { return Ok(()) };
    let now = inviter.clock.now();
    for terms in tenant.terms.values() {
        // Of several major versions the newest is the one to accept; a minor one after it changes nothing for anybody.
        let mut in_force = terms.versions.iter().skip(1).filter(|version| version.is_major && version.effective_at <= now);
        if let Some(version) = in_force.next_back() {
            tell(inviter, outbox, tenant, terms, version, now).await?;
        }
    }
    Ok(())
}

async fn tell(
    inviter: &Inviter,
    outbox: &Outbox,
    tenant: &Tenant,
    terms: &Terms,
    version: &TermsVersion,
    now: Timestamp,
) -> Result<(), DirectoryError> {
    let news = News { tenant: &tenant.id, terms: &terms.id, version: &version.label };
    let (mut after, mut has_told) = (None, false);
    loop {
        let page = inviter.directory.untold(news, after, PAGE).await?;
        for guest in &page {
            let Some(file) = inviter.directory.guest(&tenant.id, *guest).await? else { continue };
            let records: Vec<&ConsentRecord> = file.consents.iter().collect();
            if terms.is_superseded(&records, now) {
                let mail = outbox.sealed(&tenant.id, &post(tenant, terms, version, &file.guest, now));
                has_told |= inviter.directory.tell(news, *guest, &mail, now).await?;
            }
        }
        after = page.last().copied();
        if page.len() < PAGE as usize {
            break;
        }
    }
    if has_told {
        outbox.wake();
    }
    Ok(())
}

fn post(tenant: &Tenant, terms: &Terms, version: &TermsVersion, guest: &Guest, now: Timestamp) -> Post {
    let locale = guest.preferred_language.unwrap_or(tenant.default_locale);
    let link = tenant.issuer.at("/account");
    let domain = tenant.primary_domain();
    let mail = TermsChangedMail {
        to: &guest.mail,
        tenant: &tenant.name,
        domain: &domain,
        color: tenant.branding.color.as_deref(),
        locale,
        terms: terms.name(locale),
        effective: version.effective_at,
        is_asked_again: version.is_major,
        link: &link,
        statement: tenant.privacy.statement.as_ref(),
        contact: tenant.privacy.contact.as_ref(),
    };
    Post {
        message: mail.message(random::ordered_uuid(now), now),
        kind: MailKind::TermsChanged,
        guest: Some(guest.id),
        invitation: None,
        expires_at: None,
    }
}
