//! Three cookies: one per sign-in under way, one per tenant for the session, one for the organisations visited. Parsing is bounded, names are ours alone.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time},
    http::header,
};

use crate::domain::{
    id::{FlowId, TenantId},
    secret::Secret,
};

/// More than any browser of ours sends; what comes after is not read.
const MOST_COOKIES: usize = 64;
/// Organisations one browser remembers.
const MOST_VISITS: usize = 5;
const VISITS_LIVE: std::time::Duration = std::time::Duration::from_secs(365 * 24 * 60 * 60);
/// Sign-ins one browser may have under way; the oldest is forgotten.
const MOST_FLOWS: usize = 6;

/// How cookies are named and bound here: `__Host-` and Secure, but for plain http on loopback, where browsers would refuse them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jar {
    pub is_https: bool,
}

impl Jar {
    fn prefix(self) -> &'static str {
        if self.is_https { "__Host-" } else { "" }
    }

    fn flow_name(self, flow: FlowId) -> String {
        format!("{}gh-f-{flow}", self.prefix())
    }

    fn session_name(self, tenant: &TenantId) -> String {
        format!("{}gh-s-{tenant}", self.prefix())
    }

    pub fn flow_secret(self, request: &HttpRequest, flow: FlowId) -> Option<String> {
        value(request, &self.flow_name(flow))
    }

    pub fn session_secret(self, request: &HttpRequest, tenant: &TenantId) -> Option<String> {
        value(request, &self.session_name(tenant))
    }

    pub fn flow(self, flow: FlowId, secret: &str, lives: std::time::Duration) -> Cookie<'static> {
        self.cookie(self.flow_name(flow), secret.to_owned(), lives)
    }

    /// The same for a sign-in whose answer another site will post: a `Lax` cookie would not come along. Where browsers refuse
    /// cookies that are `None` and not secure, everything is on loopback, and one site.
    pub fn flow_across_sites(self, flow: FlowId, secret: &str, lives: std::time::Duration) -> Cookie<'static> {
        let mut cookie = self.flow(flow, secret, lives);
        if self.is_https {
            cookie.set_same_site(SameSite::None);
        }
        cookie
    }

    pub fn session_over(self, tenant: &TenantId) -> Cookie<'static> {
        self.cookie(self.session_name(tenant), String::new(), std::time::Duration::ZERO)
    }

    pub fn session(self, tenant: &TenantId, secret: &Secret<String>, lives: std::time::Duration) -> Cookie<'static> {
        self.cookie(self.session_name(tenant), secret.reveal().clone(), lives)
    }

    /// Organisations that this browser's person went on to from our common page, the last one first.
    pub fn visits(self, request: &HttpRequest) -> Vec<TenantId> {
        let stored = value(request, &self.visits_name()).unwrap_or_default();
        stored.split('.').take(MOST_VISITS).filter_map(|id| TenantId::parse(id).ok()).collect()
    }

    /// The same with one more. Ids have no dots.
    pub fn visited(self, request: &HttpRequest, tenant: &TenantId) -> Cookie<'static> {
        let before = self.visits(request).into_iter().filter(|known| known != tenant);
        let all: Vec<String> = std::iter::once(tenant.clone()).chain(before).take(MOST_VISITS).map(String::from).collect();
        self.cookie(self.visits_name(), all.join("."), VISITS_LIVE)
    }

    pub fn nowhere_visited(self) -> Cookie<'static> {
        self.cookie(self.visits_name(), String::new(), std::time::Duration::ZERO)
    }

    fn visits_name(self) -> String {
        format!("{}gh-o", self.prefix())
    }

    /// Cookies that make room for one more sign-in: the oldest beyond the limit, told to go. Flow ids sort by age.
    pub fn make_room(self, request: &HttpRequest) -> Vec<Cookie<'static>> {
        let prefix = format!("{}gh-f-", self.prefix());
        let mut flows: Vec<FlowId> = pairs(request).filter_map(|(name, _)| FlowId::parse(name.strip_prefix(&prefix)?)).collect();
        flows.sort();
        let too_many = (flows.len() + 1).saturating_sub(MOST_FLOWS);
        let gone = |flow: FlowId| self.cookie(self.flow_name(flow), String::new(), std::time::Duration::ZERO);
        flows.into_iter().take(too_many).map(gone).collect()
    }

    fn cookie(self, name: String, value: String, lives: std::time::Duration) -> Cookie<'static> {
        let seconds = i64::try_from(lives.as_secs()).unwrap_or(i64::MAX);
        // Lax: an upstream's answer is a top-level navigation. Path=/ because `__Host-` asks for it.
        Cookie::build(name, value)
            .path("/")
            .http_only(true)
            .secure(self.is_https)
            .same_site(SameSite::Lax)
            .max_age(time::Duration::seconds(seconds))
            .finish()
    }
}

