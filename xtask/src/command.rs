//! Running other programs, with errors that say which one.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Tells the person at the terminal what happens. Standard output belongs to the server and to the tests.
pub(crate) fn say(message: impl fmt::Display) {
    eprintln!("xtask: {message}");
}

/// The cargo that runs us, in the workspace's folder.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Runs a program to its end, showing what it prints among what we say; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    command.stdout(io::stderr());
    let status = command.status().with_context(|| format!("could not start {}", Line(command)))?;
    if !status.success() {
        bail!("{} failed: {status}", Line(command));
    }
    Ok(())
}

/// What a program prints, without the last line end. Its errors go to the terminal.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start {}", Line(command)))?;
    if !output.status.success() {
        bail!("{} failed: {}", Line(command), output.status);
    }
    let text =
        String::from_utf8(output.stdout).with_context(|| format!("{} printed no text", Line(command)))?;
    Ok(text.trim_end().to_owned())
}

/// Runs a program to its end, showing what it prints while `line` reads along.
pub(crate) fn run_reading(command: &mut Command, line: impl FnMut(&str)) -> Result<()> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {}", Line(command)))?;
    let stdout = child.stdout.take().expect("standard output was asked for as a pipe");
    relay(stdout, line)?;
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed: {status}", Line(command));
    }
    Ok(())
}

/// Copies a program's output to ours until it ends, showing each line to `line` after it was printed.
pub(crate) fn relay(output: impl Read, mut line: impl FnMut(&str)) -> Result<()> {
    let mut output = BufReader::new(output);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if output.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        io::stdout().write_all(&bytes)?;
        io::stdout().flush()?;
        line(String::from_utf8_lossy(&bytes).trim_end());
    }
}

/// Is there a program of this name? What it answers to `--version` does not matter: openssl does not know the option.
pub(crate) fn exists(program: impl AsRef<OsStr>) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// May we install packages of the system: root on a machine with apt?
pub(crate) fn may_install_packages() -> bool {
    nix::unistd::geteuid().is_root() && exists("apt-get")
}

/// Installs packages of the system. Only where [`may_install_packages`].
pub(crate) fn install_packages(packages: &[&str]) -> Result<()> {
    say(format_args!("installing {}", packages.join(" ")));
    run(Command::new("apt-get").args(["update", "--quiet"]))?;
    run(Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "--quiet", "--yes", "--no-install-recommends"])
        .args(packages))
}

/// A command as one would type it.
struct Line<'a>(&'a Command);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}", self.0.get_program().display())?;
        for argument in self.0.get_args() {
            write!(f, " {}", argument.display())?;
        }
        f.write_str("`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_whole_command() {
        let error = run(Command::new("false").arg("an argument")).unwrap_err();
        assert_eq!(error.to_string(), "`false an argument` failed: exit status: 1");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program")).unwrap_err();
        assert_eq!(error.to_string(), "could not start `no-such-program`");
        assert!(!exists("no-such-program"));
    }

    #[test]
    fn output_is_read_without_the_last_line_end() {
        assert_eq!(output(Command::new("printf").arg("a\nb\n")).unwrap(), "a\nb");
    }

    #[test]
    fn each_line_is_shown_to_the_reader_also_an_unfinished_one() {
        let mut lines = Vec::new();
        run_reading(Command::new("printf").arg("a\nb"), |line| lines.push(line.to_owned())).unwrap();
        assert_eq!(lines, ["a", "b"]);
    }
}
