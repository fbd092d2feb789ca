//! What an app is told at its redirect URI: a code or an error, by query or by form (OpenID Connect Core §3.1.2.5, §3.1.2.6).
//!
//! Every answer carries `iss` (RFC 9207), so that an app talking to several providers can't be mixed up. Knows no HTTP:
//! the door turns [`Answer::location`] or [`Answer::fields`] into a response.

use std::fmt;

use url::form_urlencoded;

use crate::domain::{
    authorization_request::{AuthorizationRequest, ResponseMode},
    client::RedirectUri,
    error_code::ErrorCode,
    secret::Secret,
    tenant::Tenant,
};

use super::request::Refusal;

/// Parameters on their way to an app. They hold the code, so `Debug` names them and no more.
pub struct Answer {
    redirect_uri: RedirectUri,
    response_mode: ResponseMode,
    parameters: Vec<(&'static str, String)>,
}

impl Answer {
    /// "code REQUIRED … state REQUIRED if the parameter was present" (RFC 6749 §4.1.2).
    pub fn success(tenant: &Tenant, request: &AuthorizationRequest, code: &Secret<String>) -> Self {
        Self::new(tenant, request.into(), vec![("code", code.reveal().clone())])
    }

    /// RFC 6749 §4.1.2.1. `error_description` begins with our code, the one that the log and the runbook know.
    pub fn error(tenant: &Tenant, code: ErrorCode, detail: Option<&str>, to: Refusal) -> Self {
        let description = match detail {
            Some(detail) => format!("{}: {detail}", code.code()),
            None => code.code().to_owned(),
        };
        Self::new(tenant, to, vec![("error", code.oauth_error().to_owned()), ("error_description", description)])
    }

    fn new(tenant: &Tenant, to: Refusal, mut parameters: Vec<(&'static str, String)>) -> Self {
        parameters.extend(to.state.map(|state| ("state", state)));
        parameters.push(("iss", tenant.issuer.url.clone()));
        Self { redirect_uri: to.redirect_uri, response_mode: to.response_mode, parameters }
    }

    pub fn response_mode(&self) -> ResponseMode {
        self.response_mode
    }

    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// For `query`: the redirect URI with the answer added. "MUST be retained when adding additional query parameters"
    /// (RFC 6749 §3.1.2): a query of its own stays as registered, octet for octet.
    pub fn location(&self) -> String {
        let uri = self.redirect_uri.as_str();
        let joint = match uri.rsplit_once('?') {
            None => "?",
            Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
            Some(_) => "&",
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.parameters);
        format!("{uri}{joint}{}", query.finish())
    }

    /// For `form_post`: the inputs of a form whose action is the redirect URI, unescaped.
    pub fn fields(&self) -> &[(&'static str, String)] {
        &self.parameters
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.parameters.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::fixture::{self, tenant};

    fn refusal(redirect_uri: &str, state: Option<&str>) -> Refusal {
        let mut client = fixture::client("any", crate::domain::client::ClientAuthentication::None);
        client.redirect_uris = vec![crate::domain::client::RegisteredUri::parse(redirect_uri).unwrap()];
        Refusal {
            redirect_uri: client.redirect_uri(redirect_uri).unwrap(),
            response_mode: ResponseMode::Query,
            state: state.map(str::to_owned),
        }
    }

    #[test]
    fn an_error_names_our_code_the_state_and_the_issuer() {
        let answer = Answer::error(&tenant(), ErrorCode::InvalidPrompt, Some("why"), refusal(fixture::CALLBACK, Some("a&b=ü +\n")));
        assert_eq!(
            answer.location(),
            "https://portal.contoso.example/cb?error=invalid_request&error_description=GH1010%3A+why&state=a%26b%3D%C3%BC+%2B%0A\
             &iss=https%3A%2F%2Flogin.example.org%2Fcontoso"
        );
        let names: Vec<_> = answer.fields().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["error", "error_description", "state", "iss"]);
    }

    #[test]
    fn a_query_of_the_redirect_uri_s_own_stays() {
        for (uri, begin) in [
            ("https://a.example/cb?x=%2F+y", "https://a.example/cb?x=%2F+y&error="),
            ("https://a.example/cb?", "https://a.example/cb?error="),
            ("https://a.example/cb?x=1&", "https://a.example/cb?x=1&error="),
            ("https://a.example/cb?x=a?b", "https://a.example/cb?x=a?b&error="),
            ("https://a.example", "https://a.example?error="),
            ("com.example.app:/cb", "com.example.app:/cb?error="),
        ] {
            let location = Answer::error(&tenant(), ErrorCode::LoginRequired, None, refusal(uri, None)).location();
            assert!(location.starts_with(begin), "{location}");
            assert!(!location.contains("state="), "{location}");
        }
    }

    #[test]
    fn every_error_description_has_only_the_characters_allowed() {
        // RFC 6749 §4.1.2.1: %x20-21 / %x23-5B / %x5D-7E.
        for code in ErrorCode::ALL {
            let answer = Answer::error(&tenant(), *code, None, refusal(fixture::CALLBACK, None));
            assert!(answer.fields().iter().all(|(_, v)| v.bytes().all(|b| (0x20..=0x7e).contains(&b) && b != b'"' && b != b'\\')));
        }
    }

    #[test]
    fn debug_tells_no_code() {
        let answer = Answer::error(&tenant(), ErrorCode::LoginRequired, None, refusal(fixture::CALLBACK, Some("hidden")));
        assert!(!format!("{answer:?}").contains("hidden"));
    }
}
