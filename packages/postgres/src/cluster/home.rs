//! Where a cluster lives: the data folder that will really be used, the identity that can use it, and programs which that
//! identity can run. For an ordinary user all three are what was asked for; the rest of this file is about root.
//!
//! Root's order, first match wins. A folder that already holds data keeps its owner. A new one goes where it was asked
//! for, if `postgres` or `nobody` can get there. If they cannot, because a folder above is closed to them (a home
//! directory of mode 700, say), the data goes below `/var/tmp` under a name computed from the wish, so that the next start
//! finds it. Where nobody else can be, a user namespace keeps everything root's and in place.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use super::{ClusterError, account::Account, lock::beside};
use crate::binaries::Binaries;

/// The public place for what cannot stay where root wanted it: survives a reboot, and everybody can get there.
const PUBLIC: &str = "/var/tmp";

/// A data folder, made or to be made, with all that is needed to serve it.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) data_dir: PathBuf,
    pub(super) account: Account,
    pub(super) binaries: Binaries,
}

/// Where the data of this wish may be, in the order in which it is looked for.
pub(super) fn places(wanted: &Path) -> [PathBuf; 2] {
    [wanted.to_owned(), Path::new(PUBLIC).join(format!("usher-postgres-{}", fingerprint(wanted)))]
}

impl Home {
    /// Decides, and makes the empty folder in which `initdb` will work if there is no data yet.
    pub(super) fn prepare(wanted: &Path, binaries: &Binaries) -> Result<Self, ClusterError> {
        let wanted = std::path::absolute(wanted).map_err(ClusterError::file(wanted))?;
        if rustix::process::geteuid().is_root() {
            Self::for_root(&wanted, binaries)
        } else {
            Self::plain(wanted, binaries)
        }
    }

    fn plain(data_dir: PathBuf, binaries: &Binaries) -> Result<Self, ClusterError> {
        let home = Self { data_dir, account: Account::Ourselves, binaries: binaries.clone() };
        if let Ok(found) = fs::metadata(&home.data_dir)
            && found.uid() != home.account.owner()
        {
            return Err(ClusterError::ForeignFolder { data_dir: home.data_dir, owner: found.uid() });
        }
        if !home.is_initialised() {
            home.make_staging()?;
        }
        Ok(home)
    }

    fn for_root(wanted: &Path, binaries: &Binaries) -> Result<Self, ClusterError> {
        let places = places(wanted);
        for data_dir in &places {
            if let Some(home) = Self::existing(data_dir, binaries)? {
                return Ok(home);
            }
        }
        for data_dir in &places {
            for account in Account::users() {
                let Some(binaries) = runnable(account, binaries)? else { continue };
                let home = Self { data_dir: data_dir.clone(), account, binaries };
                home.make_staging()?;
                if account.works(&home.binaries, &home.staging()) {
                    if data_dir != wanted {
                        tracing::info!(data_dir = %data_dir.display(), "the data lives here, where the server's user can reach it");
                    }
                    return Ok(home);
                }
                fs::remove_dir_all(home.staging()).map_err(ClusterError::file(home.staging()))?;
            }
        }
        if let Some(account) = Account::namespace() {
            let home = Self { data_dir: wanted.to_owned(), account, binaries: binaries.clone() };
            home.make_staging()?;
            if account.works(binaries, &home.staging()) {
                return Ok(home);
            }
        }
        Err(ClusterError::NoAccount { data_dir: wanted.to_owned() })
    }

