//! A browser without a window: cookies, redirects one by one, pages. What it is asked to do, a person could do.

use std::collections::{BTreeMap, HashMap};

use reqwest::{Method, StatusCode, header};
use url::Url;

use super::form::{self, Button, Form};

const REDIRECTS: usize = 20;

/// Where the browser could not go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    #[error("no answer: {0}")]
    NoAnswer(#[from] reqwest::Error),
    #[error("no address: {0}")]
    NoAddress(#[from] url::ParseError),
    #[error("more than {REDIRECTS} redirects")]
    GoingInCircles,
}

/// What the browser shows.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) url: Url,
    pub(super) status: StatusCode,
    pub(super) html: String,
}

impl Page {
    pub(super) fn forms(&self) -> Vec<Form> {
        form::forms(&self.html)
    }

    /// The words of the title, for whoever must understand a failure.
    pub(super) fn title(&self) -> &str {
        let title = self.html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        title.map_or("", |(title, _)| title.trim())
    }
}

/// One person's browser.
#[derive(Debug)]
pub(super) struct Browser {
    http: reqwest::Client,
    /// By host: ports share cookies (RFC 6265 §8.5).
    jar: HashMap<String, BTreeMap<String, String>>,
    /// Requests made so far.
    pub(super) requests: u32,
}

impl Browser {
    /// `http` must not follow redirects itself.
    pub(super) fn new(http: reqwest::Client) -> Self {
        Self { http, jar: HashMap::new(), requests: 0 }
    }

    pub(super) async fn open(&mut self, address: &str) -> Result<Page, Lost> {
        self.go(Url::parse(address)?, None, None).await
    }

    pub(super) async fn submit(
        &mut self,
        page: &Page,
        form: &Form,
        filled: &[(&str, &str)],
        button: Option<&Button>,
    ) -> Result<Page, Lost> {
        let mut to = page.url.join(&form.action)?;
        let pairs = form.pairs(filled, button);
        if form.is_post {
            return self.go(to, Some(pairs), Some(&page.url)).await;
        }
        to.query_pairs_mut().clear().extend_pairs(pairs);
        self.go(to, None, None).await
    }

    async fn go(&mut self, mut to: Url, mut body: Option<Vec<(String, String)>>, from: Option<&Url>) -> Result<Page, Lost> {
        for _ in 0..=REDIRECTS {
            to.set_fragment(None);
            let answer = self.ask(&to, body.as_ref(), from).await?;
            let status = answer.status();
            let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let Some(location) = location.filter(|_| status.is_redirection()) else {
                return Ok(Page { url: to, status, html: answer.text().await? });
            };
            to = to.join(&location)?;
            // RFC 9110 §15.4: only these keep the method
            if !matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
                body = None;
            }
        }
        Err(Lost::GoingInCircles)
    }

    async fn ask(&mut self, to: &Url, body: Option<&Vec<(String, String)>>, from: Option<&Url>) -> Result<reqwest::Response, Lost> {
        let host = to.host_str().unwrap_or_default().to_owned();
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut request = self.http.request(method, to.clone()).header(header::ACCEPT, "text/html,application/json;q=0.9");
        let cookies: Vec<_> = self.jar.get(&host).into_iter().flatten().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if let Some(body) = body {
            request = request.form(body);
            if let Some(from) = from {
                request = request.header(header::ORIGIN, from.origin().ascii_serialization());
            }
        }
        self.requests += 1;
        let answer = request.send().await?;
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            self.keep(&host, cookie.to_str().unwrap_or_default());
        }
        Ok(answer)
    }

    fn keep(&mut self, host: &str, set_cookie: &str) {
        let mut parts = set_cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let is_over = parts.any(|attribute| {
            let attribute = attribute.to_ascii_lowercase();
            let age = attribute.strip_prefix("max-age=").and_then(|age| age.parse::<i64>().ok());
            age.is_some_and(|age| age <= 0) || attribute.starts_with("expires=") && attribute.contains(" 1970 ")
        });
        let jar = self.jar.entry(host.to_owned()).or_default();
        if is_over {
            jar.remove(name);
        } else {
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
}
