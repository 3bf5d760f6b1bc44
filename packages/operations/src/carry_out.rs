//! From the act that is written down to the engine that has it.
//!
//! The process may die between any two lines. The act is then taken up again as one that was tried: an engine that says that
//! the execution moved on was, as far as anybody can tell, moved by us, and how it turned out is seen by watching it.

use serde_json::{Value, json};
use usher_workflows::{
    amend::Amendment,
    business::Turned,
    orchestrator::{OrchestratorError, Status},
};

use crate::{
    Operations,
    act::Act,
    ask::ActError,
    chain::{self, Entry, Event},
    open::{self, Request, Stage},
};

/// The error's name of an execution that a person stopped.
const STOPPED: &str = "Usher.Stopped";

/// What became of trying.
enum Tried {
    /// The engine has it.
    Done,
    /// It will not be done.
    Refused(String),
    /// Nobody knows; again, later.
    Later(String),
}

impl Operations {
    /// Has the engine do it. What cannot be done now is tried again by the [watcher](crate::watch).
    pub(crate) async fn carry_out(&self, mut request: Request, tried_before: bool) -> Result<(), ActError> {
        open::try_it(&mut *self.pool.acquire().await?, request.id).await?;
        let tried = match &request.act {
            Act::Undo => self.undo(&mut request).await?,
            act => {
                let amendment = amendment(act, &request);
                let asked = self.orchestrator.amend(&request.saga, &request.name, request.saw.version, amendment).await;
                outcome(asked, tried_before)
            }
        };
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let entry = match tried {
            Tried::Later(reason) => {
                tracing::warn!(act = %request.id, reason, "an act could not be carried out yet; it will be tried again");
                return Ok(());
            }
            Tried::Done => {
                if !open::to_stage(&mut transaction, request.id, Stage::CarriedOut, now).await? {
                    return Ok(()); // Somebody else was faster.
                }
                let follows =
                    request.follows.as_ref().map(|(saga, name)| json!({ "by": { "saga": saga, "name": name } }));
                Entry { detail: follows.unwrap_or(Value::Null), ..request.entry(Event::CarriedOut, now) }
            }
            Tried::Refused(why) => {
                if !open::close(&mut transaction, request.id).await? {
                    return Ok(());
                }
                Entry { detail: json!({ "why": why }), ..request.entry(Event::Refused, now) }
            }
        };
        chain::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Turns the subject round, and makes sure that the execution notices.
    async fn undo(&self, request: &mut Request) -> Result<Tried, ActError> {
        let (saga, name) = (request.saga.clone(), request.name.clone());
        let Some(standing) = self.orchestrator.standing(&saga, &name).await? else {
            return Ok(Tried::Refused("there is no such execution any more".to_owned()));
        };
        let by = request.by.user;
        let turned = match self.business.turn_round(&standing.execution, by, &request.reason).await {
            Ok(turned) => turned,
            Err(error) => return Ok(Tried::Later(error.to_string())),
        };
        let failed = matches!(standing.execution.status, Status::Failed | Status::TimedOut | Status::Aborted);
        match turned {
            Turned::Nothing(why) if !failed => return Ok(Tried::Refused(why)),
            Turned::Impossible(why) => return Ok(Tried::Refused(why)),
            Turned::Another { saga, name, input } => {
                if let Err(error) = self.orchestrator.start(saga, &name, input).await {
                    return Ok(Tried::Later(error.to_string()));
                }
                request.follows = Some((saga.to_owned(), name));
                open::rewrite(&mut *self.pool.acquire().await?, request).await?;
            }
            Turned::Round | Turned::Nothing(_) => {}
        }
        let amendment = if failed { Amendment::Redrive { input: None } } else { Amendment::Hurry };
        match self.orchestrator.amend(&saga, &name, standing.version, amendment).await {
            Err(error @ (OrchestratorError::Unavailable(_) | OrchestratorError::Busy { .. })) => {
                Ok(Tried::Later(error.to_string()))
            }
            Err(error) if failed && request.follows.is_none() => Ok(Tried::Refused(error.to_string())),
            // One that runs notices by itself, at its next step at the latest.
            Ok(()) | Err(_) => Ok(Tried::Done),
        }
    }
}

fn outcome(asked: Result<(), OrchestratorError>, tried_before: bool) -> Tried {
    match asked {
        Ok(()) => Tried::Done,
        Err(OrchestratorError::Conflict(_)) if tried_before => Tried::Done,
        Err(error @ (OrchestratorError::Unavailable(_) | OrchestratorError::Busy { .. })) => {
            Tried::Later(error.to_string())
        }
        Err(error) => Tried::Refused(error.to_string()),
    }
}

fn amendment(act: &Act, request: &Request) -> Amendment {
    match act {
        Act::Redrive { input } => Amendment::Redrive { input: input.clone() },
        Act::Retry | Act::Undo => Amendment::Retry,
        Act::Skip => Amendment::Skip,
        Act::Complete { output, .. } => Amendment::Complete { output: output.clone().unwrap_or_default() },
        Act::Stop => {
            let cause = format!("stopped by {} ({}): {}", request.by.user, request.id, request.reason);
            Amendment::Stop { error: STOPPED.to_owned(), cause }
        }
    }
}