    /// Data that is there already says by its owner who has to serve it.
    fn existing(data_dir: &Path, binaries: &Binaries) -> Result<Option<Self>, ClusterError> {
        let Ok(found) = fs::symlink_metadata(data_dir) else { return Ok(None) };
        if !data_dir.join("PG_VERSION").exists() {
            return Ok(None);
        }
        let account = match found.uid() {
            0 => Account::namespace(),
            uid => Some(Account::User { uid, gid: found.gid() }),
        };
        // Anybody may make folders below the public one, so there only the data of root's own choices is trusted.
        let trusted = found.uid() == 0 || account.is_some_and(|account| Account::users().contains(&account));
        if data_dir.starts_with(PUBLIC) && !trusted {
            return Err(ClusterError::ForeignFolder { data_dir: data_dir.to_owned(), owner: found.uid() });
        }
        let no_account = || ClusterError::NoAccount { data_dir: data_dir.to_owned() };
        let account = account.ok_or_else(no_account)?;
        let binaries = runnable(account, binaries)?.ok_or_else(no_account)?;
        if !account.works(&binaries, data_dir) {
            return Err(no_account());
        }
        Ok(Some(Self { data_dir: data_dir.to_owned(), account, binaries }))
    }

    pub(super) fn is_initialised(&self) -> bool {
        self.data_dir.join("PG_VERSION").exists()
    }

    /// The folder in which `initdb` works. It gets its real name when it is complete, so that a crash half-way never
    /// looks like a cluster.
    pub(super) fn staging(&self) -> PathBuf {
        beside(&self.data_dir, "new")
    }

    fn make_staging(&self) -> Result<(), ClusterError> {
        let staging = self.staging();
        match fs::remove_dir_all(&staging) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(ClusterError::File { path: staging, source });
            }
            _ => {}
        }
        fs::DirBuilder::new().mode(0o700).create(&staging).map_err(ClusterError::file(&staging))?;
        self.account.give(&staging)
    }

    /// The programs must be of the very version that wrote the data.
    pub(super) fn check_version(&self) -> Result<(), ClusterError> {
        let path = self.data_dir.join("PG_VERSION");
        let data = fs::read_to_string(&path).map_err(ClusterError::file(path))?;
        if data.trim() == self.binaries.major().to_string() {
            return Ok(());
        }
        Err(ClusterError::Version {
            data_dir: self.data_dir.clone(),
            data: data.trim().to_owned(),
            folder: self.binaries.folder().to_owned(),
            programs: self.binaries.major(),
        })
    }
}

/// A short text that names a path, the same in every run of one build.
pub(crate) fn fingerprint(path: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The programs as this identity can run them: where they are, or a public copy of the npm package, which often lies in a
/// closed home directory. Other installations are never copied: they refer to files outside of their folder.
fn runnable(account: Account, binaries: &Binaries) -> Result<Option<Binaries>, ClusterError> {
    if account.works(binaries, Path::new("/")) {
        return Ok(Some(binaries.clone()));
    }
    let Some(native) = binaries.folder().parent().filter(|folder| folder.join("pg-symlinks.json").exists()) else {
        return Ok(None);
    };
    let copy = Path::new(PUBLIC).join(format!("usher-postgres-programs-{}-{}", binaries.major(), fingerprint(native)));
    if !copy.exists() {
        copy_public(native, &copy)?;
    }
    // Anybody may make folders below the public one, so somebody else's is not to be run.
    let owner = fs::symlink_metadata(&copy).map_err(ClusterError::file(&copy))?.uid();
    let moved = binaries.moved_to(copy.join("bin"));
    Ok((owner == 0 && account.works(&moved, Path::new("/"))).then_some(moved))
}

fn copy_public(from: &Path, to: &Path) -> Result<(), ClusterError> {
    let partial = beside(to, &format!("{}.new", std::process::id()));
    for command in [
        Command::new("cp").arg("-RPp").arg(from).arg(&partial),
        Command::new("chmod").args(["-R", "a+rX,go-w"]).arg(&partial),
    ] {
        let status = command.status().map_err(ClusterError::file(to))?;
        if !status.success() {
            return Err(ClusterError::File { path: to.to_owned(), source: io::Error::other("copying failed") });
        }
    }
    match fs::rename(&partial, to) {
        // Somebody else was faster; theirs is as good.
        Err(_) if to.exists() => fs::remove_dir_all(&partial).map_err(ClusterError::file(partial)),
        result => result.map_err(ClusterError::file(to)),
    }
}
