//! A SAML 2.0 identity provider (Profiles §4.1, §4.4): metadata, single sign-on by Redirect and by POST, single logout both ways.
//!
//! Answers only whom it knows, where it knows them to live, and asks everybody for a password that stands on its page.

use std::net::TcpListener;

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    http::header,
    web,
};
use serde::Deserialize;

use super::{
    EMAIL_ADDRESS, Farewell, LogoutRequest, LogoutResponse, Metadata, NameId, PERSISTENT, Parameter, Partner, PartnerError, Prefixes,
    Question, Response, Sealing, Status, TRANSIENT,
    desk::{Desk, Seat},
    for_post, fresh_id, inflated, posted, signed_query, with_query,
};
use crate::{
    clock::Clock,
    demo::{company::SignIn, page},
};

const NO_PASSIVE: &str = "urn:oasis:names:tc:SAML:2.0:status:NoPassive";
const SIGN_IN: &str = "/saml/signin";

/// What was asked, and what must come back with the answer.
#[derive(Debug, Clone)]
struct Asked {
    question: Question,
    relay_state: Option<String>,
}

type Idp = web::Data<Desk<Asked>>;

/// How a sample identity provider at `origin` calls itself.
pub fn entity_id(origin: &str) -> String {
    format!("{origin}/saml/metadata")
}

/// Begins to answer on `listener`.
pub fn start(listener: TcpListener, partner: Partner, clock: &Clock) -> std::io::Result<(Server, ServerHandle)> {
    let idp: Idp = web::Data::new(Desk::new(partner, clock));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(idp.clone())
            .route("/", web::get().to(home))
            .route("/saml/metadata", web::get().to(metadata))
            .route("/saml/sso", web::get().to(sso_by_redirect))
            .route("/saml/sso", web::post().to(sso_by_post))
            .route(SIGN_IN, web::post().to(sign_in))
            .route("/saml/slo", web::get().to(slo_by_redirect))
            .route("/saml/slo", web::post().to(slo_by_post))
            .route("/signout", web::post().to(sign_out))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok((server, handle))
}

async fn home(idp: Idp, request: HttpRequest) -> HttpResponse {
    idp.home(&request)
}

