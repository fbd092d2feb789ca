//! Rows about home-realm discovery: where an address leads, by the invitation's link and directly.

use super::{
    ANA, CAL, DEE, EDITIONS, EVERYBODY, HOMES, NO_PASSCODES, PAM, Page, Road, SOL, Setup, WIN, accepts, agrees, arrived, built, full_house,
    house, leads_to, link, page, proves, types, voucher,
};
use crate::world::World;

const IDA: &str = "ida@viral.example";
/// Fabrikam can say who has an account: Ana in a directory somebody administers, Ida in one that nobody does.
const LISTED: &str = r#"
[oidc.fabrikam]
domains = ["fabrikam.example", "viral.example"]
lookup = { accounts = ["ana@fabrikam.example"], unmanaged = ["ida@viral.example"] }
"#;

/// The first page after the link's button (`true`), or after the address typed at the app's own link.
async fn first(world: &World, address: &str, is_by_link: bool) -> Page {
    let mut browser = world.browser();
    let away = match is_by_link {
        true => accepts(&mut browser, &link(world, address).await).await,
        false => types(world, &mut browser, address).await,
    };
    page(&mut browser, away).await
}

#[tokio::test]
async fn an_account_in_any_directory_is_found_first() {
    let world = house("2021", LISTED).await;
    for address in [ANA, IDA] {
        for is_by_link in [true, false] {
            let away = first(&world, address, is_by_link).await;
            assert!(leads_to(&away, &world.fabrikam.issuer()), "{address} {is_by_link}: {}", away.text());
        }
    }
    assert_eq!(first(&world, "ben@fabrikam.example", true).await.shows(), "passcode", "no account, and so no home");
}

#[tokio::test]
async fn an_account_in_a_managed_directory_alone_is_found_first() {
    let world = house("2024", LISTED).await;
    for is_by_link in [true, false] {
        assert!(leads_to(&first(&world, ANA, is_by_link).await, &world.fabrikam.issuer()), "{is_by_link}");
        assert_eq!(first(&world, IDA, is_by_link).await.shows(), "passcode", "{is_by_link}");
    }
}

#[tokio::test]
async fn a_name_in_two_homes_is_chosen_between() {
    let both = HOMES.replace("\"dee@outlook.com\"", "\"ana@fabrikam.example\"").replace("{fabrikam}/", "{litware}/");
    let (_, both) = both.split_once("[msa.personal]").unwrap();
    let both = format!("[msa.personal]{both}");
    for edition in EDITIONS {
        for is_by_link in [true, false] {
            let world = house(edition, &both).await;
            let (by_mail, mut browser) = (link(&world, ANA).await, world.browser());
            let away = if is_by_link { accepts(&mut browser, &by_mail).await } else { types(&world, &mut browser, ANA).await };
            let picker = page(&mut browser, away).await;
            assert_eq!(picker.shows(), "account", "{edition} {is_by_link}");
            assert!(picker.text().contains("Fabrikam") && picker.text().contains("Personal account"), "{}", picker.text());
            let personal = browser.clone().send(&picker, "personal", &[]).await;
            assert!(leads_to(&page(&mut browser.clone(), personal).await, &world.litware.issuer()));
            let world = house(edition, &both).await;
            let (by_mail, mut browser) = (link(&world, ANA).await, world.browser());
            let away = if is_by_link { accepts(&mut browser, &by_mail).await } else { types(&world, &mut browser, ANA).await };
            let picker = page(&mut browser, away).await;
            let away = browser.send(&picker, "fabrikam", &[]).await;
            let back = proves(&world, &mut browser, away, ANA, Road::Directory).await;
            agrees(&mut browser, back).await;
            assert_eq!(voucher(&world, ANA).await, "fabrikam", "{edition}: the one that was chosen");
        }
    }
}

#[tokio::test]
async fn a_federated_domain_leads_to_its_own_provider() {
    for edition in EDITIONS {
        let world = full_house(edition, "").await;
        for (address, to) in [(WIN, world.wingtip().sign_in_url()), (PAM, world.proseware().sign_in_url())] {
            for is_by_link in [true, false] {
                let away = first(&world, address, is_by_link).await;
                let is_there = leads_to(&away, &to) || away.forms().iter().any(|form| form.action == to);
                assert!(is_there, "{edition} {address} {is_by_link}: {}", away.text());
            }
            let mut browser = world.browser();
            let away = types(&world, &mut browser, &address.to_uppercase()).await;
            let back = proves(&world, &mut browser, away, address, Road::Partner).await;
            assert_eq!(back.shows(), "consent", "{edition} {address}: case makes no difference");
            for near in [address.replace('@', "@sub."), address.replace('@', "@not")] {
                assert_eq!(first(&world, &near, true).await.shows(), "passcode", "{edition} {near}: the domain, and nothing like it");
            }
        }
    }
}

