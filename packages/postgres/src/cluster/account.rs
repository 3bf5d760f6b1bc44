//! As whom the server runs. PostgreSQL refuses root, so root steps down: to the user `postgres` or `nobody`, or, where
//! changing users is forbidden (some containers), into a user namespace in which root is called something else.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt as _},
    path::Path,
    process::{Command, Stdio},
};

use super::ClusterError;
use crate::binaries::Binaries;

/// The users to step down to, the better one first.
const PREFERRED: [&str; 2] = ["postgres", "nobody"];

/// The identity of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// We are not root; the server runs as we do.
    Ourselves,
    /// We are root; the server runs as this user.
    User { uid: u32, gid: u32 },
    /// We are root and stay it on the disk; in its own namespace the server sees itself as this user.
    Namespace { uid: u32, gid: u32 },
}

impl Account {
    /// The users of this machine that root may step down to.
    pub(super) fn users() -> Vec<Self> {
        let table = fs::read_to_string("/etc/passwd").unwrap_or_default();
        PREFERRED.iter().filter_map(|name| find(&table, name)).map(|(uid, gid)| Self::User { uid, gid }).collect()
    }

    /// A namespace needs a user that exists, because `initdb` looks its own name up.
    pub(super) fn namespace() -> Option<Self> {
        let table = fs::read_to_string("/etc/passwd").ok()?;
        let (uid, gid) = PREFERRED.iter().find_map(|name| find(&table, name))?;
        cfg!(target_os = "linux").then_some(Self::Namespace { uid, gid })
    }

    /// A command that will run with this identity, in a folder that everybody can enter, and without our terminal.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut command = match self {
            Self::Ourselves => Command::new(program),
            Self::User { uid, gid } => {
                let mut command = Command::new(program);
                // The standard library also drops root's further groups here.
                command.uid(uid).gid(gid);
                command
            }
            Self::Namespace { uid, gid } => {
                let mut command = Command::new("unshare");
                command
                    .args(["--user", &format!("--map-user={uid}"), &format!("--map-group={gid}"), "--"])
                    .arg(program);
                command
            }
        };
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    /// Makes a file or folder the server's own.
    pub(super) fn give(self, path: &Path) -> Result<(), ClusterError> {
        match self {
            Self::User { uid, gid } => chown(path, Some(uid), Some(gid)).map_err(ClusterError::file(path)),
            Self::Ourselves | Self::Namespace { .. } => Ok(()),
        }
    }

    /// Who the server's files belong to, as seen from outside.
    pub(super) fn owner(self) -> u32 {
        match self {
            Self::User { uid, .. } => uid,
            Self::Ourselves | Self::Namespace { .. } => rustix::process::geteuid().as_raw(),
        }
    }

    /// Tries for real: can this identity be taken, and can it then run the programs from inside the folder?
    pub(super) fn works(self, binaries: &Binaries, folder: &Path) -> bool {
        let mut command = self.command(&binaries.postgres());
        command.arg("-V").current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

/// The numbers of a user and its group in the text of `/etc/passwd`.
fn find(table: &str, name: &str) -> Option<(u32, u32)> {
    let line = table.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    // macOS writes nobody's numbers as -2; the bits are what counts.
    let mut number = || fields.next()?.parse::<i64>().ok().and_then(|number| u32::try_from(number & 0xFFFF_FFFF).ok());
    Some((number()?, number()?)).filter(|(uid, _)| *uid != 0)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn users_are_found_by_their_exact_name() {
        let table =
            "root:x:0:0::/root:/bin/sh\nnobody2:x:9:9::/:/bin/sh\nnobody:*:-2:-2::/:/bin/false\npostgres:x:101:104::/:";
        assert_eq!(find(table, "postgres"), Some((101, 104)));
        assert_eq!(find(table, "nobody"), Some((4_294_967_294, 4_294_967_294)));
        assert_eq!(find(table, "root"), None);
        assert_eq!(find(table, "nob"), None);
    }
}
