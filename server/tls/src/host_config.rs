use std::sync::Arc;

use domain::Fault;

use crate::{ClientTrust, Clock, KeyPair};

/// The rustls configuration of one policy: own certificate resolver, own verifier, own session storage and ticketer.
/// Made anew for every version of a policy, so that no session outlives it or crosses to another host.
#[derive(Debug)]
pub struct HostConfig {
    _private: (),
}

impl HostConfig {
    /// Compiles a policy. With `client_trust`, a client certificate is required.
    ///
    /// # Errors
    /// No pair, or a key that the TLS library cannot use.
    pub fn new(
        _pairs: &[KeyPair],
        _client_trust: Option<Arc<ClientTrust>>,
        _clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        unimplemented!()
    }

    /// For the handshake.
    pub fn server_config(&self) -> &Arc<rustls::ServerConfig> {
        unimplemented!()
    }

    /// Who is let in; `None`: everybody, no certificate is asked for.
    pub fn client_trust(&self) -> Option<&Arc<ClientTrust>> {
        unimplemented!()
    }
}
