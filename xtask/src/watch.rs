//! `cargo xtask run --dev`: build and start again whenever a source file changes.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};

use crate::command::say;
use crate::server::{self, Server};
use crate::signals::EndRequests;
use crate::wasm::{self, Profile};

/// What the program is made of.
const WATCHED: [&str; 6] = ["Cargo.toml", "Cargo.lock", "app", "public", "server", "style"];

/// How often the files are looked at.
const TICK: Duration = Duration::from_millis(500);

/// More files than this mean that we watch something we should not.
const MOST_FILES: usize = 10_000;

/// Serves the newest state that builds, until asked to end.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    let mut sources = Sources::look(root)?;
    let binary = build(root)?;
    let requests = EndRequests::listen()?;
    let mut server = Server::start(&binary, arguments)?;
    loop {
        if requests.wait(TICK) {
            server.end()?;
            return server.wait();
        }
        let now = Sources::look(root)?;
        if now == sources {
            if let Some(code) = server.ended()? {
                return Ok(code);
            }
            continue;
        }
        sources = now;
        say("a source file changed");
        match build(root) {
            Ok(binary) => {
                server.end()?;
                server.wait()?;
                server = Server::start(&binary, arguments)?;
            }
            Err(error) => say(format_args!("{error:#}; what runs is the state before")),
        }
    }
}

fn build(root: &Path) -> Result<std::path::PathBuf> {
    wasm::build(root, Profile::Development)?;
    server::build(root, Profile::Development)
}

/// A state of the watched files: any change, addition or removal makes another one.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sources {
    files: usize,
    newest: Option<SystemTime>,
}

impl Sources {
    fn look(root: &Path) -> Result<Self> {
        let mut sources = Self::default();
        for path in WATCHED {
            sources.add(&root.join(path))?;
        }
        Ok(sources)
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        // An editor may have removed the file since its folder was listed.
        let Ok(data) = fs::symlink_metadata(path) else { return Ok(()) };
        if data.is_dir() {
            if path.file_name().is_some_and(|name| name == "target" || name == "node_modules") {
                return Ok(());
            }
            for entry in fs::read_dir(path).with_context(|| format!("could not list {}", path.display()))? {
                self.add(&entry?.path())?;
            }
            return Ok(());
        }
        self.files += 1;
        if self.files > MOST_FILES {
            bail!("more than {MOST_FILES} files to watch, at {}", path.display());
        }
        self.newest = self.newest.max(Some(data.modified()?));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_an_addition_and_a_removal_are_seen_and_build_output_is_not() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("app/src/page.rs");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "one").unwrap();
        let first = Sources::look(root.path()).unwrap();
        assert_eq!(first, Sources::look(root.path()).unwrap());

        let later = fs::metadata(&file).unwrap().modified().unwrap() + Duration::from_secs(1);
        fs::File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
        let changed = Sources::look(root.path()).unwrap();
        assert_ne!(first, changed);

        let other = root.path().join("app/src/other.rs");
        fs::write(&other, "").unwrap();
        let added = Sources::look(root.path()).unwrap();
        assert_ne!(changed, added);
        fs::remove_file(other).unwrap();
        assert_eq!(changed, Sources::look(root.path()).unwrap());

        fs::create_dir_all(root.path().join("server/target")).unwrap();
        fs::write(root.path().join("server/target/output"), "").unwrap();
        assert_eq!(changed, Sources::look(root.path()).unwrap());
    }
}
