//! What a browser shows after one request.

use reqwest::header::HeaderMap;
use url::Url;

use crate::form::{self, Form};

#[derive(Debug, Clone)]
pub struct Page {
    pub url: Url,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    /// Where a redirect leads.
    pub location: Option<Url>,
}

impl Page {
    pub fn forms(&self) -> Vec<Form> {
        form::forms(&self.body)
    }

    /// The form with a button of this id or value.
    pub fn form_with(&self, button: &str) -> Option<Form> {
        let has = |form: &Form| form.buttons.iter().any(|b| b.id == button || b.value == button);
        self.forms().into_iter().find(has)
    }

    /// A form with a partner's message, on its way between two servers of the world.
    pub fn carries(&self) -> Option<Form> {
        const MESSAGES: [&str; 3] = ["SAMLRequest", "SAMLResponse", "wresult"];
        let is_message = |form: &Form| form.fields.iter().any(|field| MESSAGES.contains(&field.name.as_str()));
        let is_on_its_way = |form: &Form| Url::parse(&form.action).is_ok_and(|action| is_of_the_world(&action));
        self.forms().into_iter().find(|form| is_message(form) && is_on_its_way(form))
    }

    /// What a person would call it: `address`, `account`, `create`, `passcode`, `confirm` (is this you, too?), `consent`, `redeem`, `block`, `app` (on the way to the app), `redirect`,
    /// `posting` (a form that sends itself to the app), the error's code, or `other`.
    pub fn shows(&self) -> &str {
        if let Some(to) = &self.location {
            return if is_of_the_world(to) { "redirect" } else { "app" };
        }
        if let Some(code) = self.error() {
            return code;
        }
        let forms = self.forms();
        let ends = |step: &str| forms.iter().any(|form| form.action.ends_with(step));
        let steps = ["address", "account", "create", "passcode", "confirm", "consent", "redeem", "block"];
        if forms.iter().any(|form| form.action.starts_with("https://")) {
            return "posting";
        }
        steps.into_iter().find(|step| ends(&format!("/{step}"))).unwrap_or("other")
    }

    /// The code of an error page.
    pub fn error(&self) -> Option<&str> {
        let (_, rest) = self.body.split_once("<dd>GH")?;
        let start = self.body.len() - rest.len() - 2;
        self.body.get(start..start + 6)
    }

    /// The one-time token in the page's forms.
    pub fn token(&self) -> String {
        let fields = self.forms().into_iter().flat_map(|form| form.fields);
        fields.into_iter().find(|field| field.name == "form").map(|field| field.value).unwrap_or_default()
    }

    /// The words a person reads, without tags, runs of space made one.
    pub fn text(&self) -> String {
        let (mut text, mut is_tag) = (String::new(), false);
        for c in self.body.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                c if !is_tag => text.push(c),
                _ => {}
            }
        }
        let plain = [("&amp;", "&"), ("&#38;", "&"), ("&#39;", "'"), ("&quot;", "\""), ("&#34;", "\"")];
        let text = plain.iter().fold(text, |text, (entity, plain)| text.replace(entity, plain));
        text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The reference number on an error page.
    pub fn reference(&self) -> &str {
        let (_, rest) = self.body.split_once("id=\"reference\">").expect("an error page has a reference");
        rest.split('<').next().expect("it ends")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The sign-in this page belongs to, by its address or by where its forms lead.
    pub fn flow(&self) -> gatehouse::domain::id::FlowId {
        let mut places = std::iter::once(self.url.path().to_owned()).chain(self.forms().into_iter().map(|form| form.action));
        let flow = places.find_map(|place| {
            let (_, rest) = place.split_once("/signin/")?;
            gatehouse::domain::id::FlowId::parse(rest.split('/').next()?)
        });
        flow.unwrap_or_else(|| panic!("no page of a sign-in: {self:?}"))
    }
}

/// Servers of the world listen on loopback; apps are elsewhere.
pub fn is_of_the_world(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost"))
}
