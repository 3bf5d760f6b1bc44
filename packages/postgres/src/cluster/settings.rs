//! The server's settings, in a file of their own that `postgresql.conf` includes. Port and socket are not among them: they
//! are arguments, because they change with every start.
//!
//! The numbers fit a laptop that also runs Usher, a browser and a compiler.

use std::{fs, io::Write as _, iter, path::Path};

use super::{ClusterError, Durability};

/// The name of the file in the data folder.
pub(super) const FILE: &str = "usher.conf";

const COMMON: &[(&str, &str)] = &[
    ("listen_addresses", "'127.0.0.1'"),
    // A client that hangs inside a transaction keeps row locks; after 10 s the server ends it.
    ("idle_in_transaction_session_timeout", "'10s'"),
    // Our queries are short; compiling them costs more than running them.
    ("jit", "off"),
    ("timezone", "'UTC'"),
    ("log_timezone", "'UTC'"),
    ("log_line_prefix", "'%m [%p] %q%d %a '"),
    ("logging_collector", "off"),
    // Nobody replicates from a private server, so the log need not carry what replicas want.
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    // On solid state disks a random page costs little more than the next one.
    ("random_page_cost", "1.1"),
];

const DURABLE: &[(&str, &str)] = &[
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    // Full pages after a checkpoint are most of the log; compressed they are a third.
    ("wal_compression", "on"),
    ("shared_buffers", "'192MB'"),
    // Rare checkpoints: a quarter of an hour of work at a thousand small transactions a second fits into 2 GB.
    ("checkpoint_timeout", "'15min'"),
    ("max_wal_size", "'2GB'"),
    ("min_wal_size", "'256MB'"),
];

const THROWAWAY: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("shared_buffers", "'128MB'"),
    ("checkpoint_timeout", "'1h'"),
    ("max_wal_size", "'1GB'"),
];

/// The file's text. Two equal texts mean that a running server need not be restarted.
pub(super) fn render(durability: Durability, max_connections: u32) -> String {
    let special = match durability {
        Durability::Durable => DURABLE,
        Durability::Throwaway => THROWAWAY,
    };
    let heading = "# Written at every start; put your own settings into postgresql.conf, below the include.";
    let settings = COMMON.iter().chain(special).map(|(name, value)| format!("{name} = {value}"));
    let connections = format!("max_connections = {max_connections}\n");
    let lines: Vec<String> = iter::once(heading.to_owned()).chain(settings).chain([connections]).collect();
    lines.join("\n")
}

/// What the file says now; empty when there is none.
pub(super) fn current(data_dir: &Path) -> String {
    fs::read_to_string(data_dir.join(FILE)).unwrap_or_default()
}

/// Writes the file.
pub(super) fn write(data_dir: &Path, text: &str) -> Result<(), ClusterError> {
    let path = data_dir.join(FILE);
    fs::write(&path, text).map_err(ClusterError::file(path))
}

/// Makes a new data folder read the file.
pub(super) fn include(data_dir: &Path) -> Result<(), ClusterError> {
    write(data_dir, "")?;
    let path = data_dir.join("postgresql.conf");
    let mut file = fs::OpenOptions::new().append(true).open(&path).map_err(ClusterError::file(&path))?;
    writeln!(file, "\ninclude '{FILE}'").map_err(ClusterError::file(path))
}
