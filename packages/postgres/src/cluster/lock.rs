//! One user per data folder: a locked file beside it, which says who. The operating system drops the lock together with
//! the process, so a crash never leaves a folder locked.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use super::ClusterError;

/// Held for as long as the value lives.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a data folder or says who has it. Never waits.
    pub(super) fn take(data_dir: &Path) -> Result<Self, ClusterError> {
        let path = beside(data_dir, "lock");
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(ClusterError::file(parent))?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(ClusterError::file(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                let _ = file.read_to_string(&mut process);
                let process = if process.trim().is_empty() { "unknown".to_owned() } else { process.trim().to_owned() };
                return Err(ClusterError::InUse { data_dir: data_dir.to_owned(), process });
            }
            Err(TryLockError::Error(source)) => return Err(ClusterError::File { path, source }),
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(ClusterError::file(path))?;
        Ok(Self { _file: file })
    }
}

/// The neighbour of a data folder that carries its name and a suffix.
pub(super) fn beside(data_dir: &Path, suffix: &str) -> PathBuf {
    let mut name = data_dir.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    data_dir.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::{ClusterError, Lock};

    #[test]
    fn the_second_taker_learns_who_the_first_is() {
        let parent = tempfile::tempdir().unwrap();
        let data_dir = parent.path().join("deep/data");
        let first = Lock::take(&data_dir).unwrap();
        let error = Lock::take(&data_dir).unwrap_err();
        let ours = std::process::id().to_string();
        assert!(matches!(&error, ClusterError::InUse { process, .. } if *process == ours), "{error}");
        drop(first);
        Lock::take(&data_dir).unwrap();
    }
}
