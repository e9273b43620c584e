//! Puts everything together, starts it, and takes it down again.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use domain::{GatewayGroupId, IdentityHeaders, ListenerState, ObjectName, Protection, UserName};
use proxy::{Gateway, Options};
use store::{Author, GatewayGroupRow, Store, StoreConfig};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access_log::{self, Sink};
use crate::config::ServeConfig;
use crate::http::{Dashboard, DashboardCertificate, Listener, OwnNames, dashboard_certificate};
use crate::publish::Publisher;
use crate::record::Keeper;
use crate::services::{AccountService, Foundation};
use crate::{http, tasks};

/// How long what was accepted may take to finish after SIGTERM.
const GRACE: Duration = Duration::from_secs(10);

/// Gateway connections at once, where the limit of open files allows it.
const MOST_CONNECTIONS: usize = 10_000;
/// What the rest of the process needs: the dashboard's connections, the database, listeners.
const RESERVED_DESCRIPTORS: u64 = 768;

/// A running Postern.
#[derive(Debug)]
pub struct Running {
    /// The lines that scripts read: `dashboard: URL`, `set-up: URL`, `gateway GROUP: ADDR`.
    pub announcement: Vec<String>,
    gateway: Arc<Gateway>,
    store: Store,
    stop: CancellationToken,
    tasks: TaskTracker,
    keepers: Keepers,
}

/// The tasks that keep what happens on the gateway: they end after it.
#[derive(Debug, Default)]
struct Keepers {
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Serves until SIGTERM or SIGINT, then drains.
///
/// # Errors
/// It could not start.
pub async fn serve(config: ServeConfig) -> anyhow::Result<()> {
    // Before anything listens, so that no signal is missed.
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for signals")?;
    let running = start(config).await?;
    let mut out = std::io::stdout().lock();
    for line in &running.announcement {
        // Whoever closed standard output does not want the lines.
        let _ = writeln!(out, "{line}");
    }
    let _ = out.flush();
    drop(out);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: what was accepted is finished first");
    running.stop().await;
    Ok(())
}

/// Starts everything; when it returns, the dashboard and every group that can be bound are listening.
///
/// # Errors
/// The store cannot be opened, the dashboard's address cannot be bound, its certificate cannot be used.
pub async fn start(config: ServeConfig) -> anyhow::Result<Running> {
    let store = Store::open(&StoreConfig {
        data_dir: config.data_dir.clone(),
        master_key: config.master_key.clone(),
    })
    .await?;
    let certificate = dashboard_certificate(&config.dashboard_tls, &config.data_dir, &config.clock)?;
    let socket = TcpListener::bind(config.dashboard)
        .await
        .with_context(|| format!("the dashboard cannot listen at {}", config.dashboard))?;
    let address = socket.local_addr().context("the dashboard's socket has no address")?;

    let access_log = Sink::open(&config.access_log).context("the access log cannot be opened")?;

    ensure_default_group(&store, &config).await?;
    let (gateway, records) =
        Gateway::start(options(&config, access_log.is_some())).context("the gateway cannot start")?;
    let gateway = Arc::new(gateway);
    let publisher = Arc::new(Publisher::new(store.clone(), Arc::clone(&gateway), Arc::clone(&config.clock)));
    publisher.load().await.context("the store cannot be read")?;
    check_policies(&gateway)?;
    let accounts = AccountService::new(store.clone(), Arc::clone(&config.clock)).await?;
    let set_up_token = first_administrator(&accounts, &config).await?;

    let url = dashboard_url(address, certificate.is_some());
    let mut announcement = vec![format!("dashboard: {url}")];
    if let Some(token) = set_up_token {
        announcement.push(format!("set-up: {url}/set-up?token={token}"));
    }
    if let Some(fingerprint) = certificate.as_ref().and_then(|certificate| certificate.self_signed) {
        announcement.push(format!("dashboard certificate SHA-256: {fingerprint}"));
    }
    announcement.extend(listening_groups(&store, &gateway).await?);

    let foundation =
        Foundation { store: store.clone(), publisher: Arc::clone(&publisher), clock: config.clock.clone() };
    let (keeper, recorder) = Keeper::new(store.clone(), records.handshakes);
    let app = http::router(Dashboard {
        foundation,
        accounts,
        recorder,
        metrics_token: config.metrics_token.clone(),
        secure: certificate.is_some(),
        own_names: own_names(&config, certificate.as_ref()),
    });
    let keepers = Keepers::default();
    keepers.tasks.spawn(keeper.run(keepers.stop.clone()));
    if let Some(sink) = access_log {
        let (requests, stop) = (records.requests, keepers.stop.clone());
        keepers.tasks.spawn_blocking(move || access_log::run(sink, requests, &stop));
    }
    keepers.tasks.close();
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let listener = Listener { socket, tls: certificate.map(|certificate| certificate.config) };
    tasks.spawn(http::serve(listener, app, stop.clone(), GRACE));
    tasks.spawn(tasks::catch_up(publisher, stop.clone()));
    tasks.spawn(tasks::sweep_sessions(store.clone(), Arc::clone(&config.clock), stop.clone()));
    tasks.spawn(tasks::trim_records(store.clone(), config.clock, config.retention, stop.clone()));
    tasks.close();
    Ok(Running { announcement, gateway, store, stop, tasks, keepers })
}

impl Running {
    /// Stops accepting, finishes what was accepted within ten seconds, and closes the store.
    pub async fn stop(self) {
        self.stop.cancel();
        tokio::join!(self.gateway.shutdown(GRACE), self.tasks.wait());
        self.keepers.stop.cancel();
        self.keepers.tasks.wait().await;
        self.store.close().await;
    }
}

fn options(config: &ServeConfig, access_log: bool) -> Options {
    Options {
        workers: std::thread::available_parallelism().map_or(1, NonZero::get),
        drain_timeout: Duration::from_millis(500),
        connections: connections(file_descriptors()),
        events: 10_000,
        access_log,
        clock: Arc::clone(&config.clock),
    }
}

/// Gateway connections at once: so many that file descriptors stay free for the database, the dashboard and upstreams,
/// however many clients come.
fn connections(file_descriptors: u64) -> usize {
    let free = file_descriptors.saturating_sub(RESERVED_DESCRIPTORS).max(file_descriptors / 2);
    usize::try_from(free).unwrap_or(usize::MAX).clamp(1, MOST_CONNECTIONS)
}

/// How many files and sockets the process may have open, after asking for as many as it may ask for.
fn file_descriptors() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(%error, "the limit of open files cannot be raised");
        }
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// A new database gets the group `default`.
async fn ensure_default_group(store: &Store, config: &ServeConfig) -> anyhow::Result<()> {
    if !store.gateway_groups().await?.is_empty() || store.revision().await?.0 > 0 {
        return Ok(());
    }
    let author = Author { name: "system".to_owned(), at: config.clock.now() };
    let name: ObjectName = "default".parse().map_err(|_| anyhow::anyhow!("`default` is a name"))?;
    let row = GatewayGroupRow {
        name,
        listener: config.gateway,
        http_listener: None,
        default_certificate: None,
        protection: Protection::default(),
        identity_headers: IdentityHeaders::default(),
    };
    store.insert_gateway_group(&author, Some(GatewayGroupId::default_group()), row).await?;
    Ok(())
}

