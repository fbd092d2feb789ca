//! An app that believes nothing: discovery, PKCE, state, `iss`, and an ID token checked as OpenID Connect Core §3.1.3.7 says, by the
//! world's clock.

use std::{fs, path::Path};

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gatehouse::{clock::Clock, random};
use reqwest::Client;
use serde_json::Value;
use url::Url;

use super::{browser::http, configuration::SECRET, page::Page};

/// One authorization request, and what the app remembers of it.
#[derive(Debug, Clone)]
pub struct Ask {
    pub url: String,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
    pub redirect_uri: String,
}

/// What came back to the redirect URI.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub code: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Tokens {
    /// Of the verified ID token.
    pub claims: Value,
    pub header: Value,
    pub access_token: String,
    pub id_token: String,
}

#[derive(Debug, Clone)]
pub struct RelyingParty {
    pub issuer: String,
    pub client_id: String,
    /// The client's first registered one.
    pub redirect_uri: String,
    pub metadata: Value,
    authentication: String,
    algorithm: String,
    http: Client,
    clock: Clock,
}

impl RelyingParty {
    pub(super) async fn discover(issuer: &str, client: &str, folder: &Path, clock: Clock) -> Self {
        let http = http();
        let answer = http.get(format!("{issuer}/.well-known/openid-configuration")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let metadata: Value = answer.json().await.unwrap();
        // The canonical issuer may be another form of the tenant's name than the one asked for.
        let issuer = metadata["issuer"].as_str().unwrap().to_owned();
        let registration = registration(folder, &issuer, client);
        let text = |name: &str, default: &str| registration.get(name).map_or(default, |value| value.as_str().unwrap()).to_owned();
        Self {
            client_id: client.to_owned(),
            redirect_uri: registration["redirect_uris"][0].as_str().unwrap().to_owned(),
            authentication: text("authentication", "client_secret_basic"),
            algorithm: text("id_token_signed_response_alg", "ES256"),
            issuer,
            metadata,
            http,
            clock,
        }
    }

    /// A sound request, with `more` over it; an empty value takes the parameter out.
    pub fn asks(&self, more: &[(&str, &str)]) -> Ask {
        let fresh = || random::token().reveal().clone();
        let (state, nonce, verifier) = (fresh(), fresh(), fresh());
        let challenge = hashed(&verifier);
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid profile email"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        let redirect_uri = pairs.iter().find(|(name, _)| *name == "redirect_uri").map_or("", |(_, value)| *value).to_owned();
        let mut url: Url = self.metadata["authorization_endpoint"].as_str().unwrap().parse().unwrap();
        url.query_pairs_mut().extend_pairs(pairs);
        Ask { url: url.into(), state, nonce, verifier, redirect_uri }
    }

    /// What `page` brings to the app: `state` and `iss` (RFC 9207) are checked, and that it is for this app.
    pub fn answer(&self, ask: &Ask, page: &Page) -> Answer {
        let fields: Vec<(String, String)> = match &page.location {
            Some(to) => {
                let (base, query) = to.as_str().split_once('?').unwrap_or((to.as_str(), ""));
                assert_eq!(base, ask.redirect_uri, "an answer for somebody else");
                url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
            }
            None => {
                let form = page.forms().into_iter().find(|form| form.action == ask.redirect_uri);
                let form = form.unwrap_or_else(|| panic!("no answer to the app: {} {}\n{}", page.status, page.url, page.body));
                form.fields.into_iter().map(|field| (field.name, field.value)).collect()
            }
        };
        let one = |name: &str| {
            let mut all = fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone());
            let first = all.next();
            assert_eq!(all.next(), None, "{name} comes twice");
            first
        };
        assert_eq!(one("state").as_ref(), Some(&ask.state), "the state is another");
        assert_eq!(one("iss").as_ref(), Some(&self.issuer), "the issuer is another");
        Answer { code: one("code"), error: one("error"), error_description: one("error_description") }
    }

    /// The OAuth error that `page` brings to the app.
    pub fn refusal(&self, ask: &Ask, page: &Page) -> String {
        self.answer(ask, page).error.expect("an error")
    }

