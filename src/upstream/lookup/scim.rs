//! SCIM (RFC 7644 §3.4.2): a directory asked for the user of that name.
//!
//! Must not build a filter by pasting: the value is a JSON string, escaped as one.

use reqwest::{
    Method, Request, StatusCode,
    header::{ACCEPT, HeaderValue},
};
use serde::Deserialize;
use url::Url;

use crate::domain::{
    address::EmailAddress,
    identity_provider::{Answer, IdentityProvider},
    secret::Secret,
};

use super::{Unanswered, Wire, absent, bear, below, known};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListResponse {
    #[serde(rename = "Resources", default)]
    resources: Vec<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    user_name: String,
    /// RFC 7643 §4.1.1: absent means nothing is known against it.
    active: Option<bool>,
}

pub(super) async fn ask(
    wire: &Wire<'_>,
    provider: &IdentityProvider,
    base: &Url,
    token: Option<&Secret<String>>,
    address: &EmailAddress,
) -> Result<Answer, Unanswered> {
    let mut url = below(base, &["Users"])?;
    url.query_pairs_mut().append_pair("filter", &filter(address)).append_pair("attributes", "userName,active").append_pair("count", "2");
    let mut request = Request::new(Method::GET, url);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/scim+json, application/json"));
    bear(&mut request, token)?;
    let fetched = wire.send(request).await?;
    match fetched.status {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND => return Ok(absent(provider, address)),
        other => return Err(Unanswered::status(other)),
    }
    let list: ListResponse = fetched.json()?;
    // A server that ignores the filter must not make every address an account.
    let key = address.key();
    let is_there = list
        .resources
        .iter()
        .any(|user| user.active != Some(false) && EmailAddress::parse(&user.user_name).is_ok_and(|upn| upn.key() == key));
    Ok(if is_there { known(provider, address) } else { absent(provider, address) })
}

fn filter(address: &EmailAddress) -> String {
    format!("userName eq {}", serde_json::Value::String(address.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_value_is_a_json_string() {
        let address = EmailAddress::parse("o'neil{x}+`$%&@partner.example").unwrap();
        assert_eq!(filter(&address), r#"userName eq "o'neil{x}+`$%&@partner.example""#);
    }
}
