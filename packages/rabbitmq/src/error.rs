//! Why there is no broker.

use std::{io, path::PathBuf, time::Duration};

/// A private broker that could not be found, started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// Nothing to run.
    #[error(
        "no RabbitMQ server was found in {looked} places; install it (`apt-get install rabbitmq-server`, \
         `dnf install rabbitmq-server`, `brew install rabbitmq`), or say where `rabbitmq-server` and `epmd` are"
    )]
    Missing {
        /// How many places were looked at.
        looked: usize,
    },
    /// A file that could not be read or written, or a program that could not be started.
    #[error("{}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The server ended while it was to start.
    #[error("the RabbitMQ server in {} did not start; it said:\n{log}", folder.display())]
    Start {
        /// Its folder.
        folder: PathBuf,
        /// The end of its log.
        log: String,
    },
    /// `rabbitmqctl` did not do what it was asked for.
    #[error("`rabbitmqctl {command}` failed: {log}")]
    Control {
        /// What it was asked for.
        command: String,
        /// What it said.
        log: String,
    },
    /// The server did not do in time what it was asked for.
    #[error("the RabbitMQ server in {} did not {what} within {after:?}; it said:\n{log}", folder.display())]
    Slow {
        /// Its folder.
        folder: PathBuf,
        /// What it was asked for.
        what: &'static str,
        /// How long it was given.
        after: Duration,
        /// The end of its log.
        log: String,
    },
}

impl BrokerError {
    /// Says which file an error is about.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
