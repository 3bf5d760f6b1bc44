//! The pages for people.

use axum::http::Method;
use usher_api::site::{File, Site};

use crate::app::{Call, TestApp, Wishes};

const FILES: [(&str, &str, &str); 6] = [
    ("index.html", "text/html", "<html lang=en>"),
    ("de/index.html", "text/html", "<html lang=de>"),
    ("main-3XZ4ABCD.js", "text/javascript", "long and plain"),
    ("main-3XZ4ABCD.js.gz", "application/gzip", "short"),
    ("favicon.svg", "image/svg+xml", "<svg/>"),
    ("ngsw.json", "application/json", "{}"),
];

fn site() -> Site {
    Site::new(|path| {
        let (_, media_type, text) = FILES.iter().find(|file| file.0 == path)?;
        let mut hash = [0; 32];
        hash[..path.len().min(32)].copy_from_slice(&path.as_bytes()[..path.len().min(32)]);
        Some(File { bytes: text.as_bytes().into(), media_type: (*media_type).to_owned(), hash })
    })
}

async fn app() -> TestApp {
    TestApp::with(Wishes { site: site(), ..Wishes::default() }).await
}

/// As somebody asks who types an address.
fn typed<'a>(app: &'a TestApp, path: &str) -> Call<'a> {
    app.get(path).header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
}

#[tokio::test]
async fn every_address_of_the_application_is_answered_with_its_start_in_its_language() {
    let app = app().await;
    for (path, page) in
        [("/", "en"), ("/bookings/bkg_1", "en"), ("/de/", "de"), ("/de/films/mov_1?date=2026-11-20", "de")]
    {
        let answer = typed(&app, path).send().await;
        answer.expect(200);
        assert_eq!(answer.text, format!("<html lang={page}>"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    }
}

#[tokio::test]
async fn what_is_no_page_stays_a_problem() {
    let app = app().await;
    for path in ["/missing.js", "/de/missing.css", "/.env", "/../secret.txt"] {
        typed(&app, path).send().await.problem("not-found");
    }
    typed(&app, "/api/nothing").send().await.problem("not-found");
    app.get("/bookings").send().await.problem("not-found"); // A program, that does not ask for a page.
    app.call(Method::POST, "/bookings").header("accept", "text/html").send().await.problem("not-found");
}

#[tokio::test]
async fn the_pages_may_do_nothing_but_what_they_have_to() {
    let app = app().await;
    let answer = typed(&app, "/").send().await;
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert!(
        policy.contains("frame-ancestors 'none'")
            && policy.contains("base-uri 'self'")
            && policy.contains("form-action 'self'")
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert!(answer.header("permissions-policy").unwrap().contains("camera=()"));
}

#[tokio::test]
async fn what_never_changes_is_kept_and_what_may_is_asked_for_again() {
    let app = app().await;
    let script = app.get("/main-3XZ4ABCD.js").send().await;
    assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(script.text, "long and plain");
    let smaller = app.get("/main-3XZ4ABCD.js").header("accept-encoding", "br, gzip;q=0.5").send().await;
    assert_eq!((smaller.text.as_str(), smaller.header("content-encoding")), ("short", Some("gzip")));
    assert_eq!(smaller.header("vary"), Some("accept-encoding"));
    assert!(smaller.header("content-type").unwrap().starts_with("text/javascript"));
    let list = app.get("/ngsw.json").send().await;
    assert_eq!(list.header("cache-control"), Some("no-cache"));
    let tag = list.header("etag").unwrap().to_owned();
    let again = app.get("/ngsw.json").header("if-none-match", &tag).send().await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
}

#[tokio::test]
async fn the_pages_cost_nobody_their_requests() {
    let app = TestApp::with(Wishes { site: site(), rate_limit: Some(1), ..Wishes::default() }).await;
    for _ in 0..5 {
        app.get("/favicon.svg").send().await.expect(200);
    }
    app.get("/api/genres").send().await.expect(200);
    app.get("/api/genres").send().await.problem("rate-limited");
    app.get("/api/nothing").send().await.problem("rate-limited");
}

#[tokio::test]
async fn where_nobody_built_the_pages_they_say_how() {
    let app = TestApp::open().await;
    let answer = typed(&app, "/").send().await;
    assert_eq!(answer.status.as_u16(), 503);
    assert!(answer.header("content-type").unwrap().starts_with("text/html"));
    assert!(answer.text.contains("make up") && answer.text.contains("/docs"));
}
