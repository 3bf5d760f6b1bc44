//! The port on Step Functions.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sfn::{
    Client,
    operation::describe_execution::DescribeExecutionOutput,
    types::{ExecutionListItem, ExecutionStatus},
};
use serde_json::Value;
use usher_workflows::{
    envelope::TaskToken,
    error::StepError,
    orchestrator::{Execution, Filter, Orchestrator, OrchestratorError, Page, Status},
};

use super::{
    bucket::{Bucket, Full},
    fault::Fault,
    history::{self, moment, parsed},
    machines::{Machine, Machines},
    settings::{Settings, client},
};

/// The most that an input or an output may weigh, in bytes.
const PAYLOAD: usize = 262_144;

/// The longest name of an error and the longest cause, in characters.
const ERROR: usize = 256;
const CAUSE: usize = 32_768;

/// The longest name of an execution.
const NAME: usize = 80;

/// How long a start waits for its turn: longer, and the customer is better told to come again. The outbox keeps it anyway.
const START_PATIENCE: Duration = Duration::from_secs(5);

/// How long an answer waits for its turn: below the lease of its message.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);

/// How many pages of a list are read to fill one of ours, when a filter throws much away.
const PAGES: usize = 5;

/// Starts, watches and answers executions on Step Functions. Cheap to clone.
#[derive(Clone)]
pub struct StepFunctions(Arc<Inner>);

struct Inner {
    client: Client,
    machines: Machines,
    starts: Bucket,
    successes: Bucket,
    failures: Bucket,
    heartbeats: Bucket,
}

impl fmt::Debug for StepFunctions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepFunctions").field("machines", &self.0.machines).finish_non_exhaustive()
    }
}

impl StepFunctions {
    /// The adapter over AWS as it is configured: region, credentials, endpoint. Asks nothing yet.
    pub fn new(config: &SdkConfig, settings: &Settings) -> Self {
        let client = client(config);
        let machines = Machines::new(client.clone(), settings);
        let [successes, failures, heartbeats] = [settings.rates.answer; 3].map(Bucket::new);
        Self(Arc::new(Inner {
            client,
            machines,
            starts: Bucket::new(settings.rates.start),
            successes,
            failures,
            heartbeats,
        }))
    }

    async fn machine(&self, saga: &str) -> Result<Arc<Machine>, OrchestratorError> {
        self.0.machines.of(saga).await
    }

    /// The execution as DescribeExecution gives it, and its ARN.
    async fn look(&self, saga: &str, name: &str) -> Result<Option<DescribeExecutionOutput>, OrchestratorError> {
        let arn = self.machine(saga).await?.execution(name);
        let described = self.0.client.describe_execution().execution_arn(arn).send().await;
        match described.map_err(|error| Fault::of("DescribeExecution", &error)) {
            Ok(described) => Ok(Some(described)),
            Err(Fault::NoExecution) => Ok(None),
            Err(fault) => Err(fault.said()),
        }
    }

    /// Waits for the right to start.
    async fn may_start(&self) -> Result<(), OrchestratorError> {
        self.0.starts.take(START_PATIENCE).await.map_err(|full| busy(full, "starts"))
    }
}

/// Waits for the right to answer.
async fn may_answer(bucket: &Bucket) -> Result<(), OrchestratorError> {
    bucket.take(ANSWER_PATIENCE).await.map_err(|full| busy(full, "answers"))
}

fn busy(full: Full, of_what: &str) -> OrchestratorError {
    OrchestratorError::Busy { wait: full.wait, reason: of_what.to_owned() }
}

/// In the words of the port; a call that was throttled through all its retries closes its bucket.
fn counted(bucket: &Bucket, fault: Fault) -> OrchestratorError {
    if matches!(fault, Fault::Throttled(_)) {
        bucket.close();
    }
    fault.said()
}

/// A document that is not too large to be sent.
fn payload(what: &str, value: &Value) -> Result<String, OrchestratorError> {
    let text = value.to_string();
    if text.len() > PAYLOAD {
        let text = format!("the {what} has {} bytes; Step Functions takes {PAYLOAD}", text.len());
        return Err(OrchestratorError::Refused(text));
    }
    Ok(text)
}

/// The beginning of a text.
fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