async fn metadata(idp: Idp) -> HttpResponse {
    let here = |path: &str| format!("{}{path}", idp.origin);
    let document = Metadata::saml(&entity_id(&idp.origin), idp.keys.certificates(), &here("/saml/sso"), &here("/saml/slo"));
    match document.to_xml(None) {
        Ok(xml) => HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/samlmetadata+xml")).body(xml),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// The fields of a message, in a query or in a form.
#[derive(Deserialize)]
struct Message {
    #[serde(rename = "SAMLRequest")]
    request: Option<String>,
    #[serde(rename = "SAMLResponse")]
    response: Option<String>,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
    login_hint: Option<String>,
    username: Option<String>,
}

async fn sso_by_redirect(idp: Idp, request: HttpRequest, message: web::Query<Message>) -> HttpResponse {
    let message = message.into_inner();
    let xml = inflated(message.request.as_deref().unwrap_or_default());
    idp.asked(&request, xml, message)
}

async fn sso_by_post(idp: Idp, request: HttpRequest, message: web::Form<Message>) -> HttpResponse {
    let message = message.into_inner();
    let xml = posted(message.request.as_deref().unwrap_or_default());
    idp.asked(&request, xml, message)
}

async fn sign_in(idp: Idp, form: web::Form<SignIn>) -> HttpResponse {
    let admitted = match idp.admit(SIGN_IN, &form) {
        Ok(admitted) => admitted,
        Err(page) => return *page,
    };
    match idp.answer(&admitted.asked, &admitted.seat) {
        Ok(fields) => idp.carry(&pairs(&fields), Some(&admitted)),
        Err(error) => idp.refusal(&error.to_string()),
    }
}

type Fields = Vec<(&'static str, String)>;

fn pairs(fields: &Fields) -> Vec<(&'static str, &str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn fields(response: &str, asked: &Asked) -> Fields {
    let mut fields = vec![(Parameter::Response.name(), for_post(response))];
    if let Some(state) = &asked.relay_state {
        fields.push(("RelayState", state.clone()));
    }
    fields
}

impl Desk<Asked> {
    fn asked(&self, request: &HttpRequest, xml: Result<String, PartnerError>, message: Message) -> HttpResponse {
        let question = match xml.and_then(|xml| Question::read(&xml)) {
            Ok(question) => question,
            Err(error) => return self.refusal(&error.to_string()),
        };
        let is_known = question.issuer == self.registered.entity_id;
        if !is_known || question.acs.as_ref().is_some_and(|acs| *acs != self.registered.acs) {
            return self.refusal("This identity provider does not know who asks, or not under this address.");
        }
        let hint = [question.subject.clone(), message.login_hint, message.username].into_iter().flatten().next().unwrap_or_default();
        let asked = Asked { question, relay_state: message.relay_state };
        let seat = self.seat(request).filter(|_| !asked.question.is_forced);
        let answer = match (seat, asked.question.is_passive) {
            (Some(seat), _) => self.answer(&asked, &seat),
            (None, true) => self.cannot(&asked),
            (None, false) => return self.company.sign_in_page(SIGN_IN, &self.waiting.put(asked), &hint, ""),
        };
        match answer {
            Ok(fields) => self.carry(&pairs(&fields), None),
            Err(error) => self.refusal(&error.to_string()),
        }
    }

    fn answer(&self, asked: &Asked, seat: &Seat) -> Result<Fields, PartnerError> {
        let to = asked.question.addressee(&self.registered.acs);
        let mut response = Response::about(&seat.person, &entity_id(&self.origin), &to, self.clock.now());
        for assertion in &mut response.assertions {
            assertion.subject = Some(self.name_id(&asked.question, seat));
            for authentication in &mut assertion.authentications {
                authentication.session_index = Some(seat.index.clone());
            }
        }
        Ok(fields(&response.seal(&Sealing::assertion(&self.keys.signer()))?, asked))
    }

    fn cannot(&self, asked: &Asked) -> Result<Fields, PartnerError> {
        let status = Status::failed(NO_PASSIVE, "nobody has signed in here");
        let to = asked.question.addressee(&self.registered.acs);
        let response = Response::failed(status, &entity_id(&self.origin), &to, self.clock.now());
        Ok(fields(&response.seal(&Sealing::response(&self.keys.signer()))?, asked))
    }

    /// In the format that was asked for (Core §3.4.1.1); persistent unless another one was.
    fn name_id(&self, question: &Question, seat: &Seat) -> NameId {
        match question.name_id_format.as_deref() {
            Some(EMAIL_ADDRESS) => NameId::new(EMAIL_ADDRESS, &seat.person.address),
            Some(TRANSIENT) => NameId::new(TRANSIENT, &fresh_id()),
            _ => NameId::new(PERSISTENT, &seat.person.subject),
        }
    }

    fn ended(&self, request: &HttpRequest, xml: Result<String, PartnerError>, relay_state: Option<&str>) -> HttpResponse {
        match xml.and_then(|xml| Farewell::read(&xml)) {
            Ok(Farewell::Request { id, issuer, .. }) if issuer == self.registered.entity_id => {
                self.leave(request);
                let to = &self.registered.sign_out;
                let answer = LogoutResponse::new(&entity_id(&self.origin), to, &id, self.clock.now());
                self.send(Parameter::Response, answer.to_xml(Prefixes::Short, None), relay_state)
            }
            Ok(Farewell::Request { .. }) => self.refusal("This identity provider does not know who asks."),
            Ok(Farewell::Response { .. }) => self.farewell(),
            Err(error) => self.refusal(&error.to_string()),
        }
    }

    /// To whom it knows, by Redirect and signed.
    fn send(&self, parameter: Parameter, xml: Result<String, PartnerError>, relay_state: Option<&str>) -> HttpResponse {
        let signer = self.keys.signer();
        let query = xml.and_then(|xml| signed_query(parameter, &xml, relay_state, &signer, signer.usual_algorithm()));
        match query {
            Ok(query) => page::see_other(&with_query(&self.registered.sign_out, &query)),
            Err(error) => self.refusal(&error.to_string()),
        }
    }
}

async fn slo_by_redirect(idp: Idp, request: HttpRequest, message: web::Query<Message>) -> HttpResponse {
    let text = message.request.as_deref().or(message.response.as_deref()).unwrap_or_default();
    idp.ended(&request, inflated(text), message.relay_state.as_deref())
}

async fn slo_by_post(idp: Idp, request: HttpRequest, message: web::Form<Message>) -> HttpResponse {
    let text = message.request.as_deref().or(message.response.as_deref()).unwrap_or_default();
    idp.ended(&request, posted(text), message.relay_state.as_deref())
}

/// The person ends their session here, and so everywhere.
async fn sign_out(idp: Idp, request: HttpRequest) -> HttpResponse {
    let Some(seat) = idp.leave(&request) else { return page::see_other("/") };
    let name_id = NameId::new(PERSISTENT, &seat.person.subject);
    let farewell = LogoutRequest::new(&entity_id(&idp.origin), &idp.registered.sign_out, name_id, Some(&seat.index), idp.clock.now());
    idp.send(Parameter::Request, farewell.to_xml(Prefixes::Short, None), None)
}
