//! Timers: an engine leases what is due by its own clock, and tells the executions.
//!
//! The real loop looks once a second. Looking when nothing can have changed is the same as not looking, so here a look
//! is put on the agenda whenever a row gets a timer, up to a second after it is due.

use time::OffsetDateTime;
use usher_asl::Event;

use super::decide::Gathered;
use crate::{
    command::Command,
    simulation::{Call, Caller, Happening, Simulation},
};

/// Up to how many milliseconds after a timer is due an engine looks.
const LOOK: usize = 1_000;

impl Simulation {
    /// Puts looks on the agenda for the timers that a batch wrote.
    pub(crate) fn wake_for(&mut self, gathered: &Gathered) {
        let due: Vec<_> =
            gathered.begun.iter().chain(&gathered.moved).filter_map(|moved| moved.snapshot.due_at).collect();
        for due_at in due {
            self.wake(due_at);
        }
    }

    fn wake(&mut self, due_at: OffsetDateTime) {
        for number in 0..self.engines.len() {
            self.look_at(number, due_at);
        }
    }

    fn look_at(&mut self, number: usize, due_at: OffsetDateTime) {
        let delay = time::Duration::milliseconds(i64::try_from(1 + self.clock.below(LOOK)).unwrap_or(1));
        let moment = (due_at - self.engines[number].ahead).max(self.clock.now()) + delay;
        self.clock.at(moment, Happening::Look { engine: number });
    }

    /// An engine that rises, or whose clock jumped, looks anew for every timer there is.
    pub(crate) fn look_for_all(&mut self, number: usize) {
        let due: Vec<_> = self.database.rows.values().filter_map(|row| row.due_at).collect();
        for due_at in due {
            self.look_at(number, due_at);
        }
    }

    /// Fires what is due.
    pub(crate) fn look(&mut self, number: usize) {
        let engine = &self.engines[number];
        if !engine.is_up {
            return;
        }
        if let Some(until) = engine.asleep_until {
            return self.clock.at(until, Happening::Look { engine: number });
        }
        let (due, until) = self.database.lease_due(self.clock.now() + engine.ahead, self.planted);
        if due.is_empty() {
            return;
        }
        self.say(&format!("engine {number}: leases timers of {}", due.join(", ")));
        self.wake(until);
        for execution in due {
            let command = Command::Tell { execution, event: Event::Timer };
            self.engines[number].backlog.push_back(Call { command, caller: Caller::Nobody });
        }
        self.begin_batch(number);
    }
}
