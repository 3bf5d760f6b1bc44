//! Who may do what: every route of the contract by every role. A route that is in the contract and not in this table fails
//! the test, so that nobody adds one without saying whom it is for.

use axum::http::Method;
use serde_json::{Value, json};

use crate::{app::TestApp, contract::operations};

/// From the least to the most.
const ROLES: [&str; 5] = ["customer", "viewer", "operator", "refund_approver", "admin"];

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Everybody, signed in or not.
    All,
    /// Whoever signed in; what is somebody else's is not found.
    SignedIn,
    /// Those with this role or a higher one.
    AtLeast(&'static str),
}

use For::{All, AtLeast, SignedIn};

/// Every route, with a body that makes sense to it.
fn table() -> Vec<(&'static str, &'static str, For, Value)> {
    let read = |path, whom| ("get", path, whom, Value::Null);
    let change = |path, whom, body| ("post", path, whom, body);
    vec![
        change("/api/auth/register", All, json!({})),
        change("/api/auth/token", All, json!({})),
        change("/api/auth/refresh", All, json!({})),
        change("/api/auth/logout", All, json!({})),
        change("/api/auth/session", All, json!({})),
        ("delete", "/api/auth/session", All, Value::Null),
        change("/api/auth/session/renew", All, Value::Null),
        read("/.well-known/jwks.json", All),
        read("/api/genres", All),
        read("/api/movies", All),
        read("/api/movies/{id}", All),
        read("/api/movies/{id}/poster", All),
        read("/api/theaters", All),
        read("/api/showtimes", All),
        read("/api/showtimes/{id}", All),
        read("/api/showtimes/{id}/seats", All),
        read("/api/showtimes/{id}/seats/best", All),
        read("/api/showtimes/{id}/seats/events", All),
        read("/problems/{slug}", All),
        change("/api/webhooks/payments", All, json!({})),
        read("/livez", All),
        read("/readyz", All),
        read("/health", All),
        read("/metrics", All),
        read("/api/users/me", SignedIn),
        change("/api/holds", SignedIn, json!({ "showtime_id": nothing("showtimes"), "seats": ["A1"] })),
        read("/api/holds/{id}", SignedIn),
        ("delete", "/api/holds/{id}", SignedIn, Value::Null),
        change("/api/holds/{id}/extend", SignedIn, Value::Null),
        change(
            "/api/bookings",
            SignedIn,
            json!({ "showtime_id": nothing("showtimes"), "seats": ["A1"], "payment_method": "pm_ok" }),
        ),
        read("/api/bookings", SignedIn),
        read("/api/bookings/{id}", SignedIn),
        ("delete", "/api/bookings/{id}", SignedIn, Value::Null),
        change("/api/bookings/{id}/cancel", SignedIn, json!({})),
        read("/api/bookings/{id}/refund-quote", SignedIn),
        read("/api/bookings/{id}/events", SignedIn),
        read("/api/bookings/{id}/tickets", SignedIn),
        read("/api/bookings/{id}/calendar", SignedIn),
        read("/api/tickets/{id}", SignedIn),
        read("/api/notifications", SignedIn),
        read("/api/payments/{id}", SignedIn),
        read("/api/refunds/{id}", SignedIn),
        change("/api/payments/{id}/refunds", AtLeast("operator"), json!({ "reason": "test" })),
        change("/api/showtimes/{id}/cancel", AtLeast("operator"), json!({ "reason": "test" })),
        read("/api/showtimes/{id}/cancellation", AtLeast("viewer")),
        read("/api/refunds", AtLeast("viewer")),
        read("/api/disputes", AtLeast("viewer")),
        read("/api/disputes/{id}", AtLeast("viewer")),
        change("/api/refunds/{id}/cancel", AtLeast("operator"), Value::Null),
        change("/api/refunds/{id}/approve", AtLeast("refund_approver"), Value::Null),
        change(
            "/api/refunds/{id}/payout",
            AtLeast("refund_approver"),
            json!({ "method": "voucher", "evidence": "T-1" }),
        ),
        read("/api/sagas", AtLeast("viewer")),
        read("/api/sagas/errors", AtLeast("viewer")),
        read("/api/sagas/{id}", AtLeast("viewer")),
        read("/api/sagas/{id}/explanation", AtLeast("viewer")),
        read("/api/sagas/{id}/export", AtLeast("viewer")),
        read("/api/sagas/{id}/acts", AtLeast("viewer")),
        change("/api/sagas/{id}/{act}", AtLeast("operator"), json!({ "reason": "test", "expected_version": 1 })),
        read("/api/acts/{id}", AtLeast("viewer")),
        change("/api/acts/{id}/approve", AtLeast("refund_approver"), Value::Null),
        change("/api/acts/{id}/decline", AtLeast("operator"), Value::Null),
        read("/api/batches", AtLeast("viewer")),
        change("/api/batches", AtLeast("operator"), json!({ "act": "make-coffee", "names": [], "reason": "test" })),
        read("/api/batches/{id}", AtLeast("viewer")),
        read("/api/batches/{id}/items", AtLeast("viewer")),
        change("/api/batches/{id}/{verb}", AtLeast("operator"), Value::Null),
        read("/api/queues", AtLeast("viewer")),
        read("/api/queues/{queue}", AtLeast("viewer")),
        read("/api/queues/{queue}/dead-letters", AtLeast("viewer")),
        change("/api/queues/{queue}/dead-letters/redrive", AtLeast("operator"), json!({ "ids": ["msg_1"] })),
        change("/api/queues/{queue}/dead-letters/discard", AtLeast("operator"), json!({ "ids": ["msg_1"] })),
        read("/api/incidents", AtLeast("viewer")),
        read("/api/incidents/{id}", AtLeast("viewer")),
        change("/api/incidents/{id}/assign", AtLeast("operator"), json!({ "owner": "ada" })),
        change("/api/incidents/{id}/notes", AtLeast("operator"), json!({ "note": "test" })),
        change("/api/incidents/{id}/resolve", AtLeast("operator"), json!({ "resolution": "test" })),
        read("/api/drills", AtLeast("viewer")),
        read("/api/drills/{id}", AtLeast("viewer")),
        change("/api/drills", AtLeast("admin"), json!({ "name": "make-coffee" })),
    ]
}

