//! A browser without JavaScript: one jar of cookies, real forms, redirects when told.

use std::{collections::BTreeMap, time::Duration};

use reqwest::{
    Client, Method,
    header::{COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE},
    redirect::Policy,
};
use url::Url;

use super::page::{Page, is_of_the_world};

/// One person's browser. A clone is the same browser at another moment: what it held then.
#[derive(Debug, Clone)]
pub struct Browser {
    http: Client,
    public: Url,
    node: Option<String>,
    /// By name. Gatehouse and the providers share a host, so they share the jar.
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: BTreeMap<String, String>,
}

pub fn http() -> Client {
    Client::builder().redirect(Policy::none()).no_proxy().timeout(Duration::from_secs(20)).build().unwrap()
}

impl Browser {
    pub(super) fn new(public: &str) -> Self {
        Self { http: http(), public: public.parse().unwrap(), node: None, cookies: BTreeMap::new(), headers: BTreeMap::new() }
    }

    /// From now on what is for the public address goes to the node at this `host:port`, as a balancer would send it.
    pub fn through(&mut self, node: &str) {
        self.node = Some(node.to_owned());
    }

    /// Opens an address and follows redirects.
    pub async fn open(&mut self, url: &str) -> Page {
        let page = self.get(url).await;
        self.follow(page).await
    }

    /// Fills in and presses a button (by its id or value), and follows redirects.
    pub async fn press(&mut self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.send(page, button, fields).await;
        self.follow(page).await
    }

    /// Presses a button and shows where that leads at Gatehouse; the way to anybody else is not taken.
    pub async fn submit(&mut self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.send(page, button, fields).await;
        self.land(page).await
    }

    /// The same with any form.
    pub async fn submit_to(&mut self, url: &str, pairs: &[(&str, &str)]) -> Page {
        let page = self.post(url, pairs).await;
        self.land(page).await
    }

    /// The page of a sign-in that an answer to a form leads to.
    async fn land(&mut self, page: Page) -> Page {
        match page.location.clone() {
            Some(to) if to.origin() == self.public.origin() && to.path().contains("/signin/") => self.get(to.as_str()).await,
            _ => page,
        }
    }

    /// Follows redirects within Gatehouse's public address, wherever that is.
    pub async fn follow_to_page(&mut self, mut page: Page) -> Page {
        while let Some(to) = page.location.clone().filter(|to| to.origin() == self.public.origin()) {
            page = self.get(to.as_str()).await;
        }
        page
    }

    /// Follows redirects, and forms that carry a partner's message between the servers of the world, until there is a page, or the
    /// app's turn.
    pub async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..20 {
            page = match (page.location.clone().filter(is_of_the_world), page.carries()) {
                (Some(to), _) => self.get(to.as_str()).await,
                (None, Some(form)) => {
                    let pairs = form.pairs(&[], None);
                    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                    self.post(&form.action, &pairs).await
                }
                (None, None) => return page,
            };
        }
        panic!("going in circles at {}", page.url);
    }

    /// One GET.
    pub async fn get(&mut self, url: &str) -> Page {
        self.request(Method::GET, url, None, None).await
    }

    /// One POST of a form that is on the page.
    pub async fn send(&mut self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
        let form = page.form_with(button).unwrap_or_else(|| panic!("no button {button} on {} {}\n{}", page.status, page.url, page.body));
        let pressed = form.buttons.iter().find(|b| b.id == button || b.value == button);
        let pairs = form.pairs(fields, pressed);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let to = page.url.join(&form.action).unwrap();
        self.post(to.as_str(), &pairs).await
    }

    /// One POST of any form.
    pub async fn post(&mut self, url: &str, pairs: &[(&str, &str)]) -> Page {
        let origin = self.public.origin().ascii_serialization();
        self.post_from(&origin, url, pairs).await
    }

    /// One POST of a form of somebody else's page.
    pub async fn post_from(&mut self, origin: &str, url: &str, pairs: &[(&str, &str)]) -> Page {
        self.request(Method::POST, url, Some(pairs), Some(origin)).await
    }

    /// The cookie of a sign-in, by name and value.
    pub fn cookie_of(&self, page: &Page) -> Option<(String, String)> {
        let name = format!("gh-f-{}", page.flow());
        self.cookies.get(&name).map(|value| (name.clone(), value.clone()))
    }

    async fn request(&mut self, method: Method, url: &str, pairs: Option<&[(&str, &str)]>, origin: Option<&str>) -> Page {
        let url: Url = url.parse().unwrap();
        let mut to = url.clone();
        to.set_fragment(None);
        let is_ours = to.origin() == self.public.origin();
        let mut request = match self.node.as_deref().filter(|_| is_ours) {
            Some(node) => {
                let host = to.authority().to_owned();
                let mut node: Url = format!("http://{node}").parse().unwrap();
                node.set_path(to.path());
                node.set_query(to.query());
                self.http.request(method, node).header(HOST, host)
            }
            None => self.http.request(method, to),
        };
        if !self.cookies.is_empty() {
            let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, line.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        if let Some(pairs) = pairs {
            request = request.form(pairs);
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        let location = headers.get(LOCATION).filter(|_| status.is_redirection());
        let location = location.map(|to| url.join(to.to_str().unwrap()).unwrap());
        Page { url, status: status.as_u16(), headers, body: answer.text().await.unwrap(), location }
    }

    fn keep(&mut self, line: &str) {
        let (name, rest) = line.split_once('=').unwrap();
        let value = rest.split(';').next().unwrap();
        if rest.to_ascii_lowercase().contains("max-age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
