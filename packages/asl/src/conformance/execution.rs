//! Plays a recorded execution: its tasks are answered as they were, and what comes of it is compared.

use serde_json::Value;
use time::{OffsetDateTime, macros::datetime};

use super::{
    Case, Level, Player, TaskRequest, Verdict,
    case::{Outcome, TaskOutcome},
    matching::{fits, history_difference},
};
use crate::{Event, Identity, StateMachine, Status, evaluation::shown};

/// When every played execution starts. Recordings do not say.
pub(super) const NOON: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// Runs an execution to its end and compares it with the recording.
pub(super) fn run(case: &Case) -> Verdict {
    let machine = match StateMachine::parse(&case.definition_text()) {
        Ok(machine) => machine,
        Err(problems) => {
            let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
            return Verdict::missing(case, format!("refused: {}", said.join("; ")));
        }
    };
    let mut player = Player::start(machine, identity(case), case.input.clone());
    let mishap = play(case, &mut player).err();
    let result = player.result();
    let (level, difference) = compare(case, &player, &result);
    match (mishap, difference) {
        (None, None) => Verdict::exact(case, result),
        (Some(mishap), _) => Verdict::differs(case, level.min(Level::Types), mishap, result),
        (None, Some(difference)) => Verdict::differs(case, level, difference, result),
    }
}

fn identity(case: &Case) -> Identity {
    let account = "arn:aws:states:eu-central-1:111111111111";
    let name = case.execution_name.as_deref().unwrap_or("recorded");
    Identity {
        execution_id: format!("{account}:execution:machine:{name}"),
        execution_name: name.to_owned(),
        state_machine_id: format!("{account}:stateMachine:machine"),
        state_machine_name: "machine".to_owned(),
        role_arn: "arn:aws:iam::111111111111:role/machine".to_owned(),
        started_at: NOON,
    }
}

fn play(case: &Case, player: &mut Player) -> Result<(), String> {
    let mut script: Vec<&TaskOutcome> = case.task_outcomes.iter().collect();
    loop {
        player.store().map_err(|error| format!("the snapshot cannot be read back: {error}"))?;
        answer(case, player, &mut script)?;
        if let Some(stop) = case.stop.as_ref().filter(|_| player.execution.status().is_running()) {
            send(player, Event::Stop { error: stop.error.clone(), cause: stop.cause.clone() })?;
        }
        if player.effects.is_empty() && !player.jump() {
            return Ok(());
        }
    }
}

/// Answers all tasks that are open, as the recording did.
fn answer(case: &Case, player: &mut Player, script: &mut Vec<&TaskOutcome>) -> Result<(), String> {
    let mut taken = Vec::new();
    while let Some(TaskRequest { token, state, parameters, .. }) = player.take_task() {
        let position = script.iter().position(|outcome| outcome.state == state);
        let outcome = script.remove(position.ok_or_else(|| format!("no outcome is recorded for {state}"))?);
        if let Some(request) = outcome.request.as_ref().filter(|request| !fits(request, &parameters)) {
            return Err(format!("{state} was asked for {parameters} instead of {request}"));
        }
        send(player, started(case, token.clone()))?;
        if let Some(output) = &outcome.submitted {
            send(player, Event::TaskSubmitted { token: token.clone(), output: output.clone() })?;
        }
        taken.push((token, &outcome.outcome));
    }
    for (token, outcome) in taken {
        let event = match outcome {
            Outcome { output: Some(output), .. } => Event::TaskSucceeded { token, output: output.clone() },
            Outcome { silent: true, .. } => continue,
            Outcome { error, cause, .. } => {
                let told = cause.as_ref().filter(|cause| !cause.is_null()).map(shown);
                Event::TaskFailed { token, error: error.clone(), cause: told }
            }
        };
        send(player, event)?;
    }
    Ok(())
}

/// A worker of an activity may have told its name. Only the recorded event knows it.
fn started(case: &Case, token: String) -> Event {
    let recorded = case.expected.history.iter().flatten();
    let mut named = recorded.filter_map(|event| event.get("detail")?.get("workerName")?.as_str());
    match named.next() {
        Some(worker) => Event::ActivityStarted { token, worker: Some(worker.to_owned()) },
        None => Event::TaskStarted { token },
    }
}

fn send(player: &mut Player, event: Event) -> Result<(), String> {
    player.send(event).map_err(|refused| refused.to_string())
}

/// The level that was met, and the first difference.
fn compare(case: &Case, player: &Player, result: &Value) -> (Level, Option<String>) {
    let expected = &case.expected;
    let status = player.execution.status();
    if expected.status.as_deref() != Some(status.name()) {
        let wanted = expected.status.as_deref().unwrap_or_default();
        let why = if let Status::Failed { error, cause } = status {
            format!(" ({error:?}: {cause:?})")
        } else {
            String::new()
        };
        return (Level::Nothing, Some(format!("status {}{why} instead of {wanted}", status.name())));
    }
    for (name, level) in [("output", Level::Nothing), ("error", Level::Nothing), ("cause", Level::Outcome)] {
        if let Some(wanted) = expected.rest.get(name)
            && !result.get(name).is_some_and(|found| fits(wanted, found))
        {
            return (level, Some(format!("{name} {} instead of {wanted}", result.get(name).unwrap_or(&Value::Null))));
        }
    }
    let Some(history) = &expected.history else { return (Level::History, None) };
    match history_difference(history, &expected.history_lost, expected.order, &player.history) {
        None => (Level::History, None),
        Some(difference) => {
            let mut wanted: Vec<_> = history.iter().filter_map(|event| event.get("type")?.as_str()).collect();
            let found: Vec<_> = player.history.iter().map(|event| event.kind.to_string()).collect();
            let mut found: Vec<_> = found.iter().map(String::as_str).collect();
            if expected.order != super::case::Order::Total {
                wanted.sort_unstable();
                found.sort_unstable();
            }
            (if wanted == found { Level::Types } else { Level::Cause }, Some(difference))
        }
    }
}
