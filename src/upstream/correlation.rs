//! What ties an answer to its question: `state`, nonce, PKCE verifier, and the parameters that come back.
//!
//! Must not decide what an answer means; that is each provider's.

use std::collections::HashMap;

use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::Rejected;
use crate::{
    domain::{
        correlation::Correlation,
        error_code::ErrorCode,
        id::{FlowId, IdpId},
        secret::Secret,
    },
    random,
};

/// Whether `inbound` answers the question that `kept` remembers.
pub(super) fn check(kept: &Correlation, provider: &IdpId, inbound: &Inbound) -> Result<(), Rejected> {
    let mismatch = |detail: &str| Err(Rejected::new(ErrorCode::UpstreamMismatch, detail));
    if kept.provider != *provider {
        return mismatch("the answer came to another provider's callback than the sign-in left for");
    }
    if inbound.is_answer_to(kept) { Ok(()) } else { mismatch("the state is not the one this sign-in left with") }
}

/// `{flow}.{secret}`: the callback finds the flow by the first half, the browser proves itself by its cookie, and the second half
/// proves that the answer belongs to the question.
pub fn state(flow: FlowId, secret: &Secret<String>) -> String {
    format!("{flow}.{}", secret.reveal())
}

/// The flow a `state` of ours names. It proves nothing.
pub fn flow_of_state(state: &str) -> Option<FlowId> {
    FlowId::parse(state.split_once('.')?.0)
}

/// What came to a callback, from query or form body. Of the parameters we read, none may occur twice (A16, RFC 6749 §3.1), and those
/// of two protocols never come together.
#[derive(Debug, Clone)]
pub struct Inbound {
    /// `state`, `RelayState` or `wctx`.
    state: Option<Secret<String>>,
    words: Words,
}

#[derive(Debug, Clone)]
enum Words {
    OpenId(OpenIdAnswer),
    /// Base64 of a `samlp:Response`.
    Saml(Secret<String>),
    WsFed(WsFedAnswer),
}

#[derive(Debug, Clone, Default)]
pub(super) struct OpenIdAnswer {
    pub code: Option<Secret<String>>,
    pub iss: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<Secret<String>>,
}

/// `wa` and `wresult` of WS-Federation 1.2 §13.2.2. `wresultptr` is told apart so that it can be refused by name.
#[derive(Debug, Clone, Default)]
pub struct WsFedAnswer {
    pub action: String,
    pub result: Option<Secret<String>>,
    pub has_pointer: bool,
}

/// Longest query or body of a callback that is read: a response of 256 KB, in base64, every `+`, `/` and `=` escaped.
pub const LONGEST: usize = 512 * 1024;

impl Inbound {
    /// Reads `application/x-www-form-urlencoded` text: a raw query string, or the body of a form post.
    pub fn parse(text: &str) -> Result<Self, Rejected> {
        if text.len() > LONGEST {
            return Err(Rejected::new(ErrorCode::UpstreamMismatch, "the answer is longer than we read"));
        }
        Self::from_pairs(form_urlencoded::parse(text.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned())))
    }

    /// From pairs somebody else decoded; unknown names are ignored.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, Rejected> {
        let mut found: HashMap<&'static str, String> = HashMap::new();
        for (name, value) in pairs {
            let Some(known) = KNOWN.iter().find(|known| **known == name) else { continue };
            if found.insert(known, value).is_some() {
                return Err(Rejected::new(ErrorCode::UpstreamMismatch, format!("{known} occurs twice in the answer")));
            }
        }
        let mut take = |name| found.remove(name);
        let saml = take("SAMLResponse").map(|response| Words::Saml(Secret::new(response)));
        let (action, result, pointer) = (take("wa"), take("wresult").map(Secret::new), take("wresultptr"));
        let ws_fed = action.map(|action| Words::WsFed(WsFedAnswer { action, result, has_pointer: pointer.is_some() }));
        let open_id = OpenIdAnswer {
            code: take("code").map(Secret::new),
            iss: take("iss"),
            error: take("error"),
            error_description: take("error_description").map(Secret::new),
        };
        let states: Vec<String> = ["state", "RelayState", "wctx"].into_iter().filter_map(&mut take).collect();
        let mut others = [saml, ws_fed].into_iter().flatten();
        let (first, second) = (others.next(), others.next());
        let is_open_id = open_id.code.is_some() || open_id.error.is_some();
        if second.is_some() || (first.is_some() && is_open_id) || states.len() > 1 {
            return Err(Rejected::new(ErrorCode::UpstreamMismatch, "the answer speaks two protocols at once"));
        }
        let words = first.unwrap_or(Words::OpenId(open_id));
        Ok(Self { state: states.into_iter().next().map(Secret::new), words })
    }

    /// The flow this answer says it belongs to.
    pub fn flow(&self) -> Option<FlowId> {
        flow_of_state(self.state.as_ref()?.reveal())
    }

    /// Whether the state is the one the question left with. Constant time in the secret.
    pub fn is_answer_to(&self, kept: &Correlation) -> bool {
        let secret = self.state.as_ref().and_then(|state| Some(state.reveal().split_once('.')?.1));
        secret.is_some_and(|secret| secret.as_bytes().ct_eq(kept.state.reveal().as_bytes()).into())
    }

    /// One name for one answer, the same when a browser sends it twice. Nobody can make it who does not hold state and answer.
    pub fn digest(&self) -> Option<String> {
        let state = self.state.as_ref()?.reveal();
        let proof = match &self.words {
            Words::OpenId(answer) => answer.code.as_ref()?.reveal(),
            Words::Saml(response) => response.reveal(),
            Words::WsFed(answer) => answer.result.as_ref()?.reveal(),
        };
        Some(random::sha256_base64url(format!("callback\n{state}\n{proof}").as_bytes()))
    }

    pub(super) fn open_id(&self) -> Result<&OpenIdAnswer, Rejected> {
        match &self.words {
            Words::OpenId(answer) => Ok(answer),
            Words::Saml(_) | Words::WsFed(_) => Err(wrong_protocol()),
        }
    }

    /// The base64 of a SAML response.
    pub(super) fn saml(&self) -> Result<&str, Rejected> {
        match &self.words {
            Words::Saml(response) => Ok(response.reveal()),
            Words::OpenId(_) | Words::WsFed(_) => Err(wrong_protocol()),
        }
    }

    pub(super) fn ws_fed(&self) -> Result<&WsFedAnswer, Rejected> {
        match &self.words {
            Words::WsFed(answer) => Ok(answer),
            Words::OpenId(_) | Words::Saml(_) => Err(wrong_protocol()),
        }
    }

    /// A signed document: too long for a query, and nothing for a browser's history. It comes by POST alone (SAML Profiles §4.1.2,
    /// WS-Federation 1.2 §13.2.2).
    pub fn is_document(&self) -> bool {
        match &self.words {
            Words::Saml(_) => true,
            Words::WsFed(answer) => answer.result.is_some(),
            Words::OpenId(_) => false,
        }
    }

    /// `wsignoutcleanup1.0` or `wsignout1.0`: partners send it to where they send answers (WS-Federation 1.2 §13.2.4).
    pub fn is_sign_out(&self) -> bool {
        matches!(&self.words, Words::WsFed(answer) if matches!(answer.action.as_str(), "wsignoutcleanup1.0" | "wsignout1.0"))
    }

    /// A SAML response that answers no question of ours: sent by the identity provider on its own account.
    pub fn is_unsolicited(&self) -> bool {
        matches!(self.words, Words::Saml(_)) && self.flow().is_none()
    }
}

