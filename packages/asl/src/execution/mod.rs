//! An execution: where a run of a state machine stands. It is a snapshot that survives in a database between two events
//! and steps from one to the next without waiting for anything.
//!
//! `identity`, `event`, `effect` and `status` are what hosts speak with, `lifecycle` is the whole of an execution's
//! life, `snapshot` what is kept of it. Inside a step, `branch` walks one flow of states, `run` gathers what is
//! produced, `turn` is a state's view of all that, and `sweep` looks over or closes everything that is open at once.

mod branch;
mod effect;
mod event;
mod identity;
mod lifecycle;
mod run;
mod snapshot;
mod stand;
mod status;
mod sweep;
mod turn;

use serde_json::{Map, Value};

pub(crate) use branch::{Env, Outcome, Progress, caught, evaluation_details};
pub use effect::Effect;
pub use event::{Event, Refused, Surroundings, Transition};
pub use identity::Identity;
pub use lifecycle::{Execution, start};
pub(crate) use run::{Facts, Run};
pub use snapshot::OpenTask;
pub(crate) use snapshot::{Activity, Branch, Iteration, Iterations, Place, Slot};
pub use stand::{Awaited, Stand};
pub use status::Status;
pub(crate) use sweep::abort;
pub(crate) use turn::{Answer, Drive, Signal, Turn, scope as turn_scope};

/// Error and cause as event details: what is absent is left out.
pub(crate) fn failure_details(error: Option<&str>, cause: Option<&str>) -> Value {
    let parts = [("error", error), ("cause", cause)];
    let present = parts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
    Value::Object(present.collect::<Map<_, _>>())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
pub(crate) fn is_zero(number: &u32) -> bool {
    *number == 0
}
