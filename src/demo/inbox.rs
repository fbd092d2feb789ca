//! How the mailbox is read: a page with every mail, its links to press, and each mail as its writer laid it out. Keeps nothing.

use std::{fmt::Write as _, net::TcpListener};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    http::header,
    web,
};
use serde_json::json;

use super::{
    mailbox::{Mail, Mailbox, passcode},
    page::{self, Look, escape},
};

const LOOK: Look = Look { name: "Mailbox", accent: "#4a148c", lang: "en" };

/// The page, each mail's own, and their JSON twin.
pub(super) fn start(listener: TcpListener, mailbox: Mailbox) -> std::io::Result<(Server, ServerHandle)> {
    let mailbox = web::Data::new(mailbox);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(mailbox.clone())
            .route("/", web::get().to(inbox))
            .route("/mail/{id}", web::get().to(as_laid_out))
            .route("/messages.json", web::get().to(messages))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok((server, handle))
}

async fn messages(mailbox: web::Data<Mailbox>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "messages": mailbox.mails() }))
}

async fn inbox(mailbox: web::Data<Mailbox>) -> HttpResponse {
    let mails = mailbox.mails();
    let mut body = String::from(
        "<h1>Mailbox</h1><p class=\"soft\">Every mail Gatehouse sends in this demo lands here, newest first. The page looks again every three seconds.</p>",
    );
    if mails.is_empty() {
        body.push_str("<section><p>No mail yet.</p></section>");
    }
    for Mail { id, to, from, subject, text, html } in mails {
        let code = passcode(&text).map_or_else(String::new, |code| format!("<p class=\"code\">{code}</p>"));
        let rich = if html.is_empty() { String::new() } else { format!("<p><a href=\"/mail/{id}\">As a mail program shows it</a></p>") };
        let (subject, to, from, text) = (escape(&subject), escape(&to.join(", ")), escape(&from), linked(&text));
        let _ = write!(
            body,
            "<article id=\"mail-{id}\"><h2>{subject}</h2><p class=\"soft\">To {to} · from {from}</p>{code}{rich}<pre>{text}</pre></article>"
        );
    }
    page::live_page(LOOK, "Mails", &body)
}

/// A mail's HTML, which runs nothing and fetches nothing.
async fn as_laid_out(mailbox: web::Data<Mailbox>, id: web::Path<u64>) -> HttpResponse {
    let Some(mail) = mailbox.mails().into_iter().find(|mail| mail.id == *id && !mail.html.is_empty()) else {
        return page::refusal(LOOK, "There is no such mail, or it has no such form.");
    };
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"))
        .body(mail.html)
}

/// Plain text as HTML, its addresses as links.
fn linked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("http://").into_iter().chain(rest.find("https://")).min() {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(from.len());
        let address = from[..end].trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        let shown = escape(address);
        let _ = write!(out, "{}<a href=\"{shown}\">{shown}</a>", escape(before));
        rest = &from[address.len()..];
    }
    out.push_str(&escape(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn addresses_in_a_mail_can_be_pressed_and_the_rest_is_text() {
        assert_eq!(
            linked("Go: http://localhost:1/a?x=1&y=2.\n<b>"),
            "Go: <a href=\"http://localhost:1/a?x=1&amp;y=2\">http://localhost:1/a?x=1&amp;y=2</a>.\n&lt;b&gt;"
        );
        assert_eq!(linked("<https://a.example/>"), "&lt;<a href=\"https://a.example/\">https://a.example/</a>&gt;");
        assert_eq!(linked("none here"), "none here");
    }
}
