//! JSONata: its fields in each state type, what expressions see, and how they fail.

use serde_json::{Value, json};
use usher_asl::{Event, StateMachine, conformance::TaskRequest};

use crate::support::player::{Player, single};

fn jsonata(state: Value) -> Value {
    let mut state = state;
    state["QueryLanguage"] = json!("JSONata");
    single(state)
}

/// What an expression gives over an input.
fn value(expression: &str, input: Value) -> Value {
    let state = json!({ "Type": "Pass", "Output": format!("{{% {expression} %}}") });
    Player::start(&jsonata(state), input).output()
}

/// The words about an expression that fails.
fn failure(expression: &str) -> String {
    let state = json!({ "Type": "Pass", "Output": format!("{{% {expression} %}}") });
    let (error, cause) = Player::start(&jsonata(state), json!({})).failure();
    assert_eq!(error, "States.QueryEvaluationError", "{expression}");
    let opening = "An error occurred while executing the state 'S' (entered at the event id #2). ";
    cause.strip_prefix(opening).expect("the cause names the state").to_owned()
}

#[test]
fn expressions_see_the_input_the_context_and_the_variables() {
    let input = json!({ "order": { "id": 7 }, "seats": [{ "price": 3 }, { "price": 4 }] });
    for (expression, expected) in [
        ("$states.input", input.clone()),
        ("$states.input.order.id", json!(7)),
        ("$states.input.seats.price", json!([3, 4])),
        ("$sum($states.input.seats.price) + 0.5", json!(7.5)),
        ("$states.context.Execution.Name", json!("bkg_1")),
        ("$states.context.State.Name", json!("S")),
        ("$exists($states.result)", json!(false)),
        ("{ 'a': $states.input.missing, 'b': null }", json!({ "b": null })),
        ("$states.input.seats[price > 3]", json!({ "price": 4 })),
    ] {
        assert_eq!(value(expression, input.clone()), expected, "{expression}");
    }
}

#[test]
fn numbers_stay_what_they_are() {
    assert_eq!(value("$states.input.n", json!({ "n": 9_007_199_254_740_993_u64 })), json!(9_007_199_254_740_993_u64));
    assert_eq!(value("$states.input.n + 1", json!({ "n": 1.0 })), json!(2));
    assert_eq!(value("$states.input.n / 2", json!({ "n": 1 })), json!(0.5));
    assert_eq!(value("1000000000000000000", json!({})), json!(1_000_000_000_000_000_000_u64));
    assert_eq!(value("[$states.input.n, -0]", json!({ "n": 1e300 })), json!([1e300, 0]));
}

#[test]
fn only_what_stands_between_the_delimiters_is_an_expression() {
    let output =
        json!({ "a": "{% 1 + 1 %}", "b": " {% 1 %} ", "c": ["{% 'x' %}", { "d.$": "$.e" }], "d": "$states.input" });
    let player = Player::start(&jsonata(json!({ "Type": "Pass", "Output": output })), json!({}));
    let expected = json!({ "a": 2, "b": " {% 1 %} ", "c": ["x", { "d.$": "$.e" }], "d": "$states.input" });
    assert_eq!(player.output(), expected);
}

#[test]
fn the_service_adds_functions_of_its_own() {
    for (expression, expected) in [
        ("$partition([1, 2, 3], 2)", json!([[1, 2], [3]])),
        ("$range(0, 6, 3)", json!([0, 3, 6])),
        ("$range(1, 9, 9)", json!(1)),
        ("$parse('{\"a\": [1]}')", json!({ "a": [1] })),
        ("$hash('abc', 'MD5')", json!("900150983cd24fb0d6963f7d28e17f72")),
        ("$random(7) = $random(7)", json!(true)),
        ("$random() != $random()", json!(true)),
        ("$length($uuid())", json!(36)),
        ("$now()", json!("2026-11-20T12:00:00.000Z")),
        ("$millis()", json!(1_795_176_000_000_u64)),
        ("$now('[Y]')", json!("2026")),
        ("$count($shuffle([1, 2, 3]))", json!(3)),
        ("$pad('a', 4, '-=') & $pad('b', -3)", json!("a-=-  b")),
    ] {
        assert_eq!(value(expression, json!({})), expected, "{expression}");
    }
}

