use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use domain::{Password, Secret, ServerName};
use tls::{Clock, SystemClock};

use crate::AccessLog;
use crate::cli::{Hidden, ServeArgs};

/// Characters of the shortest metrics token: below, it could be guessed.
const SHORTEST_TOKEN: usize = 16;

/// Everything `postern serve` is told, parsed and checked before the first socket is bound.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// Where the database and the master key are.
    pub data_dir: PathBuf,
    /// The dashboard's address.
    pub dashboard: SocketAddr,
    /// How the dashboard is protected on the wire.
    pub dashboard_tls: DashboardTls,
    /// Host names, besides loopback names and IP addresses, under which browsers may reach the dashboard.
    pub dashboard_hosts: Vec<ServerName>,
    /// The first group's listener when the database is new.
    pub gateway: SocketAddr,
    /// The first administrator's password.
    pub admin_password: Option<Password>,
    /// The master key, if it does not come from the data directory.
    pub master_key: Option<Secret>,
    /// Where requests are logged.
    pub access_log: AccessLog,
    /// What everybody needs to read the metrics; `None`: they are for this machine.
    pub metrics_token: Option<Secret>,
    /// How long handshake events are kept.
    pub retention: Retention,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// How long handshake events are kept; whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// This many days.
    pub days: u32,
    /// While there are not more than this many.
    pub most: u64,
}

/// How the dashboard is protected on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DashboardTls {
    /// Not at all: loopback, or asked for.
    Off,
    /// By the operator's certificate.
    Files {
        /// Chain, PEM.
        certificate: PathBuf,
        /// Key, PEM.
        private_key: PathBuf,
    },
    /// By a self-signed certificate, made once and kept in the data directory.
    SelfSigned,
}

impl TryFrom<ServeArgs> for ServeConfig {
    type Error = anyhow::Error;

    fn try_from(args: ServeArgs) -> anyhow::Result<Self> {
        let dashboard_tls = match (args.dashboard_cert, args.dashboard_key) {
            (Some(certificate), Some(private_key)) => DashboardTls::Files { certificate, private_key },
            (None, None) if args.insecure_http || args.dashboard.ip().is_loopback() => DashboardTls::Off,
            (None, None) => DashboardTls::SelfSigned,
            _ => bail!("--dashboard-cert and --dashboard-key go together"),
        };
        let dashboard_hosts = args
            .dashboard_host
            .iter()
            .map(|name| name.parse().with_context(|| format!("--dashboard-host {name:?}")))
            .collect::<Result<_, _>>()?;
        let admin_password = args
            .admin_password
            .map(|text| {
                Password::typed(&text.0)
                    .map_err(|_| anyhow::anyhow!("POSTERN_ADMIN_PASSWORD is empty or too long"))
            })
            .transpose()?;
        let metrics_token = args.metrics_token.map(metrics_token).transpose()?;
        Ok(Self {
            data_dir: args.data_dir,
            dashboard: args.dashboard,
            dashboard_tls,
            dashboard_hosts,
            gateway: args.gateway,
            admin_password,
            master_key: args.master_key.map(|text| Secret::new(text.0.into_bytes())),
            access_log: args.access_log,
            metrics_token,
            retention: Retention { days: args.handshake_events_days, most: args.handshake_events_most },
            clock: Arc::new(SystemClock),
        })
    }
}

fn metrics_token(text: Hidden) -> anyhow::Result<Secret> {
    let is_printable = text.0.bytes().all(|byte| byte.is_ascii_graphic());
    if text.0.len() < SHORTEST_TOKEN || !is_printable {
        bail!("--metrics-token needs at least {SHORTEST_TOKEN} printable characters");
    }
    Ok(Secret::new(text.0.into_bytes()))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn config(options: &[&str]) -> anyhow::Result<ServeConfig> {
        let Command::Serve(args) = Cli::try_parse_from(["postern", "serve"].iter().chain(options))?.command;
        args.try_into()
    }

    #[test]
    fn only_loopback_goes_without_tls_unless_told() {
        let tls = |options: &[&str]| config(options).expect("valid").dashboard_tls;
        assert_eq!(tls(&[]), DashboardTls::Off);
        assert_eq!(tls(&["--dashboard", "[::1]:7080"]), DashboardTls::Off);
        assert_eq!(tls(&["--dashboard", "0.0.0.0:7080"]), DashboardTls::SelfSigned);
        assert_eq!(tls(&["--dashboard", "0.0.0.0:7080", "--insecure-http"]), DashboardTls::Off);
        assert!(config(&["--dashboard-cert", "a.pem"]).is_err());
    }

    #[test]
    fn secrets_are_not_shown() {
        let mut options = vec!["--admin-password", "correct horse battery", "--master-key", "c2VjcmV0"];
        options.extend(["--metrics-token", "0123456789abcdefgh"]);
        let shown = format!("{:?}", config(&options).expect("valid"));
        assert!(!shown.contains("horse") && !shown.contains("c2Vj"), "{shown}");
        assert!(!shown.contains("0123456789"), "{shown}");
    }

    #[test]
    fn a_metrics_token_is_long_enough_and_can_be_sent() {
        for (token, good) in
            [("0123456789abcdef", true), ("0123456789abcde", false), ("0123456789 abcdef", false)]
        {
            assert_eq!(config(&["--metrics-token", token]).is_ok(), good, "{token}");
        }
    }
}
