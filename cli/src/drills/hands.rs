//! The processes and servers of a product that the runner started, and what it can do to them.
//!
//! Each process has a keeper that starts it again whenever it ends, as an orchestrator of containers does. A kill is
//! SIGKILL: nobody drains anything.

use std::{
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    sync::{Mutex, Notify},
    task::JoinHandle,
};
use usher_drills::definition::file::Target;
use usher_postgres::{Cluster, ClusterOptions};

use crate::counterparts::Counterparts;

/// How long a process gets between SIGTERM and SIGKILL when the drill is over.
const DRAIN: Duration = Duration::from_secs(40);

/// Everything that the runner started.
pub struct Hands {
    pub engine: Process,
    pub worker: Process,
    pub database: Mutex<Option<Cluster>>,
    pub options: ClusterOptions,
    pub counterparts: Counterparts,
}

/// One process of the product, which is started again whenever it ends.
pub struct Process {
    state: Arc<State>,
    keeper: JoinHandle<()>,
}

struct State {
    role: &'static str,
    number: AtomicU32,
    down: AtomicU64,
    ended: AtomicBool,
    told: Notify,
    /// How often it ended without being told to.
    deaths: AtomicU64,
}

/// How a process is started.
pub struct Start {
    pub role: &'static str,
    pub arguments: Vec<String>,
    /// Where its log goes.
    pub log: PathBuf,
}

impl Start {
    fn spawn(&self) -> anyhow::Result<Child> {
        let log = std::fs::File::options().create(true).append(true).open(&self.log);
        let log = log.with_context(|| format!("{} cannot be written", self.log.display()))?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(&self.arguments).env_remove("USHER_DATABASE_URL").stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(log).kill_on_drop(true);
        command.spawn().with_context(|| format!("the {} cannot be started", self.role))
    }
}

impl Process {
    /// Starts it, and keeps it running.
    pub fn keep(start: Start) -> anyhow::Result<Self> {
        let first = start.spawn()?;
        let state = Arc::new(State {
            role: start.role,
            number: AtomicU32::new(first.id().unwrap_or_default()),
            down: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            told: Notify::new(),
            deaths: AtomicU64::new(0),
        });
        let keeper = tokio::spawn(keep(Arc::clone(&state), start, first));
        Ok(Self { state, keeper })
    }

    /// Kills it; it comes back after `down`.
    pub fn kill(&self, down: Duration) -> anyhow::Result<()> {
        self.state.down.store(u64::try_from(down.as_millis())?, Ordering::Relaxed);
        self.signal(Signal::KILL)
    }

    /// Stops it from doing anything, with its connections and leases in its hands.
    pub fn suspend(&self) -> anyhow::Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on.
    pub fn resume(&self) -> anyhow::Result<()> {
        self.signal(Signal::CONT)
    }

    /// How often it ended by itself or was killed.
    pub fn deaths(&self) -> u64 {
        self.state.deaths.load(Ordering::Relaxed)
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let number = i32::try_from(self.state.number.load(Ordering::Relaxed))?;
        let Some(process) = Pid::from_raw(number) else { bail!("the {} is not there at the moment", self.state.role) };
        kill_process(process, signal).with_context(|| format!("the {} cannot be signalled", self.state.role))
    }

    /// Drains it and waits for its end.
    pub async fn stop(self) {
        self.state.ended.store(true, Ordering::Relaxed);
        self.state.told.notify_one();
        drop(self.keeper.await);
    }
}

async fn keep(state: Arc<State>, start: Start, mut child: Child) {
    loop {
        tokio::select! {
            _ = child.wait() => {}
            () = state.told.notified() => {}
        }
        if state.ended.load(Ordering::Relaxed) {
            if let Some(process) = child.id().and_then(|number| Pid::from_raw(number.cast_signed())) {
                let _ = kill_process(process, Signal::TERM); // One that is gone needs no telling.
            }
            drop(tokio::time::timeout(DRAIN, child.wait()).await);
            return;
        }
        state.deaths.fetch_add(1, Ordering::Relaxed);
        state.number.store(0, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(state.down.swap(0, Ordering::Relaxed))).await;
        match start.spawn() {
            Ok(next) => child = next,
            Err(error) => {
                tracing::error!(error = %format!("{error:#}"), "a process of the drill is gone for good");
                return;
            }
        }
        state.number.store(child.id().unwrap_or_default(), Ordering::Relaxed);
    }
}

impl Hands {
    /// The process of a role.
    pub const fn process(&self, target: Target) -> &Process {
        match target {
            Target::Worker => &self.worker,
            _ => &self.engine,
        }
    }

    /// Ends a server, without warning where it is killed.
    pub async fn take_down(&self, target: Target, kill: bool) -> anyhow::Result<()> {
        if target == Target::Broker {
            return self.counterparts.kill_broker().await;
        }
        let Some(cluster) = self.database.lock().await.take() else { bail!("the database is down already") };
        if !kill {
            return Ok(cluster.stop().await?);
        }
        let process = Pid::from_raw(cluster.process()).context("the database has no process")?;
        kill_process(process, Signal::KILL)?;
        cluster.detach();
        Ok(())
    }

    /// Brings a server back.
    pub async fn bring_back(&self, target: Target) -> anyhow::Result<()> {
        if target == Target::Broker {
            return self.counterparts.bring_broker_back().await;
        }
        let mut database = self.database.lock().await;
        if database.is_none() {
            *database = Some(Cluster::open(self.options.clone()).await?);
        }
        Ok(())
    }

    /// Ends everything, the database last.
    pub async fn stop(self) -> anyhow::Result<()> {
        for process in [&self.worker, &self.engine] {
            drop(process.resume()); // What is suspended hears no SIGTERM.
        }
        self.worker.stop().await;
        self.engine.stop().await;
        self.counterparts.stop().await?;
        if let Some(cluster) = self.database.into_inner() {
            cluster.stop().await?;
        }
        Ok(())
    }
}
