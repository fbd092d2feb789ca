//! WS-Federation with SimpleSAMLphp's module `adfs` and with npm `wsfed` as the guests' security token service.

use serde_json::json;

use crate::{
    ANA, pages,
    partners::{Adfs, Sts},
};

const SHA1: &str = "rsa-sha1";

#[tokio::test]
async fn the_adfs_module_of_simplesamlphp_signs_a_guest_in() {
    let adfs = Adfs::open().await;
    let said = adfs.world.claims("app-basic", ANA, &json!({}));
    assert_eq!(said["claims"]["idp"], "fabrikam", "{said:#}\n{}", adfs.idp.log());
    assert!(pages(&said).contains(&"wsfed-response"), "{said:#}");
    assert_eq!(adfs.world.claims("app-basic", ANA, &json!({}))["claims"]["sub"], said["claims"]["sub"], "the same guest again");
    let eve = adfs.world.sign_in("app-basic", ANA, &json!({ "login": "eve@elsewhere.example" }));
    assert_eq!(eve["errorCode"], "GH3010", "{eve:#}\n{}", adfs.world.logs());
}

#[tokio::test]
async fn the_wsfed_server_of_auth0_signs_a_guest_in() {
    // its tokens are good for eight hours, and were authenticated, they say, at the end of those
    let sts = Sts::with(&json!({}), "").await;
    let said = sts.world.claims("app-basic", ANA, &json!({}));
    assert_eq!(said["claims"]["idp"], "fabrikam", "{said:#}");
    let (issued, authenticated) = (&said["claims"]["iat"], &said["claims"]["auth_time"]);
    assert!(authenticated.as_i64().is_none_or(|at| Some(at) <= issued.as_i64()), "nobody has logged in tomorrow: {said:#}");
    let again = sts.world.sign_in("app-basic", ANA, &json!({ "then": [{ "sign_in": { "prompt": "login" } }] }));
    assert_eq!(again["claims"]["sub"], said["claims"]["sub"], "{again:#}");
}

#[tokio::test]
async fn a_token_signed_with_sha1_is_refused_until_the_operator_allows_it() {
    let old = json!({ "signatureAlgorithm": SHA1, "digestAlgorithm": "sha1" });
    let mut sts = Sts::with(&old, "").await;
    let refused = sts.world.sign_in("app-basic", ANA, &json!({}));
    assert_eq!(refused["errorCode"], "GH3118", "{refused:#}\n{}", sts.world.logs());
    sts.reconfigure("allow_sha1 = true").await;
    sts.world.claims("app-basic", ANA, &json!({}));
}

#[tokio::test]
async fn who_signs_out_at_the_service_is_signed_out_here() {
    let sts = Sts::with(&json!({ "lifetime": 3600 }), "").await;
    let silently = json!({ "sign_in": { "prompt": "none" } });
    // what an image on its page would ask for
    let out = json!({ "visit": format!("{}/callback/fabrikam?wa=wsignoutcleanup1.0", sts.world.issuer()) });
    let said = sts.world.sign_in("app-basic", ANA, &json!({ "then": [silently, out, silently] }));
    assert_eq!(said["after"][0]["outcome"], "claims", "{said:#}\n{}", sts.world.logs());
    assert_ne!(said["after"][2]["outcome"], "claims", "{said:#}");
}

#[tokio::test]
async fn who_signs_out_here_is_signed_out_at_the_service() {
    let sts = Sts::with(&json!({ "lifetime": 3600 }), "").await;
    let adfs = Adfs::open().await;
    for world in [&sts.world, &adfs.world] {
        let out = json!({ "visit": format!("{}/signout", world.issuer()) });
        let said = world.sign_in("app-basic", ANA, &json!({ "then": [out, { "sign_in": {} }] }));
        assert_eq!(said["after"][0]["status"], 200, "{said:#}\n{}", world.logs());
        assert!(pages(&said["after"][1]).contains(&"upstream-login"), "its session is over, too: {said:#}");
    }
}

#[tokio::test]
async fn an_operator_judges_a_captured_token_as_the_door_would() {
    let sts = Sts::with(&json!({ "lifetime": 3600 }), "").await;
    let said = sts.world.claims("app-basic", ANA, &json!({ "captures": true }));
    let token = said["steps"].as_array().into_iter().flatten().find_map(|step| step["answer"].as_str()).expect("it came by a form");
    sts.world.judged(&sts.world.file("answer", token), &[], None);
    sts.world.judged(&sts.world.file("forged", &token.replace("ana", "ben")), &[], Some("GH3122"));
}
