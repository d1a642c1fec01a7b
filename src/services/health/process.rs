//! How this process fares.

use std::fs;

use crate::domain::health::ProcessHealth;
use crate::services::State;

/// How this process fares.
#[must_use]
pub fn process(state: &State) -> ProcessHealth {
    let status = fs::read_to_string("/proc/self/status").ok();
    ProcessHealth {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: state.started_at,
        processes: state.processes(),
        memory_bytes: status.as_deref().and_then(memory_bytes),
        open_files: open_files(),
        syncs: state.runs.all(),
    }
}

/// The memory in use, as Linux tells it; other systems have no such file.
fn memory_bytes(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1_024)
}

/// How many files and sockets are open, the one that is opened to count them left out.
fn open_files() -> Option<u64> {
    let open = fs::read_dir("/proc/self/fd").ok()?.count();
    u64::try_from(open).ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_where_it_is_told() {
        let status = "Name:\tcoffer\nVmHWM:\t  9000 kB\nVmRSS:\t  8124 kB\nThreads:\t3\n";
        assert_eq!(memory_bytes(status), Some(8_124 * 1_024));
        for other in [
            "",
            "VmRSS:",
            "VmRSS:\t many kB",
            "VmRSS:\t 18446744073709551615 kB",
        ] {
            assert_eq!(memory_bytes(other), None, "{other}");
        }
    }
}
