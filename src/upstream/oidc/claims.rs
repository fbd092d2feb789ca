//! What an ID token or a userinfo answer says, read strictly where we decide by it and forgivingly where we do not.
//!
//! Must not decide anything; a claim that occurs twice does not parse (RFC 7519 §4).

use serde::Deserialize;
use serde_json::Value;

use crate::domain::timestamp::Timestamp;

/// Claims of an ID token (OpenID Connect Core §2, §3.1.3.6; Entra's `tid` and `oid`).
#[derive(Deserialize)]
pub(super) struct Claims {
    pub iss: Option<String>,
    pub sub: Option<String>,
    pub aud: Option<Audience>,
    pub azp: Option<String>,
    pub exp: Option<NumericDate>,
    pub iat: Option<NumericDate>,
    pub nbf: Option<NumericDate>,
    pub auth_time: Option<NumericDate>,
    pub nonce: Option<String>,
    pub at_hash: Option<String>,
    pub c_hash: Option<String>,
    pub tid: Option<String>,
    pub oid: Option<String>,
    acr: Option<Value>,
    amr: Option<Value>,
    email: Option<Value>,
    email_verified: Option<Value>,
    name: Option<Value>,
    hd: Option<Value>,
    xms_edov: Option<Value>,
}

/// RFC 7519 §4.1.3: one or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(super) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

/// RFC 7519 §2: seconds, perhaps with a fraction, which we drop.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(super) struct NumericDate(f64);

impl NumericDate {
    /// `as` saturates: a date that far off fails every comparison it should.
    pub(super) fn moment(self) -> Timestamp {
        Timestamp::from_unix(self.0.floor() as i64)
    }
}

/// What is said of the person, by the ID token or by userinfo.
#[derive(Deserialize, Default)]
pub(super) struct Profile {
    /// Userinfo's: must be the ID token's (OpenID Connect Core §5.3.2).
    pub sub: Option<String>,
    pub email: Option<Value>,
    pub email_verified: Option<Value>,
    name: Option<Value>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub hd: Option<String>,
    pub xms_edov: Option<Value>,
}

impl Profile {
    pub(super) fn name(&self) -> Option<String> {
        let name = self.name.as_ref()?.as_str()?.trim();
        (!name.is_empty() && name.chars().count() <= 256 && !name.chars().any(char::is_control)).then(|| name.to_owned())
    }

    /// Userinfo's word where the ID token names no address. The address and all that vouches for it come from one mouth.
    pub(super) fn or_else_from(self, userinfo: Self) -> Self {
        Self { name: self.name.or(userinfo.name), ..userinfo }
    }
}

impl Claims {
    pub(super) fn take_profile(&mut self) -> Profile {
        Profile {
            sub: self.sub.clone(),
            email: self.email.take(),
            email_verified: self.email_verified.take(),
            name: self.name.take(),
            hd: self.hd.take().and_then(text),
            xms_edov: self.xms_edov.take(),
        }
    }

    pub(super) fn acr(&self) -> Option<String> {
        self.acr.clone().and_then(text)
    }

    pub(super) fn amr(&self) -> Vec<String> {
        let list = self.amr.as_ref().and_then(Value::as_array);
        list.into_iter().flatten().filter_map(|method| method.as_str().map(str::to_owned)).take(16).collect()
    }
}

/// `true`, and neither `"true"` nor `1` (C3).
pub(super) fn is_literally_true(claim: Option<&Value>) -> bool {
    claim == Some(&Value::Bool(true))
}

/// Said to be false, in any of the spellings in use: a "no" is heard more readily than a "yes".
pub(super) fn is_denied(claim: Option<&Value>) -> bool {
    match claim {
        Some(Value::Bool(said)) => !said,
        Some(Value::String(said)) => said.eq_ignore_ascii_case("false") || said == "0",
        Some(Value::Number(said)) => said.as_f64() == Some(0.0),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => false,
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) if text.chars().count() <= 256 => Some(text),
        _ => None,
    }
}

fn text_or_nothing<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Option::<Value>::deserialize(from).map(|value| value.and_then(text))
}
