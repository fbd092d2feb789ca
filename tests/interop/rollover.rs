//! Keys change while people sign in, and nobody notices.

use serde_json::json;

use crate::{ANA, partners::Saml, services::simplesamlphp::PEOPLE};

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
    // whoever comes next brings a signature that no known key made, while both keys are published
    saml.idp.sign_with("next");
    saml.idp.publish_also("now");
    load.reach(15);
    // and then there is the new one alone
    saml.idp.sign_with("next");
    load.reach(25);
    let (total, failed) = load.stop();
    assert!(failed.is_empty(), "{} of {total} failed: {:#?}\n{}", failed.len(), failed.first(), saml.world.logs());
}

#[tokio::test]
async fn what_was_sealed_for_our_last_certificate_is_still_read_while_the_next_one_signs() {
    let more = "encrypted = true\nsign_requests = \"always\"";
    let mut saml = Saml::with(more).await;
    let checked = |is_so: bool| json!({ "validate.authnrequest": is_so });
    let sealed = json!({ "assertion.encryption": true });
    saml.treat(&sealed);
    saml.treat(&checked(true));
    saml.claims(ANA);
    saml.world.cli(&["credentials", "rotate", "--tenant", "contoso", "--in", "1s"]);
    // a node that starts reads what another one made; the provider has not read our metadata again yet, and seals with what it knows
    saml.treat(&checked(false));
    saml.reconfigure(more).await;
    saml.claims(ANA);
    let published = saml.world.published("saml/fabrikam/metadata");
    assert!(published.matches("X509Certificate>").count() > 2, "both are published: {published}");
    saml.idp.know(&published, &sealed);
    saml.treat(&checked(true));
    saml.claims(ANA);
}
