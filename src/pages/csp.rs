//! Content-Security-Policy of our pages: nothing from elsewhere, nothing inline, no frames.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::random;

/// The whole of our JavaScript: sends the answer form on. Without it the person presses Continue.
pub(super) const SUBMIT_SCRIPT: &str = "document.forms[0].submit()";

static SUBMIT_HASH: LazyLock<String> = LazyLock::new(|| STANDARD.encode(random::sha256(SUBMIT_SCRIPT.as_bytes())));

/// The policy of every page but [`super::FormPost`].
///
/// Browsers apply `form-action` to redirects after a POST too, so name the origins that an answer to this page's forms may
/// lead to: `https://id.partner.example`, or a scheme such as `com.example.app:`. What can't stand in a policy is left out.
pub fn csp(form_action_origins: &[&str]) -> String {
    policy(form_action_origins, "", &["'none'"])
}

/// The policy of [`super::FormPost`]: its one script by hash.
pub fn csp_form_post(form_action_origins: &[&str]) -> String {
    policy(form_action_origins, &submit_script(), &["'none'"])
}

/// The same for a form that sends itself within a partner's page.
pub fn csp_form_post_framed(form_action_origins: &[&str], ancestors: &[&str]) -> String {
    policy(form_action_origins, &submit_script(), ancestors)
}

/// The policy of a page that does nothing and shows nothing, and that `ancestors` may frame.
pub fn csp_framed(ancestors: &[&str]) -> String {
    format!("default-src 'none'; form-action 'none'; frame-ancestors {}; base-uri 'none'", ancestors.join(" "))
}

fn submit_script() -> String {
    format!("script-src 'sha256-{}'; ", *SUBMIT_HASH)
}

fn policy(form_action_origins: &[&str], script: &str, ancestors: &[&str]) -> String {
    let mut targets = String::from("'self'");
    for origin in form_action_origins.iter().filter(|origin| is_source(origin)) {
        targets.push(' ');
        targets.push_str(origin);
    }
    let ancestors = ancestors.join(" ");
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; {script}form-action {targets}; frame-ancestors {ancestors}; base-uri 'none'"
    )
}

/// Characters of an origin or a scheme; above all no space, comma or semicolon.
fn is_source(text: &str) -> bool {
    text.contains(':') && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_can_not_add_a_directive() {
        let policy = csp(&["https://id.partner.example:8443", "https://x; script-src *", "*", "com.example.app:"]);
        assert!(policy.contains("form-action 'self' https://id.partner.example:8443 com.example.app:; frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("script-src") && !policy.contains('*'));
        assert!(csp_form_post(&[]).contains("script-src 'sha256-"));
    }

    #[test]
    fn only_what_says_so_may_be_framed() {
        for policy in [csp(&["https:"]), csp_form_post(&["https:"])] {
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        }
        for policy in [csp_framed(&["https:"]), csp_form_post_framed(&["https:"], &["https:"])] {
            assert!(policy.contains("frame-ancestors https:;"), "{policy}");
        }
        assert!(csp_framed(&["https:"]).contains("form-action 'none'"));
    }
}
