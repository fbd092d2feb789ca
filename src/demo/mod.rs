//! `gatehouse demo`: Gatehouse on embedded defaults among sample neighbours, all on loopback: two apps, an identity provider
//! of each kind, one mailbox. Starts and stops them, and owns nothing of how Gatehouse works: it is handed a way to start one.

mod app;
mod browser;
pub mod company;
mod configuration;
mod form;
mod guide;
mod headless;
mod inbox;
mod invitations;
mod mailbox;
mod mime;
mod neighbours;
mod page;
pub mod partner;
mod places;
mod relying_party;
mod sample_tenants;
mod shelf;
mod signing_key;
mod upstream;

use std::{
    error::Error,
    net::TcpListener,
    path::{Path, PathBuf},
};

use self::{invitations::Scripts, mailbox::Mailbox, neighbours::Rooms, places::Places};
use crate::{clock::Clock, random};

const DEFAULT_PORT: u16 = 8080;
const DEFAULT_FOLDER: &str = ".demo";

/// The arguments of `gatehouse demo`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DemoOptions {
    /// Port of Gatehouse; the neighbours take the nine after it. 0: any free ports
    #[arg(long)]
    pub port: Option<u16>,
    /// Where configuration and data are kept [default: .demo; with --headless a folder that is removed afterwards]
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Sign in on every road without a person, print one JSON object per sign-in, and end
    #[arg(long)]
    pub headless: bool,
}

