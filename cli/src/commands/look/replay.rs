//! `usher saga replay`: an exported saga, run again by the interpreter with the answers that were recorded.
//!
//! Nothing is asked of anybody: each attempt gets the answer that it got then, an attempt that timed out then gets none, and
//! time jumps. The replay stops where the record stops, which for a failed saga is the step that failed.

use std::{collections::VecDeque, fmt::Write as _, fs, io::Read as _, path::Path, process::ExitCode};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use usher_asl::{Event, Identity, StateMachine, conformance::Player};
use usher_inspection::{
    attempts::{self, Outcome},
    bundle::{Bundle, FORMAT},
    drawing,
};

use crate::output::{Output, Shown};

/// Runs it.
pub fn run(file: &Path, definition: Option<&Path>, output: Output) -> anyhow::Result<ExitCode> {
    let bundle: Bundle =
        serde_json::from_str(&read(file)?).with_context(|| format!("{} is no exported saga", file.display()))?;
    if bundle.format > FORMAT {
        bail!("the file is of format {}, and this program knows {FORMAT}: use a newer one", bundle.format);
    }
    let own = definition.map(read).transpose()?;
    let text = own.as_deref().unwrap_or(&bundle.definition);
    let machine = StateMachine::parse(text).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the definition is not valid:\n{}", problems.join("\n"))
    })?;
    let replayed = replay(&bundle, StateMachine::clone(&machine))?;
    let recorded = attempts::path(&bundle.history);
    let same = replayed.path == recorded && replayed.status == bundle.status;
    let body = json!({
        "id": bundle.name, "same": same, "status": replayed.status, "path": replayed.path, "stands": replayed.stands,
        "error": replayed.error, "cause": replayed.cause, "stopped_before": replayed.missing,
        "recorded": { "status": bundle.status, "path": recorded },
    });
    let mut shown = drawing::text(&machine, &replayed.path, &replayed.stands);
    // Writing to a string cannot fail.
    let _ = write!(shown, "\n\n{} ended {} as recorded", bundle.name, if same { "exactly" } else { "NOT" });
    if !same {
        let _ = write!(shown, ": {} instead of {}", replayed.status, bundle.status);
    }
    if let Some(error) = &replayed.error {
        let _ = write!(shown, "\n{error}: {}", replayed.cause.as_deref().unwrap_or_default());
    }
    if let Some(state) = &replayed.missing {
        let _ = write!(shown, "\nStopped before an attempt of {state} that has no recorded answer.");
    }
    Shown::one(body, bundle.name, shown).print(output)?;
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// What a replay came to.
struct Replayed {
    status: String,
    path: Vec<String>,
    stands: Vec<String>,
    error: Option<String>,
    cause: Option<String>,
    /// The state whose attempt nobody has an answer for.
    missing: Option<String>,
}

/// Runs a bundle to its end, to where nothing can happen any more, or to an attempt without a recorded answer.
fn replay(bundle: &Bundle, machine: StateMachine) -> anyhow::Result<Replayed> {
    let mut answers: VecDeque<_> = attempts::of(&bundle.history, &[]).into();
    let started = bundle.attempts.first().map_or(bundle.exported_at, |attempt| attempt.began_at);
    let identity = Identity {
        execution_id: format!("{}:{}", bundle.saga, bundle.name),
        execution_name: bundle.name.clone(),
        state_machine_id: bundle.saga.clone(),
        state_machine_name: bundle.saga.clone(),
        role_arn: String::new(),
        started_at: started,
    };
    let mut player = Player::start(machine, identity, bundle.input.clone());
    let mut missing = None;
    'playing: loop {
        while let Some(task) = player.take_task() {
            let place = answers.iter().position(|answer| answer.state == task.state);
            let Some(answer) = place.and_then(|place| answers.remove(place)) else {
                missing = Some(task.state);
                break 'playing;
            };
            let token = || task.token.clone();
            let mut events =
                vec![Event::TaskStarted { token: token() }, Event::TaskSubmitted { token: token(), output: json!({}) }];
            match answer.outcome {
                Outcome::Succeeded => {
                    events.push(Event::TaskSucceeded { token: token(), output: answer.output.unwrap_or(Value::Null) });
                }
                Outcome::Failed => {
                    events.push(Event::TaskFailed { token: token(), error: answer.error, cause: answer.cause });
                }
                Outcome::TimedOut => {}
                Outcome::Open => {
                    missing = Some(task.state);
                    break 'playing;
                }
            }
            for event in events {
                player.send(event)?;
            }
        }
        let Some(due) = player.execution.due_at() else { break };
        player.advance_to(due)?;
    }
    let result = player.result();
    let history: Vec<Value> = result["history"].as_array().cloned().unwrap_or_default();
    let entered = |event: &Value| {
        let entered = event["type"].as_str().is_some_and(|kind| kind.ends_with("StateEntered"));
        let details = event["details"]["name"].as_str().or(event["stateEnteredEventDetails"]["name"].as_str());
        details.filter(|_| entered).map(str::to_owned)
    };
    let text = |name: &str| result[name].as_str().map(str::to_owned);
    Ok(Replayed {
        status: text("status").unwrap_or_default(),
        path: history.iter().filter_map(entered).collect(),
        stands: player.execution.current_states().into_iter().map(str::to_owned).collect(),
        error: text("error"),
        cause: text("cause"),
        missing,
    })
}
