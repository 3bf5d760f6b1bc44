//! A throwaway cluster with one database, migrated as the checkout has it.

use std::{fs, os::unix::fs::PermissionsExt as _};

use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use usher_postgres::{Binaries, Cluster, ClusterOptions, Durability};

use crate::{Outcome, migrations, workspace::Workspace};

/// The compiler runs the macros of several crates at once, each with one connection.
const CONNECTIONS: u32 = 60;

const DATABASE: &str = "usher";

/// Gone without a trace when stopped or dropped: the fields are dropped in this order.
pub struct Scratch {
    cluster: Cluster,
    _folder: TempDir,
}

impl Scratch {
    /// Starts and migrates it.
    pub async fn start(workspace: &Workspace, binaries: Binaries) -> Outcome<Self> {
        let folder = tempfile::Builder::new().prefix("usher-sqlx-").tempdir()?;
        // The server's user passes through when we are root; the data folder inside is closed.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711))?;
        let cluster = Cluster::open(ClusterOptions {
            data_dir: folder.path().join("data"),
            binaries,
            durability: Durability::Throwaway,
            max_connections: CONNECTIONS,
        })
        .await?;
        let scratch = Self { cluster, _folder: folder };
        scratch.cluster.create_database(DATABASE).await?;
        let mut connection = PgConnection::connect(&scratch.url()).await?;
        migrations::apply(workspace, &mut connection).await?;
        connection.close().await?;
        Ok(scratch)
    }

    pub fn url(&self) -> String {
        self.cluster.url(DATABASE)
    }

    /// Ends the server and removes the data, also when that had to live outside of our own temporary folder.
    pub async fn stop(self) -> Outcome<()> {
        let data_dir = self.cluster.data_dir().to_owned();
        self.cluster.stop().await?;
        Ok(fs::remove_dir_all(data_dir)?)
    }
}
