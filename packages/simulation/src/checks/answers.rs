//! No token is answered twice with effect, and no answer that a worker was told is taken gets lost.

use std::collections::BTreeMap;

use usher_asl::Event;

use crate::simulation::Simulation;

pub(super) fn check(simulation: &Simulation) -> Vec<String> {
    let mut found = Vec::new();
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, moves) in &simulation.database.moves {
        for told in moves {
            if let Some(Event::TaskSucceeded { token, .. } | Event::TaskFailed { token, .. }) = &told.event {
                let times = taken.entry(token).or_default();
                *times += 1;
                if *times == 2 {
                    found.push(format!("{id}: a token was answered twice"));
                }
            }
        }
    }
    let lost = simulation.accepted.iter().filter(|token| !taken.contains_key(token.as_str())).count();
    if lost > 0 {
        found.push(format!("{lost} answers were taken and lost"));
    }
    found
}
