//! The paper the demo's own servers write on. Not the product's pages: these belong to the sample organisations around it.

use std::fmt::Write as _;

use actix_web::{HttpResponse, http::StatusCode, http::header};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::random;

/// Whose page this is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) name: &'static str,
    /// Dark enough for white text on it (WCAG 2.2, 1.4.3).
    pub(super) accent: &'static str,
    pub(super) lang: &'static str,
}

const STYLE: &str = "
:root{color-scheme:light dark;--paper:#f5f6f8;--card:#fff;--ink:#1b1f24;--soft:#59636e;--line:#d4d9df}
@media (prefers-color-scheme:dark){:root{--paper:#14171b;--card:#1e2329;--ink:#eceff2;--soft:#a3adb8;--line:#3a424b}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
header{background:var(--accent);color:#fff;padding:.9rem 1.25rem;font-weight:600}
main{max-width:44rem;margin:2rem auto;padding:0 1rem}
section,article{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.5rem;margin-bottom:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}h2{font-size:1.1rem;margin:0 0 .5rem}
p{margin:0 0 1rem}form+p{margin:1rem 0 0}.soft{color:var(--soft)}
label{display:block;font-weight:600;margin-bottom:.25rem}
input{font:inherit;color:inherit;background:var(--card);width:100%;padding:.6rem .75rem;border:1px solid var(--soft);border-radius:.5rem;margin-bottom:1rem}
.go{display:inline-block;font:inherit;font-weight:600;color:#fff;background:var(--accent);border:0;border-radius:.5rem;padding:.65rem 1.25rem;text-decoration:none;cursor:pointer}
.row{display:block;width:100%;text-align:left;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.5rem;padding:.65rem 1rem;margin-bottom:.5rem;cursor:pointer}
.go:focus-visible,.row:focus-visible,input:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
dl{margin:0 0 1rem}dl div{display:grid;grid-template-columns:12rem 1fr;gap:0 .75rem;padding:.45rem 0;border-top:1px solid var(--line)}
dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}@media (max-width:34rem){dl div{grid-template-columns:1fr}}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:0}pre code{display:block;font:.85rem/1.5 ui-monospace,monospace;background:var(--paper);border-radius:.5rem;padding:.75rem 1rem;margin-bottom:1rem}
code{font-size:.95em}.code{font-size:1.75rem;font-weight:700;letter-spacing:.15em}
.wrong{border-left:.3rem solid #c62828;padding-left:.75rem}
";

/// A whole page. `body` is HTML; `title` is text.
pub(super) fn page(look: Look, title: &str, body: &str) -> HttpResponse {
    answer(StatusCode::OK, look, title, "", body)
}

/// As [`page`], loading itself again every few seconds.
pub(super) fn live_page(look: Look, title: &str, body: &str) -> HttpResponse {
    answer(StatusCode::OK, look, title, r#"<meta http-equiv="refresh" content="3">"#, body)
}

/// What can't go on, said plainly.
pub(super) fn refusal(look: Look, text: &str) -> HttpResponse {
    let body =
        format!(r#"<section><h1>That did not work</h1><p class="wrong">{}</p><p><a href="/">Start again</a></p></section>"#, escape(text));
    answer(StatusCode::BAD_REQUEST, look, "That did not work", "", &body)
}

/// Presses the only button; who runs no scripts presses it.
const PRESS: &str = "document.forms[0].submit()";

/// A form that carries `fields` to another origin: SAML's HTTP-POST binding (Bindings §3.5), or a `wresult`.
pub(super) fn carrier(look: Look, action: &str, fields: &[(&str, &str)]) -> HttpResponse {
    let mut inputs = String::new();
    for (name, value) in fields {
        let _ = write!(inputs, r#"<input type="hidden" name="{}" value="{}">"#, escape(name), escape(value));
    }
    let body = format!(
        r#"<section><h1>You are signed in</h1><p>Take the answer to who asked for it.</p><form method="post" action="{}">{inputs}<button class="go" id="onward">Go on</button></form></section><script>{PRESS}</script>"#,
        escape(action)
    );
    answer(StatusCode::OK, look, "Going on", "", &body)
}

fn answer(status: StatusCode, look: Look, title: &str, head: &str, body: &str) -> HttpResponse {
    let script = STANDARD.encode(random::sha256(PRESS.as_bytes()));
    let Look { name, accent, lang } = look;
    let title = escape(title);
    let html = format!(
        r#"<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">{head}
<title>{title} · {name}</title><style>:root{{--accent:{accent}}}{STYLE}</style></head>
<body><header>{name}</header><main>{body}</main></body></html>
"#
    );
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            format!("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; frame-ancestors 'none'"),
        ))
        .body(html)
}

/// 303: the browser goes on with GET, whatever brought it here (RFC 9110 §15.4.4).
pub(super) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish()
}

/// Text as HTML, also inside a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A JSON object as a list of names and values, in its own order.
pub(super) fn list(object: &serde_json::Map<String, serde_json::Value>) -> String {
    let mut rows = String::new();
    for (name, value) in object {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let _ = write!(rows, "<div><dt><code>{}</code></dt><dd>{}</dd></div>", escape(name), escape(&shown));
    }
    format!("<dl>{rows}</dl>")
}
