//! This process, as Linux sees it (proc(5)).

use std::fs;

/// How many files and sockets are open.
pub(crate) fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").expect("readable").count()
}
