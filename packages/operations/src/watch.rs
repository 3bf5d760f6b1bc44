//! How acts turn out: whoever runs this looks at the executions of the open ones until each has passed its step, or has failed
//! in it again. A button that reports success by itself is worth nothing.

use std::time::Duration;

use serde_json::{Value, json};
use usher_workflows::{
    amend::{RETRIED, Standing},
    orchestrator::Status,
};

use crate::{
    Operations,
    act::{Act, is_undone},
    ask::ActError,
    chain::{self, Entry, Event, Sight},
    open::{self, Due, Request},
};

/// How often to look for acts that are due. The table is next to empty, and the query an index scan of nothing.
const LOOK: Duration = Duration::from_millis(500);

/// How many acts are looked at in one turn.
const BATCH: i64 = 50;

/// What is to be said of an act that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    /// It is not over.
    NotYet,
    /// The saga has passed the step.
    Worked,
    /// The saga has failed again, or in another way.
    FailedAgain { error: String, cause: String },
}

impl Operations {
    /// Finishes and watches acts until the future is dropped. Any number of processes may.
    pub async fn run(&self) {
        loop {
            for turn in [self.turn().await, self.turn_batches().await] {
                if let Err(error) = turn {
                    tracing::warn!(%error, "open acts could not be looked at, trying again");
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Looks once at the acts that are due, and tells how many there were.
    pub async fn turn(&self) -> Result<usize, ActError> {
        let due = open::take_due(&mut *self.pool.acquire().await?, self.ambient.now(), BATCH).await?;
        let count = due.len();
        for Due { request, is_carried_out, tried } in due {
            let looked = if is_carried_out { self.watch(&request).await } else { self.carry_out(request, tried).await };
            if let Err(error) = looked {
                tracing::warn!(%error, "an open act could not be looked at, trying again");
            }
        }
        Ok(count)
    }

    async fn watch(&self, request: &Request) -> Result<(), ActError> {
        let (saga, name) = request.follows.clone().unwrap_or_else(|| (request.saga.clone(), request.name.clone()));
        let Some(now) = self.orchestrator.standing(&saga, &name).await? else { return Ok(()) };
        let follows_itself = request.follows.is_none();
        let history = match &request.act {
            Act::Undo | Act::Stop => Vec::new(),
            _ => self.orchestrator.history(&saga, &name).await?,
        };
        let (event, after) = match judge(request, &now, &history) {
            Verdict::NotYet => return Ok(()),
            Verdict::Worked => (Event::Worked, Value::Null),
            Verdict::FailedAgain { error, cause } => {
                let before = json!({ "error": request.saw.error, "cause": request.saw.cause });
                (Event::FailedAgain, json!({ "before": before, "after": { "error": error, "cause": cause } }))
            }
        };
        let mut transaction = self.pool.begin().await?;
        if !open::close(&mut transaction, request.id).await? {
            return Ok(());
        }
        let saw = follows_itself.then(|| Sight::from(&now));
        let entry = Entry { saw, detail: after, ..request.entry(event, self.ambient.now()) };
        chain::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Whether the act is over, by what happened to its execution since it was asked for.
fn judge(request: &Request, now: &Standing, history: &[Value]) -> Verdict {
    let execution = &now.execution;
    let failed = matches!(execution.status, Status::Failed | Status::TimedOut | Status::Aborted)
        && execution.error.as_deref() != Some(RETRIED)
        && (request.follows.is_some() || now.version > request.saw.version);
    let again = || Verdict::FailedAgain {
        error: execution.error.clone().unwrap_or_else(|| execution.status.as_str().to_owned()),
        cause: execution.cause.clone().unwrap_or_default(),
    };
    match &request.act {
        Act::Stop if execution.status == Status::Running => Verdict::NotYet,
        Act::Stop => Verdict::Worked,
        Act::Undo if failed => again(),
        Act::Undo if is_undone(now) => Verdict::Worked,
        Act::Undo if execution.status == Status::Succeeded => Verdict::FailedAgain {
            error: "Usher.NotUndone".to_owned(),
            cause: "the saga came to its end before it could be turned round; ask again, and it is cancelled"
                .to_owned(),
        },
        Act::Undo => Verdict::NotYet,
        _ => match passed(request, history) {
            Some(verdict) => verdict,
            None if failed => again(),
            None if execution.status == Status::Succeeded => Verdict::Worked,
            None => Verdict::NotYet,
        },
    }
}

/// Whether the state that the act was about was left since, and how.
fn passed(request: &Request, history: &[Value]) -> Option<Verdict> {
    let state = request.saw.states.first()?;
    let since = history.iter().filter(|event| event["id"].as_u64().is_some_and(|id| id > request.saw.version));
    let mut failure = None;
    for event in since {
        let (kind, details) = (event["type"].as_str().unwrap_or_default(), &event["details"]);
        let text = |name: &str| details[name].as_str().unwrap_or_default().to_owned();
        match kind {
            "TaskFailed" | "TaskTimedOut" => failure = Some((text("error"), text("cause"))),
            "TaskScheduled" | "TaskSucceeded" => failure = None,
            _ if kind.ends_with("StateExited") || (kind.ends_with("StateEntered") && text("name") != *state) => {
                return Some(match failure {
                    None => Verdict::Worked,
                    // Its catch led elsewhere: the step was left, but not because it was done.
                    Some((error, cause)) => Verdict::FailedAgain { error, cause },
                });
            }
            _ => {}
        }
    }
    None
}
