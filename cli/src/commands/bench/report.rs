//! The figures of a run, and how they compare.

use std::{collections::BTreeSet, fmt};

use comfy_table::Table;
use serde::Serialize;

use super::{crowd::Pace, meter::Cost, pgbench::Baseline, requests::Requests};
use crate::commands::table::table;

/// One round.
#[derive(Debug, Clone, Serialize)]
pub struct Round {
    pub concurrency: usize,
    pub bookings: usize,
    #[serde(flatten)]
    pub pace: Pace,
    #[serde(flatten)]
    pub cost: Cost,
    /// What each booking asked of AWS or the broker.
    pub requests: Requests,
    pub peak_memory_mb: f64,
}

/// A whole run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub rounds: Vec<Round>,
    pub baseline: Option<Baseline>,
}

impl Report {
    /// A row for whatever is asked, a column for each round.
    fn requests(&self) -> Table {
        let asked: BTreeSet<&String> = self.rounds.iter().flat_map(|round| round.requests.keys()).collect();
        let at_once = self.rounds.iter().map(|round| format!("{} at once", round.concurrency));
        let mut requests = table(std::iter::once("request".to_owned()).chain(at_once));
        for asked in asked {
            let each = |round: &Round| format!("{:.2}", round.requests.get(asked).copied().unwrap_or_default());
            requests.add_row(std::iter::once(asked.clone()).chain(self.rounds.iter().map(each)));
        }
        requests
    }
}

impl fmt::Display for Report {
    #[expect(clippy::float_arithmetic, reason = "ratios")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bookings = table([
            "at once",
            "bookings",
            "per second",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "CPU ms Usher",
            "CPU ms PostgreSQL",
            "commits",
            "WAL bytes",
            "WAL flushes",
            "peak MB",
        ]);
        for round in &self.rounds {
            bookings.add_row([
                round.concurrency.to_string(),
                round.bookings.to_string(),
                format!("{:.0}", round.pace.per_second),
                format!("{:.1}", round.pace.p50_ms),
                format!("{:.1}", round.pace.p95_ms),
                format!("{:.1}", round.pace.p99_ms),
                format!("{:.2}", round.cost.usher_cpu_ms),
                format!("{:.2}", round.cost.postgres_cpu_ms),
                format!("{:.2}", round.cost.commits),
                format!("{:.0}", round.cost.wal_bytes),
                format!("{:.2}", round.cost.wal_flushes),
                format!("{:.0}", round.peak_memory_mb),
            ]);
        }
        writeln!(f, "Bookings through HTTP to the final state; CPU, commits and WAL per booking.\n{bookings}")?;
        if self.rounds.iter().any(|round| !round.requests.is_empty()) {
            writeln!(f, "\nRequests per booking.\n{}", self.requests())?;
        }
        let Some(baseline) = &self.baseline else { return Ok(()) };
        let mut alone = table(["pgbench, 64 clients", "per second", "CPU ms PostgreSQL"]);
        for (name, script) in
            [("one tiny insert", &baseline.tiny_insert), ("four business transactions", &baseline.four_transactions)]
        {
            alone.add_row([
                name.to_owned(),
                format!("{:.0}", script.per_second),
                format!("{:.3}", script.postgres_cpu_ms),
            ]);
        }
        writeln!(f, "\nPostgreSQL alone, same cluster, same run.\n{alone}")?;
        let mut ratios = table([
            "at once",
            "throughput / four transactions",
            "CPU / four transactions",
            "throughput / tiny",
            "CPU / tiny",
        ]);
        for round in &self.rounds {
            let cpu = round.cost.cpu_ms();
            ratios.add_row([
                round.concurrency.to_string(),
                format!("{:.3}", round.pace.per_second / baseline.four_transactions.per_second),
                format!("{:.2}", cpu / baseline.four_transactions.postgres_cpu_ms),
                format!("{:.3}", round.pace.per_second / baseline.tiny_insert.per_second),
                format!("{:.1}", cpu / baseline.tiny_insert.postgres_cpu_ms),
            ]);
        }
        writeln!(f, "\nRatios.\n{ratios}")
    }
}
