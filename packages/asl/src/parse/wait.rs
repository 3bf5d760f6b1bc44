//! What only Wait states have: exactly one of four ways to say how long, of which JSONata has two.

use serde_json::Value;

use super::{LONGEST_SECONDS, fields::Fields};
use crate::{
    model::{QueryLanguage, Wait},
    moment,
};

/// Reads it. Nothing comes back when it is not clear how long to wait.
pub(super) fn read(fields: &Fields<'_>) -> Option<Wait> {
    let ways: &[&'static str] = match fields.language {
        QueryLanguage::JsonPath => &["Seconds", "SecondsPath", "Timestamp", "TimestampPath"],
        QueryLanguage::Jsonata => &["Seconds", "Timestamp"],
    };
    if fields.exclusive(ways) == 0 {
        let (last, others) = ways.split_last()?;
        fields.report("Seconds", format!("One of '{}' and '{last}' is required", others.join("', '")));
        return None;
    }
    if fields.is_query("Timestamp") {
        return fields.query("Timestamp").map(Wait::UntilQuery);
    }
    if fields.has("Timestamp") {
        let moment = fields.get("Timestamp").and_then(Value::as_str).and_then(moment::parse);
        if moment.is_none() {
            fields.report("Timestamp", "String does not match RFC3339 timestamp");
        }
        return moment.map(Wait::Until);
    }
    if fields.has("TimestampPath") {
        return fields.path("TimestampPath").map(Wait::UntilAt);
    }
    fields.amount("Seconds", "SecondsPath", 0..=LONGEST_SECONDS).map(Wait::Seconds)
}
