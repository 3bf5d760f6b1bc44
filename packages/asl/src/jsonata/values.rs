//! JSON to the engine's values and back.

use jsonata_core::value::{JArray, JValue};
use serde_json::{Map, Number, Value};

/// Whole results below this, the bound of a signed number of 64 bits, are written without a fraction or an exponent, so
/// that whoever reads a whole number finds one.
const WHOLE: f64 = 9_223_372_036_854_775_808.0;

pub(super) fn from_json(value: &Value) -> JValue {
    match value {
        Value::Null => JValue::Null,
        Value::Bool(flag) => JValue::Bool(*flag),
        Value::Number(number) => JValue::Number(number.as_f64().unwrap_or_default()),
        Value::String(text) => JValue::string(text.as_str()),
        Value::Array(items) => JValue::Array(JArray::new(items.iter().map(from_json).collect())),
        Value::Object(members) => {
            JValue::object(members.iter().map(|(name, member)| (name.clone(), from_json(member))).collect())
        }
    }
}

/// Nothing, where the engine has nothing: an undefined value, or a function.
pub(super) fn to_json(value: &JValue) -> Option<Value> {
    Some(match value {
        JValue::Null => Value::Null,
        JValue::Bool(flag) => Value::Bool(*flag),
        JValue::Number(number) => number_of(*number),
        JValue::String(text) => Value::String(text.to_string()),
        JValue::Array(items) => items.iter().map(|item| to_json(item).unwrap_or_default()).collect(),
        JValue::Object(members) => {
            let present = members.iter().filter_map(|(name, member)| Some((name.clone(), to_json(member)?)));
            Value::Object(present.collect::<Map<_, _>>())
        }
        _ => return None,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "the number is whole and within the bounds of i64")]
fn number_of(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < WHOLE {
        return Value::Number(Number::from(number as i64));
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}
