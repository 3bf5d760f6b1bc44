//! The life of a batch: gathered, decided, written, told. Any of the steps may be the last one of the process.

use time::Duration;
use usher_workflows::orchestrator::OrchestratorError;

use super::{Decider, decide::Gathered};
use crate::{
    command::Command,
    database::NotWritten,
    fault::{Kind, Occasion},
    planted::Bug,
    simulation::{Call, Happening, Simulation},
};

/// How many commands are written together.
const MOST: usize = 256;

/// How often a batch that was overtaken is tried again.
const MOST_CONFLICTS: u32 = 5;

/// Commands that are being written.
#[derive(Debug)]
pub(crate) struct Batch {
    calls: Vec<Call>,
    gathered: Gathered,
    conflicts: u32,
    looked: bool,
    /// A fault strikes a batch once.
    is_struck: bool,
}

impl Simulation {
    /// Makes a batch of what waits, unless the last one is still under way.
    pub(crate) fn begin_batch(&mut self, number: usize) {
        let engine = &mut self.engines[number];
        if !engine.is_up || engine.batch.is_some() || engine.backlog.is_empty() {
            return;
        }
        let calls: Vec<Call> = engine.backlog.drain(..MOST.min(engine.backlog.len())).collect();
        self.decide(
            number,
            Batch { calls, gathered: Gathered::default(), conflicts: 0, looked: false, is_struck: false },
        );
    }

    fn decide(&mut self, number: usize, mut batch: Batch) {
        let now = self.clock.now() + self.engines[number].ahead;
        let engine = &mut self.engines[number];
        let commands: Vec<Command> = batch.calls.iter().map(|call| call.command.clone()).collect();
        let mut decider = Decider {
            machines: &self.machines,
            database: &self.database,
            cache: &mut engine.cache,
            before_timeout: &mut engine.before_timeout,
            random: &|| self.clock.random(),
            now,
            planted: self.planted,
        };
        batch.gathered = decider.decide(&commands, batch.looked);
        if self.planted == Some(Bug::MessageBeforeCommit) {
            let moved = batch.gathered.begun.iter().chain(&batch.gathered.moved);
            let bodies: Vec<String> = moved.flat_map(|moved| &moved.messages).map(|(_, body)| body.clone()).collect();
            for body in bodies {
                self.work(0, 0, number, &body);
            }
        }
        let life = self.engines[number].life;
        self.engines[number].batch = Some(batch);
        self.clock.within(5, Happening::Commit { engine: number, life });
    }

    /// The batch reaches the database.
    pub(crate) fn commit(&mut self, number: usize, life: u32) {
        if self.engines[number].life != life {
            return;
        }
        let Some(mut batch) = self.engines[number].batch.take() else { return };
        self.engines[number].asleep_until = None;
        let fault = if batch.is_struck { None } else { self.plan.strike(Occasion::Commit) };
        batch.is_struck = true;
        if let Some(fault) = fault {
            self.say(&format!("engine {number}: {fault:?}"));
        }
        match fault {
            Some(Kind::DiesBeforeCommit) => return self.kill(number),
            Some(Kind::Sleeps { seconds }) => {
                let nap = Duration::seconds(seconds.into());
                self.engines[number].asleep_until = Some(self.clock.now() + nap);
                self.engines[number].batch = Some(batch);
                return self.clock.after(nap, Happening::Commit { engine: number, life });
            }
            Some(Kind::ClockJumps { seconds }) => {
                self.engines[number].ahead += Duration::seconds(seconds.into());
                self.look_for_all(number);
            }
            _ => {}
        }
        let writes = (batch.gathered.begun.as_slice(), batch.gathered.moved.as_slice());
        match self.database.write(writes, self.clock.now(), self.planted) {
            Err(reason) => self.collide(number, batch, reason),
            Ok(sent) => {
                self.say_written(number, &batch.gathered);
                match fault {
                    Some(Kind::DiesAfterCommit) => {
                        self.watch(&sent);
                        self.wake_for(&batch.gathered);
                        self.kill(number);
                    }
                    Some(Kind::Unheard) => {
                        // Messages are leased to nobody, and looking tells what became of the commands.
                        self.watch(&sent);
                        self.wake_for(&batch.gathered);
                        batch.looked = true;
                        self.decide(number, batch);
                    }
                    _ => self.written(number, batch, &sent),
                }
            }
        }
    }

    fn written(&mut self, number: usize, batch: Batch, sent: &[u64]) {
        self.watch(sent);
        self.wake_for(&batch.gathered);
        let Batch { calls, gathered, .. } = batch;
        for moved in gathered.begun.into_iter().chain(gathered.moved) {
            if moved.snapshot.due_at.is_some() {
                self.engines[number].cache.insert(moved.id, moved.snapshot);
            }
        }
        if self.planted != Some(Bug::MessageBeforeCommit) {
            for message in sent {
                if let Some(body) = self.database.messages.get(message).map(|message| message.body.clone()) {
                    self.work(*message, 1, number, &body);
                }
            }
        }
        for (call, result) in calls.into_iter().zip(gathered.results) {
            self.reply(call.caller, result);
        }
        self.begin_batch(number);
    }

    fn collide(&mut self, number: usize, mut batch: Batch, reason: NotWritten) {
        self.say(&format!("engine {number}: {reason:?}"));
        batch.conflicts += 1;
        if batch.conflicts <= MOST_CONFLICTS {
            batch.looked = true;
            return self.decide(number, batch);
        }
        for call in batch.calls {
            self.reply(call.caller, Err(OrchestratorError::Unavailable("overtaken".to_owned())));
        }
        self.begin_batch(number);
    }

    /// The process dies, and another life begins after a while.
    fn kill(&mut self, number: usize) {
        self.engines[number].die();
        let rest = Duration::seconds(1 + i64::try_from(self.clock.below(40)).unwrap_or_default());
        self.clock.after(rest, Happening::Rise { engine: number });
    }

    fn say_written(&mut self, number: usize, gathered: &Gathered) {
        for moved in gathered.begun.iter().chain(&gathered.moved) {
            let (first, last) = (moved.history.first(), moved.history.last());
            let ids = first
                .zip(last)
                .map_or_else(String::new, |(first, last)| format!(", events {} to {}", first.id, last.id));
            let states = moved.snapshot.execution.current_states().join(",");
            let standing = moved.snapshot.execution.status().name();
            let text = format!("engine {number}: {} v{} {standing} [{states}]{ids}", moved.id, moved.snapshot.version);
            self.say(&text);
        }
    }
}
