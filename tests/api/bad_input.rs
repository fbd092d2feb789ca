//! Whatever is thrown at the door: a clear answer with a code to quote and a number to ask by, the headers that every answer carries,
//! and nothing stored.

use url::form_urlencoded::{Serializer, byte_serialize};

use crate::{
    raw::{self, Answer},
    world::{ANA, RelyingParty, World},
};

async fn send(world: &World, request: Vec<u8>) -> Answer {
    raw::send(&world.address_of(0), request).await
}

/// Every answer protects itself, whatever it says.
fn must_be_protected(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}: {answer:?}");
    }
    let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    assert_eq!(is_page, answer.header("content-security-policy").is_some(), "{what}: {answer:?}");
}

/// An error that a person or a program can do something with.
fn must_be_clear(answer: &Answer, status: u16, code: &str, what: &str) {
    assert_eq!((answer.status, answer.code()), (status, Some(code)), "{what}: {answer:?}");
    must_be_protected(answer, what);
    let is_json = answer.header("content-type") == Some("application/json");
    let is_for_programs = ["token", "userinfo"].iter().any(|word| what.contains(word));
    assert!(is_json || !is_for_programs, "{what}: {answer:?}");
    let has_reference = if is_json { answer.body.contains("(reference ") } else { answer.body.contains("id=\"reference\"") };
    assert!(has_reference, "{what}: {answer:?}");
}

async fn must_all_be_clear(world: &World, cases: Vec<(&str, Vec<u8>, u16, &str)>) {
    for (what, request, status, code) in cases {
        must_be_clear(&send(world, request).await, status, code, what);
    }
    assert_eq!(world.held(), 0, "something was stored");
    assert!(world.events("contoso").await.is_empty());
}

#[tokio::test]
async fn addresses_that_lead_nowhere() {
    let world = World::open().await;
    let get = |path: &str| raw::head(&format!("GET {path}"), "");
    let flow = "018f0000-0000-7000-8000-000000000000";
    must_all_be_clear(
        &world,
        vec![
            ("unknown tenant", get("/fabrikam/authorize?client_id=portal"), 404, "GH1001"),
            ("unknown domain", get("/elsewhere.example/jwks"), 404, "GH1001"),
            ("a tenant that can't be", get("/%00/jwks"), 404, "GH1001"),
            ("nothing at all", get("/"), 404, "GH1002"),
            ("no page of a tenant", get("/contoso/admin"), 404, "GH1002"),
            ("a tenant alone", get("/contoso"), 404, "GH1002"),
            ("up and out", get("/../../../../etc/passwd"), 404, "GH1002"),
            ("up, encoded", get("/contoso/%2e%2e/%2e%2e/etc/passwd"), 404, "GH1002"),
            ("out of the assets", get("/assets/../Cargo.toml"), 404, "GH1002"),
            ("out of the assets, encoded", get("/assets/..%2f..%2fCargo.toml"), 404, "GH1002"),
            ("out of the assets, doubly encoded", get("/assets/..%252f..%252fCargo.toml"), 404, "GH1002"),
            ("out of the assets, the other way", get("/assets/..%5c..%5cCargo.toml"), 404, "GH1002"),
            ("an asset with a null in it", get("/assets/gatehouse.css%00.png"), 404, "GH1002"),
            ("somebody's logo", get("/contoso/branding/logo"), 404, "GH1002"),
            ("a sign-in nobody began", get(&format!("/contoso/signin/{flow}")), 400, "GH1003"),
            ("a sign-in that can't be", get("/contoso/signin/..%2f..%2fx"), 400, "GH1003"),
            ("a callback of nobody", get("/contoso/callback/litware?code=c&state=s"), 400, "GH3003"),
            ("a callback with nothing", get("/contoso/callback/fabrikam"), 400, "GH3003"),
        ],
    )
    .await;
}