    /// The code that `page` brings to the app.
    pub fn code(&self, ask: &Ask, page: &Page) -> String {
        let answer = self.answer(ask, page);
        answer.code.clone().unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// Reads the answer, spends the code and verifies everything.
    pub async fn tokens(&self, ask: &Ask, page: &Page) -> Tokens {
        let code = self.code(ask, page);
        self.redeem(ask, &code).await.unwrap_or_else(|(status, error)| panic!("{status} {error}"))
    }

    /// Spends a code as `ask` remembers it; or the status and the error.
    pub async fn redeem(&self, ask: &Ask, code: &str) -> Result<Tokens, (u16, Value)> {
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &ask.redirect_uri), ("code_verifier", &ask.verifier)];
        let (status, response) = self.token_request(&form).await;
        if status != 200 {
            return Err((status, response));
        }
        let id_token = response["id_token"].as_str().unwrap();
        let access_token = response["access_token"].as_str().unwrap().to_owned();
        let (header, claims) = self.verified(id_token, &ask.nonce, &access_token).await;
        Ok(Tokens { claims, header, access_token, id_token: id_token.to_owned() })
    }

    /// The token endpoint, authenticated as registered.
    pub async fn token_request(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let request = self.http.post(self.metadata["token_endpoint"].as_str().unwrap());
        let mut form = form.to_vec();
        let request = match self.authentication.as_str() {
            "client_secret_basic" => {
                let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                request.basic_auth(encoded(&self.client_id), Some(encoded(SECRET)))
            }
            method => {
                form.push(("client_id", &self.client_id));
                if method == "client_secret_post" {
                    form.push(("client_secret", SECRET));
                }
                request
            }
        };
        let answer = request.form(&form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn userinfo(&self, access_token: &str) -> (u16, Value) {
        let request = self.http.get(self.metadata["userinfo_endpoint"].as_str().unwrap()).bearer_auth(access_token);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn verified(&self, token: &str, nonce: &str, access_token: &str) -> (Value, Value) {
        let parts: Vec<&str> = token.split('.').collect();
        let [head, payload, signature] = parts.as_slice() else { panic!("not a JWS: {token}") };
        let json = |part: &str| -> Value { serde_json::from_slice(&decoded(part)).unwrap() };
        let (header, claims) = (json(head), json(payload));
        assert_eq!(header["alg"], self.algorithm, "signed as registered");
        let keys: Value = self.http.get(self.metadata["jwks_uri"].as_str().unwrap()).send().await.unwrap().json().await.unwrap();
        let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).expect("the key is published");
        assert_eq!(key["use"], "sig");
        verify(key, format!("{head}.{payload}").as_bytes(), &decoded(signature));
        let now = self.clock.now().unix();
        assert_eq!(claims["iss"], self.issuer);
        assert_eq!(claims["aud"], self.client_id);
        assert_eq!(claims["nonce"], nonce);
        assert!(claims["exp"].as_i64().unwrap() > now && claims["iat"].as_i64().unwrap() <= now, "{claims}");
        assert!(claims["sub"].as_str().is_some_and(|sub| !sub.is_empty() && sub.len() <= 255));
        let whole = digest(&SHA256, access_token.as_bytes());
        assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(&whole.as_ref()[..16]));
        (header, claims)
    }
}

fn verify(key: &Value, signed: &[u8], signature: &[u8]) {
    let part = |name: &str| decoded(key[name].as_str().unwrap());
    let verdict = match key["kty"].as_str().unwrap() {
        "EC" => {
            let point = [&[4], &*part("x"), &*part("y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
        }
        _ => RsaPublicKeyComponents { n: part("n"), e: part("e") }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature),
    };
    verdict.expect("the signature is the issuer's");
}

/// As the operator wrote it.
fn registration(folder: &Path, issuer: &str, client: &str) -> toml::Table {
    let segment = issuer.rsplit('/').next().unwrap();
    let tenant = segment.split('.').next().unwrap();
    let text = fs::read_to_string(folder.join(format!("config/tenants/{tenant}.toml"))).unwrap();
    text.parse::<toml::Table>().unwrap()["clients"][client].as_table().unwrap().clone()
}

pub fn hashed(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}
