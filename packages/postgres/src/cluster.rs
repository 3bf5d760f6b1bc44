//! One private server over one data folder: made on the first start, found again on every later one.
//!
//! What holds while a [`Cluster`] lives: a lock beside the data folder is ours, so nobody else starts a server there;
//! the server answers on a socket in a folder that only its own user can enter (no password there) and on a free port
//! of the loopback address (password required); and it runs in a process group of its own, so Ctrl-C in the terminal
//! reaches Usher and not the server, which is stopped last, after everything has drained.
//!
//! What a `kill -9` of ours leaves behind is a running server without a lock. The next [`Cluster::open`] finds it by its
//! pid file, asks whether it answers, and goes on with it. A pid file without its server is removed.

mod account;
mod error;
mod home;
mod initialise;
mod lock;
pub(crate) mod pid_file;
mod server;
mod settings;
pub(crate) mod socket;

use std::{
    fs,
    path::{Path, PathBuf},
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

pub use error::ClusterError;
use home::Home;
#[cfg(feature = "testing")]
pub(crate) use home::fingerprint;
use lock::Lock;
use server::Server;

use crate::binaries::Binaries;

/// The superuser of every private cluster, and the owner of its databases.
pub const USER: &str = "usher";

/// What the server promises about a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A commit is on the disk before it is answered.
    Durable,
    /// A power cut may lose everything: for tests and for generating code. The server dies with its [`Cluster`].
    Throwaway,
}

/// Which cluster to open, and how.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// The data folder. Made when missing; its parents too.
    pub data_dir: PathBuf,
    /// The programs to run it with; they must be of the version that made the folder.
    pub binaries: Binaries,
    /// Whether commits survive a power cut.
    pub durability: Durability,
    /// How many connections the server accepts; each costs about 10 kB of shared memory when unused.
    pub max_connections: u32,
}

/// A running server. Call [`Cluster::stop`] when done with it; dropping it is the emergency exit.
#[derive(Debug)]
pub struct Cluster {
    server: Option<Server>,
    data_dir: PathBuf,
    durability: Durability,
    port: u16,
    socket_dir: PathBuf,
    _lock: Lock,
}

impl Cluster {
    /// Starts the server, after making the data folder if there is none, or takes over the one that still runs there.
    ///
    /// Starting an existing folder takes about a tenth of a second, making one about a second. As root the server runs
    /// as another user, see [`Cluster::data_dir`].
    pub async fn open(options: ClusterOptions) -> Result<Self, ClusterError> {
        let lock = Lock::take(&options.data_dir)?;
        let home = Home::prepare(&options.data_dir, &options.binaries)?;
        if !home.is_initialised() {
            initialise::initialise(&home, options.durability).await?;
        }
        home.check_version()?;
        let socket_dir = socket::folder(&home)?;
        let settings = settings::render(options.durability, options.max_connections);
        let adopted = server::adopt(&home, &settings).await?;
        let server = if let Some(server) = adopted {
            server
        } else {
            settings::write(&home.data_dir, &settings)?;
            server::launch(&home, &socket_dir).await?
        };
        Ok(Self {
            port: server.port,
            socket_dir: server.socket_dir.clone(),
            server: Some(server),
            data_dir: home.data_dir,
            durability: options.durability,
            _lock: lock,
        })
    }

    /// The address of a database of the server that somebody else runs on this data folder, if there is one: for commands
    /// that look at a product while it runs.
    pub fn running(data_dir: &Path, database: &str) -> Option<String> {
        let wanted = std::path::absolute(data_dir).ok()?;
        let server = home::places(&wanted).iter().find_map(|place| pid_file::read_live(place))?;
        Some(socket::url(&server.socket_dir, server.port, database))
    }

    /// The address of a database, for this program and for `psql`: over the private socket, without a password.
    pub fn url(&self, database: &str) -> String {
        socket::url(&self.socket_dir, self.port, database)
    }

    /// The address of a database over TCP on the loopback interface, with the password in it: handle it as a secret.
    pub fn tcp_url(&self, database: &str) -> Result<String, ClusterError> {
        let path = self.data_dir.join(initialise::PASSWORD_FILE);
        let password = fs::read_to_string(&path).map_err(|source| ClusterError::File { path, source })?;
        Ok(format!("postgres://{USER}:{}@127.0.0.1:{}/{database}", password.trim(), self.port))
    }

    /// Makes a database unless it exists. The name is used as it is, so letters, digits and underscores only.
    pub async fn create_database(&self, name: &str) -> Result<(), ClusterError> {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(ClusterError::DatabaseName { name: name.to_owned() });
        }
        let mut connection = PgConnection::connect(&self.url("postgres")).await?;
        let exists = sqlx::query("select from pg_database where datname = $1").bind(name);
        if exists.fetch_optional(&mut connection).await?.is_none() {
            sqlx::query(AssertSqlSafe(format!("create database \"{name}\""))).execute(&mut connection).await?;
        }
        connection.close().await?;
        Ok(())
    }

    /// The folder which really holds the data. It differs from the one in the options only for root, when the server's
    /// user cannot reach that one: then it is below `/var/tmp`.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The folder of the server's socket: the data folder, or a short one below `/tmp` when that is too long for a socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The loopback port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The number of the server's main process.
    pub fn process(&self) -> i32 {
        self.server.as_ref().map_or(0, |server| server.process)
    }

    /// Ends all connections, writes a checkpoint and waits until the server is gone; after half a minute it is cut short,
    /// which loses nothing in a durable cluster.
    pub async fn stop(mut self) -> Result<(), ClusterError> {
        if let Some(server) = self.server.take() {
            server.stop().await?;
        }
        if self.socket_dir != self.data_dir {
            // Empty by now; if it is not, it is not worth a failure.
            let _ = fs::remove_dir(&self.socket_dir);
        }
        Ok(())
    }

    /// Gives up the lock and leaves the server running for somebody else to find.
    pub fn detach(mut self) {
        if let Some(server) = self.server.take() {
            server.leave();
        }
    }
}

/// Whoever forgets to stop leaves nothing running: a throwaway server is killed and awaited, a durable one is asked to
/// shut down and finishes on its own.
impl Drop for Cluster {
    fn drop(&mut self) {
        match (self.server.take(), self.durability) {
            (Some(server), Durability::Throwaway) => server.kill(),
            (Some(server), Durability::Durable) => server.ask_to_stop(),
            (None, _) => {}
        }
    }
}
