//! Workers: one takes a message, works, shows that it lives, has its effect, reports, and acknowledges. It lives in the
//! process of an engine and dies with it, or alone.

use serde_json::Value;
use time::{Duration, OffsetDateTime};
use usher_asl::Event;
use usher_workflows::orchestrator::OrchestratorError;

use crate::{
    command::Command,
    fault::{Kind, Occasion},
    script::{Answer, step},
    simulation::{Call, Caller, Happening, Simulation},
    token,
};

/// How often workers look for messages.
const LOOK: Duration = Duration::seconds(2);

/// How often a worker shows that it lives.
const BEAT: Duration = Duration::seconds(5);

/// How long it waits for an answer to its report.
const PATIENCE: Duration = Duration::seconds(10);

/// How often it reports before it leaves the rest to the next delivery.
const MOST_REPORTS: u32 = 4;

/// A message that somebody works on.
#[derive(Debug)]
pub(crate) struct Work {
    message: u64,
    lease: u32,
    engine: usize,
    life: u32,
    body: Value,
    fault: Option<Kind>,
    until: OffsetDateTime,
    is_done: bool,
    reports: u32,
}

impl Simulation {
    /// Messages that were written are looked for when their lease is over.
    pub(crate) fn watch(&mut self, sent: &[u64]) {
        for number in sent {
            if let Some(visible_at) = self.database.messages.get(number).map(|message| message.visible_at) {
                self.clock.at(visible_at, Happening::Poll { message: *number });
            }
        }
    }

    /// Some worker looks whether the message is there to be taken.
    pub(crate) fn poll(&mut self, number: u64) {
        let engine = self.clock.below(self.engines.len());
        if !self.engines[engine].is_up {
            return self.clock.after(LOOK, Happening::Poll { message: number });
        }
        if let Some(message) = self.database.receive(number, self.clock.now()) {
            self.watch(&[number]);
            self.work(number, message.receives, engine, &message.body);
        } else if self.database.messages.contains_key(&number) {
            self.watch(&[number]); // Its lease was renewed.
        }
    }

    /// A worker has got a message.
    pub(crate) fn work(&mut self, message: u64, lease: u32, engine: usize, body: &str) {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let token = body["task_token"].as_str().unwrap_or_default();
        if !self.database.tokens.contains(token) {
            self.violated(format!("a message of {} was delivered before its move was durable", body["execution"]));
        }
        let fault = self.plan.strike(Occasion::Delivery);
        let Some(script) = self.scripts.get(body["execution"].as_str().unwrap_or_default()) else { return };
        let is_silent = script.answer(&body).is_none();
        let busy = Duration::seconds(script.seconds(&body).into()) + Duration::milliseconds(1);
        let life = self.engines[engine].life;
        self.say(&format!(
            "worker {engine}: {} {} attempt {} {fault:?}",
            body["execution"],
            step(&body),
            body["attempt"]
        ));
        if is_silent || fault == Some(Kind::WorkerDiesBeforeEffect) {
            return;
        }
        let until = self.clock.now() + busy;
        self.worked += 1;
        let work = Work { message, lease, engine, life, body, fault, until, is_done: false, reports: 0 };
        self.works.insert(self.worked, work);
        self.clock.within(5, Happening::Work { work: self.worked });
    }

    /// A worker goes on.
    pub(crate) fn go_on(&mut self, number: u64) {
        let Some(mut work) = self.works.remove(&number) else { return };
        if self.engines[work.engine].life != work.life {
            return;
        }
        let now = self.clock.now();
        let token = work.body["task_token"].as_str().unwrap_or_default().to_owned();
        // As the engine finds it when it is answered.
        let Some(execution) = token::execution_of(&token) else {
            return self.violated(format!("a worker got a token that leads nowhere: {}", work.body));
        };
        if now < work.until {
            self.database.extend(work.message, work.lease, now);
            self.call(Call {
                command: Command::Tell { execution, event: Event::Heartbeat { token } },
                caller: Caller::Nobody,
            });
            self.clock.at((now + BEAT).min(work.until), Happening::Work { work: number });
            self.works.insert(number, work);
            return;
        }
        let Some(answer) = self.scripts.get(&execution).and_then(|script| script.answer(&work.body)) else { return };
        if !work.is_done && matches!(answer, Answer::Success(_)) {
            self.provider.act(&execution, step(&work.body));
        }
        work.is_done = true;
        if work.fault == Some(Kind::WorkerDiesBeforeReport) || work.reports == MOST_REPORTS {
            return;
        }
        work.reports += 1;
        let event = match answer {
            Answer::Success(output) => Event::TaskSucceeded { token, output },
            Answer::Failure { error, cause } => Event::TaskFailed { token, error: Some(error), cause: Some(cause) },
        };
        self.call(Call { command: Command::Tell { execution, event }, caller: Caller::Work(number) });
        self.clock.after(PATIENCE, Happening::Work { work: number });
        self.works.insert(number, work);
    }

    /// A worker hears what became of its report.
    pub(crate) fn heard(&mut self, number: u64, result: &Result<(), OrchestratorError>) {
        let Some(work) = self.works.get(&number) else { return };
        if matches!(result, Err(OrchestratorError::Unavailable(_))) || self.engines[work.engine].life != work.life {
            return; // It reports again when its patience is over, if it lives.
        }
        if work.fault != Some(Kind::WorkerDiesBeforeAcknowledgement) {
            let (message, lease) = (work.message, work.lease);
            self.database.acknowledge(message, lease);
        }
        if result.is_ok() {
            let token = work.body["task_token"].as_str().unwrap_or_default().to_owned();
            self.accepted.push(token);
        }
        self.works.remove(&number);
    }
}
