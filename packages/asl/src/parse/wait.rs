//! What only Wait states have: exactly one of four ways to say how long.

use super::{LONGEST_SECONDS, fields::Fields};
use crate::{
    model::{Amount, Wait},
    moment,
};

/// Reads it. Nothing comes back when it is not clear how long to wait.
pub(super) fn read(fields: &Fields<'_>) -> Option<Wait> {
    if fields.exclusive(&["Seconds", "SecondsPath", "Timestamp", "TimestampPath"]) == 0 {
        fields.report("Seconds", "One of 'Seconds', 'SecondsPath', 'Timestamp' and 'TimestampPath' is required");
        return None;
    }
    let seconds = fields.whole("Seconds", 0..=LONGEST_SECONDS).map(|seconds| Wait::Seconds(Amount::Fixed(seconds)));
    let seconds_path = fields.path("SecondsPath").map(|path| Wait::Seconds(Amount::At(path)));
    let timestamp = fields.get("Timestamp").map(|value| value.as_str().and_then(moment::parse));
    if timestamp == Some(None) {
        fields.report("Timestamp", "String does not match RFC3339 timestamp");
    }
    let timestamp_path = fields.path("TimestampPath").map(Wait::UntilAt);
    seconds.or(seconds_path).or(timestamp.flatten().map(Wait::Until)).or(timestamp_path)
}