/// The id of something that is not there.
fn nothing(resource: &str) -> &'static str {
    match resource {
        "acts" => "act_00000000000000000000000000",
        "batches" => "bat_00000000000000000000000000",
        "bookings" | "sagas" => "bkg_00000000000000000000000000",
        "disputes" => "dsp_00000000000000000000000000",
        "drills" => "drl_00000000000000000000000000",
        "holds" => "hld_00000000000000000000000000",
        "incidents" => "inc_00000000000000000000000000",
        "movies" => "mov_00000000000000000000000000",
        "payments" => "pay_00000000000000000000000000",
        "refunds" => "rfd_00000000000000000000000000",
        "tickets" => "tkt_00000000000000000000000000",
        _ => "sho_00000000000000000000000000",
    }
}

/// Whether a role may: the roles above may what those below may, but a viewer changes nothing.
fn may(role: &str, method: &str, whom: For) -> bool {
    let rank = |role: &str| ROLES.iter().position(|other| *other == role).unwrap();
    match whom {
        All => true,
        _ if role == "viewer" && method != "get" => false,
        SignedIn => true,
        AtLeast(least) => rank(role) >= rank(least),
    }
}

#[test]
fn every_route_of_the_contract_says_whom_it_is_for() {
    let table = table();
    for (path, method, operation) in operations() {
        let row = table.iter().find(|row| row.0 == method && row.1 == path);
        let (.., whom, _) = row.unwrap_or_else(|| panic!("{method} {path} has no row in the table of roles"));
        assert_eq!(operation["security"].is_null(), *whom == All, "{method} {path} says otherwise in the contract");
    }
    for (method, path, ..) in table {
        assert!(operations().iter().any(|known| known.0 == path && known.1 == method), "{method} {path} is gone");
    }
}

#[tokio::test]
async fn every_route_lets_in_whom_it_is_for_and_nobody_else() {
    let app = TestApp::open().await;
    let mut people = Vec::new();
    for role in ROLES {
        people.push((role, app.staff(role, role).await));
    }
    for (method, path, whom, body) in table().into_iter().filter(|row| row.2 != All) {
        let address = path.replace("{id}", nothing(path.split('/').nth(2).unwrap_or_default()));
        let address = address.replace("{queue}", "reserve-seats").replace("{act}", "undo").replace("{verb}", "start");
        for (role, person) in &people {
            let verb: Method = method.to_uppercase().parse().unwrap();
            let call = app.call(verb, &address).by(person).key(&format!("{role} {method} {path}"));
            let call = if body.is_null() { call } else { call.json(&body) };
            let answer = call.send().await;
            let allowed = may(role, method, whom);
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
}

#[tokio::test]
async fn a_viewer_sees_what_is_anybodys_and_moves_nothing_of_it() {
    let app = TestApp::open().await;
    let (ada, vera) = (app.person("ada").await, app.staff("vera", "viewer").await);
    let (booking, payment) = app.paid(&ada, "1", 2).await;
    let seen = app.get(&format!("/api/payments/{payment}")).by(&vera).send().await.expect(200);
    assert_eq!(seen["status"], "captured");
    app.get(&format!("/api/bookings/{booking}/refund-quote")).by(&vera).send().await.expect(200);
    for refused in [
        app.delete(&format!("/api/bookings/{booking}")).by(&vera).key("a").send().await,
        app.post(&format!("/api/payments/{payment}/refunds"), &json!({ "reason": "x" }))
            .by(&vera)
            .key("b")
            .send()
            .await,
        app.post("/api/bookings", &app.order(1).await).by(&vera).key("c").send().await,
    ] {
        refused.problem("forbidden");
    }
    assert_eq!(app.bookings.get(booking).await.unwrap().unwrap().status.to_string(), "confirmed");
}
