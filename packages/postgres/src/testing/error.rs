//! Why a test gets no database.

use std::{error::Error, io, path::PathBuf};

use crate::{binaries::BinariesError, cluster::ClusterError};

/// Why a test gets no database.
#[derive(Debug, thiserror::Error)]
pub enum TestDatabaseError {
    /// There are no programs to start the shared cluster with.
    #[error(transparent)]
    Binaries(#[from] BinariesError),
    /// The shared cluster does not start.
    #[error("the shared cluster for tests cannot be used")]
    Cluster(#[from] ClusterError),
    /// A file of the shared cluster cannot be read, written or made.
    #[error("cannot use {path}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The server refuses a connection or a statement.
    #[error("the server for tests refuses")]
    Database(#[from] sqlx::Error),
    /// A migration failed; every test with these migrations fails the same way.
    #[error("the template database cannot be migrated")]
    Migrate(#[source] Box<dyn Error + Send + Sync>),
    /// The shared cluster was neither there nor gone for too long.
    #[error("{folder} neither serves nor ends; remove it by hand")]
    Stuck {
        /// The folder of the shared cluster.
        folder: PathBuf,
    },
}

impl TestDatabaseError {
    /// For `map_err` on file operations.
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
