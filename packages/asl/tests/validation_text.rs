//! Where problems stand in the text, and what is said about a text that is no JSON.

use usher_asl::{Problem, Severity, StateMachine, Target, check};

fn problems(text: &str) -> Vec<Problem> {
    check(text, Target::Any).problems
}

/// The only problem: its line and column, where it ends, and what it says.
fn only(text: &str) -> (usize, usize, usize, String) {
    let found = problems(text);
    assert_eq!(found.len(), 1, "{found:?}");
    let span = &found[0].span;
    (span.line, span.column, span.end_column, found[0].message.clone())
}

#[test]
fn a_value_is_pointed_at_as_a_whole_and_a_wrong_field_by_its_name() {
    let text = "{\n  \"StartAt\": \"Sé\",\n  \"States\": {\n    \"Sé\": { \"Type\": \"Pass\", \"Comment\": 17, \"End\": true }\n  }\n}";
    assert_eq!(only(text), (4, 40, 42, "The field 'Comment' must be a string".to_owned()));
    let text = "{\n  \"StartAt\": \"S\", \"Statess\": {},\n  \"States\": { \"S\": { \"Type\": \"Succeed\" } }\n}";
    assert_eq!(only(text), (2, 19, 28, "Field 'Statess' is not supported".to_owned()));
    assert_eq!(problems(text)[0].help.as_deref(), Some("did you mean 'States'?"));
}

#[test]
fn what_is_missing_is_reported_at_the_name_of_what_it_is_missing_from() {
    let text = "{ \"StartAt\": \"S\",\n  \"States\": {\n    \"S\": { \"Type\": \"Task\", \"End\": true } } }";
    assert_eq!(only(text), (3, 5, 8, "The field 'Resource' is required but was missing".to_owned()));
    let problem = &problems(text)[0];
    assert_eq!((problem.path.as_str(), problem.location.as_str()), ("/States/S/Resource", "/States/S"));
}

#[test]
fn elements_of_lists_are_written_as_aws_writes_them() {
    let text = r#"{ "StartAt": "S", "States": { "S": { "Type": "Parallel", "End": true, "Branches": [
        { "StartAt": "I", "States": { "I": { "Type": "Pass", "Next": "Gone" } } } ] } } }"#;
    let found = problems(text);
    let dangling = found.iter().find(|problem| problem.message == "Missing 'Next' target: Gone").unwrap();
    assert_eq!(dangling.path, "/States/S/Branches/0/States/I/Next");
    assert_eq!(dangling.location, "/States/S/Branches[0]/States/I/Next");
    assert_eq!((dangling.span.line, dangling.state.as_deref()), (2, Some("I")));
}

#[test]
fn a_name_given_twice_is_pointed_at_where_it_is_repeated() {
    let text =
        "{ \"StartAt\": \"S\", \"States\": {\n  \"S\": { \"Type\": \"Succeed\" },\n  \"S\": { \"Type\": \"Fail\" } } }";
    assert_eq!(only(text), (3, 3, 6, "The name 'S' is given twice in one object".to_owned()));
    let escaped = r#"{ "StartAt": "S", "States": { "S": { "Type": "Succeed" } }, "St\u0061rtAt": "S" }"#;
    assert!(problems(escaped)[0].message.contains("'StartAt' is given twice"));
}

#[test]
fn what_is_no_json_is_said_once_with_its_place() {
    for (text, line, column, said) in [
        ("{\n  \"StartAt\": \"S\",\n}", 3, 1, "trailing comma"),
        ("{\n  \"StartAt\" \"S\"\n}", 2, 13, "expected `:`"),
        ("{ \"StartAt\": 'S' }", 1, 14, "expected value"),
        ("{ \"StartAt\": \"S\" } x", 1, 20, "trailing characters"),
        ("{ // no\n}", 1, 3, "key must be a string"),
        ("{ \"StartAt\": \"S", 1, 15, "EOF while parsing a string"),
        ("{\"a\": 1e999}", 1, 11, "number out of range"),
    ] {
        let found = problems(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].message.contains(said), "{text}: {}", found[0].message);
        assert_eq!((found[0].span.line, found[0].span.column), (line, column), "{text}");
    }
    for empty in ["", " \n "] {
        assert_eq!(problems(empty)[0].code.to_string(), "MISSING_DESCRIPTION");
    }
}

#[test]
fn neither_depth_nor_size_exhausts_anything() {
    for open in ["[", "{\"a\":", "{\"StartAt\":\"S\",\"States\":{\"S\":"] {
        let found = problems(&open.repeat(30_000));
        assert!(found[0].message.contains("recursion limit exceeded"), "{}", found[0].message);
    }
    let padding = " ".repeat(1024 * 1024);
    let large = format!("{{ \"StartAt\": \"S\", \"States\": {{ \"S\": {{ \"Type\": \"Succeed\" }} }} }}{padding}");
    assert!(StateMachine::parse(&large).unwrap_err()[0].message.contains("at most 1048576 are allowed"));
}

#[test]
fn a_long_chain_of_states_is_no_deep_one() {
    let states: Vec<String> =
        (0..5_000).map(|i| format!("\"S{i}\":{{\"Type\":\"Pass\",\"Next\":\"S{}\"}}", i + 1)).collect();
    let text = format!("{{\"StartAt\":\"S0\",\"States\":{{{},\"S5000\":{{\"Type\":\"Succeed\"}}}}}}", states.join(","));
    assert_eq!(problems(&text), []);
}

#[test]
fn what_only_looks_like_an_expression_is_a_warning() {
    let text = r#"{ "StartAt": "P", "States": {
        "P": { "Type": "Pass", "Result": { "a": "$.b" }, "Parameters": { "id": "$.id", "price": "$5" }, "Next": "F" },
        "F": { "Type": "Fail", "Error": "$.error", "Cause": "States.Format('{}', $.a)" } } }"#;
    let found = problems(text);
    assert!(found.iter().all(|problem| problem.severity == Severity::Warning), "{found:?}");
    let said: Vec<_> = found.iter().map(|problem| (problem.code.to_string(), problem.path.as_str())).collect();
    let expected = [
        ("PASS_RESULT_IS_STATIC", "/States/P/Result/a"),
        ("NO_DOLLAR", "/States/P/Parameters/id"),
        ("NO_PATH", "/States/F/Error"),
        ("NO_PATH", "/States/F/Cause"),
    ];
    assert_eq!(said, expected.map(|(code, path)| (code.to_owned(), path)));
    assert!(StateMachine::parse(text).is_ok());
}
