//! What is counted of requests.

use metrics_exporter_prometheus::PrometheusBuilder;

use crate::app::TestApp;

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_address() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let app = TestApp::open().await;
    app.get("/api/movies/mov_01ARZ3NDEKTSV4RRFFQ69G5FAV?q=secret").send().await.problem("not-found");
    app.get("/api/made-up-by-a-stranger").send().await.problem("not-found");
    app.get("/api/theaters").send().await.expect(200);
    let text = recorder.handle().render();
    for (route, status) in [("/api/movies/{id}", 404), ("none", 404), ("/api/theaters", 200)] {
        let counted = format!(r#"http_requests_total{{method="GET",route="{route}",status="{status}"}} 1"#);
        assert!(text.contains(&counted), "{counted} in {text}");
        let timed = format!(r#"http_request_duration_seconds_count{{method="GET",route="{route}"}} 1"#);
        assert!(text.contains(&timed), "{timed} in {text}");
    }
    assert!(!text.contains("stranger") && !text.contains("01ARZ3") && !text.contains("secret"));
}
