//! Functions between JSON and text, and over objects.

use serde_json::Value;

use super::Inputs;

/// Only the shallow merge exists; AWS demands the `false` that says so.
pub(super) fn merge(inputs: &Inputs<'_>) -> Result<Value, String> {
    if inputs.get(2) != &Value::Bool(false) {
        return Err("only the shallow merge is supported: the third argument must be false".to_owned());
    }
    match (inputs.get(0), inputs.get(1)) {
        (Value::Object(first), Value::Object(second)) => {
            let mut merged = first.clone();
            merged.extend(second.clone());
            Ok(Value::Object(merged))
        }
        _ => Err("both arguments must be objects".to_owned()),
    }
}

pub(super) fn to_string(inputs: &Inputs<'_>) -> Result<Value, String> {
    Ok(inputs.get(0).to_string().into())
}

/// A blank text reads as null (recorded).
pub(super) fn from_string(inputs: &Inputs<'_>) -> Result<Value, String> {
    let text = inputs.text(0)?;
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(text).map_err(|error| format!("this is not JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::call;

    #[test]
    fn merging_is_shallow() {
        let data = json!({ "a": { "x": { "p": 1 }, "y": 1 }, "b": { "x": { "q": 2 } } });
        assert_eq!(call("States.JsonMerge($.a, $.b, false)", &data), Ok(json!({ "x": { "q": 2 }, "y": 1 })));
        assert!(call("States.JsonMerge($.a, $.b, true)", &data).is_err());
        assert!(call("States.JsonMerge($.a, 1, false)", &data).is_err());
    }

    #[test]
    fn json_becomes_text_and_back() {
        let data = json!({ "v": { "a": 1, "b": [] }, "t": "[1, 2]", "blank": " " });
        assert_eq!(call("States.JsonToString($.v)", &data), Ok(json!(r#"{"a":1,"b":[]}"#)));
        assert_eq!(call("States.StringToJson($.t)", &data), Ok(json!([1, 2])));
        assert_eq!(call("States.StringToJson($.blank)", &data), Ok(json!(null)));
        assert!(call("States.StringToJson('{')", &data).unwrap_err().contains("not JSON"));
    }
}
