//! Probes.

use crate::app::TestApp;

#[tokio::test]
async fn a_healthy_process_is_alive_and_ready() {
    let app = TestApp::open().await;
    app.get("/livez").send().await.expect(200);
    app.get("/readyz").send().await.expect(200);
    let health = app.get("/health").send().await.expect(200);
    assert_eq!(health["status"], "ready");
    assert_eq!(health["checks"][0]["name"], "database");
    assert_eq!(app.get("/metrics").send().await.text, "usher_up 1\n");
}

#[tokio::test]
async fn a_process_without_its_database_lives_on_and_asks_for_no_traffic() {
    let app = TestApp::open().await;
    app.database.pool().close().await;
    app.get("/livez").send().await.expect(200);
    let problem = app.get("/readyz").send().await.problem("unavailable");
    assert_eq!(problem["failing"][0], "database");
    assert_eq!(app.get("/health").send().await.expect(200)["status"], "failing");
}

#[tokio::test]
async fn a_process_on_its_way_out_asks_for_no_traffic_and_answers_what_comes() {
    let app = TestApp::open().await;
    app.ready.drain();
    app.get("/readyz").send().await.problem("unavailable");
    assert_eq!(app.get("/health").send().await.expect(200)["status"], "draining");
    app.get("/livez").send().await.expect(200);
    app.get("/api/movies").send().await.expect(200);
}
