//! The operator's own service: `POST {"address": …}`, answered `{"exists": true|false, "managed": true|false}`.
//!
//! Must not send anything but the address.

use reqwest::{
    Method, Request, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
};
use serde::Deserialize;
use url::Url;

use crate::domain::{
    address::EmailAddress,
    identity_provider::{Answer, IdentityProvider},
    secret::Secret,
};

use super::{Unanswered, Wire, account_standing, bear, domain_standing};

#[derive(Deserialize)]
struct Verdict {
    exists: bool,
    /// False: an account that nobody administers. Absent: administered.
    managed: Option<bool>,
}

pub(super) async fn ask(
    wire: &Wire<'_>,
    provider: &IdentityProvider,
    url: &Url,
    token: Option<&Secret<String>>,
    address: &EmailAddress,
) -> Result<Answer, Unanswered> {
    let mut request = Request::new(Method::POST, url.clone());
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *request.body_mut() = Some(serde_json::json!({ "address": address.to_string() }).to_string().into());
    bear(&mut request, token)?;
    let fetched = wire.send(request).await?;
    if fetched.status != StatusCode::OK {
        return Err(Unanswered::status(fetched.status));
    }
    let verdict: Verdict = fetched.json()?;
    let account = account_standing(verdict.exists.then(|| verdict.managed.unwrap_or(true)));
    Ok(Answer::Stated { account, domain: domain_standing(provider, address) })
}
