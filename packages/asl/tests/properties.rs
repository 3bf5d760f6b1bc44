//! Properties that hold for every definition and every course of events.

use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};
use usher_asl::{Effect, Event, StateMachine, Status};

use crate::support::player::{Player, identity};

/// JSON of any shape, with the words of the language in likely places.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "A",
        "B",
        "Type",
        "Pass",
        "Task",
        "Choice",
        "Wait",
        "Fail",
        "Succeed",
        "Parallel",
        "Map",
        "StartAt",
        "States",
        "Next",
        "End",
        "Retry",
        "Catch",
        "ErrorEquals",
        "States.ALL",
        "Choices",
        "Variable",
        "And",
        "Not",
        "NumericEquals",
        "Branches",
        "ItemProcessor",
        "Parameters",
        "x.$",
        "$.a[?(@.b > 1)]",
        "$..",
        "$$.Task",
        "$[",
        "States.Format('{}', $.a)",
        "States.Array(",
        "ResultPath",
        "Assign",
        "QueryLanguage",
        "JSONata",
        "Output",
        "Arguments",
        "Condition",
        "{% $states.input %}",
        "{% $map([1], function($x) { $x }) %}",
        "ProcessorConfig",
        "Mode",
        "DISTRIBUTED",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((word.clone(), inner), 0..6).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<Map<_, _>>()
                .into()),
        ]
    })
}

/// A valid machine: a chain of states of any type, some with branches inside.
fn any_machine() -> impl Strategy<Value = Value> {
    vec((0_u8..10, 0_u8..3), 1..6).prop_map(|kinds| {
        let mut states = Map::new();
        for (position, (kind, variant)) in kinds.iter().enumerate() {
            let inner = |label: &str| {
                let name = format!("{label}{position}");
                json!({ "StartAt": name, "States": { name.as_str(): { "Type": "Task", "Resource": "r", "TimeoutSeconds": 7, "End": true } } })
            };
            let mut state = match kind {
                0 => json!({ "Type": "Pass", "Parameters": { "in.$": "$", "n": position } }),
                1 => json!({ "Type": "Wait", "Seconds": u32::from(*variant) * 10 }),
                2 => json!({ "Type": "Parallel", "Branches": [inner("P"), inner("Q")], "Retry": [{ "ErrorEquals": ["E"], "MaxAttempts": variant }] }),
                3 => json!({ "Type": "Map", "MaxConcurrency": variant, "ItemsPath": "$$.Execution.Input.items", "ItemProcessor": inner("M"), "ResultPath": "$.m" }),
                4 => json!({ "Type": "Pass", "Result": { "fixed": variant }, "Assign": { "v.$": "$" } }),
                5 => json!({ "Type": "Map", "ItemsPath": "$$.Execution.Input.items", "ToleratedFailureCount": variant, "ResultPath": "$.d",
                             "ItemProcessor": distributed(inner("D")) }),
                6 => json!({ "Type": "Map", "QueryLanguage": "JSONata", "Items": "{% [1, 2, 3] %}", "MaxConcurrency": variant,
                             "ItemProcessor": inner("J"), "Output": { "n": "{% $count($states.result) + $random() %}" },
                             "Catch": [{ "ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput %}", "Next": "Last" }] }),
                7 => json!({ "Type": "Task", "QueryLanguage": "JSONata", "Resource": "r", "TimeoutSeconds": "{% 3 + 4 %}",
                             "Arguments": { "in": "{% $states.input %}" }, "Output": "{% $states.result.done %}", "Assign": { "w": "{% $uuid() %}" } }),
                _ => json!({ "Type": "Task", "Resource": "r", "HeartbeatSeconds": 5, "ResultPath": "$.t",
                             "Retry": [{ "ErrorEquals": ["States.ALL"], "MaxAttempts": variant, "JitterStrategy": "FULL" }],
                             "Catch": [{ "ErrorEquals": ["E"], "ResultPath": "$.e", "Next": "Last" }] }),
            };
            state["Next"] = if position + 1 < kinds.len() { json!(format!("S{}", position + 1)) } else { json!("Last") };
            states.insert(format!("S{position}"), state);
        }
        states.insert("Last".into(), json!({ "Type": "Succeed" }));
        json!({ "StartAt": "S0", "States": states, "TimeoutSeconds": 500 })
    })
}

/// The same flow, each run of it an execution of its own.
fn distributed(mut flow: Value) -> Value {
    flow["ProcessorConfig"] = json!({ "Mode": "DISTRIBUTED" });
    flow
}

