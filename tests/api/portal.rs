//! Our own pages for guests: My Apps, My account, the end of sessions, leaving; and who gets nothing there.

use std::time::Duration;

use gatehouse::{domain::id::TenantId, store::directory::AuditEvent};
use serde_json::json;

use crate::world::{ANA, Browser, Page, SOL, Setup, World};

const SESSION: &str = "gh-s-contoso";
const WIKI: &str = "[clients.wiki]\nname = \"Wiki\"\nredirect_uris = [\"https://wiki.contoso.example/cb\"]\nauthentication = \"none\"\n\
                    launch_url = \"https://wiki.contoso.example/\"\n";

async fn enter(world: &World, browser: &mut Browser, path: &str, address: &str) -> Page {
    let page = browser.open(&format!("{}{path}", world.url)).await;
    signed_in(world, browser, page, address).await
}

/// From the first page of a sign-in to where it leads.
async fn signed_in(world: &World, browser: &mut Browser, mut page: Page, address: &str) -> Page {
    loop {
        page = match page.shows() {
            "address" => browser.press(&page, "continue", &[("address", address)]).await,
            "passcode" => browser.press(&page, "continue", &[("code", &world.next_mail(address).await.code())]).await,
            "consent" => browser.press(&page, "accept", &[]).await,
            _ => return page,
        };
    }
}

