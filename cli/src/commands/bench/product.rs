//! The product under test: `usher up` as a child process on a cluster of its own, started, audited and stopped from outside.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context as _, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::meter::Meter;
use crate::{counterparts::Counterparts, settings::adapters::Adapters};

/// How long it may take to be ready.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running product.
pub struct Product {
    child: Child,
    folder: tempfile::TempDir,
    pub url: String,
    pub meter: Meter,
    /// What tells another command of the program where queues and sagas are.
    flags: Vec<String>,
    counterparts: Counterparts,
}

impl Product {
    /// Starts it and waits until it prints where it is.
    pub async fn start(mut adapters: Adapters) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("usher-bench-").tempdir()?;
        let data_dir = folder.path().join("data");
        let counterparts = Counterparts::start(&mut adapters, folder.path()).await?;
        let flags = adapters.flags()?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["up", "--port", "0", "--rate-limit", "off", "--log", "warn", "--data-dir"])
            .arg(&data_dir)
            .args(&flags)
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
        let meter = Meter::new(process(&child)?, postmaster(&data_dir)?, database_url)?;
        Ok(Self { child, folder, url, meter, flags, counterparts })
    }

    /// Whether the audit finds nothing.
    pub async fn audit(&self) -> anyhow::Result<bool> {
        let status = Command::new(std::env::current_exe()?)
            .args(["audit", "--grace", "5", "--log", "error", "--database-url", &self.meter.database_url])
            .args(&self.flags)
            .stdout(Stdio::inherit())
            .status()
            .await?;
        Ok(status.success())
    }

    /// Adds bookings that nobody made, all of them confirmed and for showtimes to come.
    pub async fn fill(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let filled = Command::new(std::env::current_exe()?)
            .args(["db", "fill", "--yes", "--smooth", "--upcoming", "--log", "error"])
            .args(["--database-url", &self.meter.database_url])
            .args(arguments)
            .stdout(Stdio::null())
            .status()
            .await?;
        ensure!(filled.success(), "the database could not be filled");
        Ok(())
    }

    /// Drains it, and removes what it wrote.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.meter.database.close().await;
        let process = i32::try_from(process(&self.child)?)?;
        if let Some(process) = rustix::process::Pid::from_raw(process) {
            rustix::process::kill_process(process, rustix::process::Signal::TERM)?;
        }
        self.child.wait().await?;
        self.counterparts.stop().await?;
        self.folder.close()?;
        Ok(())
    }
}

fn process(child: &Child) -> anyhow::Result<u32> {
    child.id().context("`usher up` has ended")
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
