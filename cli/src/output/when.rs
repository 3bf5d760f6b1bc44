//! Moments as people read them: UTC to the second, with their age.

use serde_json::Value;
use time::{Duration, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description};

/// `2026-11-20 10:00:00Z (3m ago)`.
pub fn moment(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let stamp = at
        .to_offset(UtcOffset::UTC)
        .format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z"))
        .unwrap_or_default();
    let past = now - at;
    if past.is_negative() { format!("{stamp} (in {})", span(-past)) } else { format!("{stamp} ({} ago)", span(past)) }
}

/// The same of a member of an answer; empty when it is absent or null.
pub fn member(value: &Value, now: OffsetDateTime) -> String {
    parsed(value).map_or_else(String::new, |at| moment(at, now))
}

/// How long ago a member of an answer was; empty when it is absent or null.
pub fn age(value: &Value, now: OffsetDateTime) -> String {
    parsed(value).map_or_else(String::new, |at| span(now - at))
}

/// A moment of an answer.
pub fn parsed(value: &Value) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok()
}

/// A length of time in its two largest units: `45s`, `3m20s`, `2h5m`, `4d3h`.
pub fn span(length: Duration) -> String {
    let seconds = length.whole_seconds().max(0);
    let (large, small) = match seconds {
        ..60 => return format!("{seconds}s"),
        60..3600 => ((seconds / 60, "m"), (seconds % 60, "s")),
        3600..86_400 => ((seconds / 3600, "h"), (seconds % 3600 / 60, "m")),
        _ => ((seconds / 86_400, "d"), (seconds % 86_400 / 3600, "h")),
    };
    let rest = if small.0 == 0 { String::new() } else { format!("{}{}", small.0, small.1) };
    format!("{}{}{rest}", large.0, large.1)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_moment_has_its_age() {
        let now = datetime!(2026-11-20 10:00 UTC);
        assert_eq!(moment(datetime!(2026-11-20 09:56:40 UTC), now), "2026-11-20 09:56:40Z (3m20s ago)");
        assert_eq!(moment(datetime!(2026-11-20 12:00 +1), now), "2026-11-20 11:00:00Z (in 1h)");
        assert_eq!(member(&Value::Null, now), "");
        for (seconds, expected) in [(0, "0s"), (59, "59s"), (60, "1m"), (7500, "2h5m"), (356_400, "4d3h")] {
            assert_eq!(span(Duration::seconds(seconds)), expected);
        }
    }
}