#[test]
fn what_fails_is_told_with_the_expression_and_its_field() {
    assert_eq!(
        failure("$nothing"),
        "The JSONata expression '$nothing' specified for the field 'Output' returned nothing (undefined)."
    );
    let told = failure("1 + 'a'");
    assert!(
        told.starts_with("The JSONata expression '1 + 'a'' specified for the field 'Output' threw an error during evaluation. T2002: "),
        "{told}"
    );
    assert!(failure("$abs('a')").ends_with("T0410: Argument 1 of function \"abs\" does not match function signature"));
    assert!(failure("$eval('1')").contains("threw an error during evaluation: "));
    assert!(failure("$partition([1], 0)").contains("T0410: Argument 2 of function \"partition\""));
    assert!(failure("function($x) { $x }").ends_with("returned nothing (undefined)."));
}

#[test]
fn an_evaluation_that_fails_belongs_before_the_entry_but_in_a_wait_state() {
    let broken = json!({ "Type": "Pass", "Output": { "list": [1, { "x": "{% $nothing %}" }] } });
    let player = Player::start(&jsonata(broken), json!({}));
    assert_eq!(player.types(), ["ExecutionStarted", "PassStateEntered", "EvaluationFailed", "ExecutionFailed"]);
    assert_eq!((player.history[2].previous_event_id, player.history[3].previous_event_id), (0, 3));
    assert_eq!(player.history[2].details["location"], "Output/list[1]/x");
    assert_eq!(player.history[2].details["state"], "S");

    let player = Player::start(&jsonata(json!({ "Type": "Wait", "Seconds": "{% 'soon' %}" })), json!({}));
    assert_eq!(player.history[2].previous_event_id, 2);
    let told = player.failure().1;
    assert!(told.ends_with("for the field 'Seconds' returned an unexpected result type. Expected 'number', but was 'string' for value: \"soon\""), "{told}");
}

#[test]
fn a_task_is_given_arguments_and_its_result_is_shaped() {
    let state = json!({
        "Type": "Task", "Resource": "r", "TimeoutSeconds": "{% $states.input.limit %}", "HeartbeatSeconds": "{% 5 %}",
        "Arguments": { "id": "{% $states.input.id %}", "fixed": 1 },
        "Assign": { "seat": "{% $states.result.seat %}" },
        "Output": { "in": "{% $states.input.id %}", "out": "{% $states.result %}" },
    });
    let mut player = Player::start(&jsonata(state), json!({ "id": 7, "limit": 30 }));
    let TaskRequest { token, parameters, .. } = player.take_task().unwrap();
    assert_eq!(parameters, json!({ "id": 7, "fixed": 1 }));
    assert_eq!(player.history[2].details["timeoutInSeconds"], 30);
    assert_eq!(player.history[2].details["heartbeatInSeconds"], 5);
    player.send(Event::TaskSucceeded { token, output: json!({ "seat": "A1" }) }).unwrap();
    assert_eq!(player.output(), json!({ "in": 7, "out": { "seat": "A1" } }));
    let exited = player.history.iter().rfind(|event| event.kind.to_string() == "TaskStateExited").unwrap();
    assert_eq!(exited.details["assignedVariables"], json!({ "seat": "A1" }));
}

#[test]
fn a_catcher_sees_what_it_caught_and_can_catch_an_evaluation() {
    let definition = |arguments: Value| {
        json!({ "QueryLanguage": "JSONata", "StartAt": "S", "States": {
            "S": { "Type": "Task", "Resource": "r", "Arguments": arguments, "End": true, "Catch": [{
                "ErrorEquals": ["States.QueryEvaluationError", "E"], "Next": "Caught",
                "Assign": { "why": "{% $states.errorOutput.Error %}" },
                "Output": { "in": "{% $states.input %}", "error": "{% $states.errorOutput %}" } }] },
            "Caught": { "Type": "Pass", "Output": { "data": "{% $states.input %}", "why": "{% $why %}" }, "End": true } } })
    };
    let mut player = Player::start(&definition(json!({})), json!(1));
    player.fail("E");
    let error = json!({ "Error": "E", "Cause": "because" });
    assert_eq!(player.output(), json!({ "data": { "in": 1, "error": error }, "why": "E" }));

    let player = Player::start(&definition(json!("{% $nothing %}")), json!(1));
    assert_eq!(player.output()["why"], "States.QueryEvaluationError");
    assert_eq!(player.types()[2..4], ["EvaluationFailed", "TaskStateExited"]);
}

