//! The figures of a run, as JSON and as tables.

use std::fmt;

use comfy_table::Table;
use serde::Serialize;

use super::{
    super::{meter::Cost, pgbench::Script},
    growth::{Beside, Long, Memory},
    round::Round,
    targets::Target,
};
use crate::commands::table::table;

/// A whole run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub rounds: Vec<Round>,
    pub tiny_insert: Option<Script>,
    pub history: Vec<Long>,
    pub open: Vec<Beside>,
    pub memory: Option<Memory>,
    pub targets: Vec<Target>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.paces(f)?;
        self.costs(f)?;
        self.growth(f)?;
        self.verdicts(f)
    }
}

impl Report {
    fn paces(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut paces = table([
            "machine",
            "at once",
            "executions",
            "executions / s",
            "transitions / s",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "peak MB",
        ]);
        for round in &self.rounds {
            paces.add_row([
                round.machine.to_owned(),
                round.concurrency.to_string(),
                round.executions.to_string(),
                format!("{:.0}", round.pace.per_second),
                format!("{:.0}", round.transitions_per_second),
                format!("{:.1}", round.pace.p50_ms),
                format!("{:.1}", round.pace.p95_ms),
                format!("{:.1}", round.pace.p99_ms),
                format!("{:.0}", round.peak_memory_mb),
            ]);
        }
        writeln!(f, "Executions from their start to their end, every transition durable.\n{paces}")
    }

    fn costs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut costs = table(costs_heading(["machine, at once", "of one"]));
        for round in &self.rounds {
            for (of, cost) in [("execution", &round.execution), ("transition", &round.transition)] {
                costs.add_row(cost_row([format!("{}, {}", round.machine, round.concurrency), of.to_owned()], cost));
            }
        }
        writeln!(f, "\nWhat they cost, with the driver and the workers in Usher's share.\n{costs}")?;
        let Some(tiny) = self.tiny_insert else { return Ok(()) };
        writeln!(
            f,
            "\npgbench, one tiny insert, 64 clients, same cluster: {:.0} per second, {:.3} ms of PostgreSQL's processor time.",
            tiny.per_second, tiny.postgres_cpu_ms
        )
    }

    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "ratios")]
    fn growth(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let long = compared("events", self.history.iter().map(|row| (row.events as u64, &row.transition)));
        writeln!(f, "\nOne transition by the length of the history, 64 at once.\n{long}")?;
        let open = compared("open", self.open.iter().map(|row| (row.open, &row.transition)));
        writeln!(f, "\nOne transition of the ten states beside executions that wait, 64 at once.\n{open}")?;
        let resident = |row: &Beside| row.resident_memory_bytes.map(|bytes| bytes as f64 / 1_048_576.0);
        if let Some((few, many)) = self.open.first().and_then(resident).zip(self.open.last().and_then(resident)) {
            writeln!(f, "Memory of the process beside the fewest: {few:.0} MB; beside the most: {many:.0} MB.")?;
        }
        let Some(Memory { open, bytes_each }) = self.memory else { return Ok(()) };
        writeln!(
            f,
            "Memory of each of {open} executions that this process started and that wait: {bytes_each:.0} bytes."
        )
    }

    fn verdicts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut verdicts = table(["target", "at most", "is", "met"]);
        for target in &self.targets {
            verdicts.add_row([
                target.name.to_owned(),
                target.limit.to_string(),
                format!("{:.2}", target.figure),
                if target.met { "yes" } else { "no" }.to_owned(),
            ]);
        }
        write!(f, "\nTargets.\n{verdicts}")
    }
}

/// What a transition costs for each of some numbers, and its processor time compared with the first.
#[expect(clippy::float_arithmetic, reason = "ratios")]
fn compared<'r>(heading: &'static str, rows: impl Iterator<Item = (u64, &'r Cost)>) -> Table {
    let mut compared = table(costs_heading([heading, "to the first"]));
    let mut first = None;
    for (number, cost) in rows {
        let ratio = cost.cpu_ms() / *first.get_or_insert(cost.cpu_ms());
        compared.add_row(cost_row([number.to_string(), format!("{ratio:.2}")], cost));
    }
    compared
}

fn costs_heading([first, second]: [&'static str; 2]) -> [&'static str; 7] {
    [first, second, "CPU ms Usher", "CPU ms PostgreSQL", "commits", "WAL bytes", "WAL flushes"]
}

fn cost_row([first, second]: [String; 2], cost: &Cost) -> [String; 7] {
    [
        first,
        second,
        format!("{:.3}", cost.usher_cpu_ms),
        format!("{:.3}", cost.postgres_cpu_ms),
        format!("{:.4}", cost.commits),
        format!("{:.0}", cost.wal_bytes),
        format!("{:.4}", cost.wal_flushes),
    ]
}
