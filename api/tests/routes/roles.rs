//! What is for those who run the house: every such route by every role.

use axum::http::Method;
use serde_json::{Value, json};

use crate::{app::TestApp, contract::operations};

const ROLES: [&str; 4] = ["customer", "operator", "refund_approver", "admin"];

/// The least role for a route, with a body that makes sense to it.
fn least(method: &str, path: &str) -> Option<(&'static str, Value)> {
    Some(match (method, path) {
        ("post", "/api/payments/{id}/refunds" | "/api/showtimes/{id}/cancel") => {
            ("operator", json!({ "reason": "test" }))
        }
        ("get", "/api/drills" | "/api/drills/{id}") => ("operator", Value::Null),
        ("post", "/api/drills") => ("admin", json!({ "name": "make-coffee" })),
        ("get", "/api/refunds" | "/api/showtimes/{id}/cancellation") | ("post", "/api/refunds/{id}/cancel") => {
            ("operator", Value::Null)
        }
        ("get", path) if of_the_house(path) => ("operator", Value::Null),
        ("post", "/api/incidents/{id}/assign") => ("operator", json!({ "owner": "ada" })),
        ("post", "/api/incidents/{id}/notes") => ("operator", json!({ "note": "test" })),
        ("post", "/api/incidents/{id}/resolve") => ("operator", json!({ "resolution": "test" })),
        ("post", path) if path.starts_with("/api/queues/") => ("operator", json!({ "ids": ["msg_1"] })),
        ("post", "/api/refunds/{id}/approve") => ("refund_approver", Value::Null),
        ("post", "/api/refunds/{id}/payout") => {
            ("refund_approver", json!({ "method": "bank transfer", "evidence": "T-1" }))
        }
        _ => return None,
    })
}

fn of_the_house(path: &str) -> bool {
    ["/api/sagas", "/api/queues", "/api/incidents"].iter().any(|of| path.starts_with(of))
}

#[tokio::test]
async fn every_route_of_the_house_asks_for_its_role() {
    let app = TestApp::open().await;
    let mut people = Vec::new();
    for role in ROLES {
        people.push((role, app.staff(role, role).await));
    }
    let rank = |role: &str| ROLES.iter().position(|other| *other == role).unwrap();
    let nothing = |path: &str| match path.split('/').nth(2) {
        Some("payments") => "pay_00000000000000000000000000",
        Some("drills") => "drl_00000000000000000000000000",
        Some("refunds") => "rfd_00000000000000000000000000",
        Some("sagas") => "bkg_00000000000000000000000000",
        Some("incidents") => "inc_00000000000000000000000000",
        _ => "sho_00000000000000000000000000",
    };
    let mut seen = 0;
    for (path, method, _) in operations() {
        let Some((least, body)) = least(&method, &path) else { continue };
        seen += 1;
        let address = path.replace("{id}", nothing(&path)).replace("{queue}", "reserve-seats");
        for (role, person) in &people {
            let verb: Method = method.to_uppercase().parse().unwrap();
            let call = app.call(verb, &address).by(person).key(&format!("{role} {method} {path}"));
            let call = if body.is_null() { call } else { call.json(&body) };
            let answer = call.send().await;
            let allowed = rank(role) >= rank(least);
            let forbidden = answer.json()["type"] == "/problems/forbidden";
            assert_eq!(forbidden, !allowed, "{role} {method} {path}: {}", answer.text);
            // What they may do to something that is not there is told as that.
            assert!(
                !allowed || matches!(answer.status.as_u16(), 200 | 404 | 422),
                "{role} {method} {path}: {}",
                answer.text
            );
        }
    }
    assert_eq!(seen, 25, "a route moved: tell this test");
}
