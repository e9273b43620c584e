//! This process, as Linux sees it (proc(5)).
#![cfg(target_os = "linux")]

use std::fs;

/// Bytes of memory that are in use and not swapped out.
pub(crate) fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("readable");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process has memory");
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kibibytes << 10
}
