//! The product under test: `usher up` as a child process on a cluster of its own, and what can be read of it from outside.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context as _, bail};
use sqlx::PgPool;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use usher_database::pool::{self, PoolSettings};

/// How long it may take to be ready.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running product.
pub struct Product {
    child: Child,
    folder: tempfile::TempDir,
    pub url: String,
    pub database_url: String,
    pub database: PgPool,
    postmaster: u32,
}

/// What has been used so far. Two of them make a difference.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    pub usher_cpu: Duration,
    pub postgres_cpu: Duration,
    pub commits: i64,
    pub wal_bytes: i64,
    pub wal_flushes: i64,
}

impl Product {
    /// Starts it and waits until it prints where it is.
    pub async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("usher-bench-").tempdir()?;
        let data_dir = folder.path().join("data");
        let mut child = Command::new(std::env::current_exe()?)
            .args(["up", "--port", "0", "--rate-limit", "off", "--log", "warn", "--data-dir"])
            .arg(&data_dir)
            .env_remove("USHER_DATABASE_URL")
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("`usher up` cannot be started")?;
        let Some(stdout) = child.stdout.take() else { bail!("`usher up` has no output") };
        let mut lines = BufReader::new(stdout).lines();
        let (mut url, mut database_url) = (None, None);
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                url = url.or_else(|| after(&line, "Usher is open at "));
                database_url = database_url.or_else(|| after(&line, "Private PostgreSQL: "));
                if let (Some(url), Some(database_url)) = (url.clone(), database_url.clone()) {
                    return Ok((url, database_url));
                }
            }
            bail!("`usher up` ended before it was ready")
        };
        let (url, database_url) =
            tokio::time::timeout(PATIENCE, ready).await.context("`usher up` is not ready in time")??;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let database = pool::open(&database_url, PoolSettings { connections: 2, ..PoolSettings::default() })?;
        let postmaster = postmaster(&data_dir)?;
        Ok(Self { child, folder, url, database_url, database, postmaster })
    }

    /// What it has used so far.
    pub async fn usage(&self) -> anyhow::Result<Usage> {
        // Sessions report their counters with some delay when they are busy; this one is flushed at once.
        let row: (i64, i64) = sqlx::query_as(
            "SELECT xact_commit, (pg_current_wal_lsn() - '0/0')::bigint FROM pg_stat_database WHERE datname = current_database()",
        )
        .fetch_one(&self.database)
        .await?;
        Ok(Usage {
            usher_cpu: cpu(self.usher_process()?)?,
            postgres_cpu: tree_cpu(self.postmaster)?,
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

    /// The most memory that the Usher process ever had, in bytes.
    pub fn peak_memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.usher_process()?))?;
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the kernel tells no peak memory")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kilobytes * 1024)
    }

    /// The processor time that PostgreSQL has used.
    pub fn postgres_cpu(&self) -> anyhow::Result<Duration> {
        tree_cpu(self.postmaster)
    }

    /// Whether the audit finds nothing.
    pub async fn audit(&self) -> anyhow::Result<bool> {
        let status = Command::new(std::env::current_exe()?)
            .args(["audit", "--grace", "5", "--log", "error", "--database-url", &self.database_url])
            .stdout(Stdio::inherit())
            .status()
            .await?;
        Ok(status.success())
    }

    /// Drains it, and removes what it wrote.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.database.close().await;
        let process = i32::try_from(self.usher_process()?)?;
        if let Some(process) = rustix::process::Pid::from_raw(process) {
            rustix::process::kill_process(process, rustix::process::Signal::TERM)?;
        }
        self.child.wait().await?;
        self.folder.close()?;
        Ok(())
    }

    fn usher_process(&self) -> anyhow::Result<u32> {
        self.child.id().context("`usher up` has ended")
    }
}

fn after(line: &str, text: &str) -> Option<String> {
    line.strip_prefix(text)?.split_whitespace().next().map(str::to_owned)
}

fn postmaster(data_dir: &Path) -> anyhow::Result<u32> {
    let file = std::fs::read_to_string(data_dir.join("postgres").join("pgdata").join("postmaster.pid"))
        .or_else(|_| std::fs::read_to_string(data_dir.join("postgres").join("postmaster.pid")))
        .context("the private PostgreSQL cannot be found")?;
    Ok(file.lines().next().unwrap_or_default().trim().parse()?)
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
