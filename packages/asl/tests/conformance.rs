//! Plays executions that were recorded on AWS and compares status, output, error, cause, task requests and the whole
//! history; and compares verdicts on definitions. The cases are read from the folder that `USHER_ASL_CASES` names;
//! without them there is nothing to compare and the test says so.
//!
//! The table counts, area by area: `exact`, what agrees in everything; `declared`, what we say we do otherwise
//! (JSONata and distributed Maps are refused, single states are not tested alone, and the verdicts of
//! [`OTHER_VERDICTS`]); `other`, the rest, each of which is printed with its first difference.

use std::{collections::BTreeMap, fs, path::PathBuf};

use crate::support::{
    matching::{fits, history_difference},
    player::{Player, identity},
};
use serde_json::Value;
use usher_asl::{Event, StateMachine, Status};

/// How many cases of each area agree in everything. Fewer is a regression; after an improvement, raise the number.
#[rustfmt::skip]
const FLOORS: &[(&str, usize)] = &[
    ("api-executions", 3), ("basics", 17), ("callback", 6), ("choice", 1), ("choice-operators", 175), ("comments", 1),
    ("context-object", 1), ("credentials", 1), ("definition-lint", 74), ("definition-validation", 40),
    ("error-handling", 11), ("express", 2), ("intrinsics", 48), ("map-inline", 11), ("parallel", 4),
    ("query-language", 1), ("retry-catch", 2), ("scenarios", 4), ("service-mocked", 5), ("service-tasks", 28),
    ("timeouts", 3), ("variables", 11), ("wait", 7),
];

/// Definitions that we judge otherwise than the linter that judged them, and why.
const OTHER_VERDICTS: &[(&str, &str)] = &[
    ("asl-validator::valid-map-distributed.asl", "distributed Map is refused"),
    ("asl-validator::valid-map-noconfig.asl", "distributed Map is refused"),
    ("asl-validator::valid-task-intrisic-function", "templates of a deployment tool are not definitions"),
    ("language-service::documentSucceedFailTerminalState", "state names are unique in the whole machine"),
    ("test_sfn_api_express::test_illegal_callbacks[SYNC]", "a definition does not say that it is an Express one"),
    (
        "test_sfn_api_versioning::test_create_with_version_description_no_publish",
        "the request was wrong, not the definition",
    ),
];

#[derive(Default)]
struct Tally {
    cases: usize,
    declared: usize,
    exact: usize,
    differences: Vec<String>,
}

#[test]
fn recorded_cases_are_reproduced() {
    let folder = std::env::var("USHER_ASL_CASES")
        .map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/asl-cases"), PathBuf::from);
    let Ok(files) = fs::read_dir(&folder) else {
        println!("no recorded cases in {}; nothing was compared", folder.display());
        return;
    };
    let mut table: BTreeMap<String, Tally> = BTreeMap::new();
    for file in files.map(|file| file.expect("the folder can be read").path()) {
        if file.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&file).expect("the file can be read");
            let cases: Vec<Value> = serde_json::from_str(&text).expect("the file holds cases");
            for recorded in &cases {
                play(recorded, table.entry(text_of(&recorded["area"])).or_default());
            }
        }
    }
    println!("{:<24}{:>6}{:>9}{:>7}{:>7}", "area", "cases", "declared", "exact", "other");
    for (area, tally) in &table {
        let other = tally.differences.len();
        println!("{area:<24}{:>6}{:>9}{:>7}{other:>7}", tally.cases, tally.declared, tally.exact);
    }
    for (area, tally) in &table {
        for difference in &tally.differences {
            println!("\n{area}: {difference}");
        }
    }
    for (area, floor) in FLOORS {
        let exact = table.get(*area).map_or(0, |tally| tally.exact);
        assert!(exact >= *floor, "{area}: {exact} cases agree, {floor} did before");
    }
}

