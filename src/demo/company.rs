//! A sample organisation: who has an account there, and the page on which they sign in. How it tells others of them is not known here.

use std::fmt::Write as _;

use actix_web::HttpResponse;

use super::page::{self, Look};

/// Everybody's password stands on its page: never a model for a real organisation's accounts.
#[derive(Debug, Clone, Copy)]
pub struct Company {
    pub(super) look: Look,
    pub(super) domain: &'static str,
    pub(super) password: &'static str,
    people: &'static [(&'static str, &'static str)],
}

/// Speaks OpenID Connect.
pub(super) const FABRIKAM: Company = Company {
    look: Look { name: "Fabrikam", accent: "#7a3e00", lang: "en" },
    domain: "fabrikam.example",
    password: "fabrikam",
    people: &[("ana", "Ana Torres"), ("ben", "Ben Okafor"), ("chloe", "Chloé Martin")],
};

/// Speaks SAML 2.0.
pub const LITWARE: Company = Company {
    look: Look { name: "Litware", accent: "#4a2f8f", lang: "en" },
    domain: "litware.example",
    password: "litware",
    people: &[("lena", "Lena Fischer"), ("luis", "Luis Ortega"), ("lin", "Lin Wei")],
};

/// Speaks WS-Federation.
pub const PROSEWARE: Company = Company {
    look: Look { name: "Proseware", accent: "#8a1c4a", lang: "en" },
    domain: "proseware.example",
    password: "proseware",
    people: &[("petra", "Petra Novák"), ("paul", "Paul Dubois"), ("priya", "Priya Nair")],
};

pub(super) const COMPANIES: [Company; 3] = [FABRIKAM, LITWARE, PROSEWARE];

/// What was typed or pressed on the page.
#[derive(serde::Deserialize)]
pub(super) struct SignIn {
    pub(super) request: String,
    person: Option<String>,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
}

impl SignIn {
    /// Whose account they say it is.
    pub(super) fn address(&self) -> &str {
        self.person.as_deref().unwrap_or(&self.username)
    }
}

impl Company {
    /// The sign-in page; its form posts to `action`, with what `request` says.
    pub(super) fn sign_in_page(&self, action: &str, request: &str, address: &str, wrong: &str) -> HttpResponse {
        let Self { look, domain, password, people } = self;
        let mut buttons = String::new();
        for (local, name) in *people {
            let _ = write!(
                buttons,
                r#"<button class="row" name="person" value="{local}@{domain}"><strong>{name}</strong> <span class="soft">{local}@{domain}</span></button>"#
            );
        }
        let wrong = if wrong.is_empty() { String::new() } else { format!(r#"<p class="wrong" role="alert">{}</p>"#, page::escape(wrong)) };
        let (action, request, address) = (page::escape(action), page::escape(request), page::escape(address));
        let body = format!(
            r#"<section><h1>Sign in to {name}</h1>{wrong}
<form method="post" action="{action}"><input type="hidden" name="request" value="{request}">
<label for="username">Address</label><input id="username" name="username" type="email" autocomplete="username" required value="{address}">
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required aria-describedby="password-note">
<p id="password-note" class="soft">This is a demo: everybody’s password is <code>{password}</code>, and any address at {domain} will do.</p>
<button class="go" id="signin">Sign in</button></form></section>
<section><h2>Or be one of these people</h2>
<form method="post" action="{action}"><input type="hidden" name="request" value="{request}">{buttons}</form></section>"#,
            name = look.name
        );
        page::page(*look, "Sign in", &body)
    }

    /// The page again, for who was not let in.
    pub(super) fn try_again(&self, action: &str, form: &SignIn) -> HttpResponse {
        let wrong = format!("No such address at {}, or another password.", self.look.name);
        self.sign_in_page(action, &form.request, form.address(), &wrong)
    }

    /// Address and name of who proved to be somebody here.
    pub(super) fn admit(&self, form: &SignIn) -> Option<(String, String)> {
        let is_proven = form.person.is_some() || form.password == self.password;
        let address = form.address().trim().to_ascii_lowercase();
        let local = address.strip_suffix(self.domain)?.strip_suffix('@').filter(|_| is_proven)?;
        if local.is_empty() || !local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b)) {
            return None;
        }
        let name = self.people.iter().find(|(known, _)| *known == local).map_or(local, |(_, name)| name).to_owned();
        Some((address, name))
    }
}
