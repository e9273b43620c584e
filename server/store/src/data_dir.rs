//! The data directory: what stands in it, and who may read it.
//!
//! Files are private (mode 0600) by themselves, so that an operator may give the directory whatever mode the place needs;
//! a directory that Postern makes has 0700. File access here blocks: it is a handful of small files, once at start.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::OpenError;

const PRIVATE_DIR: u32 = 0o700;
const PRIVATE_FILE: u32 = 0o600;
/// What group and others may do.
const SHARED: u32 = 0o077;

/// The data directory.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("postern.db")
    }

    pub(crate) fn master_key(&self) -> PathBuf {
        self.0.join("master.key")
    }

    /// Makes the directory and an empty, private database file, where they are missing. SQLite gives its write-ahead
    /// log and shared memory the mode of the database.
    pub(crate) fn prepare(&self) -> Result<(), OpenError> {
        let mut directory = DirBuilder::new();
        directory.recursive(true).mode(PRIVATE_DIR);
        directory.create(&self.0).map_err(|error| unusable(&self.0, &error))?;
        let database = self.database();
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(PRIVATE_FILE)
            .open(&database)
            .and_then(|file| tighten(&database, &file))
            .map_err(|error| unusable(&database, &error))
    }
}

/// Reads a private file of at most `most` bytes; `None` if it is not there. One that others may read is tightened with
/// a warning: refusing it would keep the gateway down for something that is mended on the spot.
pub(crate) fn read_private(path: &Path, most: u64) -> Result<Option<Vec<u8>>, OpenError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| unusable(path, &error))?,
    };
    let mut bytes = Vec::new();
    tighten(path, &file)
        .and_then(|()| file.take(most).read_to_end(&mut bytes))
        .map_err(|error| unusable(path, &error))?;
    Ok(Some(bytes))
}

/// Writes a private file: after a crash it is there as a whole, or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), OpenError> {
    let draft = path.with_extension("new");
    let written = write_draft(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    // The name is on disk only when its directory is.
    let synced = written.and_then(|()| path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all()));
    synced.map_err(|error| unusable(path, &error))
}

fn write_draft(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::remove_file(draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(PRIVATE_FILE).open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn tighten(path: &Path, file: &File) -> io::Result<()> {
    let mode = file.metadata()?.permissions().mode();
    if mode & SHARED == 0 {
        return Ok(());
    }
    tracing::warn!(
        path = %path.display(),
        mode = format!("{:o}", mode & 0o777),
        "file was open to other users; its mode is now 600"
    );
    file.set_permissions(Permissions::from_mode(PRIVATE_FILE))
}

/// The error for a file or directory that cannot be used, with what to do about it.
pub(crate) fn unusable(path: &Path, error: &io::Error) -> OpenError {
    let problem = match error.kind() {
        ErrorKind::PermissionDenied => {
            "permission denied; let the user that Postern runs as write here, or choose another data directory".to_owned()
        }
        ErrorKind::ReadOnlyFilesystem => {
            "the file system is read-only; choose another data directory".to_owned()
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "no space left; make room on the disk".to_owned(),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "a file stands where a directory is needed; choose another data directory".to_owned()
        }
        _ => format!("{error}; choose another data directory, or mend this one"),
    };
    OpenError::DataDir { path: path.display().to_string(), problem }
}