#[test]
fn the_rule_that_decides_sets_output_and_variables() {
    let definition = json!({ "QueryLanguage": "JSONata", "StartAt": "C", "States": {
        "C": { "Type": "Choice", "Default": "Last", "Output": "none", "Assign": { "way": "default" }, "Choices": [
            { "Condition": false, "Next": "Last" },
            { "Condition": "{% $states.input.n > 10 %}", "Next": "Last", "Output": { "big": "{% $states.input.n %}" }, "Assign": { "way": "rule" } },
            { "Condition": "{% $states.input.n = 5 %}", "Next": "Last" }] },
        "Last": { "Type": "Pass", "Output": { "data": "{% $states.input %}", "way": "{% $exists($way) ? $way : 'own' %}" }, "End": true } } });
    let decide = |n: i64| Player::start(&definition, json!({ "n": n })).output();
    assert_eq!(decide(11), json!({ "data": { "big": 11 }, "way": "rule" }));
    assert_eq!(decide(5), json!({ "data": { "n": 5 }, "way": "own" }));
    assert_eq!(decide(1), json!({ "data": "none", "way": "default" }));

    let odd = json!({ "QueryLanguage": "JSONata", "StartAt": "C", "States": {
        "C": { "Type": "Choice", "Choices": [{ "Condition": "{% 1 %}", "Next": "Last" }] }, "Last": { "Type": "Succeed" } } });
    let player = Player::start(&odd, json!({}));
    assert_eq!(player.history[2].details["location"], "Choices[0]/Condition");
    assert!(player.failure().1.ends_with("Expected 'boolean', but was 'number' for value: 1"));
}

#[test]
fn a_map_computes_its_items_once() {
    let state = json!({
        "Type": "Map", "Items": "{% $map([1, 2], function($n) { $n * $states.input.factor }) %}",
        "ItemSelector": { "v": "{% $states.context.Map.Item.Value %}", "i": "{% $states.context.Map.Item.Index %}" },
        "MaxConcurrency": "{% 1 %}",
        "ItemProcessor": { "StartAt": "T", "States": { "T": { "Type": "Task", "Resource": "r", "End": true } } } });
    let mut player = Player::start(&jsonata(state), json!({ "factor": 10 }));
    for expected in [json!({ "v": 10, "i": 0 }), json!({ "v": 20, "i": 1 })] {
        let TaskRequest { token, parameters, .. } = player.take_task().unwrap();
        assert_eq!(parameters, expected);
        player.send(Event::TaskSucceeded { token, output: parameters }).unwrap();
    }
    assert_eq!(player.output(), json!([{ "v": 10, "i": 0 }, { "v": 20, "i": 1 }]));
}