/// Finds out in the background which policies are broken, for pages to say so before a client comes. Nobody waits for the
/// thread: it ends with its work, or with the process.
fn check_policies(gateway: &Arc<Gateway>) -> anyhow::Result<()> {
    let gateway = Arc::clone(gateway);
    let work = move || gateway.check_deferred();
    std::thread::Builder::new()
        .name("policy-check".to_owned())
        .spawn(work)
        .context("no thread can be made")?;
    Ok(())
}

/// Makes the first administrator if a password was given, else the token of the set-up link; neither once there is one.
async fn first_administrator(
    accounts: &AccountService,
    config: &ServeConfig,
) -> anyhow::Result<Option<String>> {
    if !accounts.set_up_pending().await? {
        return Ok(None);
    }
    let Some(password) = config.admin_password.clone() else {
        return Ok(Some(accounts.issue_set_up_token()?));
    };
    let name: UserName = "admin".parse().map_err(|_| anyhow::anyhow!("`admin` is a user name"))?;
    accounts.create_first(name, password).await?;
    Ok(None)
}

async fn listening_groups(store: &Store, gateway: &Gateway) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for group in store.gateway_groups().await? {
        match gateway.listener_state(&group.id) {
            ListenerState::Listening(address) => lines.push(format!("gateway {}: {address}", group.row.name)),
            ListenerState::Failed { address, reason } => {
                tracing::error!(group = %group.row.name, %address, reason, "a gateway group is not listening");
            }
            ListenerState::Starting => {}
        }
    }
    Ok(lines)
}

fn own_names(config: &ServeConfig, certificate: Option<&DashboardCertificate>) -> OwnNames {
    let mut hosts = config.dashboard_hosts.clone();
    hosts.extend(certificate.iter().flat_map(|certificate| certificate.hosts.iter().cloned()));
    OwnNames {
        scheme: if certificate.is_some() { "https" } else { "http" },
        hosts,
        any_scheme: certificate.is_none() && !config.dashboard_hosts.is_empty(),
    }
}

/// Where a browser on this machine finds the dashboard.
fn dashboard_url(address: SocketAddr, secure: bool) -> String {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let scheme = if secure { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(host, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_file_descriptors_free() {
        assert_eq!(connections(u64::MAX), 10_000);
        assert_eq!(connections(1_024), 512);
        assert_eq!(connections(4_096), 3_328);
        assert_eq!(connections(1), 1);
    }

    #[test]
    fn urls_name_a_host_that_can_be_reached() {
        for (address, secure, url) in [
            ("127.0.0.1:7080", false, "http://127.0.0.1:7080"),
            ("0.0.0.0:7080", true, "https://127.0.0.1:7080"),
            ("[::]:7080", true, "https://[::1]:7080"),
            ("192.0.2.7:1", true, "https://192.0.2.7:1"),
        ] {
            assert_eq!(dashboard_url(address.parse().expect("valid"), secure), url);
        }
    }
}
