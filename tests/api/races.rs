//! Two requests of one person at the same time: a double click, a second tab.

use crate::world::{ANA, PAM, SOL, Setup, WIN, World, person};

#[tokio::test]
async fn an_upstream_answer_that_comes_twice_at_once_signs_in() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for _ in 0..6 {
        let mut browser = world.browser();
        let page = browser.open(&portal.asks(&[]).url).await;
        let leaving = browser.send(&page, "continue", &[("address", ANA)]).await;
        let back = browser.get(leaving.location.unwrap().as_str()).await.location.unwrap();
        let (mut one, mut two) = (browser.clone(), browser.clone());
        let (first, second) = tokio::join!(one.open(back.as_str()), two.open(back.as_str()));
        assert_eq!((first.shows(), second.shows()), ("consent", "consent"));
    }
}

#[tokio::test]
async fn an_address_sent_twice_at_once_is_mailed_one_code() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for n in 0..4 {
        let (mut browser, address) = (world.browser(), format!("{n}{SOL}"));
        let page = browser.open(&portal.asks(&[]).url).await;
        let (mut one, mut two) = (browser.clone(), browser.clone());
        let typed = [("address", address.as_str())];
        let (first, second) = tokio::join!(one.press(&page, "continue", &typed), two.press(&page, "continue", &typed));
        assert_eq!((first.shows(), second.shows()), ("passcode", "passcode"));
        let code = world.next_mail(&address).await.code();
        assert_eq!(browser.press(&second, "continue", &[("code", &code)]).await.shows(), "consent");
        assert_eq!(world.mails_to(&address), 1);
    }
}

#[tokio::test]
async fn a_consent_accepted_twice_at_once_answers_the_app_twice_alike() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let ask = portal.asks(&[]);
    let page = browser.open(&ask.url).await;
    let page = browser.press(&page, "continue", &[("address", ANA)]).await;
    let (mut one, mut two) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(one.send(&page, "accept", &[]), two.send(&page, "accept", &[]));
    assert_eq!(first.location, second.location);
    assert_eq!(portal.tokens(&ask, &second).await.claims["email"], ANA);
}

#[tokio::test]
async fn a_partners_answer_posted_twice_at_once_signs_in_once_and_answers_both_alike() {
    let world = Setup::new().partners().open().await;
    let portal = world.app("contoso", "portal").await;
    for address in [WIN, PAM, WIN, PAM, WIN, PAM] {
        let mut browser = world.browser();
        let ask = portal.asks(&[("login_hint", address)]);
        let away = browser.get(&ask.url).await;
        let (to, fields) = world.partners().answer(&away, &person(address));
        let (mut one, mut two) = (browser.clone(), browser.clone());
        let (first, second) = tokio::join!(one.carry(&to, &fields), two.carry(&to, &fields));
        let (first, second) = (one.follow(first).await, two.follow(second).await);
        assert_eq!(first.shows(), second.shows(), "{} {}", first.text(), second.text());
        // New the first time; later both requests end with the app, in one code.
        let answered = if first.shows() == "consent" {
            assert_eq!(two.cookies, one.cookies, "both halves hold the renewed secret");
            two.press(&second, "accept", &[]).await
        } else {
            assert_eq!(portal.code(&ask, &first), portal.code(&ask, &second));
            second
        };
        portal.tokens(&ask, &answered).await;
    }
}
