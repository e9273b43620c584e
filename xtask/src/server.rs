//! Building the program and running it under us.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::command::{self, relay, run as run_command, say};
use crate::signals::EndRequests;
use crate::wasm::{self, Profile};

/// How often we look whether the program still runs.
const TICK: Duration = Duration::from_millis(100);

/// Builds everything for release, serves until asked to end, and ends as the program does.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    wasm::build(root, Profile::Release)?;
    let binary = build(root, Profile::Release)?;
    let requests = EndRequests::listen()?;
    let mut server = Server::start(&binary, arguments)?;
    loop {
        if let Some(code) = server.ended()? {
            return Ok(code);
        }
        if requests.wait(TICK) {
            server.end()?;
        }
    }
}

/// Builds `postern` with what lies in `target/site` embedded.
pub(crate) fn build(root: &Path, profile: Profile) -> Result<PathBuf> {
    let folder = match profile {
        Profile::Release => "release",
        Profile::Development => "debug",
    };
    let binary = root.join("target").join(folder).join("postern");
    if !binary.exists() {
        say("building the server (the first time: some minutes)");
    }
    let mut cargo = command::cargo(root);
    cargo.args(["build", "--package", "server", "--target-dir", "target"]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    run_command(&mut cargo)?;
    Ok(binary)
}

/// `postern serve`, running.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Copies its standard output to ours; ends with it.
    output: JoinHandle<Result<()>>,
}

impl Server {
    pub(crate) fn start(binary: &Path, arguments: &[String]) -> Result<Self> {
        use std::os::unix::process::CommandExt as _;
        let mut child = Command::new(binary)
            .arg("serve")
            .args(arguments)
            .stdout(Stdio::piped())
            // A terminal sends Ctrl-C to the whole group in its foreground. In a group of its own the program gets
            // it once, from us, and we are still there to show how it ends.
            .process_group(0)
            .spawn()
            .with_context(|| format!("could not start {}", binary.display()))?;
        let stdout = child.stdout.take().expect("standard output was asked for as a pipe");
        let output = thread::spawn(move || {
            let mut hint = Hint::default();
            relay(stdout, |line| {
                if let Some(lines) = hint.after(line) {
                    say(lines);
                }
            })
        });
        Ok(Self { child, output })
    }

    /// Asks it to finish what it does and end.
    pub(crate) fn end(&self) -> Result<()> {
        let id = i32::try_from(self.child.id()).context("not a process id")?;
        kill(Pid::from_raw(id), Signal::SIGTERM).context("could not end the server")
    }

    /// How it ended; None while it runs.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitCode>> {
        if !self.output.is_finished() {
            return Ok(None);
        }
        Ok(self.child.try_wait()?.map(exit_code))
    }

    /// Waits until it has ended.
    pub(crate) fn wait(mut self) -> Result<ExitCode> {
        Ok(exit_code(self.child.wait()?))
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    // No code means that a signal ended it.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Waits for the lines in which the program says that it is ready, to say once what to try.
#[derive(Debug, Default)]
struct Hint {
    dashboard: bool,
    gateway_port: Option<String>,
    given: bool,
}

impl Hint {
    fn after(&mut self, line: &str) -> Option<String> {
        self.dashboard |= line.starts_with("dashboard: ");
        if let Some(address) = line.strip_prefix("gateway default: ") {
            self.gateway_port = address.rsplit(':').next().map(str::to_owned);
        }
        let port = self.gateway_port.as_ref().filter(|_| self.dashboard && !self.given)?;
        self.given = true;
        Some(format!(
            "once test.com's certificate is in (see the guide in README.md):\n  \
             curl -ikv --resolve \"test.com:{port}:127.0.0.1\" \"https://test.com:{port}/ip\" \
             --cert client.crt --key client.key"
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_hint_comes_once_when_dashboard_and_gateway_are_ready() {
        let mut hint = Hint::default();
        assert_eq!(hint.after("gateway default: 0.0.0.0:9443"), None);
        let lines = hint.after("dashboard: http://127.0.0.1:7080").unwrap();
        assert!(
            lines.contains("curl -ikv --resolve \"test.com:9443:127.0.0.1\" \"https://test.com:9443/ip\"")
        );
        assert_eq!(hint.after("gateway default: 0.0.0.0:9443"), None);
    }

    #[test]
    fn a_server_is_asked_to_end_by_a_signal() {
        let folder = program("exec sleep 600");
        let server = Server::start(&folder.path().join("program"), &[]).unwrap();
        server.end().unwrap();
        assert_eq!(server.wait().unwrap(), ExitCode::FAILURE);
    }

    #[test]
    fn the_exit_code_is_the_programs() {
        let folder = program("test \"$*\" = 'serve --flag' && exit 7");
        let server = Server::start(&folder.path().join("program"), &["--flag".to_owned()]).unwrap();
        assert_eq!(server.wait().unwrap(), ExitCode::from(7));
    }

    /// A folder with a shell script named `program`.
    fn program(script: &str) -> tempfile::TempDir {
        use std::os::unix::fs::OpenOptionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o755).open(folder.path().join("program"));
        write!(file.unwrap(), "#!/bin/sh\n{script}\n").unwrap();
        folder
    }
}
