use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use domain::{Password, Secret, ServerName};
use tls::{Clock, SystemClock};

use crate::cli::ServeArgs;

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
    /// The clock.
    pub clock: Arc<dyn Clock>,
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
        Ok(Self {
            data_dir: args.data_dir,
            dashboard: args.dashboard,
            dashboard_tls,
            dashboard_hosts,
            gateway: args.gateway,
            admin_password,
            master_key: args.master_key.map(|text| Secret::new(text.0.into_bytes())),
            clock: Arc::new(SystemClock),
        })
    }
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
        let options = ["--admin-password", "correct horse battery", "--master-key", "c2VjcmV0"];
        let shown = format!("{:?}", config(&options).expect("valid"));
        assert!(!shown.contains("horse") && !shown.contains("c2Vj"), "{shown}");
    }
}
