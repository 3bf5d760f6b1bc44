//! Every flow has a state at which it can end.

use crate::{
    model::{Flow, State},
    problem::{Location, Problems},
};

pub(super) fn check(flow: &Flow, location: &Location, problems: &Problems) {
    if !flow.states.is_empty() && !flow.states().any(State::is_terminal) {
        problems.report_field(
            location,
            "States",
            "There is no terminal state: none has 'End', and none is a Succeed or Fail state",
        );
    }
}
