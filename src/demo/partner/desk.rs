//! What both sample servers keep: who is signing in, who has signed in, whom they know, and the form that carries an answer away.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
};

use super::{KeyRing, Person, fresh_id};
use crate::{
    clock::Clock,
    demo::{
        company::{Company, SignIn},
        page,
        shelf::Shelf,
    },
};

/// The one party a sample partner knows: a tenant of Gatehouse. Answers go nowhere else.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Entity id or realm.
    pub entity_id: String,
    /// Where answers go.
    pub acs: String,
    /// Where logout messages go.
    pub sign_out: String,
}

/// A sample partner.
#[derive(Clone)]
pub struct Partner {
    pub company: Company,
    /// How the world reaches it, without a path.
    pub origin: String,
    pub registered: Registration,
    pub keys: KeyRing,
}

/// Someone who has signed in at the partner itself.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) person: Person,
    /// `SessionIndex`, in what it says of them.
    pub(super) index: String,
}

pub(super) struct Desk<Asked> {
    pub(super) company: Company,
    pub(super) origin: String,
    pub(super) registered: Registration,
    pub(super) keys: KeyRing,
    pub(super) clock: Clock,
    /// Requests whose person has not signed in yet.
    pub(super) waiting: Shelf<Asked>,
    seats: Shelf<Seat>,
}

/// Who has just proved to be somebody, and what they were asked for.
pub(super) struct Admitted<Asked> {
    pub(super) asked: Asked,
    pub(super) seat: Seat,
    cookie: Cookie<'static>,
}

impl<Asked: Clone> Desk<Asked> {
    pub(super) fn new(Partner { company, origin, registered, keys }: Partner, clock: &Clock) -> Self {
        Self {
            company,
            origin,
            registered,
            keys,
            clock: clock.clone(),
            waiting: Shelf::new(clock.clone(), Duration::from_secs(15 * 60)),
            seats: Shelf::new(clock.clone(), Duration::from_secs(8 * 60 * 60)),
        }
    }

    pub(super) fn refusal(&self, text: &str) -> HttpResponse {
        page::refusal(self.company.look, text)
    }

    /// Cookies know hosts, not ports, and all the demo lives on localhost.
    fn cookie_name(&self) -> String {
        format!("{}-session", self.company.domain)
    }

    /// Who sits here, in this browser.
    pub(super) fn seat(&self, request: &HttpRequest) -> Option<Seat> {
        self.seats.look(request.cookie(&self.cookie_name())?.value())
    }

    /// Who sat here until now.
    pub(super) fn leave(&self, request: &HttpRequest) -> Option<Seat> {
        self.seats.take(request.cookie(&self.cookie_name())?.value())
    }

    /// Lets in whom the form proves to be somebody; the answer otherwise is the page they see. `action` is where that page posts to.
    pub(super) fn admit(&self, action: &str, form: &SignIn) -> Result<Admitted<Asked>, Box<HttpResponse>> {
        let over = || Box::new(self.refusal("This sign-in is over, or was begun too long ago."));
        self.waiting.look(&form.request).ok_or_else(over)?;
        let (address, name) = self.company.admit(form).ok_or_else(|| Box::new(self.company.try_again(action, form)))?;
        // shown until now, spent here
        let asked = self.waiting.take(&form.request).ok_or_else(over)?;
        let seat = Seat { person: Person::new(&address, &name), index: fresh_id() };
        let cookie = Cookie::build(self.cookie_name(), self.seats.put(seat.clone())).path("/").http_only(true).same_site(SameSite::Lax);
        Ok(Admitted { asked, seat, cookie: cookie.finish() })
    }

    /// The page whose form carries the answer to the one who asked, and the session with it.
    pub(super) fn carry(&self, fields: &[(&str, &str)], admitted: Option<&Admitted<Asked>>) -> HttpResponse {
        let mut page = page::carrier(self.company.look, &self.registered.acs, fields);
        match admitted.map(|admitted| page.add_cookie(&admitted.cookie)) {
            None | Some(Ok(())) => page,
            Some(Err(_)) => self.refusal("The browser can't be told apart from others."),
        }
    }

    /// The front page: nothing begins here, but a session may end.
    pub(super) fn home(&self, request: &HttpRequest) -> HttpResponse {
        let (name, domain) = (self.company.look.name, self.company.domain);
        let body = match self.seat(request) {
            None => format!(
                "<section><h1>{name}</h1><p>A sample identity provider. Nothing begins here: sign in at an app with an address at \
                 <code>{domain}</code>, and you are sent here to prove it.</p></section>"
            ),
            Some(seat) => format!(
                r#"<section><h1>{name}</h1><p>You are signed in here as {}.</p>
<form method="post" action="/signout"><button class="go" id="signout">Sign out everywhere</button></form></section>"#,
                page::escape(&seat.person.address)
            ),
        };
        page::page(self.company.look, "Identity provider", &body)
    }

    pub(super) fn farewell(&self) -> HttpResponse {
        let body = "<section><h1>Signed out</h1><p>Your session here is over.</p></section>";
        page::page(self.company.look, "Signed out", body)
    }
}
