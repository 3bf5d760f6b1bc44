//! The one throwaway cluster that all test processes of a checkout share.
//!
//! It lives in a folder below the temporary one, named by user and checkout. Test processes come and go, often one per
//! test, so none of them may own the server: a small script (`keeper.sh`) watches it, and ends it when no test process
//! has been alive for [`IDLE`]. The rules that keep the two from stepping on each other:
//!
//! - Everything here happens under a file lock, so test processes queue up and the first one starts the server.
//! - A process signs in by writing `users/<its number>`. The keeper closes shop by renaming `users`, which is atomic:
//!   either it sees the new file and opens again, or the sign-in fails and the process waits for the end.
//! - What a `kill -9` of server or keeper leaves is noticed by their process numbers and cleaned up by the next test.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io,
    os::unix::{
        fs::{DirBuilderExt as _, MetadataExt as _},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tokio::sync::OnceCell;

use super::TestDatabaseError;
use crate::{
    binaries::{Binaries, Search},
    cluster::{Cluster, ClusterOptions, Durability, fingerprint, pid_file, socket},
    process,
};

/// Long enough for the pause between two test binaries, short enough not to be in the way afterwards.
const IDLE: Duration = Duration::from_secs(30);

/// The keeper needs at most 11 s to end a server; three times that.
const PATIENCE: Duration = Duration::from_secs(33);

/// How often a folder that is about to go is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Every test has a pool of its own, so this is dozens of tests at once.
const CONNECTIONS: u32 = 400;

/// The address of the shared cluster; found or started once per process.
pub(super) async fn url() -> Result<String, TestDatabaseError> {
    static URL: OnceCell<String> = OnceCell::const_new();
    URL.get_or_try_init(|| async { Folder::of_this_checkout()?.sign_in(IDLE).await }).await.cloned()
}

/// The folder of a shared cluster.
#[derive(Debug)]
struct Folder {
    base: PathBuf,
    npm_folder: PathBuf,
}

impl Folder {
    fn of_this_checkout() -> Result<Self, TestDatabaseError> {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let checkout = checkout.canonicalize().map_err(TestDatabaseError::file(checkout))?;
        let name = format!("usher-test-{}-{}", rustix::process::geteuid().as_raw(), fingerprint(&checkout));
        Ok(Self { base: std::env::temp_dir().join(name), npm_folder: checkout.join(".postgres") })
    }

    /// Signs this process in and answers the address of a running server.
    async fn sign_in(self, idle: Duration) -> Result<String, TestDatabaseError> {
        let lock_path = self.base.with_extension("lock");
        let lock = OpenOptions::new().create(true).append(true).open(&lock_path);
        let lock = lock.map_err(TestDatabaseError::file(&lock_path))?;
        let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await.map_err(io::Error::other);
        let _lock = lock.flatten().map_err(TestDatabaseError::file(&lock_path))?;
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            if !self.base.exists() {
                return self.start(idle).await;
            }
            self.check_owner()?;
            if self.add_user()?
                && let Some(server) = pid_file::read_live(&self.read_data_dir())
            {
                if !self.keeper_lives() {
                    self.start_keeper(server.process, &server.socket_dir, idle)?;
                }
                return Ok(socket::url(&server.socket_dir, server.port, "postgres"));
            }
            // The server is ending or dead. Its keeper clears the folder; without a keeper it is up to us.
            if self.keeper_lives() { tokio::time::sleep(LOOK).await } else { self.remove()? }
        }
        Err(TestDatabaseError::Stuck { folder: self.base })
    }

    async fn start(&self, idle: Duration) -> Result<String, TestDatabaseError> {
        let binaries = Binaries::find(&Search { npm_folder: Some(self.npm_folder.clone()), prefer_major: None })?;
        // The server's user passes through; the folders inside are closed where they need to be.
        DirBuilder::new().mode(0o711).create(&self.base).map_err(TestDatabaseError::file(&self.base))?;
        let cluster = Cluster::open(ClusterOptions {
            data_dir: self.base.join("data"),
            binaries,
            durability: Durability::Throwaway,
            max_connections: CONNECTIONS,
        })
        .await;
        let cluster = match cluster {
            Ok(cluster) => cluster,
            Err(error) => {
                self.remove()?;
                return Err(error.into());
            }
        };
        let note = self.base.join("data_dir");
        fs::write(&note, cluster.data_dir().as_os_str().as_encoded_bytes()).map_err(TestDatabaseError::file(note))?;
        let users = self.base.join("users");
        fs::create_dir(&users).map_err(TestDatabaseError::file(users))?;
        self.add_user()?;
        self.start_keeper(cluster.process(), cluster.socket_dir(), idle)?;
        let url = cluster.url("postgres");
        cluster.detach();
        Ok(url)
    }

    /// False when the keeper has closed the folder.
    fn add_user(&self) -> Result<bool, TestDatabaseError> {
        let path = self.base.join("users").join(std::process::id().to_string());
        match fs::write(&path, "") {
            Ok(()) => Ok(true),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(TestDatabaseError::File { path, source }),
        }
    }

    /// Anybody may make folders in the temporary one; a server in somebody else's is not to be trusted.
    fn check_owner(&self) -> Result<(), TestDatabaseError> {
        match fs::symlink_metadata(&self.base) {
            Ok(found) if found.uid() == rustix::process::geteuid().as_raw() => Ok(()),
            Ok(_) => Err(TestDatabaseError::Stuck { folder: self.base.clone() }),
            // Gone in this instant; the next look will tell.
            Err(_) => Ok(()),
        }
    }

    fn read_data_dir(&self) -> PathBuf {
        fs::read_to_string(self.base.join("data_dir")).map_or_else(|_| self.base.join("data"), PathBuf::from)
    }

    fn keeper_lives(&self) -> bool {
        let number = fs::read_to_string(self.base.join("keeper")).ok().and_then(|text| text.trim().parse().ok());
        number.is_some_and(|number| process::serves(number, &self.base))
    }

    fn start_keeper(&self, server: i32, socket_dir: &Path, idle: Duration) -> Result<(), TestDatabaseError> {
        let mut command = Command::new("sh");
        command.args(["-c", include_str!("keeper.sh"), "usher-test-keeper"]).arg(&self.base);
        command.args([server.to_string(), idle.as_secs().to_string()]).arg(self.read_data_dir()).arg(socket_dir);
        // It holds none of our files, or whoever reads a test's output to the end would wait for it too.
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let keeper = command.spawn().map_err(TestDatabaseError::file("sh"))?;
        let note = self.base.join("keeper");
        fs::write(&note, keeper.id().to_string()).map_err(TestDatabaseError::file(note))
    }

    /// Clears what is left of a cluster that nobody keeps.
    fn remove(&self) -> Result<(), TestDatabaseError> {
        let data_dir = self.read_data_dir();
        if let Some(server) = pid_file::read_live(&data_dir) {
            process::signal(server.process, Signal::QUIT);
        }
        for folder in [&data_dir, &self.base] {
            match fs::remove_dir_all(folder) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(TestDatabaseError::File { path: folder.clone(), source });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        path::Path,
        time::{Duration, Instant},
    };

    use rustix::process::Signal;

    use super::{Folder, LOOK};
    use crate::{cluster::pid_file, process};

    fn folder(parent: &Path) -> Folder {
        let real = Folder::of_this_checkout().unwrap();
        Folder { base: parent.join("shared"), npm_folder: real.npm_folder }
    }

    async fn wait_until(what: &str, condition: impl Fn() -> bool) {
        let asked = Instant::now();
        while !condition() {
            assert!(asked.elapsed() < Duration::from_mins(1), "waited for a minute until {what}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// A folder that the server's user can reach, as the usual temporary one.
    fn parent() -> tempfile::TempDir {
        let parent = tempfile::tempdir().unwrap();
        std::fs::set_permissions(parent.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
        parent
    }

    #[tokio::test]
    async fn it_is_shared_while_used_and_ends_when_idle() {
        let parent = parent();
        let (one, two) = tokio::join!(
            folder(parent.path()).sign_in(Duration::from_secs(1)),
            folder(parent.path()).sign_in(Duration::from_secs(1)),
        );
        assert_eq!(one.unwrap(), two.unwrap(), "two test processes at once share one server");
        let here = folder(parent.path());
        let server = pid_file::read_live(&here.read_data_dir()).unwrap().process;

        // Our own process signs out, as if it had ended.
        std::fs::remove_file(here.base.join("users").join(std::process::id().to_string())).unwrap();
        wait_until("the idle cluster is gone", || !here.base.exists()).await;
        assert!(!process::serves(server, &here.base));
    }

    #[tokio::test]
    async fn a_killed_keeper_is_replaced_and_a_killed_server_too() {
        let parent = parent();
        let first = folder(parent.path()).sign_in(Duration::from_mins(1)).await.unwrap();
        let here = folder(parent.path());
        let server = pid_file::read_live(&here.read_data_dir()).unwrap().process;
        let kill_keeper = || {
            let keeper: i32 = std::fs::read_to_string(here.base.join("keeper")).unwrap().parse().unwrap();
            assert!(process::signal(keeper, Signal::KILL));
        };

        kill_keeper();
        wait_until("the keeper is dead", || !here.keeper_lives()).await;
        assert_eq!(folder(parent.path()).sign_in(Duration::from_mins(1)).await.unwrap(), first);
        assert!(here.keeper_lives());

        kill_keeper();
        process::signal(server, Signal::KILL);
        wait_until("both are dead", || !here.keeper_lives() && !process::serves(server, &here.base)).await;
        let second = folder(parent.path()).sign_in(Duration::from_mins(1)).await.unwrap();
        assert_ne!(second, first);
        let server = pid_file::read_live(&here.read_data_dir()).unwrap().process;
        assert!(process::signal(server, Signal::QUIT));
        wait_until("the keeper has cleared the folder of the dead server", || !here.base.exists()).await;
    }
}
