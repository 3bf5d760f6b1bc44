//! What is stored is what the interpreter alone makes of the committed events: nothing was lost, doubled or decided on
//! something old.

use usher_asl::{Execution, HistoryEvent};

use super::Subject;
use crate::{reference::Reference, simulation::Simulation};

pub(super) fn check(
    simulation: &Simulation,
    subject: &Subject<'_>,
    execution: &Execution,
    history: &[HistoryEvent],
) -> Option<String> {
    let moves = simulation.database.moves.get(&subject.id)?;
    match Reference::retell(subject.given(), &subject.run.script, moves) {
        Err(how) => Some(how),
        Ok(reference) if reference.execution != *execution => {
            Some(format!("it is {:?}, but the events make it {:?}", execution.status(), reference.execution.status()))
        }
        Ok(reference) if reference.history != history => Some("its history is not that of its events".to_owned()),
        Ok(_) => None,
    }
}
