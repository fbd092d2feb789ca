//! A partner's metadata server that hangs, lies, shrinks, pours or talks nonsense harms nobody else's sign-in, and its own people sign in
//! on the last good document.

use std::time::Duration;

use gatehouse::demo::partner::{KeyRing, KeyShape, Metadata};

use crate::{
    partner::Serving,
    world::{ANA, PAM, RelyingParty, SOL, Setup, WIN, World},
};

/// Longer than any metadata is kept before it is read again.
const DUE: Duration = Duration::from_secs(13 * 3600);

async fn open() -> (World, RelyingParty) {
    let world = Setup::new().partners().open().await;
    let portal = world.app("contoso", "portal").await;
    (world, portal)
}

async fn by_partner(world: &World, portal: &RelyingParty, address: &str) {
    let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", address)]));
    let page = browser.get(&ask.url).await;
    assert!(page.location.is_some(), "{address} {}", page.text());
    let page = world.through_partner(&mut browser, &page, address).await;
    let page = if page.shows() == "consent" { browser.press(&page, "accept", &[]).await } else { page };
    assert_eq!(portal.tokens(&ask, &page).await.claims["email"], address);
}

/// Everybody else's roads, all at once.
async fn everybody_else(world: &World, portal: &RelyingParty) {
    let mut browsers = [world.browser(), world.browser()];
    let [one, two] = &mut browsers;
    tokio::join!(world.sign_in(one, portal, ANA), world.sign_in(two, portal, SOL), by_partner(world, portal, PAM));
}

async fn is_ready(world: &World) -> bool {
    world.browser().get(&format!("{}/health/ready", world.url)).await.status == 200
}

/// Until somebody asked Wingtip's server so often.
async fn fetched(world: &World, times: usize) {
    crate::services::process::until("its metadata is asked for", || world.wingtip().times_fetched() >= times).await;
}

fn hostile() -> Vec<(&'static str, Serving)> {
    let garbage = Serving::Octets((0..60_000_u32).map(|n| (n * 7 % 256) as u8).collect());
    vec![
        ("hangs", Serving::Silence),
        ("drips", Serving::Drip),
        ("pours", Serving::Endless),
        ("is cut short", Serving::CutShort("<EntityDescriptor".into())),
        ("garbage", garbage),
        ("a page", Serving::Text("<!doctype html><title>Sign in</title>".into())),
        ("a bomb", Serving::Text(format!("<!DOCTYPE a [<!ENTITY b \"{}\">]><a>&b;</a>", "c".repeat(1000)))),
        ("deep", Serving::Text("<a>".repeat(200_000))),
        ("down", Serving::Status(503)),
        ("gone", Serving::Status(404)),
        ("elsewhere", Serving::Redirect("http://127.0.0.1:1/metadata.xml".into())),
        ("in a circle", Serving::Redirect("/metadata.xml".into())),
    ]
}

#[tokio::test]
async fn whatever_a_metadata_server_serves_everybody_signs_in_and_its_own_people_by_the_last_good_document() {
    let (world, portal) = open().await;
    by_partner(&world, &portal, WIN).await;
    for (what, serving) in hostile() {
        let seen = world.wingtip().times_fetched();
        world.wingtip().serve(serving);
        world.clock.advance(DUE);
        tokio::join!(everybody_else(&world, &portal), by_partner(&world, &portal, WIN));
        // One reading at a time: where the last one still hangs, its people sign in meanwhile.
        let begun = std::time::Instant::now();
        while world.wingtip().times_fetched() == seen {
            world.clock.advance(Duration::from_secs(600));
            by_partner(&world, &portal, WIN).await;
            assert!(begun.elapsed() < Duration::from_secs(30), "{what} was never read");
        }
        // And once more when the reading has failed, or hangs.
        tokio::join!(everybody_else(&world, &portal), by_partner(&world, &portal, WIN));
        assert!(is_ready(&world).await, "{what}");
    }
    // Honest again: what it says now is read.
    world.wingtip().keys().announce(KeyShape::Rsa2048).unwrap();
    world.wingtip().publish();
    world.wingtip().keys().take_newest();
    world.clock.advance(DUE);
    by_partner(&world, &portal, WIN).await;
}