#[tokio::test]
async fn methods_that_do_not_fit() {
    let world = World::open().await;
    let verb = |method: &str, path: &str| raw::head(&format!("{method} {path}"), "Content-Length: 0\r\n");
    must_all_be_clear(
        &world,
        vec![
            ("delete an authorization", verb("DELETE", "/contoso/authorize"), 405, "GH1018"),
            ("put a token", verb("PUT", "/contoso/token"), 405, "GH1018"),
            ("get a token", verb("GET", "/contoso/token"), 405, "GH1018"),
            ("patch the keys", verb("PATCH", "/contoso/jwks"), 405, "GH1018"),
            ("trace userinfo", verb("TRACE", "/contoso/userinfo"), 405, "GH1018"),
            ("an invented verb", verb("FROBNICATE", "/contoso/authorize"), 405, "GH1018"),
            ("post to a page", verb("POST", "/contoso/.well-known/openid-configuration"), 405, "GH1018"),
            ("delete an asset", verb("DELETE", "/assets/gatehouse.css"), 405, "GH1018"),
        ],
    )
    .await;
}

#[tokio::test]
async fn bodies_and_heads_of_any_size() {
    let world = World::open().await;
    let huge = vec![b'a'; 70_000];
    let chunked = |path: &str| {
        let head = raw::head(&format!("POST {path}"), "Transfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n");
        let chunk = [b"1000\r\n".to_vec(), vec![b'a'; 0x1000], b"\r\n".to_vec()].concat();
        [head, chunk.repeat(20), b"0\r\n\r\n".to_vec()].concat()
    };
    let flow = "/contoso/signin/018f0000-0000-7000-8000-000000000000/address";
    let long = "a".repeat(50_000);
    must_all_be_clear(
        &world,
        vec![
            ("a token request of 70 kB", raw::form("/contoso/token", "", &huge), 413, "GH1019"),
            ("a token request in pieces, without a length", chunked("/contoso/token"), 413, "GH1019"),
            ("userinfo of 70 kB", raw::form("/contoso/userinfo", "", &huge), 413, "GH1019"),
            ("an authorization of 70 kB", raw::form("/contoso/authorize", "", &huge), 413, "GH1019"),
            ("a callback of 70 kB, as signed answers are", raw::form("/contoso/callback/fabrikam", "", &huge), 400, "GH3003"),
            ("a callback of 600 kB", raw::form("/contoso/callback/fabrikam", "", &vec![b'a'; 600_000]), 413, "GH1019"),
            ("a logout of 600 kB", raw::form("/contoso/callback/fabrikam/logout", "", &vec![b'a'; 600_000]), 413, "GH1019"),
            ("a sign-out of 70 kB", raw::form("/contoso/signout", "", &huge), 413, "GH1019"),
            ("an address of 70 kB", raw::form(flow, "", &huge), 413, "GH1019"),
            ("a query of 50 kB", raw::head(&format!("GET /contoso/authorize?client_id={long}"), ""), 400, "GH1017"),
            ("a path of 50 kB", raw::head(&format!("GET /contoso/{long}"), ""), 404, "GH1002"),
            ("a thousand parameters", raw::head(&format!("GET /contoso/authorize?{}", "a=b&".repeat(1000)), ""), 400, "GH1017"),
            ("a header of 50 kB", raw::head("GET /contoso/authorize", &format!("X-Long: {long}\r\n")), 400, "GH1003"),
            ("a language of 50 kB", raw::head("GET /contoso/authorize", &format!("Accept-Language: {long}\r\n")), 400, "GH1003"),
        ],
    )
    .await;
}

/// Beyond what HTTP itself is read by, nobody knows what was asked: the bare status is the answer, and the connection ends.
#[tokio::test]
async fn what_is_no_http_is_refused_before_the_door() {
    let world = World::open().await;
    let long = "a".repeat(300_000);
    for request in [
        raw::head("GET /contoso/authorize", &format!("X-Long: {long}\r\n")),
        raw::head("GET /contoso/authorize", &"X: y\r\n".repeat(200)),
        b"GET /contoso/\xff\xfe/authorize HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        b"GET /contoso/authorize HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nHost: x\r\nConnection: close\r\n\r\n0\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n".to_vec(),
    ] {
        let answer = send(&world, request).await;
        assert!((400..500).contains(&answer.status), "{answer:?}");
    }
    assert_eq!(world.held(), 0);
}

