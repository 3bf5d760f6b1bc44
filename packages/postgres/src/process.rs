//! Other processes, seen from outside: is it alive, is it the one we mean, please end.
//!
//! A number in a file says little, because numbers are used again. So whoever reads one also asks for the command
//! line and compares it with the folder the process should be serving.

use std::{path::Path, process::Command, time::Duration};

use rustix::{
    io::Errno,
    process::{Pid, Signal, kill_process, test_kill_process},
};

/// True while a process of this number exists, whoever owns it.
pub(crate) fn is_alive(process: i32) -> bool {
    Pid::from_raw(process).is_some_and(|pid| !matches!(test_kill_process(pid), Err(Errno::SRCH)))
}

/// True when the process exists and its command line names `folder`: it is the one which was started for that folder.
pub(crate) fn serves(process: i32, folder: &Path) -> bool {
    let folder = folder.to_string_lossy();
    for _ in 0..LOOKS {
        match command_line(process).filter(|line| !line.trim().is_empty()) {
            Some(line) => return line.contains(&*folder),
            None if !is_alive(process) => return false,
            None => std::thread::sleep(PAUSE),
        }
    }
    false
}

/// The command line of a living process is empty in the instant in which it starts, and when it is dead but not yet
/// awaited by its parent. Looking again for a few milliseconds tells the two apart.
const LOOKS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(1);

/// Sends a signal. False when there is nobody to receive it, or when it is not ours to send.
pub(crate) fn signal(process: i32, signal: Signal) -> bool {
    Pid::from_raw(process).is_some_and(|pid| kill_process(pid, signal).is_ok())
}

/// The command line with its arguments separated by spaces; from `/proc` where there is one, else from `ps`.
fn command_line(process: i32) -> Option<String> {
    if let Ok(raw) = std::fs::read(format!("/proc/{process}/cmdline")) {
        return Some(String::from_utf8_lossy(&raw).replace('\0', " "));
    }
    let output = Command::new("ps").args(["-ww", "-o", "command=", "-p", &process.to_string()]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use std::{path::Path, process::Command};

    use super::{is_alive, serves, signal};
    use rustix::process::Signal;

    #[test]
    fn a_process_is_known_by_its_folder_and_not_by_its_number_alone() {
        // The second command keeps the shell from replacing itself by `cat`, which would drop the folder's name.
        let mut child = Command::new("sh")
            .args(["-c", "cat; true", "/tmp/some-folder"])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let number = i32::try_from(child.id()).unwrap();
        assert!(is_alive(number));
        assert!(serves(number, Path::new("/tmp/some-folder")));
        assert!(!serves(number, Path::new("/tmp/other-folder")));
        assert!(signal(number, Signal::KILL));
        child.wait().unwrap();
        assert!(!is_alive(number));
        assert!(!signal(number, Signal::KILL));
    }
}
