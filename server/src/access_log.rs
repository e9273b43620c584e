//! The access log: one JSON line for each request, on a thread of its own, since a disk may be slow.

mod rotation;

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use rotation::RotatingFile;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 256 * 1024;

/// Where the access log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessLog {
    /// Nowhere.
    Off,
    /// Standard output.
    Stdout,
    /// A file, which is rotated: 64 MiB at most, and four older ones with `.1` to `.4` at the end of their names.
    File(PathBuf),
}

impl From<std::ffi::OsString> for AccessLog {
    fn from(text: std::ffi::OsString) -> Self {
        match text.to_str() {
            Some("off") => Self::Off,
            Some("stdout") => Self::Stdout,
            _ => Self::File(text.into()),
        }
    }
}

/// The open log.
#[derive(Debug)]
pub(crate) enum Sink {
    Stdout,
    File(RotatingFile),
}

impl Sink {
    /// Opens the log; `None` if there is to be none.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub(crate) fn open(log: &AccessLog) -> io::Result<Option<Self>> {
        Ok(match log {
            AccessLog::Off => None,
            AccessLog::Stdout => Some(Self::Stdout),
            AccessLog::File(path) => Some(Self::File(RotatingFile::open(path.clone())?)),
        })
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(lines)?;
                out.flush()
            }
            Self::File(file) => file.write(lines),
        }
    }
}

/// Writes until `stop` is cancelled, and then what still waits. What waits is gathered, and written as soon as nothing
/// more does: nothing stays unwritten while requests are few. Blocks.
pub(crate) fn run<R: Serialize>(mut sink: Sink, mut requests: mpsc::Receiver<R>, stop: &CancellationToken) {
    let runtime = Handle::current();
    let mut lines = Vec::with_capacity(BUFFER);
    let mut is_failing = false;
    while let Some(first) = runtime.block_on(next(&mut requests, stop)) {
        add_line(&mut lines, &first);
        while lines.len() < BUFFER
            && let Ok(more) = requests.try_recv()
        {
            add_line(&mut lines, &more);
        }
        match sink.write(&lines) {
            Ok(()) => is_failing = false,
            // Said once: while a disk is full there would be as many warnings as requests.
            Err(error) if !is_failing => {
                tracing::warn!(%error, "the access log cannot be written; lines are lost until it can");
                is_failing = true;
            }
            Err(_) => {}
        }
        lines.clear();
    }
}

/// The next record, or what is left once it is time to stop.
async fn next<R>(requests: &mut mpsc::Receiver<R>, stop: &CancellationToken) -> Option<R> {
    tokio::select! {
        biased;
        record = requests.recv() => record,
        () = stop.cancelled() => None,
    }
}

fn add_line(lines: &mut Vec<u8>, record: &impl Serialize) {
    let start = lines.len();
    match serde_json::to_writer(&mut *lines, record) {
        Ok(()) => lines.push(b'\n'),
        Err(error) => {
            lines.truncate(start);
            tracing::warn!(%error, "a request cannot be put into the access log");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_record_is_one_line_also_when_it_is_time_to_stop() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("access.log");
        let sink = Sink::open(&AccessLog::File(path.clone())).expect("opens").expect("a sink");
        let (sender, requests) = mpsc::channel(8);
        for path in ["/a", "/b\nc", "/\u{1b}[31m"] {
            sender.try_send(serde_json::json!({ "path": path })).expect("room");
        }
        let stop = CancellationToken::new();
        stop.cancel();
        tokio::task::spawn_blocking(move || run(sink, requests, &stop)).await.expect("ends");
        let text = std::fs::read_to_string(path).expect("written");
        let paths: Vec<String> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
            .map(|line| line["path"].as_str().expect("a path").to_owned())
            .collect();
        assert_eq!(paths, ["/a", "/b\nc", "/\u{1b}[31m"]);
        assert!(!text.contains('\u{1b}'), "a terminal would obey: {text:?}");
        drop(sender);
    }

    #[test]
    fn a_place_is_named_by_a_word_or_a_path() {
        for (text, expected) in [
            ("off", AccessLog::Off),
            ("stdout", AccessLog::Stdout),
            ("/var/log/access", AccessLog::File("/var/log/access".into())),
        ] {
            assert_eq!(AccessLog::from(std::ffi::OsString::from(text)), expected);
        }
    }
}
