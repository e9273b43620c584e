//! `cargo xtask`: everything that a checkout needs beyond plain cargo.
//!
//! It picks a toolchain for WebAssembly, builds the browser's half of the dashboard, builds and starts the server, and
//! runs the tests. It knows how things are built, never how they work: no package of the product is a dependency.

mod command;
mod end2end;
mod npm;
mod server;
mod signals;
mod toolchain;
mod wasm;
mod watch;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

use crate::wasm::Profile;

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Build, run and test Postern from a checkout"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build everything for release and start `postern serve`
    Run {
        /// Build for development instead, and build and start again whenever a source file changes
        #[arg(long)]
        dev: bool,
        /// Arguments of `postern serve`, after `--`
        #[arg(last = true, value_name = "ARGUMENT")]
        serve: Vec<String>,
    },
    /// Run every test: Rust's, then the browser's against the real program
    Test,
    /// Build the program for release, the browser's half embedded: `target/release/postern`
    Build,
    /// Build only the browser's half, into `target/site/pkg`
    Wasm,
    /// Run what continuous integration runs: `.ci/run`
    Ci,
}

fn main() -> Result<ExitCode> {
    let root = root();
    match Arguments::parse().task {
        Task::Run { dev: false, serve } => server::run(&root, &serve),
        Task::Run { dev: true, serve } => watch::run(&root, &serve),
        Task::Test => end2end::test(&root).map(|()| ExitCode::SUCCESS),
        Task::Build => {
            wasm::build(&root, Profile::Release)?;
            let binary = server::build(&root, Profile::Release)?;
            command::say(format_args!("built {}", binary.display()));
            Ok(ExitCode::SUCCESS)
        }
        Task::Wasm => wasm::build(&root, Profile::Release).map(|()| ExitCode::SUCCESS),
        Task::Ci => {
            let status = Command::new(root.join(".ci/run")).current_dir(&root).status();
            let status = status.context("could not start .ci/run")?;
            Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// The checkout's top folder: this package lies right below it.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package lies in the workspace's folder").to_owned()
}
