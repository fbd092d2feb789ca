//! A Gatehouse whose guests come from SimpleSAMLphp (by SAML 2.0 or by its WS-Federation) or from npm `wsfed`.

use std::fs;

use serde_json::{Value, json};

use crate::{
    peers::Peer,
    services::{
        certificates::self_signed,
        ports::free_ports,
        process::Folder,
        simplesamlphp::{ENTITY_ID, ISSUER, SimpleSaml},
    },
    tls::Tls,
    world::{Partner, World},
};

/// SimpleSAMLphp and a Gatehouse that know each other by their metadata.
pub struct Saml {
    pub world: World,
    pub idp: SimpleSaml,
    /// What Gatehouse calls itself towards it.
    pub us: String,
}

impl Saml {
    pub async fn open() -> Self {
        Self::with("").await
    }

    /// `more` are further lines of `[saml.fabrikam]`.
    pub async fn with(more: &str) -> Self {
        let mut idp = SimpleSaml::start().await;
        let world = World::beside(saml(&idp, more)).await;
        let us = idp.know(&world.published("saml/fabrikam/metadata"), &json!({}));
        Self { world, idp, us }
    }

    /// All of it by https, and the provider at another site than Gatehouse, as it is outside.
    pub async fn by_tls(more: &str) -> Self {
        let mut idp = SimpleSaml::start().await;
        let (mut tls, [front]) = (Tls::new(), free_ports());
        tls.before(front, idp.port);
        idp.reached_at(&format!("https://127.0.0.1:{front}/"));
        let world = World::beside_by_tls(saml(&idp, more), tls).await;
        let us = idp.know(&world.published("saml/fabrikam/metadata"), &json!({}));
        Self { world, idp, us }
    }

    /// Gatehouse starts anew with other further lines.
    pub async fn reconfigure(&mut self, more: &str) {
        self.world.reconfigure(saml(&self.idp, more)).await;
    }

    /// Sets how the provider treats us.
    pub fn treat(&mut self, options: &Value) {
        self.idp.treat(&self.us, options);
    }

    /// Has the provider check our requests. What our metadata says of them (`AuthnRequestsSigned`) would count for more than its own wish.
    pub fn insist_on_signed_requests(&mut self) {
        self.treat(&json!({ "validate.authnrequest": true }));
    }

    /// Signs in and insists on claims; what either side wrote down explains a failure.
    pub fn claims(&self, address: &str) -> Value {
        self.must_be_claims(self.sign_in(address, &json!({})), address)
    }

    pub fn sign_in(&self, address: &str, more: &Value) -> Value {
        self.world.sign_in("app-basic", address, more)
    }

    pub fn must_be_claims(&self, said: Value, address: &str) -> Value {
        assert_eq!(said["outcome"], "claims", "{said:#}\n{}\n-- SimpleSAMLphp:\n{}", self.world.logs(), self.idp.log());
        let said = self.world.must_be_claims(said, address);
        assert_eq!(said["claims"]["idp"], "fabrikam", "{said:#}");
        said
    }

    /// Signs in and insists on a page of ours with this code.
    pub fn refused(&self, address: &str, more: &Value, code: &str) -> Value {
        let said = self.sign_in(address, more);
        assert_eq!((&said["outcome"], &said["errorCode"]), (&json!("page"), &json!(code)), "{said:#}\n{}", self.world.logs());
        said
    }

    /// The details of one event that the trail holds of a sign-in.
    pub fn kept(&self, said: &Value, action: &str) -> Value {
        let events = self.world.trail(said);
        let event = events.iter().find(|event| event["action"] == action);
        event.unwrap_or_else(|| panic!("no {action} in {events:#?}"))["details"].clone()
    }
}

fn saml(idp: &SimpleSaml, more: &str) -> Partner {
    let table = format!(
        "[saml.fabrikam]\nname = \"Fabrikam\"\nentity_id = \"{ENTITY_ID}\"\nmetadata_url = \"{}\"\ndomains = [\"fabrikam.example\"]\n{more}\n",
        idp.metadata_url()
    );
    let files = vec![("fabrikam-metadata.pem", idp.certificate("metadata")), ("fabrikam.pem", idp.certificate("now"))];
    Partner { table, place: place(idp.base()), files }
}

