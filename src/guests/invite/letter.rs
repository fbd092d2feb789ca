//! The mail of an invitation, put together. What it says is [`InvitationMail`]'s.

use uuid::Uuid;

use super::By;
use crate::{
    domain::{errand::Destination, invitation::Invitation, secret::Secret, tenant::Tenant, timestamp::Timestamp},
    mail::{InvitationMail, Invites, Post},
    random,
    store::directory::MailKind,
};

pub(super) fn post(tenant: &Tenant, by: &By, invitation: &Invitation, link: &Secret<String>, kind: Invites, now: Timestamp) -> Post {
    let way = match kind {
        Invites::ToAccept => None,
        Invites::ForInformation => direct_way(tenant, &invitation.destination),
    };
    let domain = tenant.primary_domain();
    // The same handle: whoever has the mail may ask for no more of them.
    let block_link = Secret::new(link.reveal().replacen("/redeem?", "/invitations/block?", 1));
    let mail = InvitationMail {
        to: &invitation.invited,
        cc: invitation.cc.as_ref(),
        tenant: &tenant.name,
        domain: &domain,
        color: tenant.branding.color.as_deref(),
        locale: invitation.language,
        inviter: by.name.as_deref(),
        reply_to: by.reply_to.as_ref(),
        message: invitation.message.as_ref(),
        link: way.as_ref().unwrap_or(link),
        destination: &in_words(tenant, &invitation.destination),
        block_link: Some(&block_link),
        statement: tenant.privacy.statement.as_ref(),
        contact: tenant.privacy.contact.as_ref(),
        expires_at: invitation.expires_at,
        kind,
    };
    let id: Uuid = random::ordered_uuid(now);
    Post {
        message: mail.message(id, now),
        kind: match kind {
            Invites::ToAccept => MailKind::Invitation,
            Invites::ForInformation => MailKind::Notice,
        },
        guest: Some(invitation.guest),
        invitation: Some(invitation.id),
        expires_at: invitation.expires_at,
    }
}

/// Nothing is to be accepted, so the mail leads straight there. To a page of an app only the invitation's own link leads.
fn direct_way(tenant: &Tenant, destination: &Destination) -> Option<Secret<String>> {
    let path = match destination {
        Destination::Apps => "/apps".to_owned(),
        Destination::Account => "/account".to_owned(),
        Destination::Client(client) => format!("/signin/{client}"),
        Destination::Page(_) => return None,
    };
    Some(Secret::new(tenant.issuer.at(&path)))
}

/// An app's name, or a host.
fn in_words(tenant: &Tenant, destination: &Destination) -> String {
    let host = |text: &str| url::Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned));
    let ours = || host(&tenant.issuer.url).unwrap_or_else(|| tenant.name.clone());
    match destination {
        Destination::Apps | Destination::Account => ours(),
        Destination::Client(client) => tenant.clients.get(client).map_or_else(ours, |client| client.name.clone()),
        Destination::Page(url) => tenant.name_of_page(url).unwrap_or_else(ours),
    }
}

/// As events spell it.
pub(super) const fn word(kind: Invites) -> &'static str {
    match kind {
        Invites::ToAccept => "invitation",
        Invites::ForInformation => "notice",
    }
}