fn value(request: &HttpRequest, name: &str) -> Option<String> {
    // Two cookies of one name: somebody planted one. Neither is believed.
    let mut found = pairs(request).filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    let first = found.next();
    if found.next().is_some() { None } else { first }
}

fn pairs(request: &HttpRequest) -> impl Iterator<Item = (&str, &str)> {
    let lines = request.headers().get_all(header::COOKIE).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).take(MOST_COOKIES).filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use uuid::Uuid;

    use super::*;

    const JAR: Jar = Jar { is_https: true };

    #[test]
    fn cookies_carry_every_protection() {
        let text =
            JAR.session(&TenantId::parse("contoso").unwrap(), &Secret::new("v".into()), std::time::Duration::from_secs(9)).to_string();
        assert_eq!(text, "__Host-gh-s-contoso=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=9");
    }

    #[test]
    fn a_cookie_crosses_sites_only_for_an_answer_that_is_posted_and_only_on_https() {
        let (flow, lives) = (FlowId::from_drawn(Uuid::from_u128(1)), std::time::Duration::from_secs(9));
        assert_eq!(JAR.flow(flow, "v", lives).same_site(), Some(SameSite::Lax));
        let across = JAR.flow_across_sites(flow, "v", lives);
        assert_eq!((across.same_site(), across.secure(), across.http_only()), (Some(SameSite::None), Some(true), Some(true)));
        assert_eq!(across.name(), JAR.flow(flow, "v", lives).name());
        let http = Jar { is_https: false }.flow_across_sites(flow, "v", lives);
        assert_eq!((http.same_site(), http.secure()), (Some(SameSite::Lax), Some(false)));
    }

    #[test]
    fn two_cookies_of_one_name_are_none() {
        let flow = FlowId::from_drawn(Uuid::from_u128(1));
        let name = format!("__Host-gh-f-{flow}");
        let once = TestRequest::default().insert_header(("cookie", format!("a=b; {name}=x"))).to_http_request();
        assert_eq!(JAR.flow_secret(&once, flow).as_deref(), Some("x"));
        let twice = TestRequest::default().insert_header(("cookie", format!("{name}=y; {name}=x"))).to_http_request();
        assert_eq!(JAR.flow_secret(&twice, flow), None);
        let hostile = TestRequest::default().insert_header(("cookie", "=;;;a;;=;=x;".repeat(5000))).to_http_request();
        assert_eq!(JAR.flow_secret(&hostile, flow), None);
    }

    #[test]
    fn the_oldest_sign_in_makes_room() {
        let flows: Vec<_> = (1..=7).map(|n| FlowId::from_drawn(Uuid::from_u128(n))).collect();
        let line: String = flows.iter().rev().map(|flow| format!("__Host-gh-f-{flow}=x; ")).collect();
        let request = TestRequest::default().insert_header(("cookie", line)).to_http_request();
        let gone: Vec<_> = JAR.make_room(&request).into_iter().map(|cookie| cookie.name().to_owned()).collect();
        assert_eq!(gone, [format!("__Host-gh-f-{}", flows[0]), format!("__Host-gh-f-{}", flows[1])]);
    }
}
