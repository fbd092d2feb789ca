//! Keys change while people sign in, and nobody notices.

use crate::{partners::Saml, services::simplesamlphp::PEOPLE};

#[tokio::test]
async fn the_provider_changes_its_key_while_people_sign_in() {
    let mut saml = Saml::open().await;
    let people: Vec<String> = PEOPLE.iter().take(3).map(|(name, domain)| format!("{name}@{domain}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    for address in &people {
        saml.claims(address);
    }
    saml.idp.key_pair("next", 30);
    let load = saml.world.load("app-basic", &people);
    load.reach(5);
    // as providers do that announce it
    saml.idp.publish_also("next");
    load.reach(10);
    // and as those do that do not: whoever comes next brings a signature that no known key made
    saml.idp.sign_with("next");
    load.reach(25);
    let (total, failed) = load.stop();
    assert!(failed.is_empty(), "{} of {total} failed: {:#?}\n{}", failed.len(), failed.first(), saml.world.logs());
}
