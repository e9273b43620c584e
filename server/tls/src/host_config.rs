//! The rustls configuration of one policy.

mod client_policy;
mod resolver;
mod verifier;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::Fault;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::{NoServerSessionStorage, WantsServerCert};
use rustls::time_provider::TimeProvider;

pub use self::client_policy::{ClientPolicy, Enforcement};
use self::resolver::PairResolver;
use self::verifier::PolicyVerifier;
use crate::provider::provider;
use crate::{Clock, KeyPair};

/// The rustls configuration of one policy: own certificate resolver, own verifier, own ticketer. Made anew for every
/// version of a policy, so that no session outlives it or crosses to another host: rustls compares nothing but the SNI
/// when a session is resumed.
///
/// Sessions are resumed by tickets only. Those need no memory for each session and, unlike rustls' session cache, no
/// lock that all connections share. Their keys are made here, change every 6 hours, and are forgotten with this value.
pub struct HostConfig {
    server_config: Arc<ServerConfig>,
    client_policy: Option<ClientPolicy>,
}

impl HostConfig {
    /// Compiles a policy. Without `client_policy` clients are not asked for a certificate.
    ///
    /// # Errors
    /// [`Fault::Required`] without a pair; [`Fault::UnsupportedAlgorithm`] if the TLS library offers no protocol version
    /// or cannot make ticket keys.
    pub fn new(
        pairs: &[KeyPair],
        client_policy: Option<ClientPolicy>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let resolver = PairResolver::new(pairs).ok_or(Fault::Required)?;
        let versions =
            ServerConfig::builder_with_details(Arc::clone(provider()), Arc::new(PolicyTime(clock)))
                .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
                .map_err(|error| unsupported(&error))?;
        let builder: rustls::ConfigBuilder<ServerConfig, WantsServerCert> = match &client_policy {
            Some(policy) => versions.with_client_cert_verifier(Arc::new(PolicyVerifier::new(policy.clone()))),
            None => versions.with_no_client_auth(),
        };
        let mut server_config = builder.with_cert_resolver(Arc::new(resolver));
        server_config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        server_config.ignore_client_order = true;
        server_config.session_storage = Arc::new(NoServerSessionStorage {});
        server_config.ticketer = Ticketer::new().map_err(|error| unsupported(&error))?;
        Ok(Self { server_config: Arc::new(server_config), client_policy })
    }

    /// For the handshake.
    pub fn server_config(&self) -> &Arc<ServerConfig> {
        &self.server_config
    }

    /// What is asked of clients; `None`: everybody is let in, no certificate is asked for.
    pub fn client_policy(&self) -> Option<&ClientPolicy> {
        self.client_policy.as_ref()
    }
}

impl fmt::Debug for HostConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostConfig").field("client_policy", &self.client_policy).finish_non_exhaustive()
    }
}

fn unsupported(error: &rustls::Error) -> Fault {
    Fault::UnsupportedAlgorithm { algorithm: error.to_string() }
}

/// Our clock, as rustls asks for it.
#[derive(Debug)]
struct PolicyTime(Arc<dyn Clock>);

impl TimeProvider for PolicyTime {
    fn current_time(&self) -> Option<rustls_pki_types::UnixTime> {
        let seconds = u64::try_from(self.0.now().0).ok()?;
        Some(rustls_pki_types::UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}
