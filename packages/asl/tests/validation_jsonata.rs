//! What is refused in JSONata, in AWS's words where they are known.

use serde_json::{Value, json};
use usher_asl::{Code, Problem, StateMachine};

use crate::support::player::single;

fn problems(state: &Value) -> Vec<Problem> {
    let mut definition = single(state.clone());
    definition["QueryLanguage"] = json!("JSONata");
    StateMachine::parse(&definition.to_string()).err().unwrap_or_default()
}

/// Checks that a state has exactly one problem, of this sort, at this place below it, which says this.
fn refused(state: &Value, code: Code, place: &str, said: &str) {
    let found = problems(state);
    assert_eq!(found.len(), 1, "{state}: {found:?}");
    assert_eq!((found[0].code, found[0].path.as_str()), (code, format!("/States/S{place}").as_str()), "{found:?}");
    assert_eq!(found[0].message, said);
}

#[test]
fn the_languages_keep_their_fields_to_themselves() {
    let said = |here: &str, name: &str, there: &str| {
        format!(
            "The QueryLanguage is set to '{here}', but field '{name}' is only supported for the '{there}' QueryLanguage"
        )
    };
    for (state, name) in [
        (json!({ "Type": "Pass", "InputPath": "$.a" }), "InputPath"),
        (json!({ "Type": "Wait", "Seconds": 1, "OutputPath": "$.a" }), "OutputPath"),
        (json!({ "Type": "Task", "Resource": "r", "TimeoutSecondsPath": "$.a" }), "TimeoutSecondsPath"),
        (json!({ "Type": "Fail", "ErrorPath": "$.a" }), "ErrorPath"),
    ] {
        refused(&state, Code::SchemaValidationFailed, &format!("/{name}"), &said("JSONata", name, "JSONPath"));
    }
    let definition = single(json!({ "Type": "Pass", "Output": 1 }));
    let found = StateMachine::parse(&definition.to_string()).unwrap_err();
    assert_eq!(found[0].message, said("JSONPath", "Output", "JSONata"));
    assert_eq!(found[0].location, "/States/S");
}

#[test]
fn a_machine_in_jsonata_has_no_state_in_jsonpath() {
    let said = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
    let state = json!({ "Type": "Pass", "QueryLanguage": "JSONPath" });
    refused(&state, Code::SchemaValidationFailed, "/QueryLanguage", said);
}

#[test]
fn expressions_are_parsed_when_the_definition_is() {
    let output = |text: &str| json!({ "Type": "Pass", "Output": { "v": text } });
    let invalid = Code::InvalidJsonataExpression;
    refused(&output("{% 1 + %}"), invalid, "/Output/v", "Unexpected end of expression");
    let delimiters = "A JSONata expression begins with '{%' and ends with '%}'";
    refused(&output("{% 10 %"), invalid, "/Output/v", delimiters);
    refused(&output("10 %}"), invalid, "/Output/v", delimiters);
    assert_eq!(problems(&output("a {% b %} c")), [], "a text like any other");
    assert_eq!(problems(&json!({ "Type": "Pass", "Comment": "{% no" })), []);
}

#[test]
fn an_expression_has_no_item_to_refer_to() {
    let output = |text: &str| json!({ "Type": "Pass", "Output": text });
    let unsupported = Code::UnsupportedJsonataExpression;
    let said = "Reference to 'phone' at the top level is not supported.";
    refused(&output("{% phone %}"), unsupported, "/Output", said);
    refused(&output("{% $uppercase(phone.number) %}"), unsupported, "/Output", said);
    refused(&output("{% $$ %}"), unsupported, "/Output", "Reference to '$$' is not supported.");
    let said = "Reference to '$states.errorOutput' is not supported.";
    refused(&output("{% $states.errorOutput.Error %}"), unsupported, "/Output", said);
    let catching = json!({ "Type": "Task", "Resource": "r", "Catch": [
        { "ErrorEquals": ["States.ALL"], "Next": "S", "Output": "{% $states.errorOutput.Error %}" }] });
    assert_eq!(problems(&catching), []);
    assert_eq!(problems(&output("{% $states.input.items[price > 3].name %}")), []);
}

#[test]
fn variables_have_names_that_expressions_can_mention() {
    for (name, said) in [
        ("states", "The variable 'states' is reserved"),
        ("1st", "'1st' cannot be the name of a variable"),
        ("a-b", "'a-b' cannot be the name of a variable"),
    ] {
        let state = json!({ "Type": "Pass", "Assign": { name: 1 } });
        refused(&state, Code::SchemaValidationFailed, &format!("/Assign/{name}"), said);
    }
    assert_eq!(problems(&json!({ "Type": "Pass", "Assign": { "größe_2": 1 } })), []);
}
