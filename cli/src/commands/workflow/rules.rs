//! What our sagas are judged by: the steps there are, the life of a hold, and a day for the whole.

use usher_asl::lint::{Role, Rules, Step};
use usher_seating::Terms;
use usher_workflows::step::{STEPS, StepKind};

/// A booking that is not decided after a day is a person's business.
const LONGEST_SECONDS: u64 = 24 * 60 * 60;

/// The steps, as the lint knows them.
pub fn steps() -> Vec<Step<'static>> {
    let role = |kind| match kind {
        StepKind::Compensatable { undo } => Role::Compensatable { undo },
        StepKind::Pivot { undo } => Role::Pivot { undo },
        StepKind::Retriable => Role::Retriable,
    };
    STEPS.iter().map(|step| Step { name: step.name, role: role(step.kind) }).collect()
}

/// The rules, with these steps.
pub fn rules<'r>(steps: &'r [Step<'r>]) -> Rules<'r> {
    let hold_seconds = u64::try_from(Terms::default().life.whole_seconds()).unwrap_or_default();
    Rules { steps, hold_seconds, longest_seconds: LONGEST_SECONDS }
}
