//! The document and the page that is drawn from it.

use std::collections::HashSet;

use serde_json::Value;

use crate::app::TestApp;

fn document() -> Value {
    serde_json::to_value(usher_api::openapi()).unwrap()
}

/// Path, method and operation of everything in the document.
pub fn operations() -> Vec<(String, String, Value)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap().clone();
    let operations = paths.into_iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap().clone();
        item.into_iter().map(move |(method, operation)| (path.clone(), method, operation))
    });
    operations.collect()
}

#[tokio::test]
async fn the_document_is_served_as_it_is_made() {
    let app = TestApp::open().await;
    let served = app.get("/openapi.json").send().await.expect(200);
    assert_eq!(served, document());
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json")).unwrap();
    let committed: Value = serde_json::from_str(&committed).unwrap();
    assert!(committed == document(), "run `make generate` and commit docs/openapi.json");
}

#[test]
fn every_operation_says_what_it_is_and_how_it_fails() {
    let operations = operations();
    assert!(operations.len() >= 28, "{}", operations.len());
    let mut ids = HashSet::new();
    for (path, method, operation) in operations {
        let name = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].to_string()), "{name} shares its id");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
        assert_eq!(operation["responses"]["default"]["$ref"], "#/components/responses/Problem", "{name}");
        let declared: Vec<_> = operation["parameters"].as_array().into_iter().flatten().collect();
        for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let named = declared.iter().filter(|parameter| parameter["name"] == part && parameter["in"] == "path");
            assert_eq!(named.count(), 1, "{name} declares {part} once");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let (document, mut found) = (document(), Vec::new());
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn whoever_needs_a_token_is_told_so() {
    let app = TestApp::open().await;
    let mut secured = 0;
    for (path, method, operation) in operations() {
        if operation["security"].is_null() {
            continue;
        }
        let method = method.to_uppercase().parse().unwrap();
        let answer = app.call(method, &path.replace(['{', '}'], "")).send().await;
        answer.problem("unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{path}");
        secured += 1;
    }
    assert!(secured >= 12, "{secured}");
}

#[tokio::test]
async fn the_page_asks_nobody_else() {
    let app = TestApp::open().await;
    let page = app.get("/docs").send().await;
    page.expect(200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    assert!(page.text.contains("/openapi.json"));
    for elsewhere in ["http://", "https://", "src=\"//", "@import"] {
        assert!(!page.text.contains(elsewhere), "{elsewhere}");
    }
}