#[async_trait]
impl Orchestrator for StepFunctions {
    async fn start(&self, saga: &str, name: &str, input: Value) -> Result<(), OrchestratorError> {
        let input = payload("input", &input)?;
        if name.is_empty() || name.chars().count() > NAME {
            return Err(OrchestratorError::Refused(format!(
                "an execution's name has 1 to {NAME} characters: `{name}`"
            )));
        }
        let machine = self.machine(saga).await?;
        self.may_start().await?;
        let start = self.0.client.start_execution().state_machine_arn(&machine.start).name(name).input(input);
        match start.send().await.map_err(|error| Fault::of("StartExecution", &error)) {
            Ok(_) => Ok(()),
            // It runs with another input, or has ended: whatever it is, it is the execution of this name.
            Err(Fault::Exists) => match self.look(saga, name).await? {
                Some(_) => Ok(()),
                None => {
                    Err(OrchestratorError::Unavailable(format!("{name} exists and is not there; looked at too early")))
                }
            },
            Err(fault @ Fault::NoMachine(_)) => {
                self.0.machines.forget(saga);
                Err(fault.said())
            }
            Err(fault) => Err(counted(&self.0.starts, fault)),
        }
    }

    async fn succeed(&self, token: &TaskToken, output: Value) -> Result<(), OrchestratorError> {
        let output = payload("output", &output)?;
        may_answer(&self.0.successes).await?;
        let answered = self.0.client.send_task_success().task_token(&token.0).output(output).send().await;
        answered.map(drop).map_err(|error| counted(&self.0.successes, Fault::of("SendTaskSuccess", &error)))
    }

    async fn fail(&self, token: &TaskToken, error: &StepError) -> Result<(), OrchestratorError> {
        may_answer(&self.0.failures).await?;
        let answer = self.0.client.send_task_failure().task_token(&token.0);
        let answered = answer.error(cut(&error.name(), ERROR)).cause(cut(error.cause(), CAUSE)).send().await;
        answered.map(drop).map_err(|error| counted(&self.0.failures, Fault::of("SendTaskFailure", &error)))
    }

    async fn heartbeat(&self, token: &TaskToken) -> Result<(), OrchestratorError> {
        may_answer(&self.0.heartbeats).await?;
        let shown = self.0.client.send_task_heartbeat().task_token(&token.0).send().await;
        shown.map(drop).map_err(|error| counted(&self.0.heartbeats, Fault::of("SendTaskHeartbeat", &error)))
    }

    async fn stop(&self, saga: &str, name: &str, error: &str, cause: &str) -> Result<(), OrchestratorError> {
        let Some(execution) = self.look(saga, name).await? else { return Err(OrchestratorError::NotFound) };
        let status = standing(execution.status())?;
        if status != Status::Running {
            return Err(OrchestratorError::Conflict(format!("it ended as {}", status.as_str())));
        }
        let stop = self.0.client.stop_execution().execution_arn(execution.execution_arn());
        let stopped = stop.error(cut(error, ERROR)).cause(cut(cause, CAUSE)).send().await;
        stopped.map(drop).map_err(|error| Fault::of("StopExecution", &error).said())
    }

    async fn redrive(&self, saga: &str, name: &str) -> Result<(), OrchestratorError> {
        let arn = self.machine(saga).await?.execution(name);
        let redriven = self.0.client.redrive_execution().execution_arn(arn).send().await;
        redriven.map(drop).map_err(|error| Fault::of("RedriveExecution", &error).said())
    }

    /// Asks for the states as well, of executions that are not at a good end: two calls.
    async fn describe(&self, saga: &str, name: &str) -> Result<Option<Execution>, OrchestratorError> {
        let Some(described) = self.look(saga, name).await? else { return Ok(None) };
        let status = standing(described.status())?;
        let open = match status {
            Status::Succeeded => Vec::new(),
            _ => history::states(&self.0.client, described.execution_arn()).await.map_err(Fault::said)?,
        };
        Ok(Some(Execution {
            id: described.execution_arn().to_owned(),
            saga: saga.to_owned(),
            name: name.to_owned(),
            status,
            states: open,
            started_at: moment(described.start_date()),
            stopped_at: described.stop_date().map(moment),
            input: described.input().map(parsed).unwrap_or_default(),
            output: described.output().map(parsed),
            error: described.error().map(str::to_owned),
            cause: described.cause().map(str::to_owned),
        }))
    }

