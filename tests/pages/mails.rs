//! Every mail to guests, with what stretches it: long names, a message of several lines, a long link, nothing where nothing must be.

use std::time::Duration;

use gatehouse::{
    domain::{address::EmailAddress, invitation::PersonalMessage, locale::Locale, secret::Secret, timestamp::Timestamp},
    mail::{InvitationMail, Invites, Message, PasscodeMail, TermsChangedMail},
};
use url::Url;
use uuid::Uuid;

pub fn all(locale: Locale) -> Vec<(&'static str, Message)> {
    let (to, code) = (EmailAddress::parse("ida@viral.example").unwrap(), Secret::new("04210815".to_owned()));
    let (statement, contact) =
        (Url::parse("https://contoso.example/privacy").unwrap(), EmailAddress::parse("privacy@contoso.example").unwrap());
    let message = PersonalMessage::new(
        "Guten Tag Ida,\n\nhier bestellen wir ab jetzt: https://orders.contoso.example/Rahmenvertragsverhandlungsunterlagen/2026\n\nBis Donnerstag!",
    )
    .flatten()
    .unwrap();
    let link = Secret::new(format!("https://login.example.org/contoso/redeem?ticket={}", "kJ3v".repeat(11)));
    let block = Secret::new(format!("https://login.example.org/contoso/invitations/block?ticket={}", "kJ3v".repeat(11)));
    let (tenant, color) = ("Contoso", Some("#0b5fff"));
    let invitation = InvitationMail {
        to: &to,
        cc: None,
        tenant,
        domain: "contoso.example",
        color,
        locale,
        inviter: Some("Maximiliane Freifrau von und zu Wallenstein-Oberndorff"),
        reply_to: None,
        message: Some(&message),
        link: &link,
        destination: "Contoso Orders",
        block_link: Some(&block),
        statement: Some(&statement),
        contact: Some(&contact),
        expires_at: Some(Timestamp::from_unix(1_800_000_000)),
        kind: Invites::ToAccept,
    };
    let plain = InvitationMail {
        tenant: "Wingtip Toys und Spielwarenvertriebsgesellschaft mbH",
        color: None,
        inviter: None,
        message: None,
        statement: None,
        contact: None,
        expires_at: None,
        ..invitation.clone()
    };
    let notice = InvitationMail { kind: Invites::ForInformation, ..invitation.clone() };
    let terms = TermsChangedMail {
        to: &to,
        tenant,
        domain: "contoso.example",
        color,
        locale,
        terms: "Bedingungen für Gäste",
        effective: Timestamp::from_unix(1_800_000_000),
        is_asked_again: true,
        link: "https://login.example.org/contoso/account",
        statement: Some(&statement),
        contact: Some(&contact),
    };
    let passcode = PasscodeMail { to: &to, tenant, domain: "contoso.example", color, locale, code: &code, lifetime: Duration::from_secs(1800) };
    let at = Timestamp::from_unix(1_700_000_000);
    vec![
        ("invitation", invitation.message(Uuid::nil(), at)),
        ("invitation-plain", plain.message(Uuid::nil(), at)),
        ("notice", notice.message(Uuid::nil(), at)),
        ("passcode", passcode.message(Uuid::nil(), at)),
        ("terms-changed", terms.message(Uuid::nil(), at)),
        ("terms-changed-unasked", TermsChangedMail { is_asked_again: false, statement: None, ..terms }.message(Uuid::nil(), at)),
    ]
}
