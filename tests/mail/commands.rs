//! `gatehouse mail …` over what an invitation really queued and the mail server really got.

use crate::station::{Station, wait};

/// The value of a header that stands on one line.
fn header<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    let head = raw.split("\r\n\r\n").next().unwrap();
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn invite(station: &Station, more: &[&str]) {
    let said = station
        .at_contoso(&[&["invite", "ana@partner.example", "--by", "Ines Martin", "--reply-to", "ines@contoso.example"], more].concat());
    assert_eq!(said.code, 0, "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_an_answer_s_address_and_one_click_against_more_of_it_are_in_the_mail_that_arrives() {
    let mut station = Station::new(None);
    station.mail.up();
    station.serve();
    invite(&station, &["--cc", "boss@partner.example", "--message", "Hello Ana"]);
    let mail = station.mail.after(0);
    assert_eq!(mail["rcpt_to"], serde_json::json!(["ana@partner.example", "boss@partner.example"]));
    let raw = mail["raw"].as_str().unwrap();
    assert_eq!((header(raw, "Cc"), header(raw, "Reply-To")), (Some("boss@partner.example"), Some("ines@contoso.example")));
    assert_eq!(header(raw, "List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    assert!(mail["text"].as_str().unwrap().contains("> Hello Ana"), "{mail}");
    let link = header(raw, "List-Unsubscribe").unwrap().trim_matches(['<', '>']);
    let path = link.strip_prefix("https://login.contoso.example").unwrap();

    // What a mail program does, without cookies or a page (RFC 8058 §3.2).
    let (status, body) = station.post(path, "List-Unsubscribe=One-Click").await;
    assert_eq!(status, 200, "{body}");
    let said = station.at_contoso(&["invite", "ana@partner.example"]);
    assert_eq!((said.code, said.out.contains("lift the block")), (1, true), "{said:?}");
    assert_eq!(station.at_contoso(&["invite", "unblock", "ana@partner.example"]).code, 0);
    invite(&station, &[]);
    station.mail.after(1);
}

#[test]
fn mails_are_listed_tried_at_once_and_marked_when_they_come_back() {
    let mut station = Station::new(None);
    assert_eq!(station.at_contoso(&["mail", "list"]).out, "no mails\n");
    invite(&station, &[]);
    let queued = station.mails("queued");
    let id = queued[0]["id"].as_str().unwrap();
    assert_eq!((queued.len(), &queued[0]["kind"], &queued[0]["to"]), (1, &"invitation".into(), &"ana@partner.example".into()));
    let said = station.run(&["mail", "retry", id]);
    assert_eq!((said.code, said.out.as_str()), (0, "due now\n"));
    assert_eq!(station.run(&["mail", "retry", &"0".repeat(32)]).code, 1);
    assert_eq!(station.run(&["mail", "retry", "nonsense"]).code, 2);

    station.mail.up();
    station.serve();
    let mail = station.mail.after(0);
    wait("it is sent", 30, || station.mails("sent").len() == 1);
    let said = station.run(&["mail", "retry", id]);
    assert_eq!((said.code, said.out.contains("the mail server took it")), (1, true), "{said:?}");

    let message = mail["message_id"].as_str().unwrap();
    let report = |action: &str, status: &str| {
        format!(
            "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\n\
             Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ana@partner.example\n\
             Action: {action}\nStatus: {status}\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: {message}\n\nHi\n--b--\n"
        )
    };
    let delayed = station.file("delayed.eml", &report("delayed", "4.4.1"));
    let said = station.run(&["mail", "bounced", delayed.to_str().unwrap()]);
    assert_eq!((said.code, said.out.contains("nothing was changed")), (0, true), "{said:?}");
    let failed = station.file("failed.eml", &report("failed", "5.1.1"));
    let said = station.run(&["mail", "bounced", failed.to_str().unwrap()]);
    assert_eq!((said.code, said.out.contains("no such mailbox: ask for the right address")), (0, true), "{said:?}");
    let said = station.at_contoso(&["mail", "list", "--state", "failed"]);
    assert!(said.out.contains("(bounced: 5.1.1)") && said.out.contains("gatehouse invite resend "), "{said:?}");
    // The inviter sees it, too.
    let invitation = station.mails("failed")[0]["invitation"].as_str().unwrap().to_owned();
    let shown = station.at_contoso(&["invite", "show", &invitation]).out;
    assert!(shown.contains("mail.sent") && shown.contains("mail.failed"), "{shown}");
    let other = station.file("other.eml", "Subject: out of office\n\nI am away\n");
    let said = station.run(&["mail", "bounced", other.to_str().unwrap()]);
    assert_eq!((said.code, said.out.contains("RFC 3464")), (1, true), "{said:?}");
}

#[test]
fn every_kind_of_mail_can_be_looked_at_in_every_language() {
    let station = Station::new(None);
    for kind in ["invitation", "notice", "passcode", "terms-changed"] {
        for language in ["en", "de", "fr"] {
            let said = station.at_contoso(&["mail", "preview", kind, "--language", language]);
            assert!(said.code == 0 && said.out.starts_with("Subject: ") && said.out.contains("Contoso (contoso.example)"), "{said:?}");
            let said = station.at_contoso(&["mail", "preview", kind, "--language", language, "--html"]);
            assert!(said.out.contains(&format!("<html lang=\"{language}\"")) && said.out.contains("class=\"sheet\""), "{kind}: {said:?}");
            assert!(!said.out.contains("<img") && !said.out.contains("<script"), "{kind}: nothing is fetched");
        }
    }
    let said = station.at_contoso(&["mail", "preview", "invitation", "--html", "--out", "mail.html"]);
    assert_eq!(said.out, "wrote mail.html\n", "{said:?}");
    assert_eq!(station.at_contoso(&["mail", "preview", "postcard"]).code, 2);
}
