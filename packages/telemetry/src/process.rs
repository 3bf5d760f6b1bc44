//! What the operating system knows of this process: its memory and its processor time.
//!
//! The names are those of the Prometheus client libraries, so that ready-made dashboards find them. What a system does
//! not tell is not published: a zero would be a lie. To add one, add a reading here and a line in the catalogue.

use std::{sync::OnceLock, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// Which process this is, for people who look at several: the machine's name and the process's number.
pub fn name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let uname = rustix::system::uname();
        format!("{}:{}", uname.nodename().to_string_lossy(), std::process::id())
    })
}

/// Memory in use that is not swapped out, in bytes. `None` where there is no /proc.
pub fn resident_memory() -> Option<u64> {
    resident(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// Processor time of all threads since the start, user and system together. `None` where there is no /proc, so that both
/// figures are there or neither.
pub fn cpu_time() -> Option<Duration> {
    if !std::path::Path::new("/proc/self/stat").exists() {
        return None;
    }
    // The clock that /proc/self/stat is filled from, in nanoseconds instead of hundredths of a second.
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Some(Duration::new(u64::try_from(spent.tv_sec).ok()?, u32::try_from(spent.tv_nsec).ok()?))
}

/// Sets the gauges to what is true now.
pub fn observe() {
    if let Some(bytes) = resident_memory() {
        #[expect(clippy::cast_precision_loss, reason = "exact up to eight petabytes of memory")]
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    if let Some(spent) = cpu_time() {
        metrics::gauge!("process_cpu_seconds_total").set(spent.as_secs_f64());
    }
}

/// The line `VmRSS:     12345 kB` of proc(5); the kernel's kB are 1,024 bytes.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_kilobytes_become_bytes() {
        assert_eq!(resident("VmPeak:\t  9 kB\nVmRSS:\t  2048 kB\nThreads:\t1\n"), Some(2_097_152));
        for status in ["", "VmRSS:", "VmRSS: many kB", "VmRSS: 12"] {
            assert_eq!(resident(status), None, "{status}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_is_in_use_and_work_takes_time() {
        assert!(resident_memory().unwrap() > 100_000);
        let before = cpu_time().unwrap();
        let mut work = 0_u64;
        while cpu_time().unwrap() == before {
            work = std::hint::black_box(work + 1);
        }
        assert!(cpu_time().unwrap() > before);
    }
}
