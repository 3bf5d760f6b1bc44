//! The library's player with the manners of a test: whatever should not happen stops it, and after every event the
//! snapshot makes the way through its text.

use std::ops::{Deref, DerefMut};

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::datetime};
use usher_asl::{Event, Identity, Refused, StateMachine, Status, conformance};

/// When every played execution starts.
pub const NOON: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// An execution together with everything that happened to it.
pub struct Player(conformance::Player);

impl Deref for Player {
    type Target = conformance::Player;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Player {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
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
        let mut player = Self(conformance::Player::start(machine, identity, input));
        player.store();
        player
    }

    /// Sends an event.
    pub fn send(&mut self, event: Event) -> Result<(), Refused> {
        self.0.send(event)?;
        self.store();
        Ok(())
    }

    /// Lets time jump by so many seconds and sends the timer.
    pub fn wait(&mut self, seconds: i64) {
        let moment = self.now + Duration::seconds(seconds);
        self.0.advance_to(moment).expect("the execution runs");
        self.store();
    }

    /// Answers the next task with success.
    pub fn succeed(&mut self, output: Value) {
        let token = self.take_task().expect("a task is open").token;
        self.send(Event::TaskSucceeded { token, output }).expect("the token is open");
    }

    /// Answers the next task with a failure.
    pub fn fail(&mut self, error: &str) {
        let token = self.take_task().expect("a task is open").token;
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
            Status::Succeeded { output } => output.clone(),
            other => panic!("not succeeded: {other:?}"),
        }
    }

    /// The error and cause, if it has failed.
    pub fn failure(&self) -> (String, String) {
        match self.execution.status() {
            Status::Failed { error, cause } => (error.clone().unwrap_or_default(), cause.clone().unwrap_or_default()),
            other => panic!("not failed: {other:?}"),
        }
    }

    /// Stores the snapshot and reads it back; nothing may be lost on the way.
    pub fn store(&mut self) {
        let before = self.execution.clone();
        self.0.store().expect("a snapshot can be written and read");
        assert_eq!(self.execution, before, "a snapshot survives storage");
    }
}

/// A machine with one state, named S, that ends.
pub fn single(mut state: Value) -> Value {
    if !matches!(state["Type"].as_str(), Some("Choice" | "Succeed" | "Fail")) {
        state["End"] = json!(true);
    }
    json!({ "StartAt": "S", "States": { "S": state } })
}
