//! The authorization request as a list of checks that can be read down (OpenID Connect Core §3.1.2.1, §3.1.2.2).
//!
//! ORDER IS SECURITY. Until the client and its redirect URI are proven, a complaint is shown to the person; only after that may
//! anything be sent to an app. So [`read`] proves `client_id`, then `redirect_uri`, then how to answer (`state`,
//! `response_mode`), and then everything else, first failure wins.
//!
//! Parameters unknown to us are ignored (RFC 6749 §3.1), `claims` among them: discovery says that it is unsupported. An
//! `id_token_hint` is no licence for anything (`security.md` D6): who is signed in is the browser session's to say, and the hint can
//! only make that not enough.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::domain::{
    authorization_request::{AuthorizationRequest, Interaction, Prompt, ResponseMode},
    client::{Client, Pkce, RedirectUri, Scope},
    error_code::ErrorCode,
    id::{ClientId, GuestId},
    locale::Locale,
    tenant::Tenant,
};

use super::parameters::Parameters;

/// Why there is no [`AuthorizationRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// Nobody proven to send it to: a page for the person.
    Show(ErrorCode),
    /// An OAuth error for the app; `detail` says in English what a developer must change.
    Refuse { code: ErrorCode, detail: Option<&'static str>, to: Refusal },
}

/// Where and how an app is told no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub redirect_uri: RedirectUri,
    pub response_mode: ResponseMode,
    pub state: Option<String>,
}

impl From<&AuthorizationRequest> for Refusal {
    fn from(request: &AuthorizationRequest) -> Self {
        Self { redirect_uri: request.redirect_uri.clone(), response_mode: request.response_mode, state: request.state.clone() }
    }
}

/// An error and its explanation, before it is known where to.
type Fault = (ErrorCode, &'static str);

/// Longest values kept, in octets: they live in the store as long as the sign-in does.
const LONGEST_STATE: usize = 4096;
const LONGEST_NONCE: usize = 1024;
const LONGEST_HINT: usize = 512;

/// Every parameter with a meaning here besides `client_id` and `redirect_uri`: none may come twice.
const KNOWN: [&str; 17] = [
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "domain_hint",
    "whr",
    "ui_locales",
    "id_token_hint",
    "request",
    "request_uri",
    "registration",
];

/// Reads a request made to `tenant`.
pub fn read(tenant: &Tenant, parameters: &Parameters) -> Result<AuthorizationRequest, Rejection> {
    let client = client(tenant, parameters).map_err(Rejection::Show)?;
    let redirect_uri = redirect_uri(client, parameters).map_err(Rejection::Show)?;
    let (state, response_mode) = (state(parameters), response_mode(parameters));
    let to = Refusal {
        redirect_uri,
        // What can't be answered as asked is answered in the default mode.
        response_mode: response_mode.unwrap_or_default(),
        state: state.clone().unwrap_or_default(),
    };
    let rest = || {
        nothing_twice(parameters)?;
        no_request_object(parameters)?;
        let state = state?;
        let response_mode = response_mode?;
        response_type(parameters)?;
        Ok(AuthorizationRequest {
            client: client.id.clone(),
            redirect_uri: to.redirect_uri.clone(),
            response_mode,
            state,
            scopes: scopes(client, parameters)?,
            code_challenge: code_challenge(client, parameters)?,
            nonce: bounded(parameters, "nonce", LONGEST_NONCE)?,
            prompt: prompt(parameters)?,
            max_age: max_age(parameters)?,
            login_hint: bounded(parameters, "login_hint", LONGEST_HINT)?,
            domain_hint: domain_hint(parameters)?,
            hinted_guest: hinted_guest(tenant, parameters)?,
        })
    };
    rest().map_err(|(code, detail): Fault| Rejection::Refuse { code, detail: Some(detail), to: to.clone() })
}

/// The language the app asks the pages to be in; what we do not speak is no error (OpenID Connect Core §3.1.2.1 `ui_locales`).
pub fn ui_locale(parameters: &Parameters) -> Option<Locale> {
    let list = parameters.one("ui_locales").ok().flatten().filter(|list| list.len() <= LONGEST_HINT)?;
    Locale::from_ui_locales(list)
}

/// "`client_id` REQUIRED. OAuth 2.0 Client Identifier valid at the Authorization Server."
fn client<'t>(tenant: &'t Tenant, parameters: &Parameters) -> Result<&'t Client, ErrorCode> {
    let asked = parameters.one("client_id").ok().flatten().and_then(|id| ClientId::parse(id).ok());
    asked.and_then(|id| tenant.clients.get(&id)).ok_or(ErrorCode::UnknownClient)
}