#[tokio::test]
async fn octets_that_are_no_text() {
    let world = World::open().await;
    let get = |path: &str| raw::head(&format!("GET {path}"), "");
    must_all_be_clear(
        &world,
        vec![
            ("not UTF-8 in the query", get("/contoso/authorize?client_id=%ff%fe"), 400, "GH1017"),
            ("overlong UTF-8", get("/contoso/authorize?client_id=%c0%af"), 400, "GH1017"),
            ("half an escape", get("/contoso/authorize?client_id=%4"), 400, "GH1017"),
            ("not UTF-8 in a form", raw::form("/contoso/authorize", "", b"client_id=\xff\xfe"), 400, "GH1017"),
            ("not UTF-8 in an answer", raw::form("/contoso/callback/fabrikam", "", b"state=\xff"), 400, "GH1017"),
            ("not UTF-8 for tokens", raw::form("/contoso/token", "", b"grant_type=\xff"), 400, "GH4008"),
            ("not UTF-8 in the language", get("/contoso/signin/018f0000-0000-7000-8000-000000000000?ui_locales=%ff"), 400, "GH1003"),
            ("a null in a client", get("/contoso/authorize?client_id=portal%00"), 400, "GH1003"),
        ],
    )
    .await;
}

#[tokio::test]
async fn bodies_of_another_kind() {
    let world = World::open().await;
    let json = r#"{"grant_type":"authorization_code","code":"c","client_id":"portal","redirect_uri":"x"}"#.as_bytes();
    let multipart = b"--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nauthorization_code\r\n--x--";
    must_all_be_clear(
        &world,
        vec![
            ("JSON for tokens", raw::form("/contoso/token", "Content-Type: application/json\r\n", json), 401, "GH4001"),
            (
                "a multipart for tokens",
                raw::form("/contoso/token", "Content-Type: multipart/form-data; boundary=x\r\n", multipart),
                401,
                "GH4001",
            ),
            ("JSON for an authorization", raw::form("/contoso/authorize", "Content-Type: application/json\r\n", json), 400, "GH1003"),
            ("nothing for tokens", raw::form("/contoso/token", "", b""), 401, "GH4001"),
            ("gzip for tokens", raw::form("/contoso/token", "Content-Encoding: gzip\r\n", b"not gzip at all"), 400, "GH1017"),
            ("a token that is none", raw::head("GET /contoso/userinfo", "Authorization: Bearer x.y.z\r\n"), 401, "GH4007"),
            ("a scheme nobody knows", raw::head("GET /contoso/userinfo", "Authorization: Negotiate YII\r\n"), 401, "GH4007"),
        ],
    )
    .await;
}

#[tokio::test]
async fn cookies_by_the_thousand_misshapen_and_doubled() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let page = browser.open(&portal.asks(&[]).url).await;
    let (name, value) = browser.cookie_of(&page).unwrap();
    let before = world.stored("contoso", page.flow()).await.unwrap();
    let (held, path) = (world.held(), format!("/contoso/signin/{}", page.flow()));
    let thousands: String = (0..3000).map(|n| format!("c{n}=x; ")).collect();
    for (what, line) in [
        ("thousands", thousands.clone()),
        ("thousands before the right one", format!("{thousands}{name}={value}")),
        ("nonsense", "=;;;=;; ;a;\u{1}\t;\"=\"".replace('\u{1}', "x")),
        ("the right name, another value", format!("{name}=x")),
        ("the right one doubled", format!("{name}={value}; {name}=x")),
        ("the right one twice", format!("{name}={value}; {name}={value}")),
        ("the right value under https' name", format!("__Host-{name}={value}")),
    ] {
        let answer = send(&world, raw::head(&format!("GET {path}"), &format!("Cookie: {line}\r\n"))).await;
        must_be_clear(&answer, 400, "GH2001", what);
    }
    // Not UTF-8 beside the right one: the line as a whole is not believed.
    let mut octets = raw::head(&format!("GET {path}"), &format!("Cookie: {name}={value}; a="));
    octets.truncate(octets.len() - 2);
    octets.extend(b"\xff\r\n\r\n");
    must_be_clear(&send(&world, octets).await, 400, "GH2001", "not UTF-8");
    assert_eq!(world.stored("contoso", page.flow()).await.unwrap().0, before.0);
    assert_eq!(world.held(), held, "something was stored");
    assert_eq!(browser.get(&format!("{}{path}", world.url)).await.status, 200, "and the right browser goes on");
}

