//! The demo's front page: where everything is, and five minutes worth trying. Explains; does nothing.

use std::{fmt::Write as _, net::TcpListener, path::Path};

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    web,
};

use super::{
    company::{FABRIKAM, LITWARE},
    page::{self, Look, escape},
    places::Places,
    sample_tenants::SCRIPT,
};

const LOOK: Look = Look { name: "Gatehouse demo", accent: "#263238", lang: "en" };

pub(super) fn start(listener: TcpListener, places: &Places, folder: &Path) -> std::io::Result<(Server, ServerHandle)> {
    let body = web::Data::new(body(places, folder));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(body.clone())
            .route("/", web::get().to(|body: web::Data<String>| async move { page::page(LOOK, "Five minutes", &body) }))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok((server, handle))
}

/// Runs in a shell as it stands; the secret stays in its file.
fn api_call(places: &Places, folder: &Path) -> String {
    let contoso = format!("{}/contoso", places.gatehouse.origin());
    let secret = folder.join("secrets").join(SCRIPT);
    format!(
        r#"TOKEN=$(curl -s -u {SCRIPT}:$(cat '{secret}') {contoso}/token \
  -d grant_type=client_credentials -d scope={contoso}/admin/v1/.default | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -s {contoso}/admin/v1/invitations -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
  -d '{{"invitedUserEmailAddress":"kim@example.org","inviteRedirectUrl":"{portal}/signin","sendInvitationMessage":true}}'"#,
        secret = secret.display(),
        portal = places.portal.origin(),
    )
}

fn body(places: &Places, folder: &Path) -> String {
    let contoso = format!("{}/contoso", places.gatehouse.origin());
    let (mailbox, portal, orders) = (places.mailbox.origin(), places.portal.origin(), places.orders.origin());
    let steps = [
        (
            "Open the mailbox",
            format!(r#"Contoso has invited three people; their mails wait in the <a href="{mailbox}">mailbox</a>. Keep it open beside this page."#),
        ),
        (
            "Accept as Lena",
            format!(
                "Open the link in her mail and accept. Her organisation, Litware, asks for her password by SAML 2.0: it is <code>{}</code>. Then Contoso says what it will know about her, asks for its terms, and she is at Contoso Orders.",
                LITWARE.password
            ),
        ),
        (
            "My Apps, My account",
            format!(
                r#"At <a href="{contoso}/apps">My Apps</a> she finds what she may open, and needs no password for it. In <a href="{contoso}/account">My account</a> she reads again what she accepted, signs out everywhere, or leaves."#
            ),
        ),
        (
            "Sign in as somebody else",
            "In a private window, open the invitation of Luis and sign in at Litware as Lin. The page says who was invited and who came, with one click to switch.".to_owned(),
        ),
        (
            "No account at all",
            r#"In another private window, open the invitation of <code>you@example.net</code>. Nobody knows that address, so a code comes by mail."#.to_owned(),
        ),
        (
            "Invite by the management API",
            format!("The body is Microsoft Graph’s. In a shell:</p><pre><code>{}</code></pre><p>", escape(&api_call(places, folder))),
        ),
    ];
    let mut body = String::from("<h1>Five minutes with Gatehouse</h1>");
    for (number, (title, text)) in steps.iter().enumerate() {
        let _ = write!(body, "<section><h2>{}. {title}</h2><p>{text}</p></section>", number + 1);
    }
    let _ = write!(
        body,
        r#"<section><h2>Without an invitation</h2><p>Both tenants let in whoever a road proves: begin at the <a href="{portal}">Contoso Portal</a> as <code>ana@fabrikam.example</code> (password <code>{fabrikam}</code>), or at <a href="{shipping}">Northwind Shipping</a> with any address. <a href="{orders}">Contoso Orders</a> is only for those it was assigned to: an invitation to it assigns.</p></section>"#,
        shipping = places.shipping.origin(),
        fabrikam = FABRIKAM.password,
    );
    body
}
