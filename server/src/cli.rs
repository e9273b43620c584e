//! The command line. Every option can also be given as an environment variable; the option goes first.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::AccessLog;

/// What is logged unless told otherwise: what an operator wants to know, without the libraries' progress reports.
pub const DEFAULT_LOG: &str = "info,sea_orm_migration=warn,sqlx=warn";

/// A mutual-TLS gateway that you run from a browser.
#[derive(Debug, Parser)]
#[command(name = "postern", version)]
pub struct Cli {
    /// What to log to standard error, e.g. `info` or `warn,proxy=debug`.
    #[arg(long, env = "POSTERN_LOG", default_value = DEFAULT_LOG, global = true)]
    pub log: String,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the dashboard and the gateway.
    Serve(ServeArgs),
}

/// The options of `postern serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where the database and the master key are; made with mode 0700 if it is not there.
    #[arg(long, env = "POSTERN_DATA_DIR", default_value = "./data", value_name = "DIR")]
    pub data_dir: PathBuf,
    /// The dashboard's address.
    #[arg(long, env = "POSTERN_DASHBOARD", default_value = "127.0.0.1:7080", value_name = "ADDR")]
    pub dashboard: SocketAddr,
    /// The default gateway group's TLS listener when the database is new; later the dashboard sets it.
    #[arg(long, env = "POSTERN_GATEWAY", default_value = "0.0.0.0:9443", value_name = "ADDR")]
    pub gateway: SocketAddr,
    /// The dashboard's certificate (PEM). Without it, an address that is not loopback gets a self-signed one.
    #[arg(long, env = "POSTERN_DASHBOARD_CERT", value_name = "FILE", requires = "dashboard_key")]
    pub dashboard_cert: Option<PathBuf>,
    /// The dashboard certificate's private key (PEM).
    #[arg(long, env = "POSTERN_DASHBOARD_KEY", value_name = "FILE", requires = "dashboard_cert")]
    pub dashboard_key: Option<PathBuf>,
    /// A host name under which browsers reach the dashboard; may be given several times. Loopback names, IP addresses
    /// and the names in the dashboard's certificate are allowed anyway; any other is refused (DNS rebinding).
    #[arg(long, env = "POSTERN_DASHBOARD_HOST", value_name = "NAME", value_delimiter = ',')]
    pub dashboard_host: Vec<String>,
    /// Serve the dashboard without TLS on an address that is not loopback, e.g. behind a proxy that does TLS.
    #[arg(long, env = "POSTERN_INSECURE_HTTP", conflicts_with = "dashboard_cert")]
    pub insecure_http: bool,
    /// Where requests are logged, a JSON line each: `off`, `stdout`, or a file, which is rotated.
    #[arg(long, env = "POSTERN_ACCESS_LOG", default_value = "off", value_name = "off|stdout|FILE")]
    pub access_log: AccessLog,
    /// What a scraper sends as `Authorization: Bearer TOKEN` to read /metrics; at least 16 characters. With it,
    /// everybody needs it; without it, they are read from this machine only.
    #[arg(long, env = "POSTERN_METRICS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub metrics_token: Option<Hidden>,
    /// How many days handshake events are kept.
    #[arg(
        long,
        env = "POSTERN_HANDSHAKE_EVENTS_DAYS",
        default_value_t = 30,
        value_name = "DAYS",
        value_parser = clap::value_parser!(u32).range(1..=3_650)
    )]
    pub handshake_events_days: u32,
    /// How many handshake events are kept at most.
    #[arg(
        long,
        env = "POSTERN_HANDSHAKE_EVENTS_MOST",
        default_value_t = 200_000,
        value_name = "COUNT",
        value_parser = clap::value_parser!(u64).range(1_000..=100_000_000)
    )]
    pub handshake_events_most: u64,
    /// On an empty database, make the user `admin` with this password instead of printing the set-up link.
    #[arg(
        long,
        env = "POSTERN_ADMIN_PASSWORD",
        hide_env_values = true,
        value_name = "PASSWORD",
        hide = true
    )]
    pub admin_password: Option<Hidden>,
    /// The master key that seals private keys: 32 bytes in base64 or hex. Without it, a file in the data directory.
    #[arg(long, env = "POSTERN_MASTER_KEY", hide_env_values = true, value_name = "KEY", hide = true)]
    pub master_key: Option<Hidden>,
}

/// A text that is not shown by `Debug`.
#[derive(Clone)]
pub struct Hidden(pub(crate) String);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(..)")
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn secrets_are_not_shown() {
        let options = ["postern", "serve", "--admin-password", "correct horse", "--master-key", "c2VjcmV0"];
        let shown = format!("{:?}", Cli::try_parse_from(options).expect("valid"));
        assert!(!shown.contains("horse") && !shown.contains("c2Vj"), "{shown}");
    }

    #[test]
    fn defaults_are_those_that_scripts_rely_on() {
        let Command::Serve(args) = Cli::try_parse_from(["postern", "serve"]).expect("valid").command;
        assert_eq!(args.data_dir, PathBuf::from("./data"));
        assert_eq!(args.dashboard.to_string(), "127.0.0.1:7080");
        assert_eq!(args.gateway.to_string(), "0.0.0.0:9443");
    }
}