/// "`redirect_uri` REQUIRED. … MUST exactly match one of the Redirection URI values for the Client."
fn redirect_uri(client: &Client, parameters: &Parameters) -> Result<RedirectUri, ErrorCode> {
    let asked = parameters.one("redirect_uri").ok().flatten();
    asked.and_then(|uri| client.redirect_uri(uri)).ok_or(ErrorCode::UnregisteredRedirectUri)
}

/// "REQUIRED if the `state` parameter was present in the client authorization request. The exact value received" (RFC 6749
/// §4.1.2): one that is repeated or longer than we keep is returned to nobody.
fn state(parameters: &Parameters) -> Result<Option<String>, Fault> {
    bounded(parameters, "state", LONGEST_STATE)
}

/// "`response_mode` … The use of this parameter is NOT RECOMMENDED when the Response Mode that would be requested is the default
/// mode" (Multiple Response Types §2.1): `query`, or `form_post` (Form Post Response Mode §2).
fn response_mode(parameters: &Parameters) -> Result<ResponseMode, Fault> {
    match once(parameters, "response_mode")? {
        None | Some("query") => Ok(ResponseMode::Query),
        Some("form_post") => Ok(ResponseMode::FormPost),
        Some(_) => Err((ErrorCode::UnsupportedResponseMode, "response_mode must be query or form_post")),
    }
}

/// "Request and response parameters MUST NOT be included more than once" (RFC 6749 §3.1).
fn nothing_twice(parameters: &Parameters) -> Result<(), Fault> {
    KNOWN.iter().try_for_each(|name| once(parameters, name).map(|_| ()))
}

/// "If the OP does not support …, it MUST return `request_not_supported`", `request_uri_not_supported` or
/// `registration_not_supported` (OpenID Connect Core §3.1.2.6, §6, §7.2.1).
fn no_request_object(parameters: &Parameters) -> Result<(), Fault> {
    for (name, code, detail) in [
        ("request", ErrorCode::RequestNotSupported, "the request parameter is not supported"),
        ("request_uri", ErrorCode::RequestUriNotSupported, "the request_uri parameter is not supported"),
        ("registration", ErrorCode::RegistrationNotSupported, "the registration parameter is not supported"),
    ] {
        if once(parameters, name)?.is_some() {
            return Err((code, detail));
        }
    }
    Ok(())
}

/// "`response_type` REQUIRED. … When using the Authorization Code Flow, this value is `code`."
fn response_type(parameters: &Parameters) -> Result<(), Fault> {
    match once(parameters, "response_type")? {
        Some("code") => Ok(()),
        _ => Err((ErrorCode::UnsupportedResponseType, "response_type must be code")),
    }
}

/// "`scope` REQUIRED. … MUST contain the `openid` scope value. … Scope values used that are not understood by an implementation
/// SHOULD be ignored." One that the client did not register is not understood from it.
fn scopes(client: &Client, parameters: &Parameters) -> Result<Vec<Scope>, Fault> {
    let asked = once(parameters, "scope")?.unwrap_or_default();
    let mut scopes: Vec<Scope> = asked.split(' ').filter_map(Scope::parse).collect();
    scopes.retain(|scope| *scope == Scope::Openid || client.scopes.contains(scope));
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.contains(&Scope::Openid) { Ok(scopes) } else { Err((ErrorCode::MissingOpenidScope, "scope must contain openid")) }
}

