//! Functions over arrays.

use serde_json::Value;

use super::Inputs;

/// The most elements that `States.ArrayRange` gives.
const LONGEST_RANGE: usize = 1_000;

pub(super) fn array(inputs: &Inputs<'_>) -> Result<Value, String> {
    Ok(inputs.values.iter().map(|value| value.as_ref().clone()).collect())
}

pub(super) fn contains(inputs: &Inputs<'_>) -> Result<Value, String> {
    let sought = inputs.get(1);
    Ok(inputs.array(0)?.iter().any(|item| same(item, sought)).into())
}

pub(super) fn get_item(inputs: &Inputs<'_>) -> Result<Value, String> {
    let (items, index) = (inputs.array(0)?, inputs.integer(1)?);
    let item = usize::try_from(index).ok().and_then(|index| items.get(index));
    item.cloned().ok_or_else(|| format!("the index {index} is outside of an array of {} items", items.len()))
}

pub(super) fn length(inputs: &Inputs<'_>) -> Result<Value, String> {
    Ok(inputs.array(0)?.len().into())
}

pub(super) fn partition(inputs: &Inputs<'_>) -> Result<Value, String> {
    let size = usize::try_from(inputs.integer(1)?).ok().filter(|size| *size > 0);
    let size = size.ok_or("the size of a part must be a positive number")?;
    Ok(inputs.array(0)?.chunks(size).map(|part| Value::Array(part.to_vec())).collect())
}

/// The end belongs to the range when a step hits it.
pub(super) fn range(inputs: &Inputs<'_>) -> Result<Value, String> {
    numbers(inputs.integer(0)?, inputs.integer(1)?, inputs.integer(2)?)
        .map(|numbers| numbers.into_iter().map(Value::from).collect())
}

/// The whole numbers from `start` to `end` in steps of `step`.
pub(crate) fn numbers(start: i64, end: i64, step: i64) -> Result<Vec<i64>, String> {
    if step == 0 {
        return Err("the step of a range must not be 0".to_owned());
    }
    let within = |value: &i64| if step > 0 { *value <= end } else { *value >= end };
    let numbers: Vec<i64> = std::iter::successors(Some(start), |value| value.checked_add(step))
        .take_while(within)
        .take(LONGEST_RANGE + 1)
        .collect();
    if numbers.len() > LONGEST_RANGE {
        return Err(format!("a range has at most {LONGEST_RANGE} items"));
    }
    Ok(numbers)
}

pub(super) fn unique(inputs: &Inputs<'_>) -> Result<Value, String> {
    let mut kept: Vec<Value> = Vec::new();
    for item in inputs.array(0)? {
        if !kept.iter().any(|earlier| same(earlier, item)) {
            kept.push(item.clone());
        }
    }
    Ok(Value::Array(kept))
}

/// Equality by value: 1 and 1.0 are the same.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::call;

    #[test]
    fn arrays_are_searched_cut_and_measured() {
        let data = json!({ "a": [1, 2, 3, 2], "n": [[1], 2.0] });
        assert_eq!(call("States.ArrayContains($.n, 2)", &data), Ok(json!(true)));
        assert_eq!(call("States.ArrayContains($.a, 7)", &data), Ok(json!(false)));
        assert_eq!(call("States.ArrayGetItem($.a, 2)", &data), Ok(json!(3)));
        assert!(call("States.ArrayGetItem($.a, 4)", &data).is_err());
        assert!(call("States.ArrayGetItem($.a, -1)", &data).is_err());
        assert_eq!(call("States.ArrayLength($.a)", &data), Ok(json!(4)));
        assert_eq!(call("States.ArrayPartition($.a, 3)", &data), Ok(json!([[1, 2, 3], [2]])));
        assert!(call("States.ArrayPartition($.a, 0)", &data).is_err());
        assert_eq!(call("States.ArrayUnique($.a)", &data), Ok(json!([1, 2, 3])));
        assert!(call("States.ArrayLength('text')", &data).unwrap_err().contains("must be an array"));
    }

    #[test]
    fn ranges_include_the_end_that_a_step_hits() {
        assert_eq!(call("States.ArrayRange(1, 9, 2)", &json!({})), Ok(json!([1, 3, 5, 7, 9])));
        assert_eq!(call("States.ArrayRange(0, 10, 3)", &json!({})), Ok(json!([0, 3, 6, 9])));
        assert_eq!(call("States.ArrayRange(3, 1, -1)", &json!({})), Ok(json!([3, 2, 1])));
        assert!(call("States.ArrayRange(1, 2, 0)", &json!({})).is_err());
        assert!(call("States.ArrayRange(0, 1000, 1)", &json!({})).unwrap_err().contains("1000"));
    }
}
