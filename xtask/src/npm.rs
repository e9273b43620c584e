//! Packages from npm, at the versions of the committed lock file.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{exists, run, say};

/// Makes `folder/node_modules` what `folder/package-lock.json` says. Does nothing when it already is.
pub(crate) fn install(folder: &Path) -> Result<()> {
    if is_current(folder) {
        return Ok(());
    }
    if !exists("npm") {
        bail!("npm is not installed, and {} needs it: install Node.js 20 or later", folder.display());
    }
    say(format_args!("installing the npm packages of {}", folder.display()));
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder))
}

/// npm leaves a copy of the lock file when an installation is complete; an older one, or none, means work.
fn is_current(folder: &Path) -> bool {
    let changed = |file: &str| fs::metadata(folder.join(file)).and_then(|data| data.modified()).ok();
    let wanted = changed("package-lock.json");
    let installed = changed("node_modules/.package-lock.json");
    installed.is_some() && installed >= wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_is_current_until_the_lock_file_is_newer() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("package-lock.json");
        fs::write(&lock, "{}").unwrap();
        assert!(!is_current(folder.path()), "nothing is installed");

        fs::create_dir(folder.path().join("node_modules")).unwrap();
        let installed = folder.path().join("node_modules/.package-lock.json");
        fs::write(&installed, "{}").unwrap();
        assert!(is_current(folder.path()));

        let later = fs::metadata(&installed).unwrap().modified().unwrap() + std::time::Duration::from_secs(1);
        fs::File::options().write(true).open(&lock).unwrap().set_modified(later).unwrap();
        assert!(!is_current(folder.path()), "the lock file changed after the installation");
    }
}
