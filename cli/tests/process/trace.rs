//! One booking is one trace, as a collector sees it that is told by the usual variable where it is.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span};
use prost::Message as _;
use serde_json::json;

use crate::product::{PATIENCE, Product};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

type Spans = Arc<Mutex<Vec<Span>>>;

/// Takes spans as the OTLP specification says, and nothing else.
async fn collector() -> (String, Spans) {
    async fn take(State(spans): State<Spans>, body: Bytes) {
        let request = ExportTraceServiceRequest::decode(body).expect("it is what OTLP says");
        let resources = request.resource_spans.into_iter();
        let taken = resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans);
        spans.lock().unwrap().extend(taken);
    }
    let spans = Spans::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&spans));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, spans)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// A field of a span, as text.
fn field(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == name);
    format!("{:?}", found.and_then(|attribute| attribute.value.clone()).and_then(|value| value.value))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_booking_is_one_trace_from_the_request_to_the_provider() {
    let folder = tempfile::tempdir().unwrap();
    let (collector, spans) = collector().await;
    let product = Product::exporting(&folder.path().join("data"), &collector).await;
    let (showtime, seats) = product.free_seats(1).await;
    let body = json!({ "showtime_id": showtime, "seats": seats, "payment_method": "pm_ok" });
    let request = product.client.post(format!("{}/api/bookings", product.url)).bearer_auth(&product.token);
    let request = request.header("idempotency-key", "traced").header("prefer", "wait=20");
    let answer = request.header("traceparent", format!("00-{TRACE}-{CALLER}-01")).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["trace-id"], TRACE);
    // The customer is told after the booking is confirmed, which is all that the answer waited for.
    let told = async {
        while product.json("/api/notifications").await["items"].as_array().is_none_or(Vec::is_empty) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("the customer is told");
    assert!(product.stop().await.success(), "what was not sent yet is sent at the end");

    let spans: Vec<Span> = spans.lock().unwrap().iter().filter(|span| hex(&span.trace_id) == TRACE).cloned().collect();
    let mut by_name: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    for span in &spans {
        by_name.entry(span.name.as_str()).or_default().push(span);
    }
    let one = |name: &str| {
        *by_name.get(name).and_then(|spans| spans.first()).unwrap_or_else(|| panic!("{name}: {by_name:#?}"))
    };
    let http = one("request");
    assert_eq!(hex(&http.parent_span_id), CALLER);
    assert_eq!(one("start").parent_span_id, http.span_id);
    let steps = &by_name["step"];
    for step in ["reserve-seats", "charge-payment", "issue-tickets", "notify-customer"] {
        let span =
            steps.iter().find(|span| field(span, "step.name").contains(step)).unwrap_or_else(|| panic!("{step}"));
        assert_eq!(span.parent_span_id, http.span_id, "{step}");
    }
    let charge = steps.iter().find(|span| field(span, "step.name").contains("charge-payment")).unwrap();
    let provider = one("provider");
    assert_eq!(provider.parent_span_id, charge.span_id);
    assert_eq!(one("simulator").parent_span_id, provider.span_id, "the header of the call says so");
}
