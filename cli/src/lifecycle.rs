//! What runs, and how it ends: everything that was started is told to drain, and awaited, in the reverse of its order.

use std::{future::Future, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// How long the last tasks get once all are told to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// The tasks of a process.
#[derive(Debug, Default)]
pub struct Lifecycle {
    draining: CancellationToken,
    tasks: Vec<(&'static str, JoinHandle<()>)>,
}

impl Lifecycle {
    /// Told to everything that drains by itself.
    pub fn draining(&self) -> CancellationToken {
        self.draining.child_token()
    }

    /// Runs something that ends by itself after [`draining`](Self::draining).
    pub fn spawn(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push((name, tokio::spawn(task)));
    }

    /// Runs something that may be cut off at any await: what it does is repeated by whoever comes next.
    pub fn spawn_endless(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let draining = self.draining();
        self.spawn(name, async move {
            tokio::select! {
                () = task => {}
                () = draining.cancelled() => {}
            }
        });
    }

    /// Drains and awaits everything.
    pub async fn end(self) {
        self.draining.cancel();
        for (name, task) in self.tasks.into_iter().rev() {
            match tokio::time::timeout(PATIENCE, task).await {
                Ok(Ok(())) => tracing::debug!(task = name, "ended"),
                Ok(Err(error)) => tracing::error!(task = name, %error, "ended badly"),
                Err(_) => tracing::warn!(task = name, "did not end in time; it is cut off"),
            }
        }
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn told_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}
