//! Chromium at partners of another site, all by https: with JavaScript the forms send themselves, without it a person presses their buttons.

use serde_json::{Value, json};

use crate::{
    ANA, pages,
    partners::{Saml, Sts},
    world::World,
};

/// Signs in, and nothing on the way was against a page's Content-Security-Policy. `then` is done afterwards.
fn claims(world: &World, scripts: bool, then: &Value) -> Value {
    let said = world.claims("app-basic", ANA, &json!({ "chromium": { "scripts": scripts }, "then": then }));
    assert_eq!(said["claims"]["idp"], "fabrikam", "{said:#}");
    assert_eq!(said["seen"], json!({ "violations": [], "isWatching": true }), "{said:#}");
    said
}

#[tokio::test]
async fn chromium_signs_in_at_simplesamlphp_and_out_again_with_javascript_and_without() {
    let saml = Saml::by_tls("request_binding = \"post\"\nsign_requests = \"always\"").await;
    let out = json!([{ "visit": format!("{}/signout", saml.world.issuer()) }, { "sign_in": {} }]);
    let said = claims(&saml.world, true, &out);
    assert_eq!(pages(&said), ["address", "upstream-login", "consent", "callback"], "every form between was sent by itself");
    assert_eq!(said["after"][0]["status"], 200, "{said:#}\n{}", saml.world.logs());
    assert!(pages(&said["after"][1]).contains(&"upstream-login"), "signed out at the provider, too: {said:#}");
    let said = claims(&saml.world, false, &json!([]));
    assert_eq!(pages(&said), ["address", "saml-request", "upstream-login", "saml-response", "callback"]);
}

#[tokio::test]
async fn chromium_signs_in_at_the_wsfed_server_of_auth0_with_javascript_and_without() {
    let sts = Sts::by_tls(&json!({ "protocol": "https", "lifetime": 3600 })).await;
    let said = claims(&sts.world, true, &json!([]));
    assert_eq!(pages(&said), ["address", "upstream-login", "consent", "callback"], "the service's form was sent by itself");
    let said = claims(&sts.world, false, &json!([]));
    assert_eq!(pages(&said), ["address", "upstream-login", "wsfed-response", "callback"]);
}