fn led_to(page: &Page) -> &str {
    page.location.as_ref().map_or(page.url.path(), |to| if to.host_str() == Some("127.0.0.1") { to.path() } else { to.as_str() })
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_first_and_comes_to_their_apps() {
    let world = Setup::new().tenant("contoso", WIKI).open().await;
    let mut browser = world.browser();
    let page = enter(&world, &mut browser, "/contoso/apps", ANA).await;
    assert_eq!((page.status, page.url.path()), (200, "/contoso/apps"));
    let text = page.text();
    for words in ["My Apps", "Portal", "Wiki", ANA, "through Fabrikam", "Sign out"] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    assert!(!text.contains("Field app"), "it has no front door");
    assert!(page.body.contains("href=\"/contoso/signin/wiki\""));
    // The session suffices from now on, by whatever name of the tenant.
    for path in ["/contoso/apps", "/contoso.example/apps", "/apps?tenantid=contoso", "/apps?tenantId=contoso.example"] {
        let page = browser.open(&format!("{}{path}", world.url)).await;
        assert_eq!((page.status, page.url.path()), (200, "/contoso/apps"), "{path}");
    }
    let page = browser.open(&format!("{}/account?tenantId=contoso.example", world.url)).await;
    assert_eq!((page.status, page.url.path()), (200, "/contoso/account"));
}

#[tokio::test]
async fn apps_are_found_by_name_or_description_and_nothing_is_said_plainly() {
    let described = "[clients.portal]\ndescription = \"Orders and invoices\"\n";
    let world = Setup::new().tenant("contoso", &format!("{WIKI}{described}")).open().await;
    let mut browser = world.browser();
    enter(&world, &mut browser, "/contoso/apps", ANA).await;
    for (query, finds) in [("wik", "/signin/wiki"), ("INVOICES+portal", "/signin/portal")] {
        let page = browser.open(&format!("{}/contoso/apps?q={query}", world.url)).await;
        assert!(page.body.contains(&format!("href=\"/contoso{finds}\"")), "{query}: {}", page.body);
        assert_eq!(page.body.matches("href=\"/contoso/signin/").count(), 1, "{query}");
    }
    let page = browser.open(&format!("{}/contoso/apps?q=pay%22roll%3Cb%3E", world.url)).await;
    assert!(page.text().contains("Nothing found for “pay"), "{}", page.text());
    assert!(!page.body.contains("<b>") && page.text().contains("Show all apps"));
}

#[tokio::test]
async fn a_launch_link_leads_to_the_app_with_a_session_and_by_way_of_signing_in_without() {
    let world = Setup::new().tenant("contoso", WIKI).open().await;
    let mut browser = world.browser();
    let page = enter(&world, &mut browser, "/contoso/signin/wiki", ANA).await;
    assert_eq!(led_to(&page), "https://wiki.contoso.example/");
    let page = browser.get(&format!("{}/contoso/signin/portal", world.url)).await;
    assert_eq!(led_to(&page), "https://portal.contoso.example/");
    let page = browser.open(&format!("{}/contoso/signin/spa", world.url)).await;
    assert_eq!(page.url.path(), "/contoso/apps", "an app without a front door");
    for unknown in ["nobody", "..%2fx", "%00", "wiki%0d%0a"] {
        let page = browser.get(&format!("{}/contoso/signin/{unknown}", world.url)).await;
        assert_eq!(page.error(), Some("GH1003"), "{unknown}");
        assert!(page.body.contains("href=\"/contoso/apps\""));
    }
}

#[tokio::test]
async fn an_app_for_assigned_guests_is_shown_and_opened_to_them_alone() {
    let world = Setup::new().tenant("contoso", &format!("{WIKI}assignment_required = true\n")).open().await;
    let mut browser = world.browser();
    let page = enter(&world, &mut browser, "/contoso/apps", ANA).await;
    assert!(!page.text().contains("Wiki"));
    let page = browser.get(&format!("{}/contoso/signin/wiki", world.url)).await;
    assert_eq!((page.error(), page.status), (Some("GH2018"), 403));
    assert!(page.body.contains("href=\"/contoso/apps\"") && !page.body.contains("wiki.contoso.example"));
    world.sql("INSERT INTO guest_apps (tenant, guest, client, assigned_at) SELECT tenant, id, 'wiki', 0 FROM guests").await;
    let page = browser.open(&format!("{}/contoso/apps", world.url)).await;
    assert!(page.text().contains("Wiki"));
    let page = browser.get(&format!("{}/contoso/signin/wiki", world.url)).await;
    assert_eq!(led_to(&page), "https://wiki.contoso.example/");
}

#[tokio::test]
async fn another_tenants_session_opens_nothing() {
    let world = Setup::new().tenant("northwind", "").open().await;
    let mut browser = world.browser();
    enter(&world, &mut browser, "/contoso/account", ANA).await;
    let planted = browser.cookies[SESSION].clone();
    browser.cookies.insert("gh-s-northwind".into(), planted);
    for path in ["/northwind/apps", "/northwind/account", "/northwind/account/leave", "/northwind/signin/portal"] {
        assert_eq!(browser.open(&format!("{}{path}", world.url)).await.shows(), "address", "{path}");
    }
}

#[tokio::test]
async fn my_account_says_who_i_am_where_i_belong_and_what_i_accepted_whoever_proved_me() {
    let world = Setup::new().tenant("northwind", "").open().await;
    let (mut browser, mut other) = (world.browser(), world.browser());
    for (browser, address, road) in [(&mut browser, ANA, "through Fabrikam"), (&mut other, SOL, "with a code by email")] {
        let page = enter(&world, browser, "/contoso/account", address).await;
        let text = page.text();
        for words in [address, road, "Guest since15 January 2027", "Review permissions", "English", "This browser"] {
            assert!(text.contains(words), "{words} is not in {text}");
        }
        assert!(!text.contains("northwind"), "{text}");
    }
    enter(&world, &mut browser, "/northwind/apps", ANA).await;
    let page = browser.open(&format!("{}/contoso/account", world.url)).await;
    assert!(page.body.contains("href=\"/northwind/apps\""), "{}", page.text());
    let page = other.open(&format!("{}/contoso/account", world.url)).await;
    assert!(!page.text().contains("northwind"), "what is Ana's is not Sol's");
}

#[tokio::test]
async fn one_reads_what_one_accepted_and_nobody_else_does() {
    let world = World::open().await;
    let (mut browser, mut other) = (world.browser(), world.browser());
    enter(&world, &mut browser, "/contoso/account", ANA).await;
    enter(&world, &mut other, "/contoso/account", SOL).await;
    world.sql("UPDATE consents SET document = 'feed' WHERE guest = (SELECT guest FROM guest_addresses WHERE address_key = 'ana@fabrikam.example')").await;
    world
        .sql(
            "INSERT INTO documents (tenant, hash, content_type, content, kept_at)
             VALUES ('contoso', 'feed', 'text/html; charset=utf-8', 'PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0PldvcmRz', 0)",
        )
        .await;
    let page = browser.open(&format!("{}/contoso/account", world.url)).await;
    let (_, rest) = page.body.split_once("/contoso/account/documents/").expect("there is something to read");
    let hash = rest.split(['"', '?']).next().unwrap();
    let there = format!("{}/contoso/account/documents/{hash}", world.url);
    let document = browser.get(&there).await;
    assert!(document.status == 200 && document.body.contains("<div class=\"words\" lang=\"en\">"), "{}", document.body);
    assert!(document.header("content-security-policy").unwrap().contains("default-src 'none'"), "what should not be there does nothing");
    assert!(!document.header("content-security-policy").unwrap().contains("script-src"));
    let document = browser.get(&format!("{there}?download=1")).await;
    assert_eq!((document.status, document.body.as_str()), (200, "<script>alert(1)</script>Words"), "the very octets");
    assert!(document.header("content-disposition").unwrap().starts_with("attachment; filename=\""));
    assert!(document.header("content-security-policy").unwrap().contains("sandbox"));
    let refused = other.get(&there).await;
    assert_eq!((refused.status, refused.error()), (404, Some("GH1002")), "Sol never accepted it");
    assert_eq!(world.browser().open(&there).await.shows(), "address");
}

#[tokio::test]
async fn what_was_accepted_and_declined_is_listed_with_its_version_language_and_end() {
    let terms = "[terms.visitors]\nname = \"Visitor terms\"\nreaccept_after = \"P30D\"\ngrace = \"7d\"\n[[terms.visitors.versions]]\n\
                 version = \"2026-01\"\neffective = \"2026-01-01\"\ndocuments = { de = \"../../visitors.de.html\" }\n";
    let terms = terms.replace("grace =", "default_language = \"de\"\ngrace =");
    let world = Setup::new().tenant("contoso", &terms).file("visitors.de.html", "<p>Seien Sie freundlich.</p>").open().await;
    let mut browser = world.browser();
    let page = browser.open(&format!("{}/contoso/account", world.url)).await;
    let page = browser.press(&page, "continue", &[("address", ANA)]).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert!(page.text().contains("Visitor terms"), "{}", page.text());
    browser.press(&page, "decline", &[]).await;
    let page = enter(&world, &mut browser, "/contoso/account", ANA).await;
    let text = page.text();
    for words in
        ["Visitor terms", "Version 2026-01", "Deutsch", "counts until 14 February 2027", "Declined", "Accepted", "Review permissions"]
    {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    let (_, rest) = page.body.split_once("/contoso/account/documents/").unwrap();
    let document = browser.get(&format!("{}/contoso/account/documents/{}", world.url, rest.split(['"', '?']).next().unwrap())).await;
    assert!(document.body.contains("<div class=\"words\" lang=\"de\">\n<p>Seien Sie freundlich.</p>"), "{}", document.body);
    // Nothing waits while it counts, and for whom it is not there is nothing to read.
    let waiting = format!("{}/contoso/account/terms/visitors", world.url);
    assert_eq!(browser.get(&waiting).await.error(), Some("GH1002"));
    world.clock.advance(Duration::from_secs(31 * 86_400));
    let page = enter(&world, &mut browser, "/contoso/apps", ANA).await;
    assert!(page.text().contains("accept “Visitor terms” anew. You can go on without it until 21 February 2027"), "{}", page.text());
    let document = browser.get(&waiting).await;
    assert!(document.body.contains("Seien Sie freundlich.") && document.body.contains("href=\"/contoso/apps\""), "{}", document.body);
    assert_eq!(browser.get(&format!("{waiting}x")).await.error(), Some("GH1002"));
    assert!(browser.open(&format!("{}/contoso/account", world.url)).await.text().contains("counted until 14 February 2027"));
    world.clock.advance(Duration::from_secs(7 * 86_400));
    let page = browser.open(&format!("{}/contoso/apps", world.url)).await;
    let page = if page.shows() == "address" { browser.press(&page, "continue", &[("address", ANA)]).await } else { page };
    assert!(page.shows() == "consent" && page.text().contains("Visitor terms"), "{}", page.text());
}

#[tokio::test]
async fn organizations_elsewhere_are_shown_where_the_same_proof_would_do_and_nowhere_else() {
    let by_mail = "[oidc.fabrikam]\ndomains = [\"other.example\"]\n";
    let world = Setup::new().tenant("northwind", "").tenant("woodgrove", by_mail).open().await;
    for (address, seen, unseen) in [(ANA, "/northwind/apps", "/woodgrove/apps"), (SOL, "/woodgrove/apps", "/fabrikam/apps")] {
        for place in ["northwind", "woodgrove"] {
            enter(&world, &mut world.browser(), &format!("/{place}/apps"), address).await;
        }
        let page = enter(&world, &mut world.browser(), "/contoso/account", address).await;
        assert!(page.body.contains(&format!("href=\"{seen}\"")), "{address}: {}", page.text());
        assert!(!page.body.contains(&format!("href=\"{unseen}\"")), "{address}: {}", page.text());
    }
    // By a code Woodgrove knows Ana; what she proves there, the others don't ask for.
    let page = enter(&world, &mut world.browser(), "/woodgrove/account", ANA).await;
    assert!(page.text().contains("with a code by email") && !page.body.contains("href=\"/northwind/apps\""), "{}", page.text());
}

#[tokio::test]
async fn one_session_is_ended_from_another_browser_and_only_by_its_own_guest() {
    let world = World::open().await;
    let (mut one, mut two, mut other) = (world.browser(), world.browser(), world.browser());
    for (browser, address) in [(&mut one, ANA), (&mut two, ANA), (&mut other, SOL)] {
        enter(&world, browser, "/contoso/account", address).await;
    }
    let here = format!("{}/contoso/account", world.url);
    let page = one.open(&here).await;
    assert_eq!(page.body.matches("Another browser").count(), 1);
    let form = page.forms().into_iter().find(|form| form.action.ends_with("/sessions/end")).unwrap();
    let pairs = form.pairs(&[], None);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // Not by another guest, not from another site, not under another's token.
    let end = format!("{here}/sessions/end");
    assert_eq!(other.post(&end, &pairs).await.error(), Some("GH2014"));
    assert_eq!(one.clone().post_from("https://evil.example", &end, &pairs).await.error(), Some("GH2014"));
    assert_eq!(one.post(&end, &[("session", pairs.iter().find(|(name, _)| *name == "session").unwrap().1)]).await.error(), Some("GH2014"));
    assert_eq!(two.open(&here).await.status, 200);
    assert!(two.open(&here).await.text().contains("My account"));
    let page = one.submit_to(&end, &pairs).await;
    assert_eq!(led_to(&page), "/contoso/account");
    assert_eq!(two.open(&here).await.shows(), "address", "it is over");
    assert_eq!(one.open(&here).await.body.matches("Another browser").count(), 0);
    assert!(other.open(&here).await.text().contains("My account"));
}

#[tokio::test]
async fn signing_out_everywhere_ends_the_other_browser_and_what_is_listed_nowhere() {
    let world = World::open().await;
    let (mut one, mut two) = (world.browser(), world.browser());
    for browser in [&mut one, &mut two] {
        enter(&world, browser, "/contoso/account", ANA).await;
    }
    let page = one.open(&format!("{}/contoso/account", world.url)).await;
    assert_eq!(
        one.clone().post(&format!("{}/contoso/account/sessions/end-all", world.url), &[("form", "x")]).await.error(),
        Some("GH2014")
    );
    let page = one.press(&page, "everywhere", &[]).await;
    assert!(page.text().contains("You are signed out") && !one.cookies.contains_key(SESSION));
    // At the apps as at ours: silently, too.
    let portal = world.app("contoso", "portal").await;
    let silent = portal.asks(&[("prompt", "none")]);
    let page = two.get(&silent.url).await;
    assert_eq!(portal.refusal(&silent, &page), "login_required");
    for path in ["/contoso/account", "/contoso/apps"] {
        assert_eq!(two.open(&format!("{}{path}", world.url)).await.shows(), "address", "{path}");
    }
    // A session that no list had: what the directory says decides.
    world.clock.advance(Duration::from_secs(1));
    let page = enter(&world, &mut two, "/contoso/account", ANA).await;
    assert!(page.text().contains("My account"), "signing in again works at once");
    world.clock.advance(Duration::from_secs(10));
    let (tenant, guest) = (TenantId::parse("contoso").unwrap(), world.guest("contoso", ANA).await.unwrap().guest.id);
    let event = AuditEvent::without_sign_in(world.clock.now(), "guest.signed_out_everywhere", guest, json!({}));
    assert!(world.directory.end_sessions(&tenant, guest, &event).await.unwrap());
    let silent = portal.asks(&[("prompt", "none")]);
    let page = two.get(&silent.url).await;
    assert_eq!(portal.refusal(&silent, &page), "login_required");
    for path in ["/contoso/account", "/contoso/apps"] {
        assert_eq!(two.open(&format!("{}{path}", world.url)).await.shows(), "address", "{path}");
    }
    assert!(world.events("contoso").await.iter().any(|event| event.action == "guest.signed_out_everywhere"));
}

#[tokio::test]
async fn leaving_is_asked_twice_ends_everything_and_coming_back_is_the_organisations_to_allow() {
    let world = World::open().await;
    let (mut browser, mut other) = (world.browser(), world.browser());
    for browser in [&mut browser, &mut other] {
        enter(&world, browser, "/contoso/account", ANA).await;
    }
    let there = format!("{}/contoso/account/leave", world.url);
    let page = browser.open(&there).await;
    assert!(page.text().contains("Leave contoso Ltd?") && page.text().contains("30 days"));
    // Opened, sent without the tick, from elsewhere or with another form's token: nothing happens.
    let account = browser.open(&format!("{}/contoso/account", world.url)).await;
    let unticked = browser.submit_to(&there, &[("form", &page.token())]).await;
    assert!(led_to(&unticked).contains("/account/leave"));
    assert!(browser.open(&format!("{there}?unconfirmed=1")).await.text().contains("Tick the box"));
    let foreign = browser.clone().post_from("https://evil.example", &there, &[("form", &page.token()), ("confirm", "yes")]).await;
    assert_eq!(foreign.error(), Some("GH2014"));
    let everywhere = account.form_with("everywhere").unwrap().fields[0].value.clone();
    assert_eq!(browser.post(&there, &[("form", &everywhere), ("confirm", "yes")]).await.error(), Some("GH2014"));
    let (id, cookie) = (world.guest("contoso", ANA).await.unwrap().guest.id, other.cookies[SESSION].clone());
    assert!(!world.guest("contoso", ANA).await.unwrap().guest.is_deleted());

    let goodbye = browser.post(&there, &[("form", &page.token()), ("confirm", "yes")]).await;
    let goodbye = browser.follow(goodbye).await;
    assert!(
        goodbye.text().contains("You have left contoso Ltd") && goodbye.text().contains("privacy@contoso.example"),
        "{}",
        goodbye.text()
    );
    assert!(!browser.cookies.contains_key(SESSION));
    assert!(world.guest("contoso", ANA).await.unwrap().guest.is_deleted());
    let left: Vec<_> = world.events("contoso").await.into_iter().filter(|event| event.action == "guest.left").collect();
    assert_eq!((left.len(), left[0].guest), (1, Some(id)));
    assert_eq!(other.open(&format!("{}/contoso/account", world.url)).await.shows(), "address", "the other browser, too");
    // Not by themselves…
    assert_eq!(enter(&world, &mut other, "/contoso/apps", ANA).await.error(), Some("GH2017"));
    // … but once they are restored, as if they had never left; no session of before comes back with them.
    world.clock.advance(Duration::from_secs(1));
    world.directory.restore_guest(&TenantId::parse("contoso").unwrap(), id, world.clock.now()).await.unwrap();
    let mut third = world.browser();
    third.cookies.insert(SESSION.into(), cookie);
    let page = third.open(&format!("{}/contoso/apps", world.url)).await;
    let page = third.press(&page, "continue", &[("address", ANA)]).await;
    assert!(page.text().contains("My Apps"), "nothing is asked again: {}", page.text());
    assert_eq!(
        led_to(&third.get(&format!("{}/contoso/account/goodbye", world.url)).await),
        "/contoso/account",
        "somebody here has not left"
    );
}

#[tokio::test]
async fn a_blocked_guest_is_told_whom_to_write_to() {
    let world = World::open().await;
    let mut browser = world.browser();
    enter(&world, &mut browser, "/contoso/account", ANA).await;
    world.sql("UPDATE guests SET is_enabled = FALSE").await;
    for path in ["/contoso/account", "/contoso/account/leave", "/contoso/apps", "/contoso/signin/portal"] {
        let page = browser.get(&format!("{}{path}", world.url)).await;
        assert_eq!((page.error(), page.status), (Some("GH2009"), 403), "{path}");
        assert!(page.body.contains("mailto:privacy@contoso.example"), "{path}");
    }
    assert!(!world.guest("contoso", ANA).await.unwrap().guest.is_deleted());
}

#[tokio::test]
async fn where_leaving_is_denied_the_privacy_contact_is_named() {
    let world = Setup::new().tenant("contoso", "[guests]\nleaving = \"denied\"\n").open().await;
    let mut browser = world.browser();
    enter(&world, &mut browser, "/contoso/account", ANA).await;
    let page = browser.open(&format!("{}/contoso/account/leave", world.url)).await;
    assert_eq!((page.error(), page.status), (Some("GH2025"), 403));
    assert!(page.body.contains("mailto:privacy@contoso.example"));
    let token = browser.open(&format!("{}/contoso/account", world.url)).await.token();
    assert!(browser.post(&format!("{}/contoso/account/leave", world.url), &[("form", &token), ("confirm", "yes")]).await.error().is_some());
    assert!(!world.guest("contoso", ANA).await.unwrap().guest.is_deleted());
}

#[tokio::test]
async fn what_is_not_a_page_of_ours_is_said_so() {
    let world = World::open().await;
    let mut browser = world.browser();
    for (path, code) in [
        ("/contoso/account/nothing", "GH1002"),
        ("/apps?tenantid=nobody", "GH1001"),
        ("/account?tenantId=..%2f..", "GH1001"),
        ("/nobody/apps", "GH1001"),
    ] {
        assert_eq!(browser.get(&format!("{}{path}", world.url)).await.error(), Some(code), "{path}");
    }
    for path in ["/contoso/account/sessions/end", "/contoso/account/sessions/end-all"] {
        assert_eq!(led_to(&browser.get(&format!("{}{path}", world.url)).await), "/contoso/account");
    }
    assert_eq!(led_to(&browser.get(&format!("{}/apps", world.url)).await), "/common");
}
