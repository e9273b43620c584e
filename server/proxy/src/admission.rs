//! Whether a client is let in: the one rule for new handshakes, resumed sessions and connections already open.

use domain::{ReasonCode, ServerName, UnixTime};
use rustls::pki_types::CertificateDer;
use tls::Refusal;

use crate::snapshot::Policy;

/// Whether a client that presented `chain` is let in under `policy` at `now`.
///
/// # Errors
/// Why not.
pub(crate) fn admit(policy: &Policy, chain: &[CertificateDer<'_>], now: UnixTime) -> Result<(), Refusal> {
    let config = policy.host_config().map_err(policy_broken)?;
    config.client_trust().map_or(Ok(()), |trust| trust.verify(chain, now))
}

/// The refusal of everybody who asks for a host whose policy cannot be enforced.
pub(crate) fn policy_broken(reason: &str) -> Refusal {
    Refusal { reason: ReasonCode::PolicyBroken, detail: reason.to_owned() }
}

/// The refusal of a client for which no policy decides: no certificate covers its host, or it names none.
pub(crate) fn no_policy(host: Option<&ServerName>) -> Refusal {
    host.map_or_else(
        || Refusal {
            reason: ReasonCode::NoSni,
            detail: "the ClientHello names no host (SNI), and the group has no default certificate in use"
                .to_owned(),
        },
        |host| unknown_host(host.as_str()),
    )
}

/// The refusal of a client that asks for a host which no certificate covers.
pub(crate) fn unknown_host(host: &str) -> Refusal {
    Refusal { reason: ReasonCode::UnknownHost, detail: format!("no SSL certificate covers {host}") }
}
