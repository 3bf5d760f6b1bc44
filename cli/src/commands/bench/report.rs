//! The figures of a run, and how they compare.

use std::{fmt, time::Duration};

use comfy_table::{Table, presets};
use hdrhistogram::Histogram;
use serde::Serialize;

use super::{pgbench::Baseline, product::Usage};

/// One round.
#[derive(Debug, Clone, Serialize)]
pub struct Round {
    pub concurrency: usize,
    pub bookings: u64,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub usher_cpu_ms: f64,
    pub postgres_cpu_ms: f64,
    pub commits: f64,
    pub wal_bytes: f64,
    pub wal_flushes: f64,
    pub peak_memory_mb: f64,
}

impl Round {
    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "measurements")]
    pub fn new(
        concurrency: usize,
        took: Duration,
        latencies: &Histogram<u64>,
        (before, after): (Usage, Usage),
        peak_memory: u64,
    ) -> Self {
        let bookings = latencies.len();
        let each = |sum: f64| sum / bookings as f64;
        let quantile = |q: f64| latencies.value_at_quantile(q) as f64 / 1000.0;
        Self {
            concurrency,
            bookings,
            per_second: bookings as f64 / took.as_secs_f64(),
            p50_ms: quantile(0.50),
            p95_ms: quantile(0.95),
            p99_ms: quantile(0.99),
            usher_cpu_ms: each((after.usher_cpu.saturating_sub(before.usher_cpu)).as_secs_f64() * 1000.0),
            postgres_cpu_ms: each((after.postgres_cpu.saturating_sub(before.postgres_cpu)).as_secs_f64() * 1000.0),
            commits: each((after.commits - before.commits) as f64),
            wal_bytes: each((after.wal_bytes - before.wal_bytes) as f64),
            wal_flushes: each((after.wal_flushes - before.wal_flushes) as f64),
            peak_memory_mb: peak_memory as f64 / 1_048_576.0,
        }
    }
}

/// A whole run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub rounds: Vec<Round>,
    pub baseline: Option<Baseline>,
}

impl fmt::Display for Report {
    #[expect(clippy::float_arithmetic, reason = "ratios")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
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
            table.add_row([
                round.concurrency.to_string(),
                round.bookings.to_string(),
                format!("{:.0}", round.per_second),
                format!("{:.1}", round.p50_ms),
                format!("{:.1}", round.p95_ms),
                format!("{:.1}", round.p99_ms),
                format!("{:.2}", round.usher_cpu_ms),
                format!("{:.2}", round.postgres_cpu_ms),
                format!("{:.2}", round.commits),
                format!("{:.0}", round.wal_bytes),
                format!("{:.2}", round.wal_flushes),
                format!("{:.0}", round.peak_memory_mb),
            ]);
        }
        writeln!(f, "Bookings through HTTP to the final state; CPU, commits and WAL per booking.\n{table}")?;
        let Some(baseline) = &self.baseline else { return Ok(()) };
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
            "pgbench, 64 clients",
            "per second",
            "CPU ms PostgreSQL",
        ]);
        for (name, script) in
            [("one tiny insert", &baseline.tiny_insert), ("four business transactions", &baseline.four_transactions)]
        {
            table.add_row([
                name.to_owned(),
                format!("{:.0}", script.per_second),
                format!("{:.3}", script.postgres_cpu_ms),
            ]);
        }
        writeln!(f, "\nPostgreSQL alone, same cluster, same run.\n{table}")?;
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
            "at once",
            "throughput / four transactions",
            "CPU / four transactions",
            "throughput / tiny",
            "CPU / tiny",
        ]);
        for round in &self.rounds {
            let cpu = round.usher_cpu_ms + round.postgres_cpu_ms;
            table.add_row([
                round.concurrency.to_string(),
                format!("{:.3}", round.per_second / baseline.four_transactions.per_second),
                format!("{:.2}", cpu / baseline.four_transactions.postgres_cpu_ms),
                format!("{:.3}", round.per_second / baseline.tiny_insert.per_second),
                format!("{:.1}", cpu / baseline.tiny_insert.postgres_cpu_ms),
            ]);
        }
        writeln!(f, "\nRatios.\n{table}")
    }
}
