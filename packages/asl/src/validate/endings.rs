//! Every flow has a state at which it can end.

use crate::{
    model::{Flow, State},
    problem::{Code, Location, Problem, Problems},
};

/// Whether the flow can end.
pub(super) fn check(flow: &Flow, location: &Location, problems: &Problems) -> bool {
    let ends = flow.states.is_empty() || flow.states().any(State::is_terminal);
    if !ends {
        let help = "one state must have \"End\": true, or be a Succeed or Fail state".to_owned();
        let problem =
            Problem::with_field(Code::MissingEndState, location, "States", "Workflow has no terminal state").help(help);
        let is_whole = location.pointer().is_empty();
        problems.add(Problem { location: problem.location.clone().filter(|_| !is_whole), ..problem });
    }
    ends
}
