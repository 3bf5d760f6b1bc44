//! Logs as they leave the process: a child of this test logs for real, and its standard error is read.

#[cfg(test)]
mod child {
    use std::process::{Command, Output};

    use usher_telemetry::logs::{self, LogFormat, TelemetryError};

    /// Set for the child, which logs in this format.
    const FORMAT: &str = "USHER_TEST_LOG_FORMAT";

    /// Does nothing in the test run; in the child it is what logs.
    #[test]
    fn speak() {
        let Ok(format) = std::env::var(FORMAT) else { return };
        logs::init(format.parse().unwrap(), "warn,logs=info").unwrap();
        let span = tracing::info_span!("step", step.name = "issue-tickets");
        assert!(!tracing::enabled!(target: "sqlx::query", tracing::Level::DEBUG), "asking costs no line");
        span.in_scope(|| tracing::info!(booking.id = "bkg_1", attempt = 2, "tickets issued"));
        tracing::debug!("too quiet to be heard");
        assert!(matches!(logs::init(LogFormat::Text, "info"), Err(TelemetryError::LogsInstalled(_))));
        let died = std::thread::Builder::new().name("worker".to_owned()).spawn(|| panic!("out of \"paper\"\nand ink"));
        assert!(died.unwrap().join().is_err());
    }

    fn listen(format: &str) -> String {
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program);
        child.args(["--exact", "child::speak", "--nocapture"]).env(FORMAT, format).env_remove("RUST_BACKTRACE");
        let Output { status, stderr, .. } = child.output().unwrap();
        let heard = String::from_utf8(stderr).unwrap();
        assert!(status.success(), "{heard}");
        heard
    }

    #[test]
    fn json_logs_are_one_object_a_line_panics_included() {
        let heard = listen("json");
        let lines: Vec<serde_json::Value> = heard.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{heard}");
        assert_eq!((&lines[0]["message"], &lines[0]["level"]), (&"tickets issued".into(), &"INFO".into()));
        assert_eq!((&lines[0]["booking.id"], &lines[0]["attempt"]), (&"bkg_1".into(), &2.into()));
        assert_eq!(lines[0]["span"]["step.name"], "issue-tickets");
        assert!(lines[0]["timestamp"].as_str().unwrap().ends_with('Z'));
        assert_eq!((&lines[1]["message"], &lines[1]["level"]), (&"panic".into(), &"ERROR".into()));
        assert_eq!((&lines[1]["reason"], &lines[1]["thread"]), (&"out of \"paper\"\nand ink".into(), &"worker".into()));
    }

    #[test]
    fn text_logs_have_no_colour_when_nobody_looks_at_a_terminal() {
        let heard = listen("text");
        assert!(heard.contains("INFO step{step.name=\"issue-tickets\"}: logs::child: tickets issued"), "{heard}");
        assert!(heard.contains("booking.id=\"bkg_1\" attempt=2"), "{heard}");
        assert!(!heard.contains('\u{1b}') && !heard.contains("too quiet"), "{heard}");
    }
}
