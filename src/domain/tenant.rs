//! A tenant: the organisation that lets guests in, its issuer, and its policies, already checked.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use url::Url;

use super::{
    address::{DomainName, EmailAddress},
    client::Client,
    collaboration::InvitationPolicy,
    federation::FederationPolicy,
    home_realm::{Edition, RealmPolicy},
    id::{ClientId, IdpId, TenantId, TermsId},
    identity::Voucher,
    identity_provider::IdentityProvider,
    locale::Locale,
    terms::Terms,
    token_policy::TokenPolicy,
};

#[derive(Debug, Clone)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    /// Verified domains; each is also a first path segment that leads here.
    pub domains: Vec<DomainName>,
    pub issuer: Issuer,
    pub default_locale: Locale,
    pub branding: Branding,
    pub privacy: Privacy,
    pub home_realm: RealmPolicy,
    pub passcode: PasscodePolicy,
    pub admission: Admission,
    pub clients: BTreeMap<ClientId, Client>,
    pub providers: BTreeMap<IdpId, IdentityProvider>,
    pub tokens: TokenPolicy,
    pub federation: FederationPolicy,
    pub invitations: InvitationPolicy,
    /// In the order they are shown, which is that of their ids.
    pub terms: BTreeMap<TermsId, Terms>,
}

impl Tenant {
    /// Whether somebody known by this voucher can still sign in: what is closed for signing in is closed for stickiness
    /// (`behaviour.md` §3.4) and for sessions that came by it (`security.md` D5).
    pub fn serves(&self, voucher: &Voucher) -> bool {
        match voucher {
            Voucher::Provider(id) => self.providers.contains_key(id),
            Voucher::Passcode => self.home_realm.is_passcode_on,
            Voucher::EmailVerified => self.home_realm.edition == Edition::E2021,
        }
    }

    /// What people know it by besides its name: the first verified domain, as it is read, else the id.
    pub fn primary_domain(&self) -> String {
        self.domains.first().map_or_else(|| self.id.to_string(), DomainName::display)
    }

    /// What stands after the `@` of its guests' principal names: the first verified domain, else a name under the issuer's host.
    pub fn initial_domain(&self) -> String {
        match self.domains.first() {
            Some(domain) => domain.to_string(),
            None => {
                let host = Url::parse(&self.issuer.url).ok().and_then(|url| url.host_str().map(str::to_owned));
                host.map_or_else(|| self.id.to_string(), |host| format!("{}.{host}", self.id))
            }
        }
    }

    /// The apps that live where this page is.
    pub fn apps_at(&self, page: &Url) -> impl Iterator<Item = &Client> {
        let origin = page.origin();
        self.clients.values().filter(move |client| {
            let mut redirects = client.redirect_uris.iter().filter_map(|uri| Url::parse(uri.as_str()).ok());
            redirects.any(|uri| uri.origin() == origin) || client.launch_url.as_ref().is_some_and(|url| url.origin() == origin)
        })
    }

    /// What a page of an app is called where people read it: the app's name, if only one lives there, else the host.
    pub fn name_of_page(&self, page: &Url) -> Option<String> {
        let mut apps = self.apps_at(page);
        match (apps.next(), apps.next()) {
            (Some(app), None) => Some(app.name.clone()),
            _ => page.host_str().map(str::to_owned),
        }
    }
}

/// The one canonical issuer of a tenant: `{public_url}/{segment}`, no trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The id, or a verified domain if the operator said so.
    pub segment: String,
    pub url: String,
}

impl Issuer {
    /// `public_url` has no path but `/`; the check of settings sees to it.
    pub fn new(public_url: &Url, segment: &str) -> Self {
        let origin = public_url.origin().ascii_serialization();
        Self { segment: segment.to_owned(), url: format!("{origin}/{segment}") }
    }

    /// An address under this issuer: `at("/token")`.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

#[derive(Debug, Clone, Default)]
pub struct Branding {
    /// An SVG, PNG or WebP beside the tenant file.
    pub logo: Option<PathBuf>,
    /// Accent colour, `#rrggbb`; the check refuses one that text can't be read on.
    pub color: Option<String>,
}

/// What Review permissions links to. Neither set: the page says plainly that none was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Privacy {
    pub statement: Option<Url>,
    pub contact: Option<EmailAddress>,
}

/// Who becomes a guest at a direct link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Admission {
    /// Only people already in the directory, as in Entra (`behaviour.md` §2.2).
    #[default]
    Invited,
    /// Anyone a configured road proves: a guest is made, pending until consent.
    Open,
}

/// Email one-time passcodes: `behaviour.md` §8.3. Enabled or not is [`RealmPolicy`]'s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasscodePolicy {
    /// Digits in a code.
    pub length: u8,
    pub lifetime: Duration,
    /// Wrong entries after which a code is dead.
    pub attempts: u8,
    /// Least time between two mails of one sign-in.
    pub resend_gap: Duration,
    /// Mails one address may cause in `window`.
    pub sends_per_address: u32,
    /// Mails one client IP may cause in `window`.
    pub sends_per_ip: u32,
    /// Wrong entries one address may see in `window`, over all sign-ins (`security.md` E4).
    pub guesses_per_address: u32,
    /// Wrong entries all addresses of the tenant together may see in `window`.
    pub guesses_per_tenant: u32,
    pub window: Duration,
}

impl Default for PasscodePolicy {
    fn default() -> Self {
        Self {
            length: 8,
            lifetime: Duration::from_secs(30 * 60),
            attempts: 5,
            resend_gap: Duration::from_secs(60),
            sends_per_address: 5,
            sends_per_ip: 30,
            guesses_per_address: 20,
            guesses_per_tenant: 1000,
            window: Duration::from_secs(15 * 60),
        }
    }
}
