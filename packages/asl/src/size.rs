//! How large a value is as JSON text. AWS carries at most 256 KiB between states and fails a state that produces more;
//! measuring must not cost what writing the text would, so nothing is allocated and the count is exact enough: it may
//! be a few bytes off where a number has several spellings. Values nested too deeply count as too large: a snapshot
//! that holds one could not be read back.

use serde_json::Value;

/// The most bytes that AWS lets a state pass on.
pub(crate) const LIMIT: usize = 256 * 1024;

/// The deepest nesting of arrays and objects that is carried. JSON readers stop at 128; the snapshot around the value
/// takes the rest.
const DEPTH: usize = 64;

/// Whether `value` is larger than AWS allows, or nested too deeply.
pub(crate) fn exceeds_limit(value: &Value) -> bool {
    measure(value, LIMIT, DEPTH).is_none()
}

/// What is left of `budget` bytes after `value`, or nothing when it does not fit.
fn measure(value: &Value, budget: usize, depth: usize) -> Option<usize> {
    match value {
        Value::Null | Value::Bool(true) => budget.checked_sub(4),
        Value::Bool(false) => budget.checked_sub(5),
        Value::Number(number) => budget.checked_sub(digits(number)),
        Value::String(text) => budget.checked_sub(quoted(text)),
        Value::Array(items) => {
            let depth = depth.checked_sub(1)?;
            items.iter().try_fold(budget.checked_sub(2)?, |left, item| measure(item, left, depth)?.checked_sub(1))
        }
        Value::Object(members) => {
            let depth = depth.checked_sub(1)?;
            members.iter().try_fold(budget.checked_sub(2)?, |left, (key, member)| {
                measure(member, left.checked_sub(quoted(key))?, depth)?.checked_sub(2)
            })
        }
    }
}

fn digits(number: &serde_json::Number) -> usize {
    match (number.as_u64(), number.as_i64()) {
        (Some(whole), _) => whole.checked_ilog10().unwrap_or(0) as usize + 1,
        (None, Some(negative)) => negative.unsigned_abs().ilog10() as usize + 2,
        (None, None) => 18,
    }
}

fn quoted(text: &str) -> usize {
    let escapes = text.bytes().filter(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).count();
    text.len() + escapes + 2
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_limit_is_two_hundred_fifty_six_kibibytes() {
        assert!(!exceeds_limit(&json!("a".repeat(LIMIT - 2))));
        assert!(exceeds_limit(&json!("a".repeat(LIMIT - 1))));
        assert!(exceeds_limit(&json!({ "items": vec![json!({ "seat": "A1" }); 40_000] })));
        let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        assert!(!exceeds_limit(&nested(DEPTH)) && exceeds_limit(&nested(DEPTH + 1)));
        assert!(!exceeds_limit(&json!({ "amount": 1_250, "minus": -3, "rate": 0.5, "ok": [true, false, null] })));
    }
}