#[tokio::test]
async fn gmail_and_googlemail_lead_to_google() {
    for edition in EDITIONS {
        let world = full_house(edition, "").await;
        for address in [CAL, "ida@googlemail.com", "Ida@GMAIL.com"] {
            for is_by_link in [true, false] {
                let away = first(&world, address, is_by_link).await;
                assert!(
                    leads_to(&away, &world.litware.issuer()),
                    "{edition} {address}: also one with a Microsoft account: {}",
                    away.text()
                );
            }
        }
        for near in ["ida@mail.gmail.com", "ida@gmail.com.example"] {
            assert_eq!(first(&world, near, true).await.shows(), "passcode", "{edition} {near}");
        }
        let without = house(edition, "").await;
        assert_eq!(first(&without, CAL, true).await.shows(), "passcode", "{edition}: Google is off");
    }
}

#[tokio::test]
async fn an_existing_microsoft_account_is_looked_for_at_a_direct_link_alone() {
    let world = full_house("2021", "").await;
    assert_eq!(first(&world, DEE, true).await.shows(), "passcode");
    let away = first(&world, DEE, false).await;
    assert!(leads_to(&away, &format!("{}/9188040d", world.fabrikam.issuer())), "{}", away.text());
}

#[tokio::test]
async fn an_existing_microsoft_account_is_always_looked_for() {
    let world = full_house("2024", "").await;
    for is_by_link in [true, false] {
        let away = first(&world, DEE, is_by_link).await;
        assert!(leads_to(&away, &format!("{}/9188040d", world.fabrikam.issuer())), "{is_by_link}: {}", away.text());
    }
    let (by_mail, mut browser) = (link(&world, DEE).await, world.browser());
    let away = accepts(&mut browser, &by_mail).await;
    let back = proves(&world, &mut browser, away, DEE, Road::Personal).await;
    assert!(arrived(&agrees(&mut browser, back).await));
    assert_eq!(voucher(&world, DEE).await, "personal");
}

#[tokio::test]
async fn without_a_home_a_code_goes_to_the_invited_address() {
    for edition in EDITIONS {
        for is_by_link in [true, false] {
            let world = full_house(edition, "").await;
            let (by_mail, mut browser) = (link(&world, SOL).await, world.browser());
            let away = if is_by_link { accepts(&mut browser, &by_mail).await } else { types(&world, &mut browser, SOL).await };
            let asked = page(&mut browser, away).await;
            assert_eq!((asked.shows(), asked.url.origin()), ("passcode", world.url.parse::<url::Url>().unwrap().origin()), "{edition}");
            let wrong = browser.press(&asked, "continue", &[("code", "00000000")]).await;
            assert_eq!(wrong.shows(), "passcode", "{edition}: typed on our own page");
            let code = world.next_mail(SOL).await.code();
            let back = browser.press(&wrong, "continue", &[("code", &code)]).await;
            agrees(&mut browser, back).await;
            assert_eq!((voucher(&world, SOL).await, world.mails_to(SOL)), ("mail".into(), 1), "{edition}");
        }
    }
}

#[tokio::test]
async fn from_every_provider_the_way_leads_back_here_for_consent() {
    for edition in EDITIONS {
        let world = full_house(edition, "").await;
        for (address, road) in EVERYBODY {
            link(&world, address).await;
            let mut browser = world.browser();
            let away = types(&world, &mut browser, address).await;
            let back = proves(&world, &mut browser, away, address, road).await;
            assert!(back.text().contains("Review permissions"), "{edition} {address}: {}", back.text());
            assert!(back.url.as_str().starts_with(&format!("{}/contoso/", world.url)), "{edition} {address}: {}", back.url);
            assert_eq!(agrees(&mut browser, back).await.shows(), "app", "{edition} {address}");
        }
    }
}

#[tokio::test]
async fn guests_keep_their_own_credentials_and_a_new_account_is_the_last_resort() {
    for edition in EDITIONS {
        // Who can be federated is, codes or no codes; nobody is asked for a password here.
        for codes in ["", NO_PASSCODES] {
            let world = full_house(edition, codes).await;
            for (address, road) in EVERYBODY {
                if codes == NO_PASSCODES && matches!(road, Road::Code | Road::Personal) {
                    continue;
                }
                let shown = first(&world, address, true).await;
                assert!(shown.shows() != "create" && !shown.body.contains("type=\"password\""), "{edition} {address}: {}", shown.text());
            }
        }
        // Neither federated nor mailed codes: the offer of an account, or, in 2021, one that a code makes.
        let world = built(Setup::new(), edition, &format!("{NO_PASSCODES}{HOMES}")).await;
        let wanted = if edition == "2021" { "passcode" } else { "create" };
        assert_eq!(first(&world, SOL, true).await.shows(), wanted, "{edition}");
        assert_eq!(first(&world, "fay@yahoo.com", true).await.shows(), "create", "{edition}");
    }
}
