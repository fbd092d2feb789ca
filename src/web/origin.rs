//! Whether a form was sent by a page of somebody else's. Form tokens refuse it too; this is the second lock, and the only one where no
//! session is there to make a token from.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap},
};
use url::Url;

/// Browsers say where a POST comes from. One that says nothing is none, or too old to be driven from another site's page unseen.
pub(super) fn is_foreign(request: &HttpRequest) -> bool {
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("null"));
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => !is_here(request.headers(), origin),
        (None, None) => false,
    }
}

/// What the browser took for our address is in `Host`, whatever proxies stand between.
fn is_here(headers: &HeaderMap, origin: &str) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Ok(origin) = Url::parse(origin) else { return false };
    let Ok(here) = Url::parse(&format!("{}://{host}", origin.scheme())) else { return false };
    origin.origin().is_tuple() && origin.origin() == here.origin()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_form_of_another_site_is_foreign() {
        let foreign = |headers: &[(&'static str, &'static str)]| {
            let request = TestRequest::default().insert_header(("host", "login.example.org"));
            is_foreign(&headers.iter().fold(request, |request, header| request.append_header(*header)).to_http_request())
        };
        assert!(!foreign(&[]) && !foreign(&[("origin", "https://login.example.org")]));
        assert!(!foreign(&[("sec-fetch-site", "same-origin"), ("origin", "https://login.example.org")]));
        for headers in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "https://login.example.org.evil.example")],
            &[("origin", "https://login.example.org:8443")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
        ] {
            assert!(foreign(headers), "{headers:?}");
        }
    }
}
