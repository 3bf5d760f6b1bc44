//! A booking that is confirmed was paid, one that is rejected cost nothing, and a cancelled one was paid back.

use usher_asl::{Execution, Status};

use super::Subject;
use crate::{provider::Money, simulation::Simulation};

pub(super) fn check(simulation: &Simulation, subject: &Subject<'_>, execution: &Execution) -> Option<String> {
    let Status::Succeeded { output } = execution.status() else { return None };
    if !subject.run.is_house {
        return None;
    }
    let money = simulation.provider.money(&subject.id);
    let is_right = match output["outcome"].as_str() {
        Some("confirmed") => money == Money::Charged && simulation.provider.did(&subject.id, "issue-tickets"),
        Some("rejected") => money != Money::Charged,
        _ => simulation.provider.did(&subject.id, "refund-payment"),
    };
    (!is_right).then(|| format!("it ended as {output}, and its money is {money:?}"))
}
