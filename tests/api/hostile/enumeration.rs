//! Nobody learns from our pages whom the directory knows (`security.md` E7).

use std::time::{Duration, Instant};

use gatehouse::{
    domain::{
        address::EmailAddress,
        guest::{Creation, Guest, PrincipalName},
        id::{GuestId, TenantId},
    },
    random,
    store::directory::Update,
};

use crate::world::{Page, Setup, World};

/// Addresses of one length, so that what is masked is all that differs.
const UNKNOWN: &str = "unknown0@nowhere.example";
const PENDING: &str = "pending0@nowhere.example";
const DELETED: &str = "deleted0@nowhere.example";
const BLOCKED: &str = "blocked0@nowhere.example";
const FOREIGN: &str = "foreign0@nowhere.example";
const ALL: [&str; 5] = [UNKNOWN, PENDING, DELETED, BLOCKED, FOREIGN];

async fn world() -> World {
    let invited =
        "[guests]\nadmission = \"invited\"\n[passcode]\nsends_per_ip = 100000\nsends_per_address = 1000\nguesses_per_tenant = 1000000\n";
    let world = Setup::new().tenant("contoso", invited).tenant("woodgrove", invited).open().await;
    for (tenant, address) in [("contoso", PENDING), ("contoso", DELETED), ("contoso", BLOCKED), ("woodgrove", FOREIGN)] {
        let (mail, now) = (EmailAddress::parse(address).unwrap(), world.clock.now());
        let (id, name) = (GuestId::from_drawn(random::ordered_uuid(now)), PrincipalName::of(&mail, "contoso.example"));
        world.add_guest(tenant, &Guest::pending(id, name, mail, Creation::Invitation, now)).await;
        let tenant = TenantId::parse(tenant).unwrap();
        if address == DELETED {
            world.directory.delete_guest(&tenant, id, now).await.unwrap();
        }
        if address == BLOCKED {
            let disabled = Update { is_enabled: Some(false), ..Update::default() };
            world.directory.update_guest(&tenant, id, &disabled).await.unwrap();
        }
    }
    world
}

/// The page without what is drawn anew for every sign-in, and without the address that was typed into it.
fn masked(page: &Page, address: &str) -> String {
    let flow = page.flow().to_string();
    page.body
        .replace(&page.token(), "TOKEN")
        .replace(&flow, "FLOW")
        .replace(&flow[flow.len() - 12..], "REFERENCE")
        .replace(address, "ADDRESS")
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_pages_to_the_byte() {
    let world = world().await;
    let portal = world.app("contoso", "portal").await;
    let mut seen: Vec<(&str, [String; 2])> = Vec::new();
    for address in ALL {
        let mut browser = world.browser();
        let page = browser.open(&portal.asks(&[]).url).await;
        let page = browser.press(&page, "continue", &[("address", address)]).await;
        let wrong = browser.press(&page, "continue", &[("code", "00000000")]).await;
        assert_eq!((page.shows(), wrong.shows()), ("passcode", "passcode"), "{address}");
        seen.push((address, [masked(&page, address), masked(&wrong, address)]));
    }
    for (address, pages) in &seen {
        assert_eq!(pages, &seen[0].1, "{address} is told from {}", seen[0].0);
    }
}

/// Medians of many, in turn, so that whatever else the machine does falls on all alike.
#[tokio::test]
async fn known_and_unknown_addresses_take_about_the_same_time() {
    const ROUNDS: usize = 60;
    let world = world().await;
    let portal = world.app("contoso", "portal").await;
    let mut took: Vec<Vec<Duration>> = vec![Vec::new(); ALL.len()];
    for _ in 0..ROUNDS {
        for (n, address) in ALL.iter().enumerate() {
            let mut browser = world.browser();
            let page = browser.open(&portal.asks(&[]).url).await;
            let begun = Instant::now();
            browser.send(&page, "continue", &[("address", address)]).await;
            took[n].push(begun.elapsed());
        }
    }
    let medians: Vec<f64> = took
        .iter_mut()
        .map(|all| {
            all.sort();
            all[ROUNDS / 2].as_secs_f64()
        })
        .collect();
    for (address, median) in ALL.iter().zip(&medians) {
        let ratio = median / medians[0];
        println!("{address}: {ratio:.2} of the time of an unknown one ({:.2} ms)", median * 1000.0);
        assert!((0.33..3.0).contains(&ratio), "{address}: {ratio:.2}");
    }
}
