//! `postern`: see `postern --help`.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;
use server::cli::{Cli, Command};
use tracing_subscriber::EnvFilter;

/// The dashboard's pages are rendered as one deeply nested value; without optimisation the default of 2 MiB is too little.
const STACK: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The log goes to standard error: standard output is for the lines that scripts read.
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_new(&cli.log).unwrap_or_else(|_| EnvFilter::new(server::cli::DEFAULT_LOG)),
        )
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let result = match cli.command {
        Command::Serve(args) => run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The whole chain: this is the one place where a person learns why it did not start.
            eprintln_chain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(args: server::cli::ServeArgs) -> anyhow::Result<()> {
    let config = server::ServeConfig::try_from(args)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build()?;
    runtime.block_on(server::serve(config))
}

fn eprintln_chain(error: &anyhow::Error) {
    use std::io::Write as _;
    // Nothing is left to be done if standard error is closed.
    let _ = writeln!(std::io::stderr(), "postern: {error:#}");
}
