//! Plays an execution to its end: answers its tasks from a script and lets time jump to whatever is due next.

use std::collections::VecDeque;

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::datetime};
use usher_asl::{
    Effect, Event, Execution, HistoryEvent, Identity, Refused, StateMachine, Surroundings, Transition, start,
};

/// When every played execution starts.
pub const NOON: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// An execution together with everything that happened to it.
pub struct Player {
    pub machine: StateMachine,
    pub execution: Execution,
    pub history: Vec<HistoryEvent>,
    pub effects: VecDeque<Effect>,
    pub now: OffsetDateTime,
    tokens: u64,
    random: u64,
}

/// An identity for tests.
pub fn identity() -> Identity {
    let account = "arn:aws:states:eu-central-1:111111111111";
    Identity {
        execution_id: format!("{account}:execution:booking:bkg_1"),
        execution_name: "bkg_1".into(),
        state_machine_id: format!("{account}:stateMachine:booking"),
        state_machine_name: "booking".into(),
        role_arn: "arn:aws:iam::111111111111:role/saga".into(),
        started_at: NOON,
    }
}

impl Player {
    /// Starts a definition, which must be valid.
    pub fn start(definition: &Value, input: Value) -> Self {
        let machine = StateMachine::parse(&definition.to_string()).expect("the definition is valid");
        Self::start_machine(machine, identity(), input)
    }

    /// Starts a machine.
    pub fn start_machine(machine: StateMachine, identity: Identity, input: Value) -> Self {
        let (mut tokens, mut random) = (0, 1);
        let (execution, transition) =
            with(NOON, &mut tokens, &mut random, |around| start(&machine, identity, input, around));
        let mut player =
            Self { machine, execution, history: Vec::new(), effects: VecDeque::new(), now: NOON, tokens, random };
        player.file(transition);
        player
    }

    /// Sends an event.
    pub fn send(&mut self, event: Event) -> Result<(), Refused> {
        let Self { machine, execution, now, tokens, random, .. } = self;
        let transition = with(*now, tokens, random, |around| execution.step(machine, event, around))?;
        self.file(transition);
        Ok(())
    }

    /// Lets time jump by so many seconds and sends the timer.
    pub fn wait(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
        self.send(Event::Timer).expect("the execution runs");
    }

    /// Lets time jump to what is due next. False when nothing is.
    pub fn jump(&mut self) -> bool {
        let Some(due) = self.execution.due_at() else { return false };
        self.now = self.now.max(due);
        self.send(Event::Timer).expect("the execution runs");
        true
    }

    /// Takes the next task that the execution wants done: its token, its state and its parameters.
    pub fn take_task(&mut self) -> Option<(String, String, Value)> {
        while let Some(effect) = self.effects.pop_front() {
            if let Effect::RunTask { token, state, parameters, .. } = effect {
                return Some((token, state, parameters));
            }
        }
        None
    }

    /// Answers the next task with success.
    pub fn succeed(&mut self, output: Value) {
        let (token, ..) = self.take_task().expect("a task is open");
        self.send(Event::TaskSucceeded { token, output }).expect("the token is open");
    }

    /// Answers the next task with a failure.
    pub fn fail(&mut self, error: &str) {
        let (token, ..) = self.take_task().expect("a task is open");
        let event = Event::TaskFailed { token, error: Some(error.into()), cause: Some("because".into()) };
        self.send(event).expect("the token is open");
    }

    /// The types of all events so far.
    pub fn types(&self) -> Vec<String> {
        self.history.iter().map(|event| event.kind.to_string()).collect()
    }

    /// The output, if it has succeeded.
    pub fn output(&self) -> Value {
        match self.execution.status() {
            usher_asl::Status::Succeeded { output } => output.clone(),
            other => panic!("not succeeded: {other:?}"),
        }
    }

    /// The error and cause, if it has failed.
    pub fn failure(&self) -> (String, String) {
        match self.execution.status() {
            usher_asl::Status::Failed { error, cause } => {
                (error.clone().unwrap_or_default(), cause.clone().unwrap_or_default())
            }
            other => panic!("not failed: {other:?}"),
        }
    }

    /// Stores the snapshot as text and reads it back, as an engine does between two events.
    pub fn store(&mut self) {
        let text = serde_json::to_string(&self.execution).expect("a snapshot can be written");
        let read: Execution = serde_json::from_str(&text).expect("a snapshot can be read");
        assert_eq!(read, self.execution, "a snapshot survives storage");
        self.execution = read;
    }

    fn file(&mut self, transition: Transition) {
        self.history.extend(transition.history);
        self.effects.extend(transition.effects);
        self.store();
    }
}

/// Lends surroundings whose tokens and random numbers are counted on.
fn with<T>(
    now: OffsetDateTime,
    tokens: &mut u64,
    random: &mut u64,
    work: impl FnOnce(&mut Surroundings<'_>) -> T,
) -> T {
    let mut draw = || {
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *random ^ (*random >> 29)
    };
    let mut token = || {
        *tokens += 1;
        format!("token-{tokens}")
    };
    work(&mut Surroundings { now, random: &mut draw, new_token: &mut token })
}

/// A machine with one state, named S, that ends.
pub fn single(mut state: Value) -> Value {
    if !matches!(state["Type"].as_str(), Some("Choice" | "Succeed" | "Fail")) {
        state["End"] = json!(true);
    }
    json!({ "StartAt": "S", "States": { "S": state } })
}
