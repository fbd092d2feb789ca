//! `gatehouse demo --headless`: walks every road of the demo as a person would, through pages and forms, and prints what the
//! app was told and verified. One JSON object a line on stdout; words for people on stderr.

use std::{io::Write as _, time::Duration};

use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout};

mod invited;

use super::{
    DemoError,
    browser::{Browser, Lost, Page},
    company::COMPANIES,
    invitations::{Scripts, Uninvited},
    mailbox::{self, Mailbox},
    places::Places,
    random_name, relying_party,
};

/// A way to sign in: at which app, and as whom.
struct Road {
    name: &'static str,
    tenant: &'static str,
    app: fn(&Places) -> String,
    /// The domain of the person's address decides the rest.
    domain: &'static str,
}

const ROADS: [Road; 5] = [
    Road { name: "upstream", tenant: "contoso", app: |places| places.portal.origin(), domain: "fabrikam.example" },
    Road { name: "saml", tenant: "contoso", app: |places| places.portal.origin(), domain: "litware.example" },
    Road { name: "wsfed", tenant: "contoso", app: |places| places.portal.origin(), domain: "proseware.example" },
    Road { name: "passcode", tenant: "contoso", app: |places| places.portal.origin(), domain: "example.net" },
    Road { name: "passcode", tenant: "northwind", app: |places| places.shipping.origin(), domain: "example.org" },
];

/// The visits each person makes.
const VISITS: [&str; 3] = ["new", "returning", "session"];

const PAGES: usize = 12;
const MAIL_WAIT: Duration = Duration::from_secs(15);

/// Why a person did not arrive.
#[derive(Debug, thiserror::Error)]
enum Astray {
    #[error(transparent)]
    Lost(#[from] Lost),
    #[error("not invited: {0}")]
    Uninvited(#[from] Uninvited),
    #[error("{0}")]
    Said(String),
}

/// What a person went through on the way to the app.
struct Walked {
    claims: Map<String, Value>,
    /// The pages that asked for something.
    pages: Vec<&'static str>,
}

/// Walks every road; an error if one of them did not end in a verified ID token.
pub(super) async fn walk(places: &Places, mailbox: &Mailbox, scripts: &Scripts) -> Result<(), DemoError> {
    let http = relying_party::http()?;
    let mut astray = 0;
    for road in &ROADS {
        let address = format!("{}@{}", random_name("guest"), road.domain);
        let mut browser = Browser::new(http.clone());
        for visit in VISITS {
            if visit == "returning" {
                // no cookie left: only the directory still knows this guest
                browser = Browser::new(http.clone());
            }
            let (requests, began) = (browser.requests, Instant::now());
            let walked = sign_in(&mut browser, &(road.app)(places), &address, mailbox).await;
            let about = json!({ "road": road.name, "tenant": road.tenant, "visit": visit });
            astray += tell(about, walked, browser.requests - requests, began)?;
        }
    }
    astray += invited::walk(places, mailbox, scripts, &http).await?;
    if astray > 0 {
        return Err(DemoError::Astray(astray));
    }
    eprintln!("All roads walked; every ID token was verified.");
    Ok(())
}

/// One line for who arrived; for who did not, words and a one to count.
fn tell(mut about: Value, walked: Result<Walked, Astray>, requests: u32, began: Instant) -> Result<u32, DemoError> {
    match walked {
        Ok(Walked { claims, pages }) => {
            about["claims"] = claims.into();
            about["millis"] = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX).into();
            about["pages"] = pages.into();
            about["requests"] = requests.into();
            writeln!(std::io::stdout(), "{about}")?;
            Ok(0)
        }
        Err(error) => {
            eprintln!("{about}: {error}");
            Ok(1)
        }
    }
}

/// One sign-in, from the app's front page to the app's verified claims.
async fn sign_in(browser: &mut Browser, app: &str, address: &str, mailbox: &Mailbox) -> Result<Walked, Astray> {
    leave(browser, app).await?;
    let mark = mailbox.mark();
    let page = browser.open(&format!("{app}/signin")).await?;
    go_on(browser, page, app, Person { address, mailbox, mark }).await
}

/// Who walks, and where their mail comes.
#[derive(Clone, Copy)]
struct Person<'a> {
    address: &'a str,
    mailbox: &'a Mailbox,
    /// Mails before this one are old.
    mark: u64,
}

/// From any page of a sign-in to the app's verified claims.
async fn go_on(browser: &mut Browser, mut page: Page, app: &str, person: Person<'_>) -> Result<Walked, Astray> {
    let mut pages = Vec::new();
    while !(page.url.as_str().starts_with(app) && page.status.is_success()) {
        if pages.len() >= PAGES {
            return Err(Astray::Said(format!("more than {PAGES} pages, the last is {:?}", page.title())));
        }
        let (kind, next) = answer(browser, &page, person).await?;
        pages.push(kind);
        page = next;
    }
    let claims = browser.open(&format!("{app}/claims.json")).await?;
    let claims: Map<String, Value> = serde_json::from_str(&claims.html).map_err(|_| Astray::Said("the app has no session".into()))?;
    if claims.get("email").and_then(Value::as_str) != Some(person.address) {
        return Err(Astray::Said("the ID token is about another address".into()));
    }
    Ok(Walked { claims, pages })
}

/// Ends the app's own session, by its own button.
async fn leave(browser: &mut Browser, app: &str) -> Result<(), Astray> {
    let home = browser.open(app).await?;
    if let Some(form) = home.forms().iter().find(|form| form.button("signout").is_some()) {
        browser.submit(&home, form, &[], None).await?;
    }
    Ok(())
}

/// Does what the page asks for, as its reader would.
async fn answer(browser: &mut Browser, page: &Page, person: Person<'_>) -> Result<(&'static str, Page), Astray> {
    let Person { address, mailbox, mark } = person;
    let forms = page.forms();
    let asking = |name: &str| forms.iter().find(|form| form.has(name));
    if let Some(form) = asking("code") {
        let mail = timeout(MAIL_WAIT, mailbox.next_to(address, mark)).await;
        let mail = mail.map_err(|_| Astray::Said("no mail came".into()))?;
        let code = mailbox::passcode(&mail.text).ok_or_else(|| Astray::Said("the mail holds no passcode".into()))?;
        return Ok(("passcode", browser.submit(page, form, &[("code", code)], form.button("continue")).await?));
    }
    if let Some(form) = asking("address") {
        return Ok(("address", browser.submit(page, form, &[("address", address)], form.button("continue")).await?));
    }
    if let Some(form) = asking("password") {
        let company = COMPANIES.iter().find(|company| address.ends_with(company.domain));
        let filled = [("username", address), ("password", company.map_or("", |company| company.password))];
        return Ok(("upstream", browser.submit(page, form, &filled, form.button("signin")).await?));
    }
    let consent = if page.html.contains("id=\"document-name\"") { "terms" } else { "consent" };
    for (id, kind) in [("accept-invitation", "invitation"), ("accept", consent), ("continue", "continue")] {
        if let Some((form, button)) = forms.iter().find_map(|form| Some((form, form.button(id)?))) {
            return Ok((kind, browser.submit(page, form, &[], Some(button)).await?));
        }
    }
    if let Some(form) = forms.iter().find(|form| form.is_carrier()) {
        return Ok(("carrier", browser.submit(page, form, &[], None).await?));
    }
    Err(Astray::Said(format!("stuck on {:?} ({}) at {}", page.title(), page.status, page.url.path())))
}
