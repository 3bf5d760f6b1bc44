//! A booking on its way is somebody's work: a saga runs for it, is about to start, or is on the operator's list.

use usher_bookings::audit::BookingFacts;
use usher_workflows::orchestrator::Status;

use crate::{
    Finding, Invariant,
    facts::{Case, Run, SagaFacts},
};

pub(super) fn judge(case: &Case, booking: &BookingFacts) -> Option<Finding> {
    let SagaFacts::Runs(runs) = &case.sagas else { return None };
    // One that ended in any other way than well is listed as stuck.
    if runs.iter().any(|run| run.status != Status::Succeeded) {
        return None;
    }
    let describe = |run: &Run| format!("its {} saga {}", run.saga, run.status.as_str());
    let found = match runs.as_slice() {
        [] => "no execution and no command to start one".to_owned(),
        runs => runs.iter().map(describe).collect::<Vec<_>>().join(", "),
    };
    let expected = format!("a saga at work, the booking is {} since {}", booking.status, booking.updated_at);
    Some(Finding::new(Invariant::SagaEnds, expected, found).of(case.id))
}