#[test]
fn items_that_are_no_array_fail_the_map() {
    let processor = json!({ "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } } });
    for (items, told, location) in [
        (
            json!("{% 1 %}"),
            "The JSONata expression '1' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'number' for value: 1",
            json!("Items"),
        ),
        (Value::Null, "Map state input must be an array but was: {}", Value::Null),
    ] {
        let mut state = json!({ "Type": "Map", "ItemProcessor": processor });
        if !items.is_null() {
            state["Items"] = items;
        }
        let player = Player::start(&jsonata(state), json!({}));
        assert!(player.failure().1.ends_with(told), "{:?}", player.failure());
        assert_eq!(player.types()[2..], ["EvaluationFailed", "MapStateFailed", "ExecutionFailed"]);
        assert_eq!(player.history[2].details.get("location").cloned().unwrap_or_default(), location);
    }
}

#[test]
fn waits_and_failures_are_computed() {
    let mut player = Player::start(
        &jsonata(json!({ "Type": "Wait", "Seconds": "{% $states.input.n * 2 %}", "Output": "done" })),
        json!({ "n": 3 }),
    );
    player.wait(5);
    assert!(player.execution.status().is_running());
    player.wait(1);
    assert_eq!(player.output(), json!("done"));

    let until = json!({ "Type": "Wait", "Timestamp": "{% $fromMillis($millis() + 60000) %}" });
    let mut player = Player::start(&jsonata(until), json!({}));
    player.wait(59);
    assert!(player.execution.status().is_running());
    player.wait(1);
    assert!(!player.execution.status().is_running());

    let fail = json!({ "Type": "Fail", "Error": "{% 'E' & $states.input %}", "Cause": "fixed" });
    assert_eq!(Player::start(&jsonata(fail), json!(1)).failure(), ("E1".into(), "fixed".into()));
}

#[test]
fn branches_are_given_arguments_and_their_own_language() {
    let definition = json!({ "StartAt": "P", "States": { "P": { "Type": "Parallel", "QueryLanguage": "JSONata",
        "Arguments": { "n": "{% $states.input.n + 1 %}" }, "Output": "{% $states.result[0] %}", "End": true,
        "Branches": [{ "StartAt": "A", "States": { "A": { "Type": "Pass", "OutputPath": "$.n", "End": true } } }] } } });
    assert_eq!(Player::start(&definition, json!({ "n": 1 })).output(), json!(2));
}

#[test]
fn what_would_never_end_is_ended() {
    for expression in [
        "($f := function($n) { $f($n) + 1 }; $f(1))",
        "($f := function($n) { $f($n) }; $f(1))",
        "$count([1..9999999])",
        "$pad('x', 999999999)",
        "$map([1..1000], function($a) { $map([1..1000], function($b) { $map([1..1000], function($c) { $c }) }) })",
    ] {
        assert!(failure(expression).contains("threw an error during evaluation"), "{expression}");
    }
}

#[test]
fn a_wrong_expression_is_found_when_the_definition_is_read() {
    for expression in ["$states.", "(1", "'open", "1 +", &"(".repeat(9_000), &"[".repeat(9_000), &"-".repeat(9_000)] {
        let definition = jsonata(json!({ "Type": "Pass", "Output": { "x": format!("{{% {expression} %}}") } }));
        let problems = StateMachine::parse(&definition.to_string()).unwrap_err();
        let short: String = expression.chars().take(20).collect();
        assert_eq!(problems.len(), 1, "{short}");
        assert_eq!(problems[0].path, "/States/S/Output/x", "{short}");
    }
}

#[test]
fn all_branches_are_given_the_same() {
    let branch = |name: &str| json!({ "StartAt": name, "States": { name: { "Type": "Pass", "End": true } } });
    let state = json!({ "Type": "Parallel", "Arguments": "{% $uuid() %}", "Branches": [branch("A"), branch("B")] });
    let output = Player::start(&jsonata(state), json!({})).output();
    assert_eq!(output[0], output[1]);

    let broken = json!({ "Type": "Parallel", "Arguments": { "x": "{% $nothing %}" }, "Branches": [branch("A")] });
    let player = Player::start(&jsonata(broken), json!({}));
    assert_eq!(
        player.types()[1..],
        ["ParallelStateEntered", "EvaluationFailed", "ParallelStateFailed", "ExecutionFailed"]
    );
}

#[test]
fn a_selector_that_fails_fails_its_iteration() {
    let state = json!({ "Type": "Map", "Items": [1], "ItemSelector": { "x": "{% $nothing %}" },
        "ItemProcessor": { "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } } } });
    let player = Player::start(&jsonata(state), json!({}));
    let types = ["MapIterationStarted", "EvaluationFailed", "MapIterationFailed", "MapStateFailed", "ExecutionFailed"];
    assert_eq!(player.types()[3..], types);
    assert_eq!(player.history[4].details["location"], "ItemSelector/x");
}
