//! What the operating system and PostgreSQL say that Usher and its cluster have used. Two readings make a difference, and a
//! difference over a number of things makes what one of them costs.

use std::{str::FromStr as _, time::Duration};

use anyhow::Context as _;
use serde::Serialize;
use sqlx::{
    ConnectOptions as _, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// A session reports its counters when it commits this long after its last report, and else within ten seconds. So whoever
/// reads waits this long, lets everybody commit once more, and reads then.
pub const REPORTED: Duration = Duration::from_millis(1100);

/// Reads the figures of one Usher process and one cluster.
#[derive(Debug)]
pub struct Meter {
    /// Connections of its own, so that reading never waits for what is being read.
    pub database: PgPool,
    pub database_url: String,
    usher: u32,
    postmaster: u32,
}

/// What has been used so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    usher_cpu: Duration,
    postgres_cpu: Duration,
    commits: i64,
    wal_bytes: i64,
    wal_flushes: i64,
}

/// What one thing has used.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Cost {
    /// Milliseconds of Usher's processor time.
    pub usher_cpu_ms: f64,
    /// Milliseconds of PostgreSQL's processor time.
    pub postgres_cpu_ms: f64,
    pub commits: f64,
    pub wal_bytes: f64,
    pub wal_flushes: f64,
}

impl Cost {
    /// Milliseconds of processor time of both.
    #[expect(clippy::float_arithmetic, reason = "a measurement")]
    pub fn cpu_ms(&self) -> f64 {
        self.usher_cpu_ms + self.postgres_cpu_ms
    }
}

impl Usage {
    /// What each of `count` things cost between a reading and this one.
    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "measurements")]
    pub fn since(self, before: Self, count: u64) -> Cost {
        let each = |sum: f64| sum / count as f64;
        let milliseconds =
            |after: Duration, before: Duration| each(after.saturating_sub(before).as_secs_f64() * 1000.0);
        Cost {
            usher_cpu_ms: milliseconds(self.usher_cpu, before.usher_cpu),
            postgres_cpu_ms: milliseconds(self.postgres_cpu, before.postgres_cpu),
            commits: each((self.commits - before.commits) as f64),
            wal_bytes: each((self.wal_bytes - before.wal_bytes) as f64),
            wal_flushes: each((self.wal_flushes - before.wal_flushes) as f64),
        }
    }
}

impl Meter {
    /// Reads of the process `usher` and of the cluster whose main process is `postmaster`.
    pub fn new(usher: u32, postmaster: u32, database_url: String) -> anyhow::Result<Self> {
        // Checkpoints and the like are slow, and nobody needs to hear of it.
        let options = PgConnectOptions::from_str(&database_url)?.disable_statement_logging();
        let database = PgPoolOptions::new().max_connections(2).connect_lazy_with(options);
        Ok(Self { database, database_url, usher, postmaster })
    }

    /// What has been used so far, as far as it was [`REPORTED`].
    pub async fn usage(&self) -> anyhow::Result<Usage> {
        let row: (i64, i64) = sqlx::query_as(
            "SELECT xact_commit, (pg_current_wal_lsn() - '0/0')::bigint FROM pg_stat_database WHERE datname = current_database()",
        )
        .fetch_one(&self.database)
        .await?;
        Ok(Usage {
            usher_cpu: cpu(self.usher)?,
            postgres_cpu: self.postgres_cpu()?,
            commits: row.0,
            wal_bytes: row.1,
            wal_flushes: self.wal_flushes().await?,
        })
    }

    /// Flushes of the write-ahead log; PostgreSQL 18 counts them elsewhere.
    async fn wal_flushes(&self) -> anyhow::Result<i64> {
        let version: (i32,) =
            sqlx::query_as("SELECT current_setting('server_version_num')::int").fetch_one(&self.database).await?;
        let query = if version.0 >= 180_000 {
            "SELECT coalesce(sum(fsyncs), 0)::bigint FROM pg_stat_io WHERE object = 'wal'"
        } else {
            "SELECT wal_sync FROM pg_stat_wal"
        };
        let flushes: (i64,) = sqlx::query_as(query).fetch_one(&self.database).await?;
        Ok(flushes.0)
    }

    /// The most memory that the Usher process ever had, in mebibytes.
    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a measurement")]
    pub fn peak_memory_mb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.usher))?;
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the kernel tells no peak memory")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kilobytes as f64 / 1024.0)
    }

    /// The processor time that PostgreSQL has used.
    pub fn postgres_cpu(&self) -> anyhow::Result<Duration> {
        tree_cpu(self.postmaster)
    }
}

/// User and system time of a process, in clock ticks of a hundredth of a second, with that of its children that ended.
fn ticks(process: u32) -> anyhow::Result<(u64, u64, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let field = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    // After the name: state 0, parent 1, ... user 11, system 12, children's user 13, children's system 14 (man 5 proc).
    Ok((field(11) + field(12), field(13) + field(14), u32::try_from(field(1))?))
}

fn cpu(process: u32) -> anyhow::Result<Duration> {
    Ok(Duration::from_millis(ticks(process)?.0 * 10))
}

/// The time of a process, of its children that ended, and of those that run.
fn tree_cpu(parent: u32) -> anyhow::Result<Duration> {
    let (own, ended, _) = ticks(parent)?;
    let mut sum = own + ended;
    for entry in std::fs::read_dir("/proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Ok((child, _, of)) = ticks(process)
            && of == parent
        {
            sum += child;
        }
    }
    Ok(Duration::from_millis(sum * 10))
}
