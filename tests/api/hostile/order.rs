//! Steps out of order (`security.md` E3): the sign-in stays where it is, whoever asks it to jump.

use super::{STEPS, Standing, everything};
use crate::world::World;

/// What a person may do at a stage, besides the step itself: say who they are, or begin again, until somebody has proven something.
fn is_open(stage: &str, step: &str) -> bool {
    match stage {
        "address" | "away" | "passcode" | "GH3002" => matches!(step, "/address" | "/restart"),
        "consent" => step == "/restart",
        _ => false,
    }
}

fn is_own(stage: &str, step: &str) -> bool {
    match stage {
        "passcode" => step.starts_with("/passcode"),
        "consent" => step == "/consent",
        _ => false,
    }
}

#[tokio::test]
async fn a_form_sent_to_a_step_that_is_not_due_changes_nothing() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for stage in ["address", "away", "passcode", "consent", "GH3002", "app"] {
        let mut here = Standing::at(&world, &portal, stage).await;
        let before = here.revision(&world).await.unwrap();
        let (guest, events) = (world.guest("contoso", &here.address).await, world.events("contoso").await.len());
        for step in STEPS.into_iter().filter(|step| !is_open(stage, step) && !is_own(stage, step)) {
            let page = here.browser.submit_to(&here.step(&world, step), &everything(&here.token)).await;
            // On the way to a provider, every answer is the way there: a new question, the same stage.
            let expected = if stage == "away" { "redirect" } else { stage };
            assert_eq!(page.shows(), expected, "{step} at {stage}");
            if stage != "away" {
                assert_eq!(here.revision(&world).await, Some(before), "{step} at {stage}");
            }
        }
        assert_eq!(world.guest("contoso", &here.address).await, guest);
        assert_eq!(world.events("contoso").await.len(), events);
    }
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for stage in ["address", "passcode", "consent", "GH3002", "app"] {
        let mut here = Standing::at(&world, &portal, stage).await;
        let others = Standing::at(&world, &portal, stage).await.token;
        let (before, guest) = (here.revision(&world).await, world.guest("contoso", &here.address).await);
        for token in ["", "x", &others] {
            for step in STEPS {
                let page = here.browser.submit_to(&here.step(&world, step), &everything(token)).await;
                assert_eq!(page.shows(), stage, "{step} at {stage} with {token:?}");
                assert_eq!(here.revision(&world).await, before, "{step} at {stage} with {token:?}");
            }
        }
        assert_eq!(world.guest("contoso", &here.address).await, guest);
    }
}

#[tokio::test]
async fn a_code_form_is_good_for_one_entry() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut here = Standing::at(&world, &portal, "passcode").await;
    let code = world.next_mail(&here.address).await.code();
    let wrong = here.browser.press(&here.page, "continue", &[("code", "00000000")]).await;
    let stale = here.browser.press(&here.page, "continue", &[("code", &code)]).await;
    assert_eq!(stale.shows(), "passcode", "the page from before the wrong entry is spent");
    assert_eq!(world.stored("contoso", here.flow).await.unwrap().0, 3, "begun, mailed, missed once");
    assert_eq!(here.browser.press(&wrong, "continue", &[("code", &code)]).await.shows(), "consent");
}

#[tokio::test]
async fn a_sign_in_ends_with_its_hour() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut here = Standing::at(&world, &portal, "consent").await;
    world.clock.advance(std::time::Duration::from_secs(3600));
    assert_eq!(here.browser.press(&here.page, "accept", &[]).await.shows(), "GH2001");
    assert!(world.guest("contoso", &here.address).await.unwrap().consents.is_empty());
}

#[tokio::test]
async fn names_of_sign_ins_that_never_were_lead_nowhere() {
    let world = World::open().await;
    for name in ["x", "00000000-0000-0000-0000-000000000000", "%2e%2e", "..%2f..%2fjwks", "0", &"a".repeat(3000)] {
        let page = world.browser().get(&format!("{}/contoso/signin/{name}", world.url)).await;
        assert!(matches!(page.shows(), "GH2001" | "GH1002" | "GH1003"), "{name}: {}", page.shows());
        let page = world.browser().submit_to(&format!("{}/contoso/signin/{name}/address", world.url), &everything("x")).await;
        assert!(matches!(page.shows(), "GH2001" | "GH1002"), "{name}: {}", page.shows());
    }
}