#[tokio::test]
async fn a_document_that_shrinks_or_lies_is_put_aside_and_a_thiefs_key_opens_nothing() {
    let (world, portal) = open().await;
    by_partner(&world, &portal, WIN).await;
    let theirs = KeyRing::new(KeyShape::Rsa2048, "thief", &world.clock).unwrap();
    let stolen = theirs.certificates();
    type Lie = Box<dyn Fn(&mut Metadata) + Send>;
    let lies: [(&str, Lie); 5] = [
        ("no keys", Box::new(|metadata| metadata.certificates.clear())),
        ("no way in", Box::new(|metadata| metadata.sign_in.clear())),
        ("another name", Box::new(|metadata| metadata.entity_id = "https://evil.example/saml".into())),
        (
            "another host",
            Box::new(|metadata| metadata.sign_in = vec![(gatehouse::demo::partner::REDIRECT.into(), "https://evil.example/sso".into())]),
        ),
        ("other keys", Box::new(move |metadata| metadata.certificates.clone_from(&stolen))),
    ];
    for (what, lie) in lies {
        let seen = world.wingtip().times_fetched();
        world.wingtip().publish_with(lie);
        world.clock.advance(DUE);
        by_partner(&world, &portal, WIN).await;
        fetched(&world, seen + 1).await;
        tokio::join!(everybody_else(&world, &portal), by_partner(&world, &portal, WIN));
        assert!(is_ready(&world).await, "{what}");
    }
    // The thief holds the metadata server, and signs.
    world.clock.advance(DUE);
    let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", WIN)]));
    let page = browser.get(&ask.url).await;
    let thief = theirs.signer();
    world.wingtip().seal_with(move |sealing| gatehouse::demo::partner::Sealing { assertion: None, ..sealing });
    let (to, mut fields) = world.partners().answer(&page, &crate::world::person(WIN));
    let (question, _) = world.wingtip().question(&world.partners().asked(&page));
    let forged = gatehouse::demo::partner::Response::about(
        &crate::world::person(WIN),
        &world.wingtip().entity_id(),
        &question.addressee(""),
        world.clock.now(),
    );
    let forged = forged.seal(&gatehouse::demo::partner::Sealing::assertion(&thief)).unwrap();
    fields[0].1 = gatehouse::demo::partner::for_post(&forged);
    let page = browser.carry(&to, &fields).await;
    let page = browser.follow(page).await;
    assert!(matches!(page.error(), Some("GH3113" | "GH3120" | "GH3121")), "{}", page.text());
}

#[tokio::test]
async fn a_partner_nobody_ever_read_keeps_its_own_people_out_with_a_way_on_and_nobody_else() {
    for (what, serving) in hostile() {
        if matches!(serving, Serving::Silence | Serving::Drip) {
            continue;
        }
        let (world, portal) = open().await;
        world.wingtip().serve(serving);
        let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", WIN)]));
        let ((), page) = tokio::join!(everybody_else(&world, &portal), browser.get(&ask.url));
        assert!(page.error().is_some_and(|code| code.starts_with("GH316")), "{what}: {}", page.text());
        assert!(page.form_with("restart").is_some(), "{what}");
        assert!(is_ready(&world).await, "{what}");
        // It comes to its senses, and so do we.
        world.wingtip().publish();
        world.clock.advance(Duration::from_secs(10));
        let page = browser.press(&page, "restart", &[]).await;
        let page = browser.send(&page, "continue", &[("address", WIN)]).await;
        assert!(page.location.is_some(), "{what}: {}", page.text());
    }
}

#[tokio::test]
async fn while_a_partner_hangs_that_was_never_read_others_do_not_wait_for_it() {
    let (world, portal) = open().await;
    world.wingtip().serve(Serving::Silence);
    let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", WIN)]));
    let stuck = async {
        let page = browser.get(&ask.url).await;
        assert!(page.error().is_some_and(|code| code.starts_with("GH316")), "{}", page.text());
    };
    let others = async {
        fetched(&world, 1).await;
        everybody_else(&world, &portal).await;
        assert!(is_ready(&world).await);
    };
    tokio::pin!(stuck);
    tokio::select! {
        () = &mut stuck => panic!("whoever is stuck was done first"),
        () = others => {}
    }
    stuck.await;
}
