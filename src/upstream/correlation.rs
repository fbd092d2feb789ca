//! What ties an answer to its question: `state`, nonce, PKCE verifier, and the parameters that come back.
//!
//! Must not decide what an answer means; that is each provider's.

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

/// The parameters of a callback, from query or form body. Of those we read, none may occur twice (A16, RFC 6749 §3.1).
#[derive(Debug, Clone, Default)]
pub struct Inbound {
    pub(super) state: Option<Secret<String>>,
    pub(super) code: Option<Secret<String>>,
    pub(super) iss: Option<String>,
    pub(super) error: Option<String>,
    pub(super) error_description: Option<Secret<String>>,
}

/// Longest query or body of a callback that is read.
const LONGEST: usize = 32 * 1024;

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
        let mut inbound = Self::default();
        for (name, value) in pairs {
            let is_repeated = match name.as_str() {
                "state" => inbound.state.replace(Secret::new(value)).is_some(),
                "code" => inbound.code.replace(Secret::new(value)).is_some(),
                "iss" => inbound.iss.replace(value).is_some(),
                "error" => inbound.error.replace(value).is_some(),
                "error_description" => inbound.error_description.replace(Secret::new(value)).is_some(),
                _ => false,
            };
            if is_repeated {
                return Err(Rejected::new(ErrorCode::UpstreamMismatch, format!("{name} occurs twice in the answer")));
            }
        }
        Ok(inbound)
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

    /// One name for one answer, the same when a browser sends it twice. Nobody can make it who does not hold state and code.
    pub fn digest(&self) -> Option<String> {
        let (state, code) = (self.state.as_ref()?, self.code.as_ref()?);
        Some(random::sha256_base64url(format!("callback\n{}\n{}", state.reveal(), code.reveal()).as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timestamp::Timestamp;

    fn correlation(secret: &Secret<String>) -> Correlation {
        Correlation {
            provider: IdpId::parse("fabrikam").unwrap(),
            state: secret.clone(),
            nonce: random::token(),
            pkce_verifier: random::token(),
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
        for name in ["state", "code", "iss", "error", "error_description"] {
            assert!(Inbound::parse(&format!("{name}=a&{name}=a")).is_err(), "{name}");
        }
        assert!(Inbound::parse("session_state=a&session_state=b&code=c").is_ok());
        assert!(Inbound::parse(&"a".repeat(LONGEST + 1)).is_err());
    }
}
