//! Has the state do its work once, and words the answer.

use serde_json::{Map, Value, json};

use super::{ErrorOutput, InspectionLevel, Request, inspect};
use crate::{
    context::Item,
    errors::Failure,
    execution::{Activity, Answer, Facts, Identity, Place, Progress, Run, Surroundings, Turn, caught},
    model::{Kind, Next, State},
    retry::Attempts,
    scope::Variables,
    states::{self, map, task, wait},
};

/// One state about to be tried.
pub(super) struct Trial<'t> {
    pub(super) state: &'t State,
    pub(super) inside_map: bool,
    pub(super) request: &'t Request,
    pub(super) input: Value,
    pub(super) context: Option<Value>,
    pub(super) variables: Map<String, Value>,
    /// What the mock answers, if it succeeds.
    pub(super) result: Option<Value>,
}

impl Trial<'_> {
    pub(super) fn run(&self, around: &mut Surroundings<'_>) -> Value {
        let identity = self.identity(around);
        let facts = Facts {
            identity: &identity,
            execution_input: &self.input,
            redrives: 0,
            redriven_at: None,
            given_context: self.context.as_ref(),
        };
        let mut run = Run::new(facts, 1, around);
        let mut place = Place {
            name: self.state.name.clone(),
            entered_event: 0,
            entered_at: run.now,
            input: self.input.clone(),
            attempts: Attempts::default(),
            activity: Activity::Idle,
        };
        let mut turn = Turn {
            run: &mut run,
            state: self.state,
            place: &mut place,
            last_event: &mut 0,
            variables: Variables { own: &self.variables, outer: None },
            item: self.inside_map.then_some(Item { index: 0, value: &self.input }),
        };
        let mut seen = inspect::before(&turn);
        let mut answer = Map::new();
        match self.work(&mut turn, &mut seen) {
            Progress::Left { departure, next } => {
                answer.insert("status".to_owned(), "SUCCEEDED".into());
                answer.insert("output".to_owned(), departure.output);
                if let Next::State(name) = next {
                    answer.insert("nextState".to_owned(), name.into());
                }
            }
            Progress::Failed(failure) | Progress::Broken(failure) => {
                self.fail(&mut turn, failure, &mut answer, &mut seen);
            }
            // Nothing is left waiting: whoever would be waited for is mocked.
            Progress::Waiting => {}
        }
        if self.request.inspection_level != InspectionLevel::Info {
            answer.insert("inspectionData".to_owned(), Value::Object(seen));
        }
        Value::Object(answer)
    }

    fn identity(&self, around: &Surroundings<'_>) -> Identity {
        let account = "arn:aws:states:us-east-1:000000000000";
        let machine = "TestState".to_owned();
        Identity {
            execution_id: format!("{account}:express:{machine}:{}", self.state.name),
            execution_name: self.state.name.clone(),
            state_machine_id: format!("{account}:stateMachine:{machine}"),
            state_machine_name: machine,
            role_arn: "arn:aws:iam::000000000000:role/TestState".to_owned(),
            started_at: around.now,
        }
    }

    fn work(&self, turn: &mut Turn<'_, '_>, seen: &mut Map<String, Value>) -> Progress {
        let error = self.request.mock.as_ref().and_then(|mock| mock.error_output.clone());
        let reported = error.map(|ErrorOutput { error, cause }| Failure::reported(error, cause));
        let progress = match &self.state.kind {
            Kind::Task(_) => match states::execute(turn) {
                Progress::Waiting => {
                    let answer = match reported {
                        Some(Failure { error, cause, .. }) => Answer::Failed { error, cause },
                        None => Answer::Succeeded(self.result.clone().unwrap_or_default()),
                    };
                    let progress = task::answer(turn, answer);
                    progress.unwrap_or(Progress::Waiting)
                }
                progress => progress,
            },
            Kind::Parallel(_) | Kind::Map(_) => match self.prepare(turn) {
                Err(failure) => Progress::Failed(failure),
                Ok(()) => match reported.or_else(|| self.exceeded(seen)) {
                    Some(failure) => Progress::Failed(failure),
                    None => turn.leave_with(self.result.clone().unwrap_or_default()),
                },
            },
            Kind::Wait(_) => match states::execute(turn) {
                Progress::Waiting => wait::finish(turn),
                progress => progress,
            },
            _ => states::execute(turn),
        };
        if matches!(progress, Progress::Left { .. })
            && let Some(result) = self.result_of_work(seen)
        {
            // The state itself has just taken this way, so it does not fail.
            drop(inspect::after(turn, self.input.clone(), &result, seen));
        }
        progress
    }

    /// What a container evaluates before anything inside begins.
    fn prepare(&self, turn: &Turn<'_, '_>) -> Result<(), Failure> {
        match &self.state.kind {
            Kind::Map(map) if map.has_item_reader => Ok(()),
            Kind::Map(map) => map::check(turn, map),
            _ => turn.arguments().map(drop),
        }
    }

    /// What goes into the output processing, in the states that have one.
    fn result_of_work(&self, seen: &Map<String, Value>) -> Option<Value> {
        match &self.state.kind {
            Kind::Task(_) | Kind::Parallel(_) | Kind::Map(_) => self.result.clone(),
            Kind::Pass { result } => result.clone().or_else(|| seen.get("afterParameters").cloned()),
            _ => None,
        }
    }

    /// Whether more iterations failed than are tolerated. Without a limit of its own, a Map is given what the mock says.
    fn exceeded(&self, seen: &Map<String, Value>) -> Option<Failure> {
        let failed = self.request.state_configuration.map_iteration_failure_count?;
        let count = seen.get("toleratedFailureCount").and_then(Value::as_u64);
        let share = seen.get("toleratedFailurePercentage").and_then(Value::as_f64);
        let length = self.result.as_ref().and_then(Value::as_array).map_or(0, Vec::len);
        let over = count.is_some_and(|count| failed > count) || share.is_some_and(|share| above(failed, length, share));
        over.then(Failure::threshold)
    }

    fn fail(
        &self,
        turn: &mut Turn<'_, '_>,
        failure: Failure,
        answer: &mut Map<String, Value>,
        seen: &mut Map<String, Value>,
    ) {
        let mut details = Map::new();
        let retries = self.request.state_configuration.retrier_retry_count.unwrap_or(0);
        let taker = turn.state.retry.iter().enumerate().find(|(_, one)| failure.matches(&one.error_equals));
        let mut status = "FAILED";
        if let Some((index, retrier)) = taker {
            details.insert("retryIndex".to_owned(), index.into());
            if u64::from(retries) < retrier.max_attempts {
                status = "RETRIABLE";
                let backoff = retrier.delay(retries) / 1_000_000;
                details.insert("retryBackoffIntervalSeconds".to_owned(), backoff.into());
            }
        }
        let catcher = turn.state.catch.iter().enumerate().find(|(_, one)| failure.matches(&one.error_equals));
        let mut failure = failure;
        if let (Some((index, catcher)), "FAILED") = (catcher, status) {
            match caught(turn, catcher, &failure) {
                Ok(departure) => {
                    status = "CAUGHT_ERROR";
                    details.insert("catchIndex".to_owned(), index.into());
                    answer.insert("output".to_owned(), departure.output);
                    answer.insert("nextState".to_owned(), catcher.next.as_str().into());
                }
                Err(another) => failure = another,
            }
        }
        answer.insert("status".to_owned(), status.into());
        if let Some(error) = &failure.error {
            answer.insert("error".to_owned(), error.as_str().into());
        }
        if let Some(cause) = &failure.cause {
            // A state that is tried alone does not say which one it is.
            let opening = Failure::describe(&turn.state.name, turn.place.entered_event, "");
            answer.insert("cause".to_owned(), cause.strip_prefix(&opening).unwrap_or(cause).into());
        }
        if !details.is_empty() {
            seen.insert("errorDetails".to_owned(), json!(details));
        }
    }
}

#[expect(clippy::float_arithmetic, reason = "the percentage is a fraction in the language itself")]
#[expect(clippy::cast_precision_loss, reason = "no array that fits into a payload has 2^53 items")]
fn above(failed: u64, length: usize, share: f64) -> bool {
    failed as f64 * 100.0 > share * length as f64
}
