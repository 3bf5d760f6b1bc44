//! Capturing what every thread of a process logs. Alone in its file, because a process has one place where its logs go.

use usher_telemetry::testing::process_logs;

#[test]
fn what_all_threads_log_is_captured_as_far_as_the_filter_lets_it() {
    let logs = process_logs("warn,usher=debug").unwrap();
    std::thread::spawn(|| tracing::debug!(target: "usher_workers::runner", "on another thread")).join().unwrap();
    tracing::info!(target: "usher", "heard");
    tracing::trace!(target: "usher", "too quiet");
    tracing::info!(target: "sqlx", "too quiet as well");
    let again = process_logs("trace").unwrap().text();
    assert!(again.contains("on another thread") && again.contains("heard"), "{again}");
    assert!(!again.contains("too quiet"), "{again}");
    assert_eq!(again, logs.text());
}
