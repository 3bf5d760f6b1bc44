//! The server's process, seen from outside. A number in a file may have been given away again, so whoever reads one
//! also looks for a mark in the command line.

use rustix::process::{Pid, Signal, kill_process};

/// Whether the process of this number lives and has this mark in its command line.
pub(crate) fn is_marked(number: i32, mark: &str) -> bool {
    let line = std::fs::read(format!("/proc/{number}/cmdline")).ok().or_else(|| {
        let output =
            std::process::Command::new("ps").args(["-ww", "-o", "command=", "-p", &number.to_string()]).output();
        output.ok().map(|output| output.stdout)
    });
    line.is_some_and(|line| String::from_utf8_lossy(&line).replace('\0', " ").contains(mark))
}

/// Sends a signal; false when nobody is there to get it.
pub(crate) fn signal(number: i32, signal: Signal) -> bool {
    Pid::from_raw(number).is_some_and(|pid| kill_process(pid, signal).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_mark() {
        let ours = i32::try_from(std::process::id()).unwrap();
        let name = std::env::args().next().unwrap();
        assert!(is_marked(ours, &name));
        assert!(!is_marked(ours, "a mark that nobody has"));
        assert!(!signal(i32::MAX, Signal::KILL));
    }
}
