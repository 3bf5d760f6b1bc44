//! Starting, suspending and ending engine processes.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::process::{Child, ChildStdin, Command};
use usher_orchestrator::crash_point;

use crate::engine::DATABASE;

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// How often a condition is looked at.
pub const LOOK: Duration = Duration::from_millis(20);

/// A process with an engine. Ended with this value.
pub struct Process {
    child: Child,
    /// It lives while this is open. Kept aside, because whoever waits for a child closes what it has of it.
    input: ChildStdin,
}

impl Process {
    /// One that nothing happens to.
    pub fn start(url: &str) -> Self {
        Self::spawn(url, |_| {})
    }

    /// One with a crash point, as in `abort:loaded:map`.
    pub fn armed(url: &str, point: &str) -> Self {
        Self::spawn(url, |command| {
            command.env(crash_point::VARIABLE, point);
        })
    }

    fn spawn(url: &str, arm: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "engine::process", "--ignored", "--nocapture"]);
        command.env(DATABASE, url).stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
        arm(&mut command);
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        Self { child, input }
    }

    fn id(&self) -> Pid {
        Pid::from_raw(self.child.id().expect("it runs").try_into().unwrap()).unwrap()
    }

    /// Waits for its end.
    pub async fn ended(&mut self, what: &str) -> ExitStatus {
        tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .unwrap_or_else(|_| panic!("{what}: it did not end"))
            .unwrap()
    }

    /// As a power cut would.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Lets it end by itself.
    pub async fn stop(self) {
        let Self { mut child, input } = self;
        drop(input);
        let ended = tokio::time::timeout(PATIENCE, child.wait()).await.expect("told to stop, it did not");
        assert!(ended.unwrap().success());
    }

    /// Waits until it has suspended itself.
    pub async fn suspended(&self, what: &str) {
        let looking = async {
            let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG;
            while waitid(WaitId::Pid(self.id()), options).unwrap().is_none() {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("{what}: it was not suspended"));
    }

    /// Wakes it.
    pub fn resume(&self) {
        kill_process(self.id(), Signal::CONT).unwrap();
    }
}
