//! Starts `postern` in a directory of its own and talks to it with curl.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The administrator's password in these tests.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// A process that has not said its last line by then will not.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `postern`. Stopped when dropped.
#[derive(Debug)]
pub(crate) struct Postern {
    child: Child,
    lines: Vec<String>,
    log: PathBuf,
    dir: TempDir,
}

impl Postern {
    /// Starts on a new data directory, with the administrator made.
    pub(crate) fn start() -> Self {
        Self::start_with(&[], &[("POSTERN_ADMIN_PASSWORD", PASSWORD)])
    }

    pub(crate) fn start_with(options: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_in(TempDir::new().expect("a temporary directory"), options, environment)
    }

    /// Starts on the data directory that another one left.
    pub(crate) fn start_in(dir: TempDir, options: &[&str], environment: &[(&str, &str)]) -> Self {
        let log = dir.path().join("log");
        let mut command = command(&dir.path().join("data"), options, environment);
        command.stderr(std::fs::File::create(&log).expect("a log file"));
        let mut child = command.stdout(Stdio::piped()).spawn().expect("postern starts");
        let stdout = child.stdout.take().expect("standard output is piped");
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let mut postern = Self { child, lines: Vec::new(), log, dir };
        // The group's line is the last one, unless its listener cannot be bound.
        let deadline = Instant::now() + PATIENCE;
        while !postern.lines.iter().any(|line| line.starts_with("gateway ")) {
            match receive.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => postern.lines.push(line),
                Err(error) => {
                    panic!("postern did not start ({error}): {:?}\n{}", postern.lines, postern.log())
                }
            }
        }
        postern
    }

    pub(crate) fn line(&self, start: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| line.strip_prefix(start))
    }

    /// The dashboard's URL.
    pub(crate) fn url(&self) -> &str {
        self.line("dashboard: ").expect("the dashboard's line")
    }

    /// The default group's port.
    pub(crate) fn gateway_port(&self) -> u16 {
        let address = self.line("gateway default: ").expect("the gateway's line");
        address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// curl with a cookie jar, as a page of the dashboard would send it.
    pub(crate) fn curl(&self, options: &[&str], path: &str) -> Answer {
        self.curl_from(self.url(), options, path)
    }

    /// As a page of `origin` would send it.
    pub(crate) fn curl_from(&self, origin: &str, options: &[&str], path: &str) -> Answer {
        let jar = self.dir.path().join("cookies");
        let jar = jar.to_str().expect("a path in UTF-8");
        let origin = format!("Origin: {origin}");
        let url = format!("{}{path}", self.url());
        let common = ["-sS", "-k", "-i", "--max-time", "30", "-b", jar, "-c", jar, "-H", &origin];
        let output = Command::new("curl").args(common).args(options).arg(url).output().expect("curl runs");
        Answer::of(&output)
    }

    pub(crate) fn sign_in(&self) {
        let answer = self.curl(
            &["--data-urlencode", "user_name=admin", "--data-urlencode", &format!("password={PASSWORD}")],
            "/api/account/sign-in",
        );
        assert!(answer.status < 400, "{answer:?}\n{}", self.log());
    }

    /// Sends SIGTERM and waits; gives the exit code and what it leaves behind.
    pub(crate) fn terminate(mut self) -> (Option<i32>, TempDir) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let code = self.child.wait().expect("postern ends").code();
        let dir = std::mem::replace(&mut self.dir, TempDir::new().expect("a temporary directory"));
        (code, dir)
    }
}

impl Drop for Postern {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `postern serve` on `data_dir`, listening wherever there is room.
fn command(data_dir: &Path, options: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command.env_clear().envs(environment.iter().copied()).arg("serve").arg("--data-dir").arg(data_dir);
    for (option, value) in [("--dashboard", "127.0.0.1:0"), ("--gateway", "127.0.0.1:0")] {
        if !options.contains(&option) {
            command.args([option, value]);
        }
    }
    command.args(options);
    command
}

/// Runs `postern` where it cannot start; gives what it says on standard error.
pub(crate) fn fails_to_start(data_dir: &Path, options: &[&str], environment: &[(&str, &str)]) -> String {
    let mut child = command(data_dir, options, environment)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("postern starts");
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    let status = child.wait().expect("postern ends");
    assert!(!status.success(), "postern was expected to refuse: {said}");
    said
}

/// What curl printed with `-i`.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    fn of(output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        // After `100 Continue` comes the real head.
        let (head, body) = match body.split_once("\r\n\r\n") {
            Some((next, rest)) if head.contains(" 100") => (next, rest),
            _ => (head, body),
        };
        let status = head.split_whitespace().nth(1).and_then(|code| code.parse().ok());
        Self {
            status: status
                .unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(&output.stderr))),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}
