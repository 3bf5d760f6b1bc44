//! How sagas look in a terminal.

use std::fmt::Write as _;

use serde_json::Value;
use time::OffsetDateTime;

use crate::output::{Shown, text, when};

/// A list of sagas.
pub fn list(body: Value, now: OffsetDateTime) -> Shown {
    let columns: &[&str] = &[
        "name",
        "status",
        "state",
        "attempt",
        "age",
        "error",
        "saga",
        "started",
        "in state for",
        "waiting",
        "booking",
        "payment",
        "version",
    ];
    Shown::list(body, (columns, 6), |saga| {
        let version: String = text(&saga["version"]).chars().take(12).collect();
        let attempt = saga["attempt"].as_u64().filter(|_| !text(&saga["states"]).is_empty());
        let line = vec![
            text(&saga["id"]),
            text(&saga["status"]),
            text(&saga["states"]),
            attempt.map(|attempt| (attempt + 1).to_string()).unwrap_or_default(),
            when::age(&saga["started_at"], now),
            text(&saga["error"]),
            text(&saga["saga"]),
            when::member(&saga["started_at"], now),
            when::age(&saga["entered_at"], now),
            text(&saga["waiting"]),
            text(&saga["booking_id"]),
            text(&saga["payment_id"]),
            version,
        ];
        (text(&saga["id"]), line)
    })
}

/// One saga: where it stands, its attempts, its timeline.
pub fn one(body: Value, now: OffsetDateTime) -> Shown {
    let id = text(&body["id"]);
    let mut shown = format!("{id}  {}  {}\n", text(&body["saga"]), text(&body["status"]));
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(shown, "  {name:<10} {value}");
        }
    };
    fact("stands in", text(&body["states"]));
    fact("since", when::member(&body["entered_at"], now));
    fact("started", when::member(&body["started_at"], now));
    fact("ended", when::member(&body["stopped_at"], now));
    fact("error", text(&body["error"]));
    fact("cause", text(&body["cause"]));
    fact("booking", text(&body["booking_id"]));
    fact("user", text(&body["user_id"]));
    fact("seats", text(&body["seats"]));
    fact("showtime", text(&body["showtime_id"]));
    fact("payment", text(&body["payment_id"]));
    fact("version", text(&body["version"]).chars().take(12).collect());
    fact("way", body["path"].as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(" > "));
    shown.push_str("\nAttempts\n");
    for attempt in body["attempts"].as_array().into_iter().flatten() {
        shown.push_str(&line_of_attempt(attempt));
    }
    shown.push_str("\nTimeline\n");
    let began = when::parsed(&body["started_at"]);
    for entry in body["timeline"].as_array().into_iter().flatten() {
        let at = when::parsed(&entry["at"]);
        let after = at.zip(began).map(|(at, began)| offset(at - began)).unwrap_or_default();
        let _ = writeln!(
            shown,
            "  {after:>10}  {:<8}  {:<32}  {}",
            text(&entry["layer"]),
            text(&entry["what"]),
            text(&entry["detail"])
        );
    }
    let _ = write!(shown, "\nusher saga explain {id} says what it waits for.");
    Shown::one(body, id, shown)
}

fn line_of_attempt(attempt: &Value) -> String {
    let took = attempt["milliseconds"].as_i64().map(|ms| format!("{ms} ms")).unwrap_or_default();
    let number = attempt["attempt"].as_u64().unwrap_or_default() + 1;
    let mut line =
        format!("  {:<18} {number:>2}  {:<10} {took:>10}", text(&attempt["state"]), text(&attempt["outcome"]));
    for delivery in attempt["deliveries"].as_array().into_iter().flatten() {
        let _ = write!(line, "  {} ({})", text(&delivery["worker"]), text(&delivery["outcome"]));
    }
    line.push('\n');
    let error = text(&attempt["error"]);
    if !error.is_empty() {
        let _ = writeln!(line, "      {error}: {}", text(&attempt["cause"]));
    }
    for name in ["input", "output"] {
        if !attempt[name].is_null() {
            let _ = writeln!(line, "      {name:<6} {}", attempt[name]);
        }
    }
    line
}

/// A moment by its distance from the beginning.
fn offset(length: time::Duration) -> String {
    let sign = if length.is_negative() { "-" } else { "+" };
    let length = length.abs();
    if length < time::Duration::minutes(2) {
        format!("{sign}{}.{:03}s", length.whole_seconds(), length.subsec_milliseconds())
    } else {
        format!("{sign}{}", when::span(length))
    }
}

/// What a saga waits for.
pub fn explanation(body: Value, now: OffsetDateTime) -> Shown {
    let mut shown = format!("{}  {}\n{}", text(&body["id"]), text(&body["status"]), text(&body["says"]));
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = write!(shown, "\n  {name:<8} {value}");
        }
    };
    line("since", when::member(&body["since"], now));
    let normal = if body["normal"].as_bool() == Some(true) { "yes" } else { "no" };
    let class = body["class"].as_str().map(|class| format!(" ({})", class.replace('_', " "))).unwrap_or_default();
    line("normal", format!("{normal}{class}"));
    for evidence in body["evidence"].as_array().into_iter().flatten() {
        line("seen", text(evidence));
    }
    line("do", text(&body["suggestion"]));
    line("read", text(&body["runbook"]));
    let id = text(&body["id"]);
    Shown::one(body, id, shown)
}