/// The same provider by WS-Federation.
pub struct Adfs {
    pub world: World,
    pub idp: SimpleSaml,
}

impl Adfs {
    pub async fn open() -> Self {
        let mut idp = SimpleSaml::start().await;
        let table = wsfed_table(ISSUER, &format!("metadata_url = \"{}\"\n", idp.adfs_metadata_url()));
        let world = World::beside(Partner { table, place: place(idp.base()), files: Vec::new() }).await;
        idp.know_realm(&realm(&world), &format!("{}/callback/fabrikam", world.issuer()));
        Self { world, idp }
    }
}

/// npm `wsfed`, its keys, and a Gatehouse that trusts them.
pub struct Sts {
    pub world: World,
    port: u16,
    keys: Folder,
    peer: Option<Peer>,
}

const STS: &str = "https://sts.fabrikam.example/trust";

impl Sts {
    /// `words` are for the server: `lifetime`, `signatureAlgorithm`, ...; `more` are further lines of `[wsfed.fabrikam]`.
    pub async fn with(words: &Value, more: &str) -> Self {
        let [port] = free_ports();
        let keys = Folder::new("wsfed");
        self_signed(&keys, "now", 30);
        // it asks for a realm when a person comes, not when it starts
        let world = World::beside(partner(&format!("http://localhost:{port}"), more)).await;
        let mut sts = Self { world, port, keys, peer: None };
        sts.start(words);
        sts
    }

    /// All of it by https, and the service at another site than Gatehouse.
    pub async fn by_tls(words: &Value) -> Self {
        let [port, front] = free_ports();
        let keys = Folder::new("wsfed");
        self_signed(&keys, "now", 30);
        let mut tls = Tls::new();
        tls.before(front, port);
        let world = World::beside_by_tls(partner(&format!("https://127.0.0.1:{front}"), ""), tls).await;
        let mut sts = Self { world, port, keys, peer: None };
        sts.start(words);
        sts
    }

    pub async fn reconfigure(&mut self, more: &str) {
        self.world.reconfigure(partner(&format!("http://localhost:{}", self.port), more)).await;
    }

    /// Starts the server, anew if it runs.
    pub fn start(&mut self, words: &Value) {
        if let Some(peer) = self.peer.take() {
            peer.kill();
        }
        let pem = |name: &str| fs::read_to_string(self.keys.file(name)).expect("made at the start");
        let mut spec = json!({
            "port": self.port,
            "issuer": STS,
            "cert": pem("now.pem"),
            "key": pem("now.key"),
            "realms": { realm(&self.world): format!("{}/callback/fabrikam", self.world.issuer()) },
        });
        let fields = spec.as_object_mut().expect("an object");
        fields.extend(words.as_object().expect("an object").clone());
        let peer = Peer::start("wsfed.mjs", &spec);
        assert_eq!(peer.line()["ready"], true);
        self.peer = Some(peer);
    }
}

fn partner(base: &str, more: &str) -> Partner {
    let source = format!("metadata_url = \"{base}/FederationMetadata/2007-06/FederationMetadata.xml\"\n{more}");
    Partner { table: wsfed_table(STS, &source), place: place(base), files: Vec::new() }
}

fn wsfed_table(issuer: &str, more: &str) -> String {
    format!("[wsfed.fabrikam]\nname = \"Fabrikam\"\nissuer = \"{issuer}\"\ndomains = [\"fabrikam.example\"]\n{more}\n")
}

fn realm(world: &World) -> String {
    format!("{}/wsfed", world.issuer())
}

/// `host:port` of an address.
fn place(address: &str) -> String {
    let address = url::Url::parse(address).expect("an address");
    format!("{}:{}", address.host_str().expect("a host"), address.port().expect("a port"))
}