/// "Authorization servers MUST support PKCE" (RFC 9700 §2.1.1), and here every client must use it unless the operator excused a
/// confidential one. Always S256, whose challenge is 43 characters of base64url (RFC 7636 §4.2): "plain" is what a stolen request
/// gives away.
fn code_challenge(client: &Client, parameters: &Parameters) -> Result<Option<String>, Fault> {
    let Some(challenge) = once(parameters, "code_challenge")? else {
        return match client.pkce {
            Pkce::Optional if !client.authentication.is_public() => Ok(None),
            Pkce::Optional | Pkce::Required => Err((ErrorCode::MissingPkce, "code_challenge is required (RFC 7636)")),
        };
    };
    if once(parameters, "code_challenge_method")? != Some("S256") {
        return Err((ErrorCode::MissingPkce, "code_challenge_method must be S256"));
    }
    let is_digest = challenge.len() == 43 && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_digest {
        Ok(Some(challenge.to_owned()))
    } else {
        Err((ErrorCode::MissingPkce, "code_challenge must be 43 characters of base64url"))
    }
}

/// "`prompt` OPTIONAL. Space-delimited, case-sensitive list … If this parameter contains `none` with any other value, an error is
/// returned." A value we do not know (`create` is one) is refused too: ignoring it would do less than the app asked for.
fn prompt(parameters: &Parameters) -> Result<Prompt, Fault> {
    let mut wanted: Vec<Interaction> = Vec::new();
    let mut is_silent = false;
    for value in once(parameters, "prompt")?.unwrap_or_default().split(' ').filter(|value| !value.is_empty()) {
        let interaction = match value {
            "none" => {
                is_silent = true;
                continue;
            }
            "login" => Interaction::Login,
            "select_account" => Interaction::SelectAccount,
            "consent" => Interaction::Consent,
            _ => return Err((ErrorCode::InvalidPrompt, "prompt knows none, login, select_account and consent")),
        };
        if !wanted.contains(&interaction) {
            wanted.push(interaction);
        }
    }
    match (is_silent, wanted.is_empty()) {
        (true, false) => Err((ErrorCode::InvalidPrompt, "prompt=none goes with no other value")),
        (true, true) => Ok(Prompt::None),
        (false, true) => Ok(Prompt::AsNeeded),
        (false, false) => Ok(Prompt::Interactive(wanted)),
    }
}

/// "`max_age` OPTIONAL. … the allowable elapsed time in seconds since the last time the End-User was actively authenticated".
fn max_age(parameters: &Parameters) -> Result<Option<u64>, Fault> {
    let wrong = (ErrorCode::InvalidMaxAge, "max_age must be a number of seconds");
    let Some(text) = once(parameters, "max_age")? else { return Ok(None) };
    // `u64::from_str` takes a sign; the grammar does not.
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().map(Some).map_err(|_| wrong) } else { Err(wrong) }
}

/// Entra's `domain_hint`, or `whr`, its elder by the WS-Federation name. What it may do is home-realm discovery's to decide.
fn domain_hint(parameters: &Parameters) -> Result<Option<String>, Fault> {
    let hint = bounded(parameters, "domain_hint", LONGEST_HINT)?;
    let elder = bounded(parameters, "whr", LONGEST_HINT)?;
    Ok(hint.or(elder))
}

/// "If the End-User identified by the ID Token is already logged in … a positive response; otherwise, it MUST return an error". The
/// signature is not asked: the token may be older than any key we have, and a forged one only keeps its forger from an answer.
fn hinted_guest(tenant: &Tenant, parameters: &Parameters) -> Result<Option<GuestId>, Fault> {
    #[derive(Deserialize)]
    struct Hint {
        iss: String,
        sub: String,
    }
    let Some(token) = once(parameters, "id_token_hint")? else { return Ok(None) };
    let claims = token.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
    let hint: Option<Hint> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    Ok(hint.filter(|hint| hint.iss == tenant.issuer.url).and_then(|hint| GuestId::parse(&hint.sub)))
}

fn bounded(parameters: &Parameters, name: &str, longest: usize) -> Result<Option<String>, Fault> {
    match once(parameters, name)? {
        Some(value) if value.len() > longest => Err((ErrorCode::ParameterTooLong, "a parameter is longer than we keep")),
        value => Ok(value.map(str::to_owned)),
    }
}

fn once<'p>(parameters: &'p Parameters, name: &str) -> Result<Option<&'p str>, Fault> {
    parameters.one(name).map_err(|code| (code, "a parameter occurs more than once"))
}

#[cfg(test)]
mod tests;
