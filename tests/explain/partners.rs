//! Partners that speak SAML or WS-Federation stand where every federation partner stands.

use serde_json::{Value, json};

use crate::folder::Folder;

/// `now-on` and `then-on`, whose partner speaks SAML, and another one WS-Federation. The certificate expired years ago.
fn federated() -> Folder {
    let folder = Folder::new();
    for tenant in ["now-on", "then-on"] {
        let path = format!("tenants/{tenant}.toml");
        folder.replace(
            &path,
            "[oidc.partner]\nname = \"Partner\"\nissuer = \"https://id.partner.example\"\nclient_id = \"gatehouse\"\n",
            "",
        );
        folder.replace(
            &path,
            "client_secret = { file = \"secrets/partner\" }\ndomains = [\"partner.example\", \"verified.example\"]\n",
            "[saml.partner]\nname = \"Partner\"\nentity_id = \"urn:partner\"\nsign_in_url = \"https://id.partner.example/sso\"\n\
             certificates = [\"expired.pem\"]\ndomains = [\"partner.example\", \"verified.example\"]\n\
             [wsfed.adfs]\nname = \"AD FS\"\nissuer = \"urn:adfs\"\nmetadata_url = \"https://sts.adfs.example/metadata\"\n\
             domains = [\"adfs.example\"]\n",
        );
    }
    folder.write("tenants/expired.pem", include_str!("../config/certs/partners/expired.pem"));
    folder
}

fn ask(folder: &Folder, tenant: &str, address: &str) -> Value {
    folder.explained(&["--tenant", tenant, "--address", address])
}

fn rule<'a>(explained: &'a Value, name: &str) -> &'a Value {
    explained["tried"].as_array().unwrap().iter().find(|tried| tried["rule"] == name).unwrap()
}

#[test]
fn partners_of_every_protocol_are_matched_by_their_domains() {
    let folder = federated();
    for (address, id, name) in [("ana@partner.example", "partner", "Partner"), ("ben@adfs.example", "adfs", "AD FS")] {
        let explained = ask(&folder, "now-on", address);
        assert_eq!(explained["outcome"], json!({ "provider": id }), "{explained:#}");
        assert_eq!(explained["text"], format!("signs in at {name} ({id})"));
        let rule = rule(&explained, "external_federation");
        assert_eq!((&rule["verdict"], &rule["reason"]), (&json!("hit"), &json!(format!("the domain belongs to {id}"))), "{explained:#}");
    }
    let below = ask(&folder, "now-on", "eve@sub.adfs.example");
    assert_eq!(rule(&below, "external_federation")["reason"], "the domain is not among the configured ones", "{below:#}");
}

#[test]
fn edition_2021_refuses_to_federate_a_verified_domain_over_saml_too() {
    let explained = ask(&federated(), "then-on", "jo@verified.example");
    assert_eq!(explained["code"], "GH2015", "{explained:#}");
    assert!(rule(&explained, "configuration")["reason"].as_str().unwrap().contains("federation partner"), "{explained:#}");
}