    /// What ListExecutions tells: neither states nor input nor errors, and saga by saga, each newest first. It is slow and
    /// rationed; [`crate::projected::Projected`] answers operators.
    async fn list(&self, filter: &Filter) -> Result<Page, OrchestratorError> {
        let inside = [&filter.state, &filter.booking, &filter.showtime, &filter.payment];
        if inside.iter().any(|wanted| wanted.is_some()) {
            let text = "Step Functions does not list by what is inside of executions; the projection does";
            return Err(OrchestratorError::Refused(text.to_owned()));
        }
        let limit = if filter.limit == 0 { 50 } else { filter.limit.min(500) } as usize;
        let (mut saga, mut token) = match filter.cursor.as_deref().map(|cursor| cursor.split_once('/')) {
            None => (filter.saga.clone().or_else(|| self.0.machines.sagas().next().map(str::to_owned)), None),
            Some(Some((saga, token))) => (Some(saga.to_owned()), (!token.is_empty()).then(|| token.to_owned())),
            Some(None) => return Err(OrchestratorError::Refused("this is no cursor of a list".to_owned())),
        };
        let mut items = Vec::new();
        for _ in 0..PAGES {
            let Some(current) = saga.clone() else { break };
            let (page, next) = self.page(&current, filter.status, token.take(), limit - items.len()).await?;
            items.extend(
                page.into_iter().filter(|item| filter.started_before.is_none_or(|before| item.started_at < before)),
            );
            token = next;
            if token.is_none() {
                saga = if filter.saga.is_some() { None } else { self.after(&current) };
            }
            if items.len() >= limit {
                break;
            }
        }
        Ok(Page { items, next: saga.map(|saga| format!("{saga}/{}", token.unwrap_or_default())) })
    }

    async fn history(&self, saga: &str, name: &str) -> Result<Vec<Value>, OrchestratorError> {
        let arn = self.machine(saga).await?.execution(name);
        match history::all(&self.0.client, &arn).await {
            Err(Fault::NoExecution) => Ok(Vec::new()),
            told => told.map_err(Fault::said),
        }
    }

    fn start_delay(&self) -> Duration {
        self.0.starts.wait()
    }
}

impl StepFunctions {
    /// The saga that is listed after this one.
    fn after(&self, saga: &str) -> Option<String> {
        self.0.machines.sagas().skip_while(|name| *name != saga).nth(1).map(str::to_owned)
    }

    async fn page(
        &self,
        saga: &str,
        status: Option<Status>,
        token: Option<String>,
        limit: usize,
    ) -> Result<(Vec<Execution>, Option<String>), OrchestratorError> {
        let machine = self.machine(saga).await?;
        let asking = self.0.client.list_executions().state_machine_arn(&machine.arn).set_next_token(token);
        let asking = asking.set_status_filter(status.map(|status| ExecutionStatus::from(status.as_str())));
        let page = asking.max_results(i32::try_from(limit).unwrap_or(i32::MAX)).send().await;
        let page = page.map_err(|error| match Fault::of("ListExecutions", &error) {
            Fault::Token => OrchestratorError::Refused("the cursor is too old, or none of a list".to_owned()),
            fault => fault.said(),
        })?;
        let items = page.executions().iter().map(|item| listed(saga, item)).collect::<Result<_, _>>()?;
        Ok((items, page.next_token))
    }
}

fn listed(saga: &str, item: &ExecutionListItem) -> Result<Execution, OrchestratorError> {
    Ok(Execution {
        id: item.execution_arn().to_owned(),
        saga: saga.to_owned(),
        name: item.name().to_owned(),
        status: standing(item.status())?,
        states: Vec::new(),
        started_at: moment(item.start_date()),
        stopped_at: item.stop_date().map(moment),
        input: Value::Null,
        output: None,
        error: None,
        cause: None,
    })
}

/// A status of AWS in the words of the port. Waiting for a redrive is what only children of a Map do.
fn standing(status: &ExecutionStatus) -> Result<Status, OrchestratorError> {
    match status {
        ExecutionStatus::PendingRedrive => Ok(Status::Failed),
        other => other.as_str().parse().map_err(OrchestratorError::Unavailable),
    }
}
