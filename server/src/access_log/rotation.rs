use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Bytes of one file.
const LIMIT: u64 = 64 * 1024 * 1024;
/// Files, the one that is written to included.
const FILES: u32 = 5;

/// A file that is put aside once it is full.
#[derive(Debug)]
pub(crate) struct RotatingFile {
    path: PathBuf,
    file: File,
    size: u64,
    limit: u64,
}

impl RotatingFile {
    /// Goes on writing at the end of the file, which is made if it is not there.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        Self::with_limit(path, LIMIT)
    }

    fn with_limit(path: PathBuf, limit: u64) -> io::Result<Self> {
        let file = open(&path)?;
        let size = file.metadata()?.len();
        Ok(Self { path, file, size, limit })
    }

    /// Writes whole lines, into the next file if they do not fit into this one.
    ///
    /// # Errors
    /// The disk says no.
    pub(super) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let bytes = lines.len() as u64;
        if self.size > 0 && self.size + bytes > self.limit {
            self.rotate()?;
        }
        self.file.write_all(lines)?;
        self.size += bytes;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        for number in (0..FILES - 1).rev() {
            match fs::rename(self.numbered(number), self.numbered(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.file = open(&self.path)?;
        self.size = 0;
        Ok(())
    }

    /// The file that was put aside so many times.
    fn numbered(&self, number: u32) -> PathBuf {
        if number == 0 {
            return self.path.clone();
        }
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        name.into()
    }
}

/// Readable for its owner only: it says who asked for what.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_put_aside_and_the_oldest_is_dropped() {
        let dir = tempfile::tempdir().expect("a directory");
        let mut file = RotatingFile::with_limit(dir.path().join("log"), 10).expect("opens");
        for number in 0..7 {
            file.write(format!("line {number}\n").as_bytes()).expect("written");
        }
        let text = |end: &str| fs::read_to_string(dir.path().join(format!("log{end}"))).ok();
        assert_eq!(text(""), Some("line 6\n".to_owned()));
        assert_eq!(text(".1"), Some("line 5\n".to_owned()));
        assert_eq!(text(".4"), Some("line 2\n".to_owned()));
        assert_eq!(text(".5"), None);
    }

    #[test]
    fn what_is_there_is_gone_on_with() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("log");
        fs::write(&path, "before\n").expect("written");
        RotatingFile::with_limit(path.clone(), 100).expect("opens").write(b"after\n").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("there"), "before\nafter\n");
    }

    #[test]
    fn lines_longer_than_a_file_are_written_all_the_same() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("log");
        let mut file = RotatingFile::with_limit(path.clone(), 3).expect("opens");
        file.write(b"long line\n").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("there"), "long line\n");
    }
}
