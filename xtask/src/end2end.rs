//! `cargo xtask test`: Rust's tests, then the browser's against the real program.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::command::{self, exists, install_packages, may_install_packages, run, run_reading, say};
use crate::npm;
use crate::wasm::{self, Profile};

/// Where Debian and most others put it; Playwright's configuration looks at the same place.
const CHROMIUM: &str = "/usr/bin/chromium";

/// The programs with which the browser tests follow the guide.
const GUIDE_PROGRAMS: [&str; 2] = ["curl", "openssl"];

pub(crate) fn test(root: &Path) -> Result<()> {
    let started = Instant::now();
    wasm::build(root, Profile::Release)?;
    let rust = test_rust(root)?;
    let browser = test_in_browser(root)?;
    let seconds = started.elapsed().as_secs();
    say(format_args!("all tests passed: {rust} in Rust, {browser} in the browser, {seconds} s"));
    Ok(())
}

/// Tests the product with the browser's half embedded, then ourselves. Returns how many tests passed.
fn test_rust(root: &Path) -> Result<usize> {
    say("building and running the Rust tests (the first time: some minutes)");
    let mut passed = 0;
    // Apart from each other: together, the features that we need of shared dependencies would compile them again.
    for packages in [["--workspace", "--exclude=xtask"].as_slice(), &["--package=xtask"]] {
        let mut cargo = command::cargo(root);
        cargo.args(["test", "--target-dir=target"]).args(packages);
        run_reading(&mut cargo, |line| passed += passed_in_rust(line))?;
    }
    // With the tests' own selection of features, so that this only links.
    run(command::cargo(root).args([
        "build",
        "--target-dir=target",
        "--workspace",
        "--exclude=xtask",
        "--bins",
        "--tests",
    ]))?;
    Ok(passed)
}

fn test_in_browser(root: &Path) -> Result<usize> {
    let folder = root.join("end2end");
    npm::install(&folder)?;
    install_chromium(&folder)?;
    if let Some(missing) = GUIDE_PROGRAMS.iter().find(|program| !exists(program)) {
        bail!("the browser tests follow the guide with {missing}, which is not installed");
    }
    say("running the browser tests");
    let mut passed = 0;
    run_reading(
        Command::new("npx")
            .args(["playwright", "test"])
            .current_dir(&folder)
            .env("POSTERN_BIN", root.join("target/debug/postern")),
        |line| passed += passed_in_browser(line),
    )?;
    Ok(passed)
}

/// The system's Chromium, else Playwright's own.
fn install_chromium(folder: &Path) -> Result<()> {
    if exists(CHROMIUM) {
        return Ok(());
    }
    if may_install_packages() && install_packages(&["chromium"]).is_ok() {
        return Ok(());
    }
    say("installing Playwright's Chromium, unless it is there");
    run(Command::new("npx").args(["playwright", "install", "chromium"]).current_dir(folder)).map_err(
        |error| {
            error.context("no Chromium for the browser tests; on Debian: `sudo apt-get install chromium`")
        },
    )
}

/// 12 of "test result: ok. 12 passed; 0 failed; …".
fn passed_in_rust(line: &str) -> usize {
    let count = line.strip_prefix("test result: ok. ").and_then(|rest| rest.split_once(" passed"));
    count.and_then(|(count, _)| count.parse().ok()).unwrap_or(0)
}

/// 12 of "  12 passed (3.4s)".
fn passed_in_browser(line: &str) -> usize {
    let count = line.trim_start().split_once(" passed (");
    count.and_then(|(count, _)| count.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_tests_are_counted_from_the_runners_closing_lines() {
        assert_eq!(passed_in_rust("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured"), 12);
        assert_eq!(passed_in_rust("test pem::tests::empty ... ok"), 0);
        assert_eq!(passed_in_browser("  34 passed (1.2m)"), 34);
        assert_eq!(passed_in_browser("  1 skipped"), 0);
    }
}
