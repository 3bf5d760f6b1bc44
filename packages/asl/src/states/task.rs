//! Task: has somebody else do work, and hears how it went.

use serde_json::{Map, Value, json};

use crate::{
    errors::Failure,
    evaluation,
    execution::{Activity, Answer, Effect, OpenTask, Progress, Turn, failure_details},
    history::{EventType, TaskEvent},
    model::{Amount, Family, Task},
    moment, size,
};

/// Schedules the work: the first time, and again for each retry.
pub(super) fn execute(turn: &mut Turn<'_, '_>, task: &Task) -> Progress {
    // The token is known before the parameters are filled, because they may carry it.
    turn.place.activity = Activity::Task(OpenTask {
        token: turn.run.new_token(),
        state: turn.state.name.clone(),
        scheduled_event_id: 0,
        attempt: turn.place.attempts.total(),
        entered_at: turn.place.entered_at,
        timeout_at: None,
        heartbeat_at: None,
        heartbeat_seconds: None,
    });
    let request = match prepare(turn, task) {
        Ok(request) => request,
        Err(failure) => {
            turn.place.activity = Activity::Idle;
            return Progress::Failed(failure);
        }
    };
    let scheduled =
        turn.record(EventType::of_task(task.integration.family, TaskEvent::Scheduled), request.details(task));
    let now = turn.run.now;
    if let Activity::Task(open) = &mut turn.place.activity {
        open.scheduled_event_id = scheduled;
        open.timeout_at = request.timeout.map(|seconds| moment::after(now, seconds));
        open.heartbeat_at = request.heartbeat.map(|seconds| moment::after(now, seconds));
        open.heartbeat_seconds = request.heartbeat;
        turn.run.effects.push(Effect::RunTask {
            token: open.token.clone(),
            state: open.state.clone(),
            resource: task.resource.clone(),
            parameters: request.parameters,
            attempt: open.attempt,
            timeout_seconds: request.timeout,
            heartbeat_seconds: request.heartbeat,
        });
    }
    Progress::Waiting
}

/// Hears about the work.
pub(crate) fn answer(turn: &mut Turn<'_, '_>, answer: Answer) -> Option<Progress> {
    let crate::model::Kind::Task(task) = &turn.state.kind else { return None };
    let family = task.integration.family;
    match answer {
        Answer::Started { worker } => {
            let worker = worker.map(|name| ("workerName".to_owned(), name.into()));
            let more = Value::Object(Map::from_iter(worker));
            turn.record(EventType::of_task(family, TaskEvent::Started), details(task, more));
        }
        Answer::Submitted(output) => {
            turn.record(EventType::of_task(family, TaskEvent::Submitted), details(task, json!({ "output": output })));
        }
        Answer::Heartbeat => {
            let now = turn.run.now;
            if let Activity::Task(open) = &mut turn.place.activity {
                open.heartbeat_at = open.heartbeat_seconds.map(|seconds| moment::after(now, seconds));
            }
        }
        Answer::Succeeded(output) if size::exceeds_limit(&output) => {
            let failure = Turn::too_large(&task.integration.resource_type);
            return Some(failed(turn, task, failure));
        }
        Answer::Succeeded(output) => {
            turn.record(EventType::of_task(family, TaskEvent::Succeeded), details(task, json!({ "output": output })));
            let progress = turn.leave_with(output);
            close(turn);
            return Some(progress);
        }
        Answer::Failed { error, cause } => return Some(failed(turn, task, Failure::reported(error, cause))),
    }
    Some(Progress::Waiting)
}

/// The details of an event of this task: `more`, and whatever its family always says.
pub(crate) fn details(task: &Task, mut more: Value) -> Value {
    if task.integration.family == Family::Service {
        more["resource"] = task.integration.resource.as_str().into();
        more["resourceType"] = task.integration.resource_type.as_str().into();
    }
    more
}

fn failed(turn: &mut Turn<'_, '_>, task: &Task, failure: Failure) -> Progress {
    let more = failure_details(failure.error.as_deref(), failure.cause.as_deref());
    turn.record(EventType::of_task(task.integration.family, TaskEvent::Failed), details(task, more));
    close(turn);
    Progress::Failed(failure)
}

/// The task has been answered. Its token is good for nothing from here on.
fn close(turn: &mut Turn<'_, '_>) {
    if let Activity::Task(open) = std::mem::take(&mut turn.place.activity) {
        turn.run.closed_tokens.push(open.token);
    }
}

/// What is asked for.
struct Request {
    parameters: Value,
    timeout: Option<u64>,
    heartbeat: Option<u64>,
    credentials: Option<Value>,
}

impl Request {
    fn details(&self, task: &Task) -> Value {
        let mut members = Map::new();
        let payload = if task.integration.family == Family::Service { "parameters" } else { "input" };
        members.insert(payload.to_owned(), self.parameters.clone());
        if task.integration.family != Family::Service {
            members.insert("resource".to_owned(), task.resource.as_str().into());
        }
        if let Some(seconds) = self.timeout {
            members.insert("timeoutInSeconds".to_owned(), seconds.into());
        }
        if let Some(seconds) = self.heartbeat {
            members.insert("heartbeatInSeconds".to_owned(), seconds.into());
        }
        if let Some(role) = self.credentials.as_ref().and_then(|credentials| credentials.get("RoleArn")) {
            members.insert("taskCredentials".to_owned(), json!({ "roleArn": role }));
        }
        details(task, Value::Object(members))
    }
}

fn prepare(turn: &Turn<'_, '_>, task: &Task) -> Result<Request, Failure> {
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    let inner = scope.over(&effective);
    let fill = |template| turn.located(evaluation::fill(template, &inner));
    let seconds = |amount: Option<&Amount>, field| turn.located(evaluation::whole(amount, field, 1, &inner));
    let timeout = seconds(task.timeout.as_ref(), "TimeoutSeconds")?;
    let heartbeat = seconds(task.heartbeat.as_ref(), "HeartbeatSeconds")?;
    let parameters = match &turn.state.data.parameters {
        Some(template) => fill(template)?,
        None => effective.as_ref().clone(),
    };
    let credentials = task.credentials.as_ref().map(fill).transpose()?;
    Ok(Request { parameters, timeout, heartbeat, credentials })
}
