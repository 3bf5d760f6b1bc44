//! What must hold when everything has happened, whatever went wrong. Each check is a file; all of them say what is
//! wrong in sentences.

mod alone;
mod answers;
mod ending;
mod history;
mod money;
mod retelling;

use serde_json::Value;
use usher_asl::StateMachine;

use crate::{
    case::Prepared,
    command::id,
    simulation::{NAME, Simulation},
};

/// One execution under examination.
struct Subject<'s> {
    id: String,
    run: &'s Prepared,
    machine: &'s StateMachine,
}

impl<'s> Subject<'s> {
    /// What a reference is given of it.
    fn given(&self) -> (&'s StateMachine, &'s str, &'s Value) {
        (self.machine, &self.run.saga, &self.run.input)
    }
}

/// Makes all checks, and counts the executions that came out as they do alone.
pub(crate) fn all(simulation: &mut Simulation) -> usize {
    let mut found = answers::check(simulation);
    let mut same_as_alone = 0;
    for run in &simulation.runs {
        let Some(machine) = simulation.machines.get(&run.saga) else { continue };
        let subject = Subject { id: id(&run.saga, NAME), run, machine };
        let Some(execution) = simulation.database.execution(&subject.id) else {
            found.push(format!("{} was never started", subject.id));
            continue;
        };
        let history = simulation.database.history_of(&subject.id);
        let mut about = ending::check(&execution, &history);
        about.extend(history::check(&execution, &history));
        about.extend(retelling::check(simulation, &subject, &execution, &history));
        about.extend(money::check(simulation, &subject, &execution));
        match alone::check(&subject, &execution, &history) {
            alone::Verdict::Same => same_as_alone += 1,
            alone::Verdict::NotComparable => {}
            alone::Verdict::Differs(how) => about.push(how),
        }
        found.extend(about.into_iter().map(|what| format!("{}: {what}", subject.id)));
    }
    for what in found {
        simulation.violated(what);
    }
    same_as_alone
}
