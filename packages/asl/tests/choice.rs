//! Every operator of Choice states, their combinations, and what happens when nothing fits.

use serde_json::{Value, json};

use crate::support::player::Player;

/// Whether the rule holds for the input.
fn holds(rule: &Value, input: &Value) -> Player {
    let mut rule = rule.clone();
    rule["Next"] = json!("Yes");
    let definition = json!({ "StartAt": "S", "States": {
        "S": { "Type": "Choice", "Choices": [rule], "Default": "No" },
        "Yes": { "Type": "Pass", "Result": true, "End": true }, "No": { "Type": "Pass", "Result": false, "End": true } } });
    Player::start(&definition, input.clone())
}

fn check(operator: &str, operand: &Value, variable: &Value, expected: bool) {
    let input = json!({ "v": variable, "o": operand });
    let rule = json!({ "Variable": "$.v", operator: operand });
    assert_eq!(holds(&rule, &input).output(), json!(expected), "{variable} {operator} {operand}");
    if !operator.starts_with("Is") && operator != "StringMatches" {
        let rule = json!({ "Variable": "$.v", format!("{operator}Path"): "$.o" });
        assert_eq!(holds(&rule, &input).output(), json!(expected), "{variable} {operator}Path {operand}");
    }
}

#[test]
fn comparisons_take_values_of_their_kind_only() {
    for (kind, small, large, other) in [
        ("Numeric", json!(1), json!(1.5), json!("1")),
        ("String", json!("A"), json!("B"), json!(1)),
        ("Timestamp", json!("2026-01-01T00:00:00Z"), json!("2026-01-01T00:00:00.5Z"), json!("2026")),
    ] {
        let check = |relation: &str, variable: &Value, operand: &Value, expected| {
            check(&format!("{kind}{relation}"), operand, variable, expected);
        };
        check("Equals", &small, &small, true);
        check("Equals", &small, &large, false);
        check("LessThan", &small, &large, true);
        check("LessThan", &small, &small, false);
        check("LessThanEquals", &small, &small, true);
        check("GreaterThan", &large, &small, true);
        check("GreaterThan", &small, &large, false);
        check("GreaterThanEquals", &small, &small, true);
        check("GreaterThanEquals", &small, &large, false);
        check("Equals", &other, &small, false);
        check("LessThan", &other, &small, false);
    }
    check("BooleanEquals", &json!(true), &json!(true), true);
    check("BooleanEquals", &json!(true), &json!("true"), false);
    check("NumericEquals", &json!(0), &json!(0.0), true);
    check("NumericEquals", &json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992_i64), false);
    check("TimestampEquals", &json!("2026-01-01T01:00:00+01:00"), &json!("2026-01-01T00:00:00Z"), true);
    check("StringMatches", &json!("bkg_*"), &json!("bkg_01J"), true);
    check("StringMatches", &json!("bkg_*"), &json!("pay_01J"), false);
    check("StringMatches", &json!("*"), &json!(1), false);
}

#[test]
fn natures_are_asked_for_both_ways() {
    for (operator, example) in [
        ("IsBoolean", json!(false)),
        ("IsNull", json!(null)),
        ("IsNumeric", json!(0)),
        ("IsString", json!("")),
        ("IsTimestamp", json!("2026-01-01T00:00:00Z")),
    ] {
        check(operator, &json!(true), &example, true);
        check(operator, &json!(false), &example, false);
        check(operator, &json!(true), &json!({}), false);
        check(operator, &json!(false), &json!({}), true);
    }
    check("IsPresent", &json!(true), &json!(null), true);
    let absent = json!({ "Variable": "$.absent", "IsPresent": false });
    assert_eq!(holds(&absent, &json!({})).output(), json!(true));
}

#[test]
fn conditions_combine() {
    let is = |number: i64| json!({ "Variable": "$.n", "NumericEquals": number });
    let input = json!({ "n": 1 });
    assert_eq!(holds(&json!({ "Or": [is(2), is(1)] }), &input).output(), json!(true));
    assert_eq!(holds(&json!({ "And": [is(1), is(2)] }), &input).output(), json!(false));
    assert_eq!(holds(&json!({ "Not": is(2) }), &input).output(), json!(true));
    assert_eq!(holds(&json!({ "And": [is(1), { "Not": { "Or": [is(2), is(3)] } }] }), &input).output(), json!(true));
}

#[test]
fn a_missing_variable_ends_the_execution_unless_an_earlier_part_decides() {
    let missing = json!({ "Variable": "$.absent", "StringEquals": "x" });
    let (error, cause) = holds(&missing, &json!({})).failure();
    assert_eq!(error, "States.Runtime");
    let said = "Invalid path '$.absent': The choice state's condition path references an invalid value.";
    assert!(cause.ends_with(said), "{cause}");
    let guarded = json!({ "And": [{ "Variable": "$.absent", "IsPresent": true }, missing] });
    assert_eq!(holds(&guarded, &json!({})).output(), json!(false));
}

#[test]
fn the_first_rule_that_holds_decides_and_without_any_there_must_be_a_default() {
    let rule =
        |at_least: i64, next: &str| json!({ "Variable": "$", "NumericGreaterThanEquals": at_least, "Next": next });
    let definition = json!({ "StartAt": "S", "States": {
        "S": { "Type": "Choice", "Choices": [rule(20, "Large"), rule(10, "Middle")] },
        "Large": { "Type": "Pass", "Result": "large", "End": true }, "Middle": { "Type": "Pass", "Result": "middle", "End": true } } });
    assert_eq!(Player::start(&definition, json!(25)).output(), json!("large"));
    assert_eq!(Player::start(&definition, json!(15)).output(), json!("middle"));
    let lost = Player::start(&definition, json!(5));
    let said = "Failed to transition out of the state. The state does not point to a next state.";
    assert!(lost.failure().1.ends_with(said));
    assert_eq!(lost.types(), ["ExecutionStarted", "ChoiceStateEntered", "ExecutionFailed"]);
}
