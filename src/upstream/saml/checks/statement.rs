//! How and when the person authenticated (Core §2.7.2): the authentication statement, and how long the partner's session lasts.
//!
//! Must not map contexts to methods; that is [`crate::upstream::assertions`]'.

use super::{Answer, Expectation};
use crate::{
    domain::{error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp, verdict::Verdicts},
    federation::xml::instant,
    upstream::{
        assertions::{Window, refuse},
        signed_xml::{Assertion, Authentication},
    },
};

pub(super) fn check(answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    let statements = &answer.assertion.authentications;
    if statements.is_empty() {
        let detail = "the assertion does not say that anybody authenticated";
        return Err(refuse(verdicts, "authentication", ErrorCode::SamlAuthentication, "none", "AuthnStatement", detail));
    }
    for statement in statements {
        if let Some(end) = statement.session_not_on_or_after {
            Window { check: "session", from: None, to: Some(end) }.check(want.now, answer.assertion.issued_at, verdicts)?;
        }
        // Nobody authenticates tomorrow.
        Window { check: "authentication", from: Some(statement.at), to: None }.check(want.now, statement.at, verdicts)?;
    }
    if let Some(since) = want.authenticated_since {
        let latest = statements.iter().map(|statement| statement.at).max().unwrap_or(statements[0].at);
        if !statements.iter().any(|statement| is_fresh(statement, want)) {
            let detail = "the person authenticated before they were asked to";
            let (got, since) = (instant(latest), instant(since));
            return Err(refuse(verdicts, "authentication age", ErrorCode::SamlAuthentication, got, format!("since {since}"), detail));
        }
        verdicts.passed("authentication age", instant(latest));
    }
    let statement = fitting(answer.assertion, want).inspect_err(|_| {
        let named: Vec<&str> = statements.iter().filter_map(|statement| statement.context.as_deref()).collect();
        let code = ErrorCode::SamlAuthentication;
        refuse(verdicts, "authentication context", code, named.join(", "), want.contexts.join(" or "), "");
    })?;
    verdicts.passed("authentication context", statement.context.as_deref().unwrap_or("none"));
    Ok(())
}

/// The statement to go by: the latest of those that are fresh enough and of a context that was asked for. One statement must be both.
pub(super) fn fitting<'a>(assertion: &'a Assertion, want: &Expectation<'_>) -> Result<&'a Authentication, Rejected> {
    let fits = |statement: &&Authentication| {
        let context = statement.context.as_deref();
        is_fresh(statement, want) && (want.contexts.is_empty() || want.contexts.iter().any(|wanted| Some(wanted.as_str()) == context))
    };
    let found = assertion.authentications.iter().filter(fits).max_by_key(|statement| statement.at);
    found.ok_or_else(|| Rejected::new(ErrorCode::SamlAuthentication, "the person did not authenticate in a way that was asked for"))
}

fn is_fresh(statement: &Authentication, want: &Expectation<'_>) -> bool {
    want.authenticated_since.is_none_or(|since| statement.at + want.now.skew >= since)
}

/// The partner's session ends with the first of its statements that does.
pub(super) fn session_until(assertion: &Assertion) -> Option<Timestamp> {
    assertion.authentications.iter().filter_map(|statement| statement.session_not_on_or_after).min()
}
