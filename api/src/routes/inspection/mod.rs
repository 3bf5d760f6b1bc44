//! Sagas, found and understood: lists, one with everything around it, what it waits for, what goes wrong how often.

pub(crate) mod errors;
pub(crate) mod explanation;
pub(crate) mod export;
mod facts;
pub(crate) mod get;
pub(crate) mod list;
mod surroundings;
mod view;

use usher_core::problem::Kind;
use usher_inspection::verdict::saga_of;
use usher_workflows::orchestrator::OrchestratorError;

use crate::problem::Problem;

/// The saga that a name in a path is of.
fn saga_named(name: &str) -> Result<&'static str, Problem> {
    saga_of(name).ok_or_else(|| {
        Problem::new(
            Kind::InvalidRequest,
            format!("`{name}` names no saga: it begins with bkg_, can_, pcn_, rfd_ or sho_."),
        )
    })
}

/// What the engine could not do, as a client may hear of it.
pub(crate) fn engine_problem(error: OrchestratorError) -> Problem {
    match &error {
        OrchestratorError::Refused(why) => Problem::new(Kind::InvalidRequest, format!("{why}.")),
        OrchestratorError::NotFound => Problem::not_found("saga"),
        _ => Problem::new(Kind::Unavailable, "The engine cannot be asked at the moment.").retry_after(2).because(error),
    }
}