fn wrong_protocol() -> Rejected {
    Rejected::new(ErrorCode::UpstreamMismatch, "the answer is in another protocol than this provider's")
}

const KNOWN: [&str; 11] =
    ["state", "code", "iss", "error", "error_description", "SAMLResponse", "RelayState", "wa", "wresult", "wresultptr", "wctx"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        correlation::{Awaited, OpenIdBinding},
        timestamp::Timestamp,
    };

    fn correlation(secret: &Secret<String>) -> Correlation {
        Correlation {
            provider: IdpId::parse("fabrikam").unwrap(),
            state: secret.clone(),
            awaited: Awaited::OpenId(OpenIdBinding { nonce: random::token(), pkce_verifier: random::token() }),
            left_at: Timestamp::from_unix(0),
            authenticated_since: None,
        }
    }

    fn flow() -> FlowId {
        FlowId::from_drawn(random::ordered_uuid(Timestamp::from_unix(7)))
    }

    #[test]
    fn a_state_names_its_flow_and_keeps_its_secret() {
        let (flow, secret) = (flow(), random::token());
        let text = state(flow, &secret);
        assert_eq!(flow_of_state(&text), Some(flow));
        assert_eq!(flow_of_state("nonsense"), None);
        let inbound = Inbound::parse(&format!("state={text}&code=c")).unwrap();
        assert_eq!(inbound.flow(), Some(flow));
        assert!(!format!("{inbound:?}").contains(secret.reveal()));
        assert!(check(&correlation(&secret), &IdpId::parse("fabrikam").unwrap(), &inbound).is_ok());
    }

    #[test]
    fn an_answer_with_another_secret_or_at_another_provider_is_a_mismatch() {
        let (flow, secret) = (flow(), random::token());
        let kept = correlation(&secret);
        let right = Inbound::parse(&format!("state={}&code=c", state(flow, &secret))).unwrap();
        assert_eq!(check(&kept, &IdpId::parse("litware").unwrap(), &right).unwrap_err().code, ErrorCode::UpstreamMismatch);
        for wrong in [state(flow, &random::token()), format!("{flow}."), format!("{flow}"), String::new()] {
            let inbound = Inbound::parse(&format!("state={wrong}&code=c")).unwrap();
            assert_eq!(check(&kept, &IdpId::parse("fabrikam").unwrap(), &inbound).unwrap_err().code, ErrorCode::UpstreamMismatch);
        }
    }

    #[test]
    fn a_parameter_that_occurs_twice_is_refused() {
        for name in KNOWN {
            assert!(Inbound::parse(&format!("{name}=a&{name}=a")).is_err(), "{name}");
        }
        assert!(Inbound::parse("session_state=a&session_state=b&code=c").is_ok());
        assert!(Inbound::parse(&"a".repeat(LONGEST + 1)).is_err());
    }

    #[test]
    fn two_protocols_in_one_answer_are_refused() {
        for both in
            ["SAMLResponse=a&code=b", "wa=wsignin1.0&wresult=a&SAMLResponse=b", "SAMLResponse=a&RelayState=b&state=c", "wa=x&error=y"]
        {
            assert_eq!(Inbound::parse(both).unwrap_err().code, ErrorCode::UpstreamMismatch, "{both}");
        }
        assert!(Inbound::parse("SAMLResponse=a").unwrap().is_unsolicited());
        assert!(Inbound::parse("SAMLResponse=a").unwrap().open_id().is_err());
        assert!(Inbound::parse("wa=wsignoutcleanup1.0").unwrap().is_sign_out());
        assert!(!Inbound::parse("wa=wsignin1.0&wresult=a").unwrap().is_sign_out());
    }
}
