//! The configuration folder of a world: what an operator would write, with a test's own lines over it.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use gatehouse::store::sessions::Sessions;

use toml::{Table, Value};

use super::{
    World,
    partners::{self, Partners},
};
use crate::oidc_provider::OidcProvider;

/// Every confidential client's secret.
pub const SECRET: &str = "a secret of an app: long enough, by a hair";

/// The default tenant. `{id}` is its id, `{fabrikam}` and `{litware}` are the providers' issuers.
const TENANT: &str = r#"
id = "{id}"
name = "{id} Ltd"
domains = ["{id}.example"]
[privacy]
statement = "https://{id}.example/privacy"
contact = "privacy@{id}.example"
[passcode]
enabled = true
[guests]
admission = "open"
[clients.portal]
name = "Portal"
redirect_uris = ["https://portal.{id}.example/cb", "https://portal.{id}.example/other"]
authentication = "client_secret_basic"
secrets = [{ file = "../../secret" }]
scopes = ["profile", "email"]
launch_url = "https://portal.{id}.example/"
[clients.spa]
name = "Field app"
redirect_uris = ["https://field.{id}.example/cb"]
authentication = "none"
scopes = ["profile", "email"]
[oidc.fabrikam]
name = "Fabrikam"
issuer = "{fabrikam}"
client_id = "gatehouse"
client_secret = { file = "../../upstream-secret" }
domains = ["fabrikam.example"]
lookup = { domains = true }
"#;

/// What a world is to be like. Fragments are TOML: a tenant's go over the default tenant table by table (`[oidc.fabrikam]` too), and
/// what is not a table replaces; sections of `gatehouse.toml` replace whole sections, but `[server]`, which is completed.
#[derive(Default)]
pub struct Setup {
    process: String,
    tenants: BTreeMap<String, String>,
    pub(super) store: Option<Arc<dyn Sessions>>,
    files: BTreeMap<String, String>,
    pub(super) has_partners: bool,
    pub(super) is_by_machine_time: bool,
}

impl Setup {
    pub fn new() -> Self {
        Self { tenants: BTreeMap::from([("contoso".into(), String::new())]), ..Self::default() }
    }

    /// A tenant like `contoso` under its own name, with `fragment` over it. `contoso` is always there.
    #[must_use]
    pub fn tenant(mut self, id: &str, fragment: &str) -> Self {
        self.tenants.insert(id.into(), fragment.into());
        self
    }

    /// Every tenant has Wingtip (`[saml.wingtip]`) and Proseware (`[wsfed.proseware]`), too; a tenant's fragment goes over them.
    #[must_use]
    pub fn partners(mut self) -> Self {
        self.has_partners = true;
        self
    }

    /// Partners go by the machine's time.
    #[must_use]
    pub fn by_machine_time(mut self) -> Self {
        self.is_by_machine_time = true;
        self
    }

    /// Sections of `gatehouse.toml`.
    #[must_use]
    pub fn process(mut self, fragment: &str) -> Self {
        self.process.push_str(fragment);
        self
    }

    /// A session store of the test's own, whatever `[sessions]` says.
    #[must_use]
    pub fn sessions(mut self, store: Arc<dyn Sessions>) -> Self {
        self.store = Some(store);
        self
    }

    /// Whether the test said where sessions are.
    pub(super) fn says_sessions(&self) -> bool {
        self.store.is_some() || self.process.contains("[sessions]")
    }

    /// A file beside the configuration folder: `../{name}` for `gatehouse.toml`, `../../{name}` for a tenant.
    #[must_use]
    pub fn file(mut self, name: &str, text: &str) -> Self {
        self.files.insert(name.into(), text.into());
        self
    }

    pub async fn open(self) -> World {
        World::of(self).await
    }

    /// Writes all of it; the address of the directory.
    pub(super) fn write(
        &self,
        folder: &Path,
        url: &str,
        fabrikam: &OidcProvider,
        litware: &OidcProvider,
        partners: Option<&Partners>,
    ) -> String {
        let config = folder.join("config");
        fs::create_dir_all(config.join("tenants")).unwrap();
        // 32 octets in base64.
        let own =
            [("secret", SECRET), ("upstream-secret", "upstream-secret"), ("seal.key", "aW50ZXJvcC1pbnRlcm9wLWludGVyb3AtaW50ZXJvcCE=")];
        for (name, text) in own.into_iter().chain(self.files.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
            fs::write(folder.join(name), text).unwrap();
        }
        let mut hosts = vec![fabrikam.host(), litware.host()];
        hosts.extend(partners.into_iter().flat_map(Partners::hosts));
        let process = self.settings(folder, url, &hosts);
        fs::write(config.join("gatehouse.toml"), process.to_string()).unwrap();
        for (id, fragment) in &self.tenants {
            let filled = |text: &str| {
                let text = text.replace("{fabrikam}", &fabrikam.issuer()).replace("{litware}", &litware.issuer());
                let text = partners.map_or(text.clone(), |partners| partners.fill(&text));
                text.replace("{id}", id).parse::<Table>().unwrap()
            };
            let mut tenant = filled(TENANT);
            if partners.is_some() {
                merge(&mut tenant, filled(partners::TABLES), 0);
            }
            merge(&mut tenant, filled(fragment), 0);
            fs::write(config.join(format!("tenants/{id}.toml")), tenant.to_string()).unwrap();
        }
        process["directory"]["url"].as_str().unwrap().to_owned()
    }

    fn settings(&self, folder: &Path, url: &str, upstreams: &[String]) -> Table {
        let defaults = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"{url}\"\nworkers = 1\n\
             [directory]\nurl = \"sqlite:{0}/gatehouse.db\"\n[keys]\nseal = {{ file = \"../seal.key\" }}\n\
             [mail]\nfrom = \"Gatehouse <no-reply@login.example>\"\nfolder = \"../outbox\"\n\
             [outbound]\nallow_http = {upstreams:?}\n[telemetry]\nlog = \"off\"\nformat = \"json\"\n",
            folder.display()
        );
        let mut settings: Table = defaults.parse().unwrap();
        for (name, section) in self.process.parse::<Table>().unwrap() {
            match (name.as_str(), section) {
                ("server", Value::Table(section)) => settings["server"].as_table_mut().unwrap().extend(section),
                (_, section) => drop(settings.insert(name, section)),
            }
        }
        settings
    }
}

/// Tables down to one provider or client are joined; what is below is a value.
fn merge(base: &mut Table, over: Table, depth: u8) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Table(base)), Value::Table(over)) if depth < 2 => merge(base, over, depth + 1),
            (_, value) => drop(base.insert(name, value)),
        }
    }
}
