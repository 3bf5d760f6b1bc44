//! A pure interpreter of the Amazon States Language, faithful to what AWS Step Functions does with it.
//!
//! A parsed and validated [`StateMachine`] and an [`Execution`] go in with an [`Event`] and the time; the new state,
//! the history that AWS would have recorded and the effects to carry out come back as a [`Transition`]. Nothing here
//! waits, reads a clock, draws randomness or talks to anybody: [`Surroundings`] brings all of that in, so an execution
//! can be replayed, tested and stepped in batches.
//!
//! Suggested reading order: `model` (what a definition says), `parse` and `validate` (how text becomes one),
//! `execution` (the machine that steps), `states` (one file a state type), then the languages inside a definition:
//! `path`, `intrinsics`, `jsonata`, `template`. A new state type is a file in `parse`, a file in `states` and a line in
//! each of their lists; a new intrinsic function is a line in `intrinsics::FUNCTIONS`, one of JSONata in
//! `jsonata::functions`. `conformance` holds all of it against what was recorded on AWS, and `test_state` tries one state
//! alone. For whoever writes definitions: `problem` (what is wrong and where), `lint` (what a saga needs besides), `graph`
//! and `diff`.

pub mod conformance;
mod context;
mod data_flow;
mod details;
pub mod diff;
mod errors;
mod evaluation;
mod execution;
pub mod graph;
mod history;
mod intrinsics;
mod jsonata;
pub mod lint;
mod machine;
pub mod model;
mod moment;
mod parse;
mod path;
mod problem;
mod retry;
mod scope;
mod size;
mod states;
mod template;
pub mod test_state;
mod validate;

pub use details::Details;
pub use execution::{
    Awaited, Effect, Event, Execution, Identity, OpenTask, Refused, Stand, Status, Surroundings, Transition, start,
};
pub use history::{EventType, HistoryEvent};
pub use model::{State, StateMachine};
pub use problem::{Code, Problem, Severity, Span};
pub use validate::{Checked, SEND_AND_WAIT, Target, check};
