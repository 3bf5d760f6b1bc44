//! Capturing logs, which other tests rely on to prove that no secret is logged.

use usher_telemetry::{logs::LogFormat, testing::captured_logs};

#[tokio::test]
async fn what_tasks_log_is_captured_and_secrets_in_it_are_found() {
    let logs = captured_logs(LogFormat::Text);
    let task = tokio::spawn(async { tracing::trace!(to = "ada@example.test", "sending") });
    task.await.unwrap();
    tracing::info!("sent");
    assert!(logs.text().contains("sending") && logs.text().contains("sent"));
    let (secret, line) = logs.leaked(&["4242", "ada@example.test"]).unwrap();
    assert_eq!(secret, "ada@example.test");
    assert!(line.contains("TRACE") && line.contains("sending"));
    assert_eq!(logs.leaked(&["4242", ""]), None);
}

#[test]
fn json_is_captured_as_it_would_be_written() {
    let logs = captured_logs(LogFormat::Json);
    tracing::warn!(count = 3, "waiting");
    let line: serde_json::Value = serde_json::from_str(&logs.text()).unwrap();
    assert_eq!((&line["message"], &line["count"]), (&"waiting".into(), &3.into()));
}

#[test]
fn two_captures_do_not_see_each_other() {
    let first = captured_logs(LogFormat::Text);
    tracing::info!("one");
    let other = std::thread::spawn(|| {
        let logs = captured_logs(LogFormat::Text);
        tracing::info!("two");
        logs.text()
    });
    let other = other.join().unwrap();
    assert!(other.contains("two") && !other.contains("one"));
    assert!(first.text().contains("one") && !first.text().contains("two"));
}