fn raw_query(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The parameters of a sound request, one of them twice.
fn doubled(portal: &RelyingParty, name: &str) -> String {
    let ask = portal.asks(&[("prompt", "login"), ("login_hint", ANA), ("max_age", "5"), ("response_mode", "query")]);
    let (_, query) = ask.url.split_once('?').unwrap();
    let again = query.split('&').find(|pair| pair.starts_with(&format!("{name}="))).unwrap();
    format!("{query}&{again}")
}

#[tokio::test]
async fn a_parameter_that_comes_twice_is_refused_everywhere() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for name in ["client_id", "redirect_uri"] {
        let answer = send(&world, raw::head(&format!("GET /contoso/authorize?{}", doubled(&portal, name)), "")).await;
        assert_eq!(answer.status, 400, "{name}: {answer:?}");
        must_be_clear(&answer, 400, answer.code().unwrap(), name);
    }
    for name in ["response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt", "login_hint", "max_age"] {
        for post in [false, true] {
            let query = doubled(&portal, name);
            let request = if post {
                raw::form("/contoso/authorize", "", query.as_bytes())
            } else {
                raw::head(&format!("GET /contoso/authorize?{query}"), "")
            };
            let answer = send(&world, request).await;
            must_be_protected(&answer, name);
            let location = answer.header("location").unwrap_or_else(|| panic!("{name}: {answer:?}"));
            assert!(location.starts_with(&portal.redirect_uri) && location.contains("error=invalid_request"), "{name}: {location}");
        }
    }
    let sound = [
        ("grant_type", "authorization_code"),
        ("code", "c"),
        ("redirect_uri", portal.redirect_uri.as_str()),
        ("code_verifier", "v"),
        ("client_id", "spa"),
    ];
    for (name, value) in sound {
        let body = format!("{}&{name}={}", raw_query(&sound), byte_serialize(value.as_bytes()).collect::<String>());
        let answer = send(&world, raw::form("/contoso/token", "", body.as_bytes())).await;
        assert!((400..=401).contains(&answer.status), "{name}: {answer:?}");
        must_be_clear(&answer, answer.status, answer.code().unwrap(), name);
    }
    for name in ["state", "code", "iss", "error"] {
        let query = raw_query(&[
            ("state", "018f0000-0000-7000-8000-000000000000.x"),
            ("code", "c"),
            ("iss", "i"),
            (name, "again"),
            (name, "again"),
        ]);
        must_be_clear(&send(&world, raw::head(&format!("GET /contoso/callback/fabrikam?{query}"), "")).await, 400, "GH3003", name);
    }
    assert_eq!(world.held(), 0, "something was stored");
}

#[tokio::test]
async fn a_form_field_that_comes_twice_moves_nothing() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let page = browser.open(&portal.asks(&[]).url).await;
    let (stored, token) = (world.stored("contoso", page.flow()).await.unwrap(), page.token());
    let to = format!("{}/contoso/signin/{}/address", world.url, page.flow());
    let twice = [("form", token.as_str()), ("form", token.as_str()), ("address", ANA)];
    let again = browser.post(&to, &twice).await;
    let again = browser.follow(again).await;
    assert_eq!((again.status, again.shows()), (200, "address"), "{}", again.body);
    assert_eq!(world.stored("contoso", page.flow()).await.unwrap().0, stored.0);
    let again = browser.post(&to, &[("form", &token), ("address", ANA), ("address", "eve@elsewhere.example")]).await;
    let again = browser.follow(again).await;
    assert_eq!((again.status, again.shows()), (200, "address"), "{}", again.body);
}

#[tokio::test]
async fn a_sound_page_and_a_redirect_are_protected_too() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for more in [&[][..], &[("login_hint", ANA)], &[("prompt", "none")]] {
        let ask = portal.asks(more);
        let (_, query) = ask.url.split_once('?').unwrap();
        must_be_protected(&send(&world, raw::head(&format!("GET /contoso/authorize?{query}"), "")).await, &format!("{more:?}"));
    }
}
