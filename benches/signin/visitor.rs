//! A virtual user: a cookie jar, a browser's manners, and the app behind it. Walks whatever pages it is shown.

use std::{collections::BTreeMap, fmt::Write as _, net::SocketAddr, rc::Rc};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use gatehouse::random;
use serde_json::Value;
use url::Url;

use crate::{
    Answer,
    stub::{self, Stub},
    wire::{Reply, Wire},
};

pub(crate) const TENANT: &str = "bench";
pub(crate) const APP: &str = "portal";
pub(crate) const APP_SECRET: &str = "a-secret-that-only-the-benchmark-knows";
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";
const PAGES: usize = 12;

/// How a sign-in goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Road {
    /// Types an address nobody has seen; consents.
    New,
    /// Types a known address in a browser without cookies.
    Returning,
    /// The same, the app having said who comes (`login_hint`).
    Hinted,
    /// Comes back with the session of an earlier sign-in.
    Session,
}

impl Road {
    pub(crate) const ALL: [Self; 4] = [Self::New, Self::Returning, Self::Hinted, Self::Session];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::New => "new guest",
            Self::Returning => "returning guest",
            Self::Hinted => "returning guest, login_hint",
            Self::Session => "returning with session",
        }
    }
}

/// Whether the ID token is really verified. Under load only its presence is looked at: verifying costs the client, not the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    Verify,
    Glance,
}

/// What every visitor knows.
pub(crate) struct World {
    pub(crate) stub: Rc<Stub>,
    pub(crate) gatehouse: SocketAddr,
    /// Public keys of the tenant, as uncompressed points by key id.
    keys: BTreeMap<String, Vec<u8>>,
}

impl World {
    pub(crate) async fn of(stub: &Rc<Stub>, gatehouse: SocketAddr) -> Answer<Self> {
        let mut world = Self { stub: Rc::clone(stub), gatehouse, keys: BTreeMap::new() };
        world.learn_keys().await?;
        Ok(world)
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.gatehouse)
    }

    pub(crate) fn issuer(&self) -> String {
        format!("http://{}/{TENANT}", self.gatehouse)
    }

    /// Reads the tenant's JWK Set.
    async fn learn_keys(&mut self) -> Answer<()> {
        let jwks: Value = serde_json::from_str(&Wire::new(self.gatehouse).get(&format!("/{TENANT}/jwks"), "").await?.body)?;
        for key in jwks["keys"].as_array().into_iter().flatten().filter(|key| key["crv"] == "P-256") {
            let of = |name: &str| key[name].as_str().unwrap_or_default();
            let point = [vec![4], URL_SAFE_NO_PAD.decode(of("x"))?, URL_SAFE_NO_PAD.decode(of("y"))?].concat();
            self.keys.insert(of("kid").to_owned(), point);
        }
        Ok(())
    }
}

pub(crate) struct Visitor {
    world: Rc<World>,
    pub(crate) wire: Wire,
    jar: BTreeMap<String, String>,
    pub(crate) address: String,
}

/// Where a step of the walk ends.
enum Arrival {
    Page(Reply),
    /// Back at the app, with these parameters.
    App(Url),
}

impl Visitor {
    pub(crate) fn new(world: &Rc<World>, address: String) -> Self {
        Self { world: Rc::clone(world), wire: Wire::new(world.gatehouse), jar: BTreeMap::new(), address }
    }

    pub(crate) fn forget_cookies(&mut self) {
        self.jar.clear();
    }

    /// One whole sign-in; `road` says only what is sent at its begin.
    pub(crate) async fn sign_in(&mut self, road: Road, care: Care) -> Answer<()> {
        let (state, nonce, verifier) = (random::token(), random::token(), random::token());
        let challenge = random::sha256_base64url(verifier.reveal().as_bytes());
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", APP)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("scope", "openid profile email")
            .append_pair("state", state.reveal())
            .append_pair("nonce", nonce.reveal())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if road == Road::Hinted {
            query.append_pair("login_hint", &self.address);
        }
        let first = self.get(&format!("/{TENANT}/authorize?{}", query.finish())).await?;
        let mut arrival = self.follow(first).await?;
        for _ in 0..PAGES {
            match arrival {
                Arrival::App(to) => return self.collect(&to, state.reveal(), nonce.reveal(), verifier.reveal(), care).await,
                Arrival::Page(page) => {
                    let reply = self.fill(&page).await?;
                    arrival = self.follow(reply).await?;
                }
            }
        }
        Err("too many pages".into())
    }

