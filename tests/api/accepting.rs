//! What changes while somebody accepts an invitation, or right after; and what is written down of it.

use std::sync::Arc;

use gatehouse::store::redis::{RedisConfig, RedisSessions};
use tokio::task::JoinSet;

use crate::{
    home_realm::guest,
    redeem::{accepted, arrived, invite, is_accepted, stored, to_app},
    services::redis::Redis,
    world::{ANA, SOL, Setup, World},
};

const ASSIGNED: &str = "[clients.portal]\nassignment_required = true\n[guests]\nadmission = \"invited\"";

#[tokio::test]
async fn whoever_is_signed_in_by_an_invitation_that_ends_does_not_accept_by_it_and_may_directly() {
    for (ended, code) in [("UPDATE invitations SET revoked_at = 1", "GH2019"), ("UPDATE invitations SET expires_at = 1", "GH2020")] {
        let world = World::open().await;
        let link = invite(&world, ANA, to_app("portal")).await;
        let mut browser = world.browser();
        let page = accepted(&mut browser, &link).await;
        assert_eq!(page.shows(), "consent");
        assert!(stored(&world, ANA).await.identity().is_some(), "bound by now");
        world.sql(ended).await;
        assert_eq!(browser.press(&page, "accept", &[]).await.shows(), code);
        let ana = world.guest("contoso", ANA).await.unwrap();
        assert!(!is_accepted(&ana.guest) && ana.consents.is_empty());
        let portal = world.app("contoso", "portal").await;
        let tokens = world.sign_in(&mut world.browser(), &portal, ANA).await;
        assert_eq!(tokens.claims["sub"], ana.guest.id.to_string());
        assert!(is_accepted(&stored(&world, ANA).await));
    }
}

/// The story that `gatehouse invite show` tells.
#[tokio::test]
async fn all_that_happens_to_an_invitation_is_written_down_in_order() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut browser = world.browser();
    world.fabrikam.deny("access_denied", None);
    let page = accepted(&mut browser, &link).await;
    assert!(page.shows().starts_with("GH3"), "{}", page.shows());
    world.fabrikam.allow();
    let page = browser.press(&page, "restart", &[]).await;
    let page = browser.press(&page, "decline", &[]).await;
    let page = browser.press(&page, "restart", &[]).await;
    assert!(arrived(&browser.press(&page, "accept", &[]).await));
    let events = world.events("contoso").await;
    let of_it: Vec<_> = events.iter().filter(|event| event.invitation.is_some()).collect();
    let actions: Vec<&str> = of_it.iter().map(|event| event.action.as_str()).collect();
    let wanted = [
        "guest.invited",
        "invitation.opened",
        "invitation.routed",
        "upstream.refused",
        "upstream.accepted",
        "invitation.redeemed",
        "guest.identity_bound",
        "consent.declined",
        "upstream.accepted",
        "consent.accepted",
        "invitation.completed",
    ];
    assert_eq!(actions, wanted);
    let routed = &of_it[2].details;
    assert_eq!(routed["outcome"]["provider"], "fabrikam", "{routed}");
    assert!(routed["rule"].is_string(), "{routed}");
}

#[tokio::test]
async fn whom_an_app_is_not_open_to_is_signed_in_all_the_same() {
    let world = Setup::new().tenant("contoso", ASSIGNED).open().await;
    let portal = world.app("contoso", "portal").await;
    world.add_guest("contoso", &guest(&world.clock, SOL, Some("mail"))).await;
    let mut browser = world.browser();
    let page = browser.open(&portal.asks(&[]).url).await;
    let page = browser.press(&page, "continue", &[("address", SOL)]).await;
    let code = world.next_mail(SOL).await.code();
    let page = browser.press(&page, "continue", &[("code", &code)]).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert_eq!((page.shows(), page.status), ("GH2018", 403));
    let apps = browser.open(&format!("{}/contoso/apps", world.url)).await;
    assert_eq!((apps.status, apps.url.path()), (200, "/contoso/apps"), "no second sign-in");
    assert_eq!(browser.open(&portal.asks(&[]).url).await.shows(), "GH2018", "by the session, too");
    let silent = portal.asks(&[("prompt", "none")]);
    assert_eq!(portal.refusal(&silent, &browser.open(&silent.url).await), "login_required");
}

#[tokio::test]
async fn a_code_and_a_token_are_worth_nothing_once_its_guest_signed_out_everywhere_or_was_blocked() {
    for change in ["UPDATE guests SET sessions_valid_from = 1800000001", "UPDATE guests SET is_enabled = FALSE"] {
        let world = World::open().await;
        let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
        let tokens = world.sign_in(&mut browser, &portal, ANA).await;
        let ask = portal.asks(&[]);
        let page = browser.open(&ask.url).await;
        let code = portal.code(&ask, &page);
        assert_eq!(portal.userinfo(&tokens.access_token).await.0, 200);
        world.sql(change).await;
        let (status, body) = portal.redeem(&ask, &code).await.expect_err("refused");
        assert_eq!((status, body["error"].as_str()), (400, Some("invalid_grant")), "{change}");
        assert_eq!(portal.userinfo(&tokens.access_token).await.0, 401, "{change}");
    }
}

/// `security.md` E4, with the counters in Redis: many sign-ins of one address at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_in_many_sign_ins_at_once_are_counted_together() {
    const SIGN_INS: usize = 12;
    const EACH: usize = 6;
    let redis = Redis::start().await;
    let store = Arc::new(RedisSessions::connect(RedisConfig::parse(&redis.url()).unwrap()).await.unwrap());
    let limits = "[passcode]\nsends_per_address = 100\nsends_per_ip = 1000";
    let world = Setup::new().tenant("contoso", limits).sessions(store).open().await;
    let portal = world.app("contoso", "portal").await;
    let mut guessers = JoinSet::new();
    for _ in 0..SIGN_INS {
        let mut browser = world.browser();
        let page = browser.open(&portal.asks(&[]).url).await;
        let mut page = browser.press(&page, "continue", &[("address", SOL)]).await;
        assert_eq!(page.shows(), "passcode");
        guessers.spawn(async move {
            let mut compared = 0;
            for guess in 0..EACH {
                if page.shows() == "passcode" {
                    page = browser.press(&page, "continue", &[("code", &format!("{guess:08}"))]).await;
                    compared += usize::from(page.shows() == "passcode");
                }
            }
            compared
        });
    }
    let mut compared = 0;
    while let Some(one) = guessers.join_next().await {
        compared += one.unwrap();
    }
    assert_eq!(compared, 20, "of {} guesses", SIGN_INS * EACH);
}
