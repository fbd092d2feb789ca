//! The stubbed upstream: an OpenID provider without people or memory. A code carries what the ID token will say, so the
//! only work is one ES256 signature, on the client's core.

use std::rc::Rc;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{Answer, wire};

pub(crate) const DOMAIN: &str = "upstream.example";
pub(crate) const CLIENT: &str = "gatehouse";

pub(crate) struct Stub {
    pub(crate) issuer: String,
    pair: EcdsaKeyPair,
}

/// What stands in a code.
pub(crate) fn code(address: &str, nonce: &str) -> String {
    URL_SAFE_NO_PAD.encode(json!({ "email": address, "nonce": nonce }).to_string())
}

/// Answers on a free port of this thread until the program ends.
pub(crate) async fn start() -> Answer<Rc<Stub>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let issuer = format!("http://{}", listener.local_addr()?);
    let stub = Rc::new(Stub { issuer, pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)? });
    let serving = Rc::clone(&stub);
    tokio::task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let stub = Rc::clone(&serving);
            // ends when the server hangs up
            tokio::task::spawn_local(async move { stub.converse(stream).await.ok() });
        }
    });
    Ok(stub)
}

impl Stub {
    async fn converse(&self, mut stream: TcpStream) -> Answer<()> {
        stream.set_nodelay(true)?;
        let mut buffer = Vec::with_capacity(4096);
        loop {
            buffer.clear();
            let head = wire::head_end(&mut stream, &mut buffer).await?;
            let (path, length) = {
                let text = std::str::from_utf8(&buffer[..head])?;
                let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                let lengths = text.split("\r\n").filter_map(|line| line.split_once(": "));
                let length = lengths.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).find_map(|(_, v)| v.parse().ok());
                (path, length.unwrap_or(0))
            };
            while buffer.len() < head + length {
                stream.read_buf(&mut buffer).await?;
            }
            let body = self.answer(&path, &buffer[head..])?.to_string();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).await?;
        }
    }

    fn answer(&self, path: &str, body: &[u8]) -> Answer<Value> {
        let issuer = &self.issuer;
        match path {
            "/.well-known/openid-configuration" => Ok(json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"], "scopes_supported": ["openid", "profile", "email"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": true,
            })),
            "/keys" => {
                let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
                let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
                Ok(json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "stub", "x": x, "y": y }] }))
            }
            "/token" => self.token(body),
            _ => Err("no such address".into()),
        }
    }

    fn token(&self, form: &[u8]) -> Answer<Value> {
        let (_, code) = url::form_urlencoded::parse(form).find(|(name, _)| name == "code").ok_or("no code")?;
        let said: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(code.as_bytes())?)?;
        let now = gatehouse::clock::Clock::system().now().unix();
        let claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": said["email"], "iat": now, "exp": now + 300, "auth_time": now,
            "nonce": said["nonce"], "email": said["email"], "email_verified": true, "name": "Guest",
        });
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","typ":"JWT","kid":"stub"}"#);
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(&SystemRandom::new(), signed.as_bytes())?);
        Ok(json!({ "access_token": "none", "token_type": "Bearer", "expires_in": 60, "id_token": format!("{signed}.{signature}") }))
    }

    /// What one ES256 signature costs here: the floor under every token.
    pub(crate) fn signature(&self) -> Answer<usize> {
        Ok(self.pair.sign(&SystemRandom::new(), b"a message as long as an ID token's header and claims are, more or less")?.as_ref().len())
    }
}
