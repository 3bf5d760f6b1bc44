//! `postmaster.pid`: what a server says about itself while it runs, and what it leaves behind when it is killed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::ClusterError;
use crate::process;

/// The lines of the file that we use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) process: i32,
    pub(crate) port: u16,
    pub(crate) socket_dir: PathBuf,
    pub(crate) status: Status,
}

/// What the server says it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Starting,
    Ready,
    Stopping,
}

/// Where the file is.
pub(super) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("postmaster.pid")
}

/// The file of a server that really runs; a stale one, and one still being written, count as none.
pub(crate) fn read_live(data_dir: &Path) -> Option<PidFile> {
    let file = parse(&fs::read_to_string(path(data_dir)).ok()?)?;
    process::serves(file.process, data_dir).then_some(file)
}

/// A process number that no system gives away.
const NOBODY: i32 = i32::MAX;

/// Makes a stale file harmless whose process number now belongs to somebody else: the server would take that process for
/// another server and refuse to start. The other lines stay, because the server uses them to make sure that no child of
/// a killed predecessor still writes.
pub(super) fn disown(data_dir: &Path) -> Result<(), ClusterError> {
    let path = path(data_dir);
    let Ok(text) = fs::read_to_string(&path) else { return Ok(()) };
    let Some((number, rest)) = text.split_once('\n') else { return Ok(()) };
    if !number.trim().parse().is_ok_and(process::is_alive) {
        return Ok(());
    }
    fs::write(&path, format!("{NOBODY}\n{rest}")).map_err(ClusterError::file(path))
}

/// The lines are: process, data folder, start time, port, socket folder, address, shared memory key, status.
fn parse(text: &str) -> Option<PidFile> {
    let lines: Vec<&str> = text.lines().collect();
    let status = match lines.get(7).map(|line| line.trim()) {
        Some("ready") => Status::Ready,
        Some("stopping") => Status::Stopping,
        _ => Status::Starting,
    };
    Some(PidFile {
        process: lines.first()?.trim().parse().ok()?,
        port: lines.get(3)?.trim().parse().ok()?,
        socket_dir: PathBuf::from(lines.get(4)?.trim()),
        status,
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::{PidFile, Status, disown, parse, path, read_live};

    #[test]
    fn every_state_of_the_file_is_understood() {
        let begun = "4711\n/data\n1763600000\n5433\n/sockets\n";
        let expected = |status| PidFile { process: 4711, port: 5433, socket_dir: PathBuf::from("/sockets"), status };
        assert_eq!(parse(begun), Some(expected(Status::Starting)));
        let full = format!("{begun}127.0.0.1\n   1234   56\n");
        assert_eq!(parse(&format!("{full}ready   \n")), Some(expected(Status::Ready)));
        assert_eq!(parse(&format!("{full}stopping\n")), Some(expected(Status::Stopping)));
        assert_eq!(parse("4711\n/data\n"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_file_whose_number_now_belongs_to_somebody_else_is_stale() {
        let data = tempfile::tempdir().unwrap();
        // Our own process lives, but it serves no database.
        let text = format!("{}\n{}\n1763600000\n5433\n/sockets\n127.0.0.1\n1 2\nready\n", std::process::id(), "/data");
        fs::write(path(data.path()), text).unwrap();
        assert_eq!(read_live(data.path()), None);

        disown(data.path()).unwrap();
        let text = fs::read_to_string(path(data.path())).unwrap();
        assert!(text.starts_with("2147483647\n/data\n"), "{text}");
        assert!(!crate::process::is_alive(i32::MAX));
    }
}
