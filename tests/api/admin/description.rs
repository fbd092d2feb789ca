//! The description and the routes say the same, both ways.

use std::collections::BTreeSet;

use gatehouse::admin::routes::ROUTES;
use serde_json::Value;

use super::world;

#[tokio::test]
async fn every_route_is_described_and_everything_described_is_a_route() {
    let world = world().await;
    let base = format!("{}/contoso/admin/v1", world.url);
    let described: Value = super::http().get(format!("{base}/openapi.json")).send().await.unwrap().json().await.unwrap();
    assert_eq!((described["openapi"].as_str(), described["servers"][0]["url"].as_str()), (Some("3.1.0"), Some(base.as_str())));
    let paths = described["paths"].as_object().unwrap();
    let said: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())))
        .collect();
    let there: BTreeSet<(String, String)> = ROUTES.iter().map(|route| (route.verb.as_str().to_owned(), route.path.to_owned())).collect();
    assert_eq!(said, there);

    let mut ids = BTreeSet::new();
    for route in ROUTES {
        let operation = &paths[route.path][route.verb.as_str().to_lowercase()];
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{operation}");
        let alternatives = operation["security"].as_array().map_or(0, Vec::len);
        assert_eq!(alternatives, route.operation.allowed_by().len(), "{operation}");
        for part in route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let parameters = operation["parameters"].as_array().unwrap();
            assert!(parameters.iter().any(|one| one["name"] == part && one["in"] == "path"), "{operation}");
        }
    }
    references(&described, &described);
    let token = described["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["tokenUrl"].as_str().unwrap();
    assert_eq!(token, format!("{}/contoso/token", world.url));
}

/// Whatever is referred to is there.
fn references(whole: &Value, part: &Value) {
    match part {
        Value::Object(all) => {
            if let Some(Value::String(reference)) = all.get("$ref") {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(whole.pointer(pointer).is_some(), "{reference}");
            }
            all.values().for_each(|value| references(whole, value));
        }
        Value::Array(all) => all.iter().for_each(|value| references(whole, value)),
        _ => {}
    }
}
