//! A WS-Federation service (WS-Federation 1.2 §13, as AD FS plays it): federation metadata, `wsignin1.0`, `wsignout1.0`.
//!
//! Answers only the realm it knows, where it knows it to live.

use std::net::TcpListener;

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    http::header,
    web,
};
use serde::Deserialize;

use super::{
    Addressee, Metadata, Partner, PartnerError, Registration, TokenResponse, TokenSealing,
    desk::{Desk, Seat},
    with_query,
};
use crate::{
    clock::Clock,
    demo::{company::SignIn, page},
};

const SIGN_IN: &str = "/wsfed/signin";
pub const METADATA_PATH: &str = "/FederationMetadata/2007-06/FederationMetadata.xml";

/// `wctx`, which comes back as it came.
type Asked = Option<String>;
type Sts = web::Data<Desk<Asked>>;

/// How a sample service at `origin` calls itself.
pub fn issuer(origin: &str) -> String {
    format!("{origin}/wsfed/trust")
}

/// Begins to answer on `listener`.
pub fn start(listener: TcpListener, partner: Partner, clock: &Clock) -> std::io::Result<(Server, ServerHandle)> {
    let sts: Sts = web::Data::new(Desk::new(partner, clock));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(sts.clone())
            .route("/", web::get().to(home))
            .route(METADATA_PATH, web::get().to(metadata))
            .route("/wsfed", web::get().to(passive))
            .route(SIGN_IN, web::post().to(sign_in))
            .route("/signout", web::post().to(sign_out))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok((server, handle))
}

async fn home(sts: Sts, request: HttpRequest) -> HttpResponse {
    sts.home(&request)
}

async fn metadata(sts: Sts) -> HttpResponse {
    let document = Metadata::ws_fed(&issuer(&sts.origin), sts.keys.certificates(), &format!("{}/wsfed", sts.origin));
    match document.to_xml(None) {
        Ok(xml) => HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/xml")).body(xml),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// WS-Federation 1.2 §13.2.1, §13.2.2, §13.2.4.
#[derive(Deserialize)]
struct Passive {
    #[serde(default)]
    wa: String,
    #[serde(default)]
    wtrealm: String,
    wreply: Option<String>,
    wctx: Option<String>,
    wfresh: Option<String>,
    #[serde(alias = "username")]
    login_hint: Option<String>,
}

async fn passive(sts: Sts, request: HttpRequest, asked: web::Query<Passive>) -> HttpResponse {
    match asked.wa.as_str() {
        "wsignin1.0" => sts.asked(&request, asked.into_inner()),
        "wsignout1.0" | "wsignoutcleanup1.0" => {
            sts.leave(&request);
            match asked.wreply.as_deref().filter(|to| [&sts.registered.acs, &sts.registered.sign_out].contains(&&(*to).to_owned())) {
                Some(to) => page::see_other(to),
                None => sts.farewell(),
            }
        }
        _ => sts.refusal("This service knows wsignin1.0 and wsignout1.0."),
    }
}

async fn sign_in(sts: Sts, form: web::Form<SignIn>) -> HttpResponse {
    let admitted = match sts.admit(SIGN_IN, &form) {
        Ok(admitted) => admitted,
        Err(page) => return *page,
    };
    match sts.token(&admitted.seat) {
        Ok(token) => sts.carry(&fields(&token, &admitted.asked), Some(&admitted)),
        Err(error) => sts.refusal(&error.to_string()),
    }
}

fn fields<'a>(token: &'a str, asked: &'a Asked) -> Vec<(&'static str, &'a str)> {
    let context = asked.as_deref().map(|context| ("wctx", context));
    [Some(("wa", "wsignin1.0")), Some(("wresult", token)), context].into_iter().flatten().collect()
}

impl Desk<Asked> {
    fn asked(&self, request: &HttpRequest, asked: Passive) -> HttpResponse {
        let is_known = asked.wtrealm == self.registered.entity_id;
        if !is_known || asked.wreply.is_some_and(|to| to != self.registered.acs) {
            return self.refusal("This service does not know who asks, or not under this address.");
        }
        // §13.2.2: 0 means that they must sign in now
        let seat = self.seat(request).filter(|_| asked.wfresh.as_deref() != Some("0"));
        let Some(seat) = seat else {
            let hint = asked.login_hint.unwrap_or_default();
            return self.company.sign_in_page(SIGN_IN, &self.waiting.put(asked.wctx), &hint, "");
        };
        match self.token(&seat) {
            Ok(token) => self.carry(&fields(&token, &asked.wctx), None),
            Err(error) => self.refusal(&error.to_string()),
        }
    }

    fn token(&self, seat: &Seat) -> Result<String, PartnerError> {
        let Registration { entity_id, acs, .. } = self.registered.clone();
        let to = Addressee { entity_id, acs, in_response_to: None };
        let token = TokenResponse::about(&seat.person, &issuer(&self.origin), &to, self.clock.now());
        token.seal(&TokenSealing::by(&self.keys.signer()))
    }
}

/// The person ends their session here, and so everywhere.
async fn sign_out(sts: Sts, request: HttpRequest) -> HttpResponse {
    match sts.leave(&request) {
        Some(_) => page::see_other(&with_query(&sts.registered.acs, "wa=wsignoutcleanup1.0")),
        None => page::see_other("/"),
    }
}
