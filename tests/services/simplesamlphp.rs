//! SimpleSAMLphp 1.19 of Debian as an identity provider: SAML 2.0 at `/saml2/idp/`, WS-Federation by its module `adfs`.
//!
//! It runs below PHP's own server on a configuration of its own; what Debian configured is never read. All that a test sets, it reads
//! anew at each request, so options change while it runs.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::{Map, Value, json};

use super::{
    certificates::self_signed,
    ports::free_ports,
    process::{Folder, Process, is_listening, program, until},
};

const WWW: &str = "/usr/share/simplesamlphp/www";

/// How it calls itself in SAML, and in WS-Federation.
pub const ENTITY_ID: &str = "https://idp.fabrikam.example/saml";
pub const ISSUER: &str = "https://idp.fabrikam.example/adfs/services/trust";

pub const IMMUTABLE_ID: &str = "http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID";
const ADDRESS_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
const NAME_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";

/// Everybody signs in with their address and this password.
pub const PASSWORD: &str = "any";
/// Who has an account. The last one lives in a domain that is not the provider's.
pub const PEOPLE: &[(&str, &str)] =
    &[("ana", "fabrikam.example"), ("ben", "fabrikam.example"), ("cleo", "fabrikam.example"), ("eve", "elsewhere.example")];

const FILES: &[(&str, &str)] = &[
    ("settings.php", include_str!("simplesamlphp/settings.php")),
    ("config.php", include_str!("simplesamlphp/config.php")),
    ("authsources.php", include_str!("simplesamlphp/authsources.php")),
    ("read_metadata.php", include_str!("simplesamlphp/read_metadata.php")),
    ("metadata/saml20-idp-hosted.php", include_str!("simplesamlphp/metadata/saml20-idp-hosted.php")),
    ("metadata/saml20-sp-remote.php", include_str!("simplesamlphp/metadata/saml20-sp-remote.php")),
    ("metadata/adfs-idp-hosted.php", include_str!("simplesamlphp/metadata/adfs-idp-hosted.php")),
    ("metadata/adfs-sp-remote.php", include_str!("simplesamlphp/metadata/adfs-sp-remote.php")),
];

/// A running provider. Ended and forgotten on drop.
#[derive(Debug)]
pub struct SimpleSaml {
    pub port: u16,
    php: PathBuf,
    process: Option<Process>,
    settings: Value,
    folder: Folder,
}

impl SimpleSaml {
    pub async fn start() -> Self {
        assert!(
            fs::exists(WWW).unwrap_or(false),
            "this test needs SimpleSAMLphp: apt-get install simplesamlphp php-cli php-xml php-mbstring"
        );
        let [port] = free_ports();
        let folder = Folder::new("simplesamlphp");
        for name in ["metadata", "temp"] {
            fs::create_dir(folder.file(name)).expect("the folder is ours");
        }
        for (name, text) in FILES {
            fs::write(folder.file(name), text).expect("the folder is ours");
        }
        let mut provider = Self { port, php: program("php", "php-cli"), process: None, settings: settings(port), folder };
        provider.key_pair("now", 30);
        provider.key_pair("metadata", 30);
        provider.write();
        // without workers of its own: they would outlive it
        let configuration = format!("SIMPLESAMLPHP_CONFIG_DIR={}", provider.folder.path().display());
        let place = format!("127.0.0.1:{port}");
        #[rustfmt::skip]
        let words = [configuration.as_str(), "php", "-d", "display_errors=stderr", "-S", &place, "-t", WWW];
        let process = provider.process.insert(Process::start(provider.folder.path(), "KILL", &program("env", "coreutils"), &words));
        until(&format!("SimpleSAMLphp listens on {port}: {}", process.log()), || is_listening(port)).await;
        provider
    }

    /// `http://localhost:PORT/`, or where it is reached instead.
    pub fn base(&self) -> &str {
        self.settings["base"].as_str().expect("set at the start")
    }

    /// It stands behind something that speaks TLS for it, at this address.
    pub fn reached_at(&mut self, base: &str) {
        self.settings["base"] = json!(base);
        self.write();
    }

    pub fn metadata_url(&self) -> String {
        format!("{}saml2/idp/metadata.php", self.base())
    }

    pub fn sign_in_url(&self) -> String {
        format!("{}saml2/idp/SSOService.php", self.base())
    }

    pub fn sign_out_url(&self) -> String {
        format!("{}saml2/idp/SingleLogoutService.php", self.base())
    }

    /// Where the provider itself begins a sign-in at a service provider nobody asked for.
    pub fn portal_url(&self, service_provider: &str) -> String {
        let mut url = url::Url::parse(&self.sign_in_url()).expect("ours");
        url.query_pairs_mut().append_pair("spentityid", service_provider);
        url.into()
    }

    /// Where the provider itself begins to sign a person out everywhere.
    pub fn sign_out_everywhere_url(&self, then: &str) -> String {
        let mut url = url::Url::parse(&format!("{}saml2/idp/initSLO.php", self.base())).expect("ours");
        url.query_pairs_mut().append_pair("RelayState", then);
        url.into()
    }

    pub fn adfs_url(&self) -> String {
        format!("{}module.php/adfs/idp/prp.php", self.base())
    }

    pub fn adfs_metadata_url(&self) -> String {
        format!("{}module.php/adfs/idp/metadata.php", self.base())
    }

