//! Every flow has a state at which it can end.

use crate::{
    model::{Flow, State},
    problem::{Code, Location, Problem, Problems},
};

pub(super) fn check(flow: &Flow, location: &Location, problems: &Problems) {
    if !flow.states.is_empty() && !flow.states().any(State::is_terminal) {
        let problem = Problem::with_field(Code::MissingEndState, location, "States", "Workflow has no terminal state");
        problems.add(problem.help("one state must have \"End\": true, or be a Succeed or Fail state".to_owned()));
    }
}
