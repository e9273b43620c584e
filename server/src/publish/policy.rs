//! From an SSL certificate as stored to the policy that the gateway runs. Whatever cannot be enforced is an error, never
//! a weaker policy.

use std::sync::Arc;

use domain::{Fault, PeerVerificationMode};
use proxy::ExemptPaths;
use store::{StoredPair, StoredPeerVerification, StoredSslCertificate};
use tls::{ClientPolicy, ClientTrust, Clock, Enforcement, GroupDenials, HostConfig, KeyPair, TrustRules};

use super::client_cas::ClientCas;

/// What a policy is compiled with, besides what is stored of its certificate.
#[derive(Debug)]
pub(super) struct Compiler {
    pub(super) cas: ClientCas,
    pub(super) clock: Arc<dyn Clock>,
}

/// All that a policy is made of, checked as far as that is quick. Making it takes a hundred times as long as this, so at
/// start-up it is left until a client comes.
#[derive(Debug)]
pub(super) struct Recipe {
    pairs: Vec<StoredPair>,
    clients: Option<ClientRules>,
    exempt_paths: ExemptPaths,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct ClientRules {
    trust: TrustRules,
    enforcement: Enforcement,
    advertises_ca_names: bool,
}

impl Compiler {
    /// Gathers what a policy is made of; its CAs are read now.
    ///
    /// # Errors
    /// What is wrong with what is stored.
    pub(super) fn gather(
        &self,
        stored: &StoredSslCertificate,
        denials: &Arc<GroupDenials>,
    ) -> Result<Recipe, Fault> {
        let exempt_paths = exempt_paths(&stored.peer_verification)?;
        let clients = match enforcement(stored.peer_verification.mode, !exempt_paths.is_empty()) {
            Some(enforcement) => Some(self.client_rules(&stored.peer_verification, enforcement, denials)?),
            None => None,
        };
        Ok(Recipe { pairs: stored.pairs.clone(), clients, exempt_paths, clock: Arc::clone(&self.clock) })
    }

    fn client_rules(
        &self,
        stored: &StoredPeerVerification,
        enforcement: Enforcement,
        denials: &Arc<GroupDenials>,
    ) -> Result<ClientRules, Fault> {
        let cas = stored.ca_certificates.iter().map(|ca| self.cas.compiled(ca)).collect::<Result<_, _>>()?;
        let trust = TrustRules {
            cas,
            depth: stored.depth,
            allow_list: stored.allow_list.clone(),
            deny_list: stored.denied.clone(),
            group_denials: Arc::clone(denials),
        };
        Ok(ClientRules { trust, enforcement, advertises_ca_names: stored.advertises_ca_names })
    }
}

impl Recipe {
    /// The paths that need no client certificate.
    pub(super) fn exempt_paths(&self) -> ExemptPaths {
        self.exempt_paths.clone()
    }

    /// The TLS configuration.
    ///
    /// # Errors
    /// What is wrong with what is stored.
    pub(super) fn make(&self) -> Result<HostConfig, Fault> {
        let load = |pair: &StoredPair| KeyPair::load(&pair.certificate_pem, &pair.private_key_pem);
        let pairs = self.pairs.iter().map(load).collect::<Result<Vec<_>, _>>()?;
        let policy = match &self.clients {
            Some(rules) => Some(ClientPolicy {
                trust: Arc::new(ClientTrust::new(rules.trust.clone())?),
                enforcement: rules.enforcement,
                advertises_ca_names: rules.advertises_ca_names,
            }),
            None => None,
        };
        HostConfig::new(&pairs, policy, Arc::clone(&self.clock))
    }
}

/// The paths of a policy that need no client certificate. Kept, but without effect, in every mode but required.
fn exempt_paths(stored: &StoredPeerVerification) -> Result<ExemptPaths, Fault> {
    let patterns = match stored.mode {
        PeerVerificationMode::Required => stored.exempt_paths.as_slice(),
        PeerVerificationMode::Off | PeerVerificationMode::Optional | PeerVerificationMode::ReportOnly => &[],
    };
    ExemptPaths::compile(patterns)
}

/// What a mode asks of handshakes; `None`: no client certificate is asked for.
fn enforcement(mode: PeerVerificationMode, has_exempt_paths: bool) -> Option<Enforcement> {
    match mode {
        PeerVerificationMode::Off => None,
        PeerVerificationMode::Required if has_exempt_paths => Some(Enforcement::PerRequest),
        PeerVerificationMode::Required => Some(Enforcement::Required),
        PeerVerificationMode::Optional => Some(Enforcement::Optional),
        PeerVerificationMode::ReportOnly => Some(Enforcement::ReportOnly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_required_without_exempt_paths_and_optional_refuse_handshakes() {
        use PeerVerificationMode as Mode;
        for (mode, exempt, expected) in [
            (Mode::Off, false, "None"),
            (Mode::Required, false, "Some(Required)"),
            (Mode::Required, true, "Some(PerRequest)"),
            (Mode::Optional, false, "Some(Optional)"),
            (Mode::ReportOnly, false, "Some(ReportOnly)"),
        ] {
            assert_eq!(format!("{:?}", enforcement(mode, exempt)), expected, "{mode:?}");
        }
    }
}
