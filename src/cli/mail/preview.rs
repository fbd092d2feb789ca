//! Every kind of mail with sample values, as a tenant's guests would get it. Its links lead nowhere.

use std::time::Duration;

use crate::{
    domain::{address::EmailAddress, invitation::PersonalMessage, locale::Locale, secret::Secret, tenant::Tenant, timestamp::Timestamp},
    mail::{InvitationMail, Invites, Message, PasscodeMail, TermsChangedMail},
    random,
};

/// What can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    Invitation,
    /// Automatic redemption: nothing to be done
    Notice,
    Passcode,
    TermsChanged,
}

const MESSAGE: &str = "Hello Ana,\nhere is the way to the documents we talked about.\nSee you on Tuesday!";

pub fn sample(kind: Kind, tenant: &Tenant, locale: Locale, now: Timestamp) -> Message {
    let (id, domain) = (random::ordered_uuid(now), tenant.primary_domain());
    let to = EmailAddress::parse("ana@partner.example").expect("a plain address");
    let (statement, contact, color) =
        (tenant.privacy.statement.as_ref(), tenant.privacy.contact.as_ref(), tenant.branding.color.as_deref());
    match kind {
        Kind::Passcode => {
            let code = Secret::new("0".repeat(tenant.passcode.length.into()));
            PasscodeMail { to: &to, tenant: &tenant.name, domain: &domain, color, locale, code: &code, lifetime: tenant.passcode.lifetime }
                .message(id, now)
        }
        Kind::TermsChanged => TermsChangedMail {
            to: &to,
            tenant: &tenant.name,
            domain: &domain,
            color,
            locale,
            terms: tenant.terms.values().find_map(|terms| terms.names.get(&locale)).map_or("Terms of use", String::as_str),
            effective: now + Duration::from_secs(14 * 24 * 60 * 60),
            is_asked_again: true,
            link: &tenant.issuer.at("/account"),
            statement,
            contact,
        }
        .message(id, now),
        Kind::Invitation | Kind::Notice => {
            let inviter = EmailAddress::parse("ines@contoso.example").expect("a plain address");
            let link = Secret::new(tenant.issuer.at("/redeem?ticket=sample"));
            let block = Secret::new(tenant.issuer.at("/invitations/block?ticket=sample"));
            let message = PersonalMessage::new(MESSAGE).flatten();
            let destination = tenant.clients.values().next().map_or_else(|| tenant.name.clone(), |client| client.name.clone());
            let expires_at = tenant.invitations.expires_after.map(|after| now + after);
            InvitationMail {
                to: &to,
                cc: None,
                tenant: &tenant.name,
                domain: &domain,
                color,
                locale,
                inviter: Some("Ines Martin"),
                reply_to: Some(&inviter),
                message: message.as_ref(),
                link: &link,
                destination: &destination,
                block_link: Some(&block),
                statement,
                contact,
                expires_at: expires_at.filter(|_| kind == Kind::Invitation),
                kind: if kind == Kind::Notice { Invites::ForInformation } else { Invites::ToAccept },
            }
            .message(id, now)
        }
    }
}
