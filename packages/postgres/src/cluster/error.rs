//! What can go wrong between a data folder and a server that answers. Each variant says what to do about it.

use std::{io, path::PathBuf, time::Duration};

/// Why a cluster cannot be opened, used or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Another live process has this data folder open.
    #[error(
        "{data_dir} is in use by the running process {process}; stop that one first, or choose another data folder"
    )]
    InUse {
        /// The data folder.
        data_dir: PathBuf,
        /// Its user's process number, or `unknown` in the instant before it was written down.
        process: String,
    },
    /// The folder belongs to another user of this machine.
    #[error("{data_dir} belongs to user number {owner}; run as that user or choose another data folder")]
    ForeignFolder {
        /// The data folder.
        data_dir: PathBuf,
        /// The number of the user who owns it.
        owner: u32,
    },
    /// We are root, which PostgreSQL refuses to be, and no other identity works here.
    #[error(
        "PostgreSQL refuses to run as root, and neither the users postgres and nobody nor a user namespace can be used \
         with {data_dir}; run as an ordinary user, or point USHER_DATABASE_URL at a server"
    )]
    NoAccount {
        /// The data folder.
        data_dir: PathBuf,
    },
    /// The data was written by another major version.
    #[error(
        "{data_dir} was made by PostgreSQL {data}, but {folder} holds PostgreSQL {programs}; set USHER_PG_BIN to the \
         programs of version {data}, or remove the data folder to start afresh"
    )]
    Version {
        /// The data folder.
        data_dir: PathBuf,
        /// The major version in it.
        data: String,
        /// The folder of the programs.
        folder: PathBuf,
        /// Their major version.
        programs: u32,
    },
    /// `initdb` failed.
    #[error("cannot make the data folder {data_dir}: {output}")]
    Initialise {
        /// The data folder.
        data_dir: PathBuf,
        /// What `initdb` said.
        output: String,
    },
    /// The server ended while starting.
    #[error("the server of {data_dir} ended while starting; its last words were: {log}")]
    Start {
        /// The data folder.
        data_dir: PathBuf,
        /// The end of the server's log.
        log: String,
    },
    /// The server is there, but did not get ready, or did not end.
    #[error("the server of {data_dir} (process {process}) did not {what} within {} s", .after.as_secs())]
    Slow {
        /// The data folder.
        data_dir: PathBuf,
        /// The server's process number.
        process: i32,
        /// What was waited for.
        what: &'static str,
        /// For how long.
        after: Duration,
    },
    /// A database name with characters that would need quoting.
    #[error("`{name}` is not a database name: use letters, digits and underscores")]
    DatabaseName {
        /// The name as given.
        name: String,
    },
    /// A file or folder could not be read, written or made.
    #[error("cannot use {path}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The server runs but refuses a statement or a connection.
    #[error("the private server refuses")]
    Database(#[from] sqlx::Error),
}

impl ClusterError {
    /// For `map_err` on file operations.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
