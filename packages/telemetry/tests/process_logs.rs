//! Capturing what every thread of a process logs. Alone in its file, because a process has one place where its logs go.

use usher_telemetry::testing::process_logs;

#[test]
fn what_all_threads_log_is_captured_as_far_as_the_filter_lets_it() {
    let logs = process_logs("warn,usher=debug").unwrap();
    std::thread::spawn(|| tracing::debug!(target: "usher_workers::runner", "on another thread")).join().unwrap();
    tracing::info!(target: "usher", "heard");
    tracing::trace!(target: "usher", "too quiet");
    tracing::info!(target: "sqlx", "too quiet as well");
    let text = logs.text();
    assert!(text.contains("on another thread") && text.contains("heard"), "{text}");
    assert!(!text.contains("too quiet"), "{text}");

    let later = process_logs("trace").unwrap();
    assert_eq!(later.text(), "", "only what is logged from then on");
    tracing::debug!(target: "usher", "the first filter stays");
    tracing::trace!(target: "usher", "too quiet");
    assert!(later.text().contains("the first filter stays") && !later.text().contains("too quiet"));
    assert_eq!(logs.text(), text + &later.text());
}