/// Plays a machine: each number decides what happens next.
fn play(definition: &Value, input: Value, course: &[u8]) -> Player {
    let machine = StateMachine::parse(&definition.to_string()).expect("generated machines are valid");
    let mut player = Player::start_machine(machine, identity(), input);
    for decision in course {
        let task = player.execution.open_tasks().nth(usize::from(*decision) / 8).map(|task| task.token.clone());
        let event = match (decision % 8, task) {
            (0..=2, Some(token)) => Event::TaskSucceeded { token, output: json!({ "done": decision }) },
            (3, Some(token)) => Event::TaskFailed { token, error: Some("E".into()), cause: None },
            (4, Some(token)) => Event::Heartbeat { token },
            (5, Some(token)) => Event::TaskStarted { token },
            (6, _) if *decision > 240 => Event::Stop { error: None, cause: None },
            (7, _) if !player.execution.status().is_running() => Event::Redrive,
            _ => {
                if let Some(due) = player.execution.due_at() {
                    player.now = player.now.max(due);
                }
                Event::Timer
            }
        };
        // A refused event is part of the game: it must change nothing.
        let before = player.execution.clone();
        if player.send(event).is_err() {
            assert_eq!(player.execution, before);
        }
    }
    player
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,80}") {
        prop_assert!(StateMachine::parse(&text).is_err());
    }

    #[test]
    fn no_json_makes_the_parser_panic(document in any_json(), state in any_json()) {
        let wrapped = json!({ "StartAt": "A", "States": { "A": state, "B": document } });
        for definition in [&document, &wrapped] {
            if let Err(problems) = StateMachine::parse(&definition.to_string()) {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(!problem.message.is_empty() && (problem.path.is_empty() || problem.path.starts_with('/')));
                }
            }
        }
    }

    #[test]
    fn no_path_or_call_makes_the_parser_panic(text in "[$@.\\[\\]()?*:,'a-z0-9<>=&|! -]{0,40}") {
        let definition = json!({ "StartAt": "A", "States": { "A": {
            "Type": "Pass", "Parameters": { "p.$": format!("${text}"), "c.$": format!("States.{text}") }, "End": true } } });
        prop_assert!(StateMachine::parse(&definition.to_string()).is_err());
    }

    #[test]
    fn no_expression_makes_the_engine_panic(text in "[$@%.\\[\\]()?*:,;'\"`^~|&{}a-z0-9<>=!+/ -]{0,40}", name in "\\$[a-z]{1,12}", data in any_json()) {
        for expression in [&text, &format!("$states.{text}"), &format!("{name}({text})"), &format!("$states.input.a{text}")] {
            let state = json!({ "Type": "Pass", "QueryLanguage": "JSONata", "Output": format!("{{% {expression} %}}"), "End": true });
            let definition = json!({ "StartAt": "A", "States": { "A": state } });
            if let Ok(machine) = StateMachine::parse(&definition.to_string()) {
                let player = Player::start_machine(machine, identity(), data.clone());
                prop_assert!(!player.execution.status().is_running());
            }
        }
    }

    #[test]
    fn the_same_course_gives_the_same_history(definition in any_machine(), input in any_json(), course in vec(any::<u8>(), 0..60)) {
        let (first, second) = (play(&definition, input.clone(), &course), play(&definition, input, &course));
        prop_assert_eq!(&first.history, &second.history);
        prop_assert_eq!(&first.execution, &second.execution);
        prop_assert_eq!(&first.effects, &second.effects);
    }

    #[test]
    fn histories_are_numbered_and_linked_and_tasks_are_accounted_for(definition in any_machine(), course in vec(any::<u8>(), 0..60)) {
        let player = play(&definition, json!({ "items": [1, 2, 3] }), &course);
        for (position, event) in player.history.iter().enumerate() {
            prop_assert_eq!(event.id, position as u64 + 1);
            prop_assert!(event.previous_event_id < event.id);
        }
        prop_assert_eq!(player.execution.next_event_id(), player.history.len() as u64 + 1);
        let mut asked: Vec<&String> = Vec::new();
        for effect in &player.effects {
            match effect {
                Effect::RunTask { token, .. } => {
                    prop_assert!(!asked.contains(&token), "a token is given once");
                    asked.push(token);
                }
                Effect::CancelTask { token } => prop_assert!(asked.contains(&token), "only what was asked for is cancelled"),
            }
        }
        for open in player.execution.open_tasks() {
            prop_assert!(asked.contains(&&open.token));
        }
        if *player.execution.status() == Status::Running {
            prop_assert!(player.execution.due_at().is_some(), "a machine with a time limit always has something due");
        } else {
            prop_assert_eq!(player.execution.open_tasks().count(), 0);
        }
    }

    #[test]
    fn a_parsed_machine_reads_the_same_from_its_own_text(definition in any_machine()) {
        let pretty = serde_json::to_string_pretty(&definition).expect("JSON can be written");
        prop_assert_eq!(StateMachine::parse(&pretty), StateMachine::parse(&definition.to_string()));
    }
}

/// Nesting that no person writes must not exhaust the stack, whichever language it is in.
#[test]
fn no_depth_exhausts_the_stack() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(50_000), close.repeat(50_000));
    for expression in [
        deep("States.Array(", ")"),
        format!("$[?({})]", deep("(", ")")),
        format!("$[?({}@.a)]", "!".repeat(50_000)),
        format!("${}", deep("[?(@.a", ")]")),
        format!("${}", "[0]".repeat(50_000)),
        format!("${}", "..a".repeat(50_000)),
    ] {
        let state = json!({ "Type": "Pass", "Parameters": { "x.$": expression }, "End": true });
        let definition = json!({ "StartAt": "A", "States": { "A": state } });
        // Whether it is refused or not is not the point here.
        drop(StateMachine::parse(&definition.to_string()));
    }
}
