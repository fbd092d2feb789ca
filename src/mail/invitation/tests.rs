//! What the mail says, in every language and every case; and what can't be got into it.

use super::*;
use crate::federation;

struct Given {
    to: EmailAddress,
    link: Secret<String>,
    block: Secret<String>,
    statement: Url,
    message: PersonalMessage,
}

fn given() -> Given {
    Given {
        to: EmailAddress::parse("ana+tag@partner.example").unwrap(),
        link: Secret::new(format!("https://login.example.org/redeem?ticket={}", "a".repeat(43))),
        block: Secret::new(format!("https://login.example.org/contoso/invitations/block?ticket={}", "b".repeat(43))),
        statement: Url::parse("https://contoso.example/privacy?a=1&b=2").unwrap(),
        message: PersonalMessage::new("Hi Ana,\n<b>see</b> <img src=https://evil.example/x> \u{202e}you").unwrap().unwrap(),
    }
}

impl Given {
    fn mail(&self, locale: Locale, kind: Invites) -> InvitationMail<'_> {
        InvitationMail {
            to: &self.to,
            cc: None,
            tenant: "Köln & <Söhne>",
            domain: "contoso.example",
            color: Some("#7a1f4b"),
            locale,
            inviter: Some("Inès \u{202e}Martin <x>"),
            reply_to: Some(&self.to),
            message: Some(&self.message),
            link: &self.link,
            destination: "Contoso Portal",
            block_link: Some(&self.block),
            statement: Some(&self.statement),
            contact: None,
            expires_at: Some(Timestamp::from_unix(1_800_000_000)),
            kind,
        }
    }
}

fn message(mail: &InvitationMail<'_>) -> Message {
    mail.message(Uuid::from_u128(1), Timestamp::from_unix(0))
}

/// Every start tag with its attributes.
fn tags(html: &str) -> Vec<String> {
    html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag.to_owned()).collect()
}

#[test]
fn the_subject_is_the_one_guests_know() {
    let given = given();
    let mail = InvitationMail { inviter: Some("Ines Martin"), ..given.mail(Locale::En, Invites::ToAccept) };
    assert_eq!(message(&mail).subject.as_str(), "Ines Martin invited you to access applications within their organization.");
    let mail = InvitationMail { inviter: None, ..mail };
    assert_eq!(message(&mail).subject.as_str(), "Köln & <Söhne> invited you to access applications within their organization.");
}

#[test]
fn both_parts_say_all_of_it_in_every_language_the_warning_first() {
    let given = given();
    for locale in Locale::ALL {
        let message = message(&given.mail(locale, Invites::ToAccept));
        let texts = crate::i18n::Texts::new(locale);
        for key in ["mail-warning-title", "mail-invitation-button", "mail-footer-block", "mail-invitation-ignore"] {
            let text = texts.text(key);
            assert!(message.text.contains(&*text) && message.html.contains(&*text), "{locale:?} {key}\n{}", message.text);
        }
        for part in ["contoso.example", "Contoso Portal", "ana+tag@partner.example", "2027"] {
            assert!(message.text.contains(part) && message.html.contains(part), "{locale:?} {part}\n{}", message.html);
        }
        assert!(message.text.contains(given.link.reveal()) && message.text.contains(given.block.reveal()));
        assert!(message.text.contains("> Hi Ana,\n> <b>see</b>"), "{}", message.text);
        let first = texts.text("mail-warning-title");
        assert!(message.text.starts_with(&*first));
        let body = message.html.split_once("</h1>").unwrap().0;
        assert!(body.contains(&*first), "the warning stands above the heading");
        assert!(!message.text.contains("mail-") && !message.html.contains("mail-") && !message.html.contains("{ $"), "{}", message.html);
        assert_eq!((message.cc, message.reply_to), (None, Some(given.to.clone())));
    }
}

#[test]
fn whatever_people_write_stays_text_and_nothing_is_fetched() {
    let given = given();
    for kind in [Invites::ToAccept, Invites::ForInformation] {
        let Message { html, text, .. } = message(&given.mail(Locale::De, kind));
        assert!(html.contains("&#60;b&#62;see") || html.contains("&lt;b&gt;see"), "{html}");
        assert!(!html.contains('\u{202e}') && !text.contains('\u{202e}'));
        let tags = tags(&html);
        assert!(!tags.iter().any(|tag| ["img", "script", "link ", "iframe", "b>"].iter().any(|bad| tag.starts_with(bad))), "{tags:?}");
        assert!(!html.contains("src=\"") && !html.contains("url(") && !html.contains("@import"), "{html}");
        let links: Vec<&str> = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let ours = |link: &&str| link.starts_with("https://login.example.org/") || link.starts_with("https://contoso.example/privacy");
        assert!(links.len() == 3 && links.iter().all(ours), "{links:?}");
    }
    let odd = InvitationMail { color: Some("red;}"), ..given.mail(Locale::En, Invites::ToAccept) };
    assert!(!message(&odd).html.contains("red;}"));
}

#[test]
fn the_html_is_well_formed() {
    let given = given();
    for locale in Locale::ALL {
        for kind in [Invites::ToAccept, Invites::ForInformation] {
            let bare = InvitationMail {
                message: None,
                inviter: None,
                block_link: None,
                statement: None,
                expires_at: None,
                ..given.mail(locale, kind)
            };
            for mail in [given.mail(locale, kind), bare] {
                // With its void elements closed it is XML, which a strict reader reads.
                let html = message(&mail).html.replace("<!doctype html>\n", "").replace("<br>", "<br/>");
                let html: String = html
                    .split("<meta")
                    .enumerate()
                    .map(|(at, part)| match at {
                        0 => part.to_owned(),
                        _ => format!("<meta{}", part.replacen('>', "/>", 1)),
                    })
                    .collect();
                federation::xml::read(html.as_bytes(), &federation::xml::Bounds::MESSAGE)
                    .unwrap_or_else(|error| panic!("{error:?}\n{html}"));
            }
        }
    }
}

#[test]
fn a_notice_asks_for_nothing() {
    let given = given();
    let Message { text, subject, .. } = message(&given.mail(Locale::En, Invites::ForInformation));
    assert!(subject.as_str().starts_with("You now have access"), "{subject:?}");
    assert!(text.contains("You need not accept anything") && !text.contains("Accept invitation"), "{text}");
}

#[test]
fn where_there_is_no_privacy_statement_the_mail_says_so() {
    let given = given();
    let mail = InvitationMail { statement: None, contact: Some(&given.to), ..given.mail(Locale::En, Invites::ToAccept) };
    let Message { text, html, .. } = message(&mail);
    assert!(text.contains("has not provided a privacy statement") && html.contains("has not provided a privacy statement"));
    assert!(html.contains("href=\"mailto:ana+tag@partner.example\""), "{html}");
}

#[test]
fn neither_link_nor_ticket_is_shown_by_debug() {
    let given = given();
    let mail = given.mail(Locale::En, Invites::ToAccept);
    assert!(!format!("{mail:?} {:?}", message(&mail)).contains("ticket"));
}