    /// Goes where it is sent, until there is a page to read. The upstream's page is not played: its answer comes at once.
    async fn follow(&mut self, mut reply: Reply) -> Answer<Arrival> {
        for _ in 0..PAGES {
            let Some(location) = reply.location.take() else {
                return Ok(Arrival::Page(reply));
            };
            if let Some(path) = location.strip_prefix(&self.world.origin()).or(location.starts_with('/').then_some(&location)) {
                let path = path.to_owned();
                reply = self.get(&path).await?;
                continue;
            }
            let to = Url::parse(&location)?;
            if location.starts_with(REDIRECT_URI) {
                return Ok(Arrival::App(to));
            }
            if !location.starts_with(&self.world.stub.issuer) {
                return Err(format!("sent to {location}").into());
            }
            let of =
                |name: &str| to.query_pairs().find(|(known, _)| known == name).map_or_else(String::new, |(_, value)| value.into_owned());
            let mut back = Url::parse(&of("redirect_uri"))?;
            back.query_pairs_mut()
                .append_pair("code", &stub::code(&self.address, &of("nonce")))
                .append_pair("state", &of("state"))
                .append_pair("iss", &self.world.stub.issuer);
            reply = self.get(&format!("{}?{}", back.path(), back.query().unwrap_or_default())).await?;
        }
        Err("going in circles".into())
    }

    /// Types the address, or accepts.
    async fn fill(&mut self, page: &Reply) -> Answer<Reply> {
        let html = &page.body;
        let (marker, field, value) = if html.contains("name=\"address\"") {
            ("name=\"address\"", "address", self.address.as_str())
        } else if html.contains("id=\"accept\"") {
            ("id=\"accept\"", "decision", "accept")
        } else {
            let title = html.split_once("<title>").and_then(|(_, rest)| rest.split_once('<')).map_or("", |(title, _)| title);
            return Err(format!("stuck on {title:?}, {}", page.status).into());
        };
        let at = html.find(marker).unwrap_or_default();
        let form = html[..at].rfind("<form").ok_or("no form")?;
        let action = attribute(&html[form..], "action").ok_or("no action")?.replace("&amp;", "&");
        let token = html[form..].find("name=\"form\"").map(|at| form + at).ok_or("no form token")?;
        let input = html[..token].rfind('<').ok_or("no form token")?;
        let token = attribute(&html[input..], "value").ok_or("no form token")?;
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("form", token).append_pair(field, value).finish();
        let path = action.strip_prefix(&self.world.origin()).unwrap_or(&action).to_owned();
        let headers = format!("{}Origin: {}\r\n", self.cookies(), self.world.origin());
        let reply = self.wire.post(&path, &headers, &body).await?;
        self.keep(&reply);
        Ok(reply)
    }

    /// The app's part: the code becomes an ID token.
    async fn collect(&mut self, to: &Url, state: &str, nonce: &str, verifier: &str, care: Care) -> Answer<()> {
        let of = |name: &str| to.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        if of("state").as_deref() != Some(state) {
            return Err("another state".into());
        }
        let code = of("code").ok_or_else(|| format!("no code: {:?}", of("error")))?;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", &code)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("code_verifier", verifier)
            .finish();
        let headers = format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("{APP}:{APP_SECRET}")));
        let reply = self.wire.post(&format!("/{TENANT}/token"), &headers, &body).await?;
        match care {
            Care::Glance if reply.status == 200 && reply.body.contains("\"id_token\"") => Ok(()),
            Care::Glance => Err(format!("no token: {} {}", reply.status, reply.body).into()),
            Care::Verify => {
                let answer: Value = serde_json::from_str(&reply.body)?;
                self.verify(answer["id_token"].as_str().ok_or("no ID token")?, nonce)
            }
        }
    }

    fn verify(&self, id_token: &str, nonce: &str) -> Answer<()> {
        let (signed, signature) = id_token.rsplit_once('.').ok_or("no JWS")?;
        let (header, claims) = signed.split_once('.').ok_or("no JWS")?;
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header)?)?;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
        let key = self.world.keys.get(header["kid"].as_str().unwrap_or_default()).ok_or("signed with an unknown key")?;
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key);
        key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature)?).map_err(|_| "the signature is wrong")?;
        let is_ours = claims["iss"] == self.world.issuer() && claims["aud"] == APP && claims["nonce"] == nonce;
        if is_ours { Ok(()) } else { Err("the ID token is for somebody else".into()) }
    }

    async fn get(&mut self, path: &str) -> Answer<Reply> {
        let headers = self.cookies();
        let reply = self.wire.get(path, &headers).await?;
        self.keep(&reply);
        Ok(reply)
    }

    fn cookies(&self) -> String {
        let mut line = String::new();
        for (name, value) in &self.jar {
            let _ = write!(line, "{}{name}={value}", if line.is_empty() { "Cookie: " } else { "; " });
        }
        if !line.is_empty() {
            line.push_str("\r\n");
        }
        line
    }

    fn keep(&mut self, reply: &Reply) {
        for (name, value) in &reply.cookies {
            match value {
                Some(value) => self.jar.insert(name.clone(), value.clone()),
                None => self.jar.remove(name),
            };
        }
    }
}

/// The value of an attribute of the tag that `html` begins with.
fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let tag = html.split_once('>')?.0;
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split_once('"').map(|(value, _)| value)
}