/// What Gatehouse is started with.
#[derive(Debug)]
pub struct Opening {
    /// The configuration directory.
    pub config: PathBuf,
    pub clock: Clock,
    /// Bound to the `server.listen` of that configuration, so that nobody else takes the port meanwhile. Whoever would
    /// rather bind it anew drops this first.
    pub listener: TcpListener,
}

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("Gatehouse did not start: {0}")]
    Gatehouse(#[source] Box<dyn Error>),
    #[error("no sample partner: {0}")]
    Partner(#[from] partner::PartnerError),
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    #[error("{0} of the sign-ins did not arrive")]
    Astray(u32),
}

/// Runs the demo until Ctrl-C, or with `--headless` until every road is walked. `serve` starts Gatehouse and answers how to
/// stop it.
pub async fn run<Serve, Serving, Stop, Failure>(options: DemoOptions, clock: Clock, serve: Serve) -> Result<(), DemoError>
where
    Serve: FnOnce(Opening) -> Serving,
    Serving: Future<Output = Result<Stop, Failure>>,
    Stop: AsyncFnOnce(),
    Failure: Into<Box<dyn Error>>,
{
    let first = options.port.unwrap_or(if options.headless { 0 } else { DEFAULT_PORT });
    let visitor = if options.headless { Visitor::Headless } else { Visitor::Person };
    let passing = options.headless && options.folder.is_none();
    let folder = match options.folder {
        Some(folder) => folder,
        None if passing => std::env::temp_dir().join(random_name("gatehouse-demo")),
        None => PathBuf::from(DEFAULT_FOLDER),
    };
    std::fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    let outcome = inhabit(&folder, first, visitor, &clock, serve).await;
    if passing {
        std::fs::remove_dir_all(&folder)?;
    }
    outcome
}

/// Who signs in.
#[derive(Clone, Copy)]
enum Visitor {
    Person,
    Headless,
}

async fn inhabit<Serve, Serving, Stop, Failure>(
    folder: &Path,
    first_port: u16,
    visitor: Visitor,
    clock: &Clock,
    serve: Serve,
) -> Result<(), DemoError>
where
    Serve: FnOnce(Opening) -> Serving,
    Serving: Future<Output = Result<Stop, Failure>>,
    Stop: AsyncFnOnce(),
    Failure: Into<Box<dyn Error>>,
{
    // whoever came first keeps its choice of cryptography
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let (places, listeners) = places::take(first_port)?;
    let written = configuration::write(folder, &places)?;
    let opening = Opening { config: written.config.clone(), clock: clock.clone(), listener: listeners.gatehouse };
    let rooms = Rooms {
        guide: listeners.guide,
        portal: listeners.portal,
        orders: listeners.orders,
        shipping: listeners.shipping,
        upstream: listeners.upstream,
        saml: listeners.saml,
        ws_fed: listeners.ws_fed,
        mailbox: listeners.mailbox,
    };
    let mailbox = Mailbox::default();
    let post = mailbox::receive(listeners.smtp, mailbox.clone())?;
    let scripts = Scripts::new(&places, &written)?;
    let neighbours = rooms.open(&places, written, &mailbox, clock)?;
    let outcome = match serve(opening).await {
        Err(failure) => Err(DemoError::Gatehouse(failure.into())),
        Ok(stop) => {
            let outcome = match visitor {
                Visitor::Headless => headless::walk(&places, &mailbox, &scripts).await,
                Visitor::Person => {
                    welcome(folder, &places);
                    invite(&scripts, &places).await;
                    tokio::signal::ctrl_c().await.map_err(DemoError::from)
                }
            };
            stop().await;
            outcome
        }
    };
    for handle in neighbours {
        handle.stop(false).await;
    }
    post.abort();
    outcome
}

/// Those who were in already, in an earlier demo, are not invited again, and that is no news.
async fn invite(scripts: &Scripts, places: &Places) {
    for invitation in invitations::samples(places) {
        if let Err(error) = scripts.contoso.invite(&invitation).await {
            eprintln!("{} was not invited: {error}", invitation.address);
        }
    }
}

fn welcome(folder: &Path, places: &Places) {
    println!(
        "
Gatehouse runs, with sample neighbours. Begin here:

  Five minutes         {guide}   (what to try, step by step)

  Mailbox              {mailbox}   (every mail lands here: three invitations, and every passcode)
  Contoso Portal       {portal}
  Contoso Orders       {orders}   (for those it is assigned to)
  Northwind Shipping   {shipping}   (passcodes only, rules of edition 2021)
  My Apps              {gatehouse}/contoso/apps

Without an invitation, at the Contoso Portal:
  ana@fabrikam.example   is sent to Fabrikam to sign in; the password there is \"{password}\"
  lena@litware.example   likewise by SAML 2.0, and petra@proseware.example by WS-Federation
  you@example.net        gets a passcode: read it in the mailbox

Also here: Gatehouse {gatehouse}   Fabrikam {upstream}
           Litware {litware}   Proseware {proseware}
Configuration and data: {folder}   (remove it to begin anew)

Ctrl-C stops everything.
",
        guide = places.guide.origin(),
        portal = places.portal.origin(),
        orders = places.orders.origin(),
        shipping = places.shipping.origin(),
        mailbox = places.mailbox.origin(),
        gatehouse = places.gatehouse.origin(),
        upstream = places.upstream.origin(),
        litware = places.saml.origin(),
        proseware = places.ws_fed.origin(),
        password = company::FABRIKAM.password,
        folder = folder.display(),
    );
}

/// A name nobody had before.
fn random_name(stem: &str) -> String {
    let [a, b, c, d] = random::bytes::<4>();
    format!("{stem}-{a:02x}{b:02x}{c:02x}{d:02x}")
}

#[cfg(test)]
mod tests {
    use actix_web::dev::ServerHandle;

    use super::{
        browser::{Browser, Page},
        neighbours::run_aside,
        relying_party::RelyingParty,
        *,
    };
    use crate::domain::{secret::Secret, timestamp::Timestamp};

    /// The portal as Fabrikam's own client: the neighbours alone, without a Gatehouse between them.
    fn portal_at_fabrikam(now: i64) -> (String, String, Vec<ServerHandle>) {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let clock = Clock::movable(Timestamp::from_unix(now));
        let (places, listeners) = places::take(0).unwrap();
        let (app, issuer) = (places.portal.origin(), places.upstream.origin());
        let redirect_uri = format!("{app}/callback");
        let secret = || Secret::new(String::from("s:e c+r%et"));
        let client = upstream::Registration { client_id: "portal".into(), client_secret: secret(), redirect_uri: redirect_uri.clone() };
        let registration =
            relying_party::Registration { issuer: issuer.clone(), client_id: "portal".into(), client_secret: secret(), redirect_uri };
        let portal = RelyingParty::new(registration, relying_party::http().unwrap());
        let started = [
            upstream::start(listeners.upstream, &issuer, client, &clock).unwrap(),
            app::start(listeners.portal, app::PORTAL, portal, &clock).unwrap(),
        ];
        (app, issuer, started.map(run_aside).into())
    }

    /// `openidconnect` asks the system for the time.
    fn system_now() -> i64 {
        Clock::system().now().unix()
    }

    async fn press(browser: &mut Browser, page: &Page, filled: &[(&str, &str)], value: &str) -> Page {
        let forms = page.forms();
        let pressed = forms.iter().find_map(|form| Some((form, form.buttons.iter().find(|b| b.value == value || b.id == value)?)));
        let (form, button) = pressed.unwrap();
        browser.submit(page, form, filled, Some(button)).await.unwrap()
    }

    #[tokio::test]
    async fn the_app_and_the_provider_understand_each_other() {
        let (app, issuer, _running) = portal_at_fabrikam(system_now());
        let mut browser = Browser::new(relying_party::http().unwrap());
        assert!(browser.open(&app).await.unwrap().html.contains("Sign in"));
        let page = browser.open(&format!("{app}/signin")).await.unwrap();
        assert_eq!(page.title(), "Sign in · Fabrikam");
        let again = press(&mut browser, &page, &[("username", "ana@fabrikam.example"), ("password", "wrong")], "signin").await;
        assert!(again.html.contains("role=\"alert\""));
        let elsewhere = press(&mut browser, &page, &[("username", "ana@other.example"), ("password", "fabrikam")], "signin").await;
        assert!(elsewhere.html.contains("role=\"alert\""));
        let home = press(&mut browser, &page, &[], "ana@fabrikam.example").await;
        assert!(home.html.contains("Hello, Ana Torres"), "{}", home.html);
        let claims = browser.open(&format!("{app}/claims.json")).await.unwrap();
        let claims: serde_json::Value = serde_json::from_str(&claims.html).unwrap();
        assert_eq!((&claims["email"], &claims["email_verified"]), (&"ana@fabrikam.example".into(), &true.into()));
        assert_eq!((&claims["iss"], &claims["aud"]), (&issuer.into(), &"portal".into()));
        let out = press(&mut browser, &home, &[], "signout").await;
        assert!(out.html.contains("Welcome"));
        assert_eq!(browser.open(&format!("{app}/claims.json")).await.unwrap().status, 401);
    }

    #[tokio::test]
    async fn a_sign_in_is_spent_once_and_belongs_to_its_browser() {
        let (app, _, _running) = portal_at_fabrikam(system_now());
        let mut browser = Browser::new(relying_party::http().unwrap());
        let page = browser.open(&format!("{app}/signin")).await.unwrap();
        let mut other = Browser::new(relying_party::http().unwrap());
        let stolen = press(&mut other, &page, &[], "ben@fabrikam.example").await;
        assert_eq!((stolen.status.as_u16(), stolen.html.contains("no sign-in that this browser began")), (400, true));
        let late = press(&mut browser, &page, &[], "ben@fabrikam.example").await;
        assert_eq!((late.status.as_u16(), late.title()), (400, "That did not work · Fabrikam"));
    }

    #[tokio::test]
    async fn the_app_refuses_a_token_of_yesterday() {
        let (app, _, _running) = portal_at_fabrikam(system_now() - 86_400);
        let mut browser = Browser::new(relying_party::http().unwrap());
        let page = browser.open(&format!("{app}/signin")).await.unwrap();
        let home = press(&mut browser, &page, &[], "ben@fabrikam.example").await;
        assert_eq!((home.status.as_u16(), home.html.contains("The ID token is not valid")), (400, true), "{}", home.html);
    }
}
