//! What comes out of a drill, complete enough to be believed by somebody who was not there.
//!
//! [`page`] makes one HTML page of it that needs nothing else, with the [`plot`]s drawn in it; the JSON is this struct.

pub mod page;
mod plot;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use usher_core::ids::DrillId;

/// How a drill ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that had to be true was, and every fault hit something.
    Passed,
    /// Something that had to be true was not.
    Failed,
    /// A fault hit nothing, so that nothing was learnt.
    Inconclusive,
    /// It was given up.
    Aborted,
}

impl Verdict {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
            Self::Aborted => "aborted",
        }
    }
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What was run, where, and by whom.
    pub identity: Identity,
    /// How it ended.
    pub verdict: Verdict,
    /// Why, a sentence each.
    pub reasons: Vec<String>,
    /// What customers did and heard.
    pub load: Load,
    /// What was planned and what was done.
    pub faults: Vec<Fault>,
    /// Executions by saga and end.
    pub sagas: Vec<SagaEnd>,
    /// Executions that wait for a person.
    pub stuck: Vec<Value>,
    /// Bookings by where they ended.
    pub bookings: BTreeMap<String, u64>,
    /// Seats that were sold in the end, of how many.
    pub sold: (usize, usize),
    /// From the first fault and the last.
    pub times: Times,
    /// What has to be true whatever happens.
    pub invariants: Vec<Invariant>,
    /// What this drill expects besides.
    pub expectations: Vec<Expectation>,
    /// Repetitions and what became of them.
    pub counters: BTreeMap<String, u64>,
    /// How it stood, several times a second.
    pub samples: Vec<Sample>,
    /// Answers one by one, thinned out: when, how long, what.
    pub answers: Vec<Answer>,
    /// What was done afterwards, and whether it worked.
    pub clean_up: Vec<CleanUp>,
    /// What repeats it.
    pub repeat: String,
}

/// What was run, where, and by whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// This run.
    pub id: DrillId,
    /// The drill.
    pub name: String,
    /// In a line.
    pub title: String,
    /// What is believed.
    pub hypothesis: String,
    /// What an engineer takes home.
    pub learn: String,
    /// Planned the customers and chose whom faults hit.
    pub seed: u64,
    /// The commit that the program was built from, or `unknown`.
    pub commit: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the drill's file.
    pub definition: String,
    /// The drill's file as it was, so that this run can be kept whatever becomes of it.
    pub file: String,
    /// SHA-256 of each saga's file.
    pub sagas: BTreeMap<String, String>,
    /// Engine and messaging.
    pub transport: String,
    /// Where: processes of its own, or a product that was running.
    pub environment: String,
    /// Who ran it.
    pub by: String,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub began_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339")]
    pub ended_at: OffsetDateTime,
}

/// What customers did and heard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// Customers.
    pub buyers: usize,
    /// Requests that were sent, repetitions included.
    pub requests: u64,
    /// What customers heard in the end, by name: `confirmed`, `unknown`, and problem types.
    pub outcomes: BTreeMap<String, u64>,
    /// What was true of those who heard nothing.
    pub unknown_were: BTreeMap<String, u64>,
    /// Answers and silences of single requests, by kind.
    pub heard: BTreeMap<String, u64>,
    /// Milliseconds from a request to its answer.
    pub latency: Latency,
}

/// Milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the percentile that it is named after")]
pub struct Latency {
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
    pub max: u64,
}

/// One fault, planned and done. Times are milliseconds after the first customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Its id.
    pub id: String,
    /// What.
    pub what: String,
    /// Where.
    pub target: String,
    /// When it was to begin.
    pub planned_at: u64,
    /// How long it was to last.
    pub planned_for: Option<u64>,
    /// When it began.
    pub applied_at: Option<u64>,
    /// When it ended.
    pub reverted_at: Option<u64>,
    /// How often it struck; nothing where that cannot be counted.
    pub hits: Option<u64>,
    /// What went wrong with making it go wrong.
    pub trouble: Option<String>,
}

/// How many executions ended in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SagaEnd {
    /// The saga.
    pub saga: String,
    /// The status.
    pub status: String,
    /// How many.
    pub count: u64,
}

/// Milliseconds; nothing where it did not come to that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// From the first fault to its first sign.
    pub detected: Option<u64>,
    /// What that sign was.
    pub sign: Option<String>,
    /// From the end of the last fault until everything was at rest.
    pub recovered: Option<u64>,
}

/// One promise and its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invariant {
    /// Its name.
    pub name: String,
    /// The promise.
    pub sentence: String,
    /// Whether it holds.
    pub holds: bool,
    /// Every row that breaks it.
    pub rows: Vec<Value>,
}

/// One expectation and its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// What.
    pub what: String,
    /// What was to be found.
    pub wanted: String,
    /// What was found.
    pub found: String,
    /// Whether that will do.
    pub met: bool,
}

/// How it stood at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Milliseconds after the first customer.
    pub at: u64,
    /// Whether the product said that it was ready.
    pub ready: bool,
    /// Sagas that run; nothing where nobody could be asked.
    pub running: Option<u64>,
    /// Customers who have their answer.
    pub answered: u64,
    /// Of them, those with tickets.
    pub confirmed: u64,
    /// Customers who heard nothing.
    pub unknown: u64,
    /// Repetitions, as the processes count them.
    pub repetitions: u64,
}

/// One answer. Times are milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// When the request was sent.
    pub at: u64,
    /// How long it took.
    pub took: u64,
    /// What it was.
    pub kind: String,
}

/// One thing that was done afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanUp {
    /// What.
    pub what: String,
    /// Whether it is as it was.
    pub done: bool,
}