fn play(recorded: &Value, tally: &mut Tally) {
    tally.cases += 1;
    let id = text_of(&recorded["id"]);
    let definition = match &recorded["definition_text"] {
        Value::String(text) => text.clone(),
        _ => recorded["definition"].to_string(),
    };
    let parsed = StateMachine::parse(&definition);
    let difference = match recorded["kind"].as_str() {
        Some("validation") => {
            if OTHER_VERDICTS.iter().any(|(other, _)| *other == id) {
                tally.declared += 1;
                return;
            }
            let valid = recorded["expected"]["valid"] == true;
            let problems = parsed.as_ref().err().cloned().unwrap_or_default();
            (parsed.is_ok() != valid).then(|| format!("{id}: valid should be {valid}; found {problems:?}"))
        }
        Some("execution") => match parsed {
            Err(problems) => {
                tally.declared += 1;
                let declared = problems
                    .iter()
                    .any(|problem| problem.message.contains("JSONata") || problem.message.contains("distributed Map"));
                if !declared {
                    tally.differences.push(format!("{id}: refused: {problems:?}"));
                }
                return;
            }
            Ok(machine) => differs(recorded, machine).map(|difference| format!("{id}: {difference}")),
        },
        _ => {
            tally.declared += 1;
            return;
        }
    };
    match difference {
        None => tally.exact += 1,
        Some(difference) => tally.differences.push(difference),
    }
}

/// Plays one execution. Says how it differs from the recording, or nothing.
fn differs(recorded: &Value, machine: StateMachine) -> Option<String> {
    let mut identity = identity();
    if let Some(name) = recorded["execution_name"].as_str() {
        name.clone_into(&mut identity.execution_name);
    }
    let mut player = Player::start_machine(machine, identity, recorded["input"].clone());
    let mut script: Vec<&Value> = recorded["task_outcomes"].as_array().into_iter().flatten().collect();
    loop {
        if let Err(difference) = answer(&mut player, &mut script) {
            return Some(difference);
        }
        if !recorded["stop"].is_null() && player.execution.status() == &Status::Running {
            let part = |name: &str| recorded["stop"][name].as_str().map(str::to_owned);
            player.send(Event::Stop { error: part("error"), cause: part("cause") }).expect("it runs");
        }
        if player.effects.is_empty() && !player.jump() {
            break;
        }
    }
    let expected = &recorded["expected"];
    let (output, error, cause) = match player.execution.status() {
        Status::Running => (None, None, None),
        Status::Succeeded { output } => (Some(output.clone()), None, None),
        Status::Failed { error, cause } | Status::TimedOut { error, cause } | Status::Aborted { error, cause } => {
            (None, error.clone().map(Value::from), cause.clone().map(Value::from))
        }
    };
    if expected["status"] != player.execution.status().name() {
        return Some(format!("status {} instead of {}", player.execution.status().name(), expected["status"]));
    }
    for (name, actual) in [("output", output), ("error", error), ("cause", cause)] {
        if let Some(wanted) = expected.get(name)
            && !fits(wanted, &actual.clone().unwrap_or_default())
        {
            return Some(format!("{name} {actual:?} instead of {wanted}"));
        }
    }
    let history = expected["history"].as_array()?;
    let lost: Vec<&str> = expected["history_lost"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    history_difference(history, &lost, expected["order"].as_str().unwrap_or("total"), &player.history)
}

/// Answers all tasks that are open, as the recording did.
fn answer(player: &mut Player, script: &mut Vec<&Value>) -> Result<(), String> {
    let mut taken = Vec::new();
    while let Some((token, state, parameters)) = player.take_task() {
        let position = script.iter().position(|outcome| outcome["state"] == state);
        let outcome = script.remove(position.ok_or_else(|| format!("no outcome is recorded for {state}"))?);
        if let Some(request) = outcome.get("request")
            && !fits(request, &parameters)
        {
            return Err(format!("{state} was asked for {parameters} instead of {request}"));
        }
        player.send(Event::TaskStarted { token: token.clone() }).expect("the token is open");
        if let Some(output) = outcome.get("submitted") {
            player
                .send(Event::TaskSubmitted { token: token.clone(), output: output.clone() })
                .expect("the token is open");
        }
        taken.push((token, &outcome["outcome"]));
    }
    for (token, outcome) in taken {
        let part = |name: &str| outcome[name].as_str().map(str::to_owned);
        let event = match outcome.get("output") {
            Some(output) => Event::TaskSucceeded { token, output: output.clone() },
            None if outcome["silent"] == true => continue,
            None => Event::TaskFailed { token, error: part("error"), cause: part("cause") },
        };
        player.send(event).map_err(|refused| refused.to_string())?;
    }
    Ok(())
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
