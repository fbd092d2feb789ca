//! A sample app: a page with "Sign in", and after it a page with the claims it was told and has verified.

use std::{net::TcpListener, time::Duration};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    cookie::{Cookie, SameSite},
    dev::{Server, ServerHandle},
    web,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    page::{self, Look},
    relying_party::{Pending, RelyingParty},
    shelf::Shelf,
};
use crate::clock::Clock;

/// What differs between the sample apps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brand {
    pub(super) look: Look,
    pub(super) tagline: &'static str,
    /// Cookies know hosts, not ports (RFC 6265 §8.5), and all the demo lives on localhost.
    pub(super) cookie: &'static str,
}

pub(super) const PORTAL: Brand = Brand {
    look: Look { name: "Contoso Portal", accent: "#0b57d0", lang: "en" },
    tagline: "Where Contoso works together with its guests.",
    cookie: "contoso-portal",
};

pub(super) const ORDERS: Brand = Brand {
    look: Look { name: "Contoso Orders", accent: "#5b2a86", lang: "en" },
    tagline: "Where Contoso’s partners order, and see what became of it.",
    cookie: "contoso-orders",
};

pub(super) const SHIPPING: Brand = Brand {
    look: Look { name: "Northwind Shipping", accent: "#00695c", lang: "en" },
    tagline: "Where Northwind’s partners follow their freight.",
    cookie: "northwind-shipping",
};

struct Office {
    brand: Brand,
    relying_party: RelyingParty,
    /// Sign-ins that were begun; the key is this browser's cookie.
    pending: Shelf<Pending>,
    /// Who is signed in here; likewise.
    sessions: Shelf<Map<String, Value>>,
}

pub(super) fn start(
    listener: TcpListener,
    brand: Brand,
    relying_party: RelyingParty,
    clock: &Clock,
) -> std::io::Result<(Server, ServerHandle)> {
    let office = web::Data::new(Office {
        brand,
        relying_party,
        pending: Shelf::new(clock.clone(), Duration::from_secs(60 * 60)),
        sessions: Shelf::new(clock.clone(), Duration::from_secs(8 * 60 * 60)),
    });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(office.clone())
            .route("/", web::get().to(home))
            .route("/claims.json", web::get().to(claims))
            .route("/signin", web::get().to(sign_in))
            .route("/callback", web::get().to(callback))
            .route("/signout", web::post().to(sign_out))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok((server, handle))
}

impl Office {
    fn session(&self, request: &HttpRequest) -> Option<Map<String, Value>> {
        self.sessions.look(request.cookie(&self.session_cookie())?.value())
    }

    fn session_cookie(&self) -> String {
        format!("{}-session", self.brand.cookie)
    }

    /// One for each sign-in, so that two tabs do not disturb each other.
    fn pending_cookie(&self, state: &str) -> String {
        let short: String = state.chars().filter(|c| c.is_ascii_alphanumeric()).take(12).collect();
        format!("{}-pending-{short}", self.brand.cookie)
    }

    fn refusal(&self, text: &str) -> HttpResponse {
        page::refusal(self.brand.look, text)
    }
}

fn cookie(name: String, value: String) -> Cookie<'static> {
    Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax).finish()
}

async fn home(office: web::Data<Office>, request: HttpRequest) -> HttpResponse {
    let Brand { look, tagline, .. } = office.brand;
    match office.session(&request) {
        None => {
            let body = format!(
                r#"<section><h1>Welcome</h1><p>{tagline}</p><p><a class="go" id="signin" href="/signin">Sign in</a></p>
<p class="soft">Guests are welcome: bring the address you already have.</p></section>"#
            );
            page::page(look, "Welcome", &body)
        }
        Some(claims) => {
            let who = ["name", "email", "preferred_username", "sub"].iter().find_map(|name| claims.get(*name)?.as_str()).unwrap_or("guest");
            let body = format!(
                r#"<section id="welcome"><h1>Hello, {}</h1><p>You are signed in. This is what the ID token says, after its signature, issuer, audience, expiry and nonce were verified.</p>
{}<form method="post" action="/signout"><button class="go" id="signout">Sign out of this app</button></form>
<p><a id="signout-everywhere" href="{}/signout">Sign out of Gatehouse, too</a></p></section>"#,
                page::escape(who),
                page::list(&claims),
                page::escape(office.relying_party.issuer()),
            );
            page::page(look, "Signed in", &body)
        }
    }
}

/// For a caller without eyes: the verified claims of this browser's session.
async fn claims(office: web::Data<Office>, request: HttpRequest) -> HttpResponse {
    match office.session(&request) {
        Some(claims) => HttpResponse::Ok().json(claims),
        None => HttpResponse::Unauthorized().json(json!({ "error": "nobody is signed in" })),
    }
}

async fn sign_in(office: web::Data<Office>) -> HttpResponse {
    match office.relying_party.begin().await {
        Ok((to, pending)) => {
            let mut answer = page::see_other(&to);
            let name = office.pending_cookie(&pending.state);
            let key = office.pending.put(pending);
            match answer.add_cookie(&cookie(name, key)) {
                Ok(()) => answer,
                Err(_) => office.refusal("The browser can't be told apart from others."),
            }
        }
        Err(refused) => office.refusal(&refused.to_string()),
    }
}

/// RFC 6749 §4.1.2, §4.1.2.1 and RFC 9207.
#[derive(Deserialize)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

async fn callback(office: web::Data<Office>, request: HttpRequest, answer: web::Query<Answer>) -> HttpResponse {
    let pending = answer.state.as_deref().map(|state| office.pending_cookie(state)).and_then(|name| request.cookie(&name));
    let pending = pending.and_then(|cookie| office.pending.take(cookie.value()));
    let Some(pending) = pending.filter(|pending| answer.state.as_ref() == Some(&pending.state)) else {
        // The back button brings an answer a second time; who is signed in by the first needs no telling.
        return match office.session(&request) {
            Some(_) => page::see_other("/"),
            None => office.refusal("This answer belongs to no sign-in that this browser began here, or it was used before."),
        };
    };
    if let Some(error) = &answer.error {
        let said = answer.error_description.as_deref().unwrap_or("no more was said");
        return match error.as_str() {
            "access_denied" => office.refusal(&format!("You were not signed in, because you declined ({error}, {said}).")),
            _ => office.refusal(&format!("You were not signed in ({error}, {said}).")),
        };
    }
    let code = answer.code.as_deref().unwrap_or_default();
    match office.relying_party.finish(pending, code, answer.iss.as_deref()).await {
        Ok(claims) => {
            let mut home = page::see_other("/");
            let key = office.sessions.put(claims);
            match home.add_cookie(&cookie(office.session_cookie(), key)) {
                Ok(()) => home,
                Err(_) => office.refusal("The browser can't be told apart from others."),
            }
        }
        Err(refused) => office.refusal(&refused.to_string()),
    }
}

async fn sign_out(office: web::Data<Office>, request: HttpRequest) -> HttpResponse {
    if let Some(cookie) = request.cookie(&office.session_cookie()) {
        office.sessions.take(cookie.value());
    }
    page::see_other("/")
}