    /// What it writes down, for a test that failed.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.file("simplesamlphp.log")).unwrap_or_default()
    }

    /// The certificate of a key pair, in PEM: `now`, `metadata`, or one made since.
    pub fn certificate(&self, name: &str) -> String {
        fs::read_to_string(self.folder.file(&format!("{name}.pem"))).expect("a key pair of this name")
    }

    /// Makes a key pair that is not in use yet; see [`SimpleSaml::publish_also`] and [`SimpleSaml::sign_with`].
    pub fn key_pair(&self, name: &str, days: u16) {
        self_signed(&self.folder, name, days);
    }

    /// Publishes a second certificate beside the one in use.
    pub fn publish_also(&mut self, name: &str) {
        self.set(&json!({ "new_privatekey": format!("{name}.key"), "new_certificate": format!("{name}.pem") }));
    }

    /// From now on signs with this key pair, and publishes it alone.
    pub fn sign_with(&mut self, name: &str) {
        for (set, id) in [("saml20-idp-hosted", ENTITY_ID), ("adfs-idp-hosted", ISSUER)] {
            let options = self.options(set, id);
            options.retain(|option, _| !option.starts_with("new_"));
            options.insert("privatekey".into(), json!(format!("{name}.key")));
            options.insert("certificate".into(), json!(format!("{name}.pem")));
        }
        self.write();
    }

    /// Sets options of the provider itself, in both protocols: `validate.authnrequest`, `signature.algorithm`, ...
    pub fn set(&mut self, options: &Value) {
        for (set, id) in [("saml20-idp-hosted", ENTITY_ID), ("adfs-idp-hosted", ISSUER)] {
            merge(self.options(set, id), options);
        }
        self.write();
    }

    /// Makes a service provider known by the metadata it publishes, as SimpleSAMLphp's own parser reads it, with options on top. Answers
    /// its entity id.
    pub fn know(&mut self, metadata: &str, options: &Value) -> String {
        let read = self.read_metadata(metadata);
        let (entity_id, mut known) = read.into_iter().next().expect("a service provider in the metadata");
        merge(known.as_object_mut().expect("an object"), options);
        self.settings["saml20-sp-remote"] = json!({ &entity_id: known });
        self.write();
        entity_id
    }

    /// Sets options for a service provider that is known already.
    pub fn treat(&mut self, entity_id: &str, options: &Value) {
        merge(self.options("saml20-sp-remote", entity_id), options);
        self.write();
    }

    /// Makes a relying party of WS-Federation known.
    pub fn know_realm(&mut self, realm: &str, reply: &str) {
        let address = url::Url::parse(reply).expect("an address");
        let place = format!("{}:{}", address.host_str().expect("a host"), address.port().expect("a port"));
        self.settings["trusted"] = json!([place]);
        let party = json!({ "prp": reply, "simplesaml.nameidattribute": ADDRESS_CLAIM });
        self.settings["adfs-sp-remote"] = json!({ realm: party });
        self.write();
    }

    fn read_metadata(&self, metadata: &str) -> Map<String, Value> {
        let mut reader = Command::new(&self.php)
            .arg(self.folder.file("read_metadata.php"))
            .env("SIMPLESAMLPHP_CONFIG_DIR", self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("php starts");
        reader.stdin.take().expect("piped").write_all(metadata.as_bytes()).expect("php reads");
        let output = reader.wait_with_output().expect("php ends");
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint =
            || format!("SimpleSAMLphp cannot read this metadata: {said}{}\n{metadata}", String::from_utf8_lossy(&output.stderr));
        match serde_json::from_str(&said) {
            Ok(Value::Object(read)) if output.status.success() && !read.is_empty() => read,
            _ => panic!("{}", complaint()),
        }
    }

    fn options(&mut self, set: &str, id: &str) -> &mut Map<String, Value> {
        self.settings[set][id].as_object_mut().unwrap_or_else(|| panic!("nobody made {id} known in {set}"))
    }

    /// A whole file or the one before it: it is read at any moment.
    fn write(&self) {
        let (next, place) = (self.folder.file("settings.next"), self.folder.file("settings.json"));
        fs::write(&next, self.settings.to_string()).and_then(|()| fs::rename(&next, &place)).expect("the folder is ours");
    }
}

fn base(port: u16) -> String {
    format!("http://localhost:{port}/")
}

fn merge(known: &mut Map<String, Value>, options: &Value) {
    known.extend(options.as_object().expect("an object").clone());
}

fn settings(port: u16) -> Value {
    let user = |(name, domain): &(&str, &str)| {
        let address = format!("{name}@{domain}");
        let attributes = json!({
            "uid": [name],
            "mail": [address],
            "displayName": [format!("{}{} of Fabrikam", name[..1].to_uppercase(), &name[1..])],
            IMMUTABLE_ID: [format!("immutable-{name}")],
        });
        (format!("{address}:{PASSWORD}"), attributes)
    };
    let hosted = json!({ "host": "__DEFAULT__", "privatekey": "now.key", "certificate": "now.pem", "auth": "users" });
    let with = |more: Value| {
        let mut options = hosted.as_object().expect("an object").clone();
        merge(&mut options, &more);
        options
    };
    let saml = with(json!({
        "userid.attribute": "uid",
        "NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "SingleSignOnServiceBinding": [
            "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
            "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
        ],
        "SingleLogoutServiceBinding": [
            "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
            "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
        ],
        "sign.logout": true,
        "validate.logout": true,
    }));
    let claims = json!({ "class": "core:AttributeMap", "mail": ADDRESS_CLAIM, "displayName": NAME_CLAIM });
    let adfs = with(json!({ "authproc": { "100": claims } }));
    json!({
        "base": base(port),
        "trusted": [],
        "users": PEOPLE.iter().map(user).collect::<Map<_, _>>(),
        "saml20-idp-hosted": { ENTITY_ID: saml },
        "saml20-sp-remote": {},
        "adfs-idp-hosted": { ISSUER: adfs },
        "adfs-sp-remote": {},
    })
}
