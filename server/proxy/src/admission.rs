//! Whether a client is let in, and as whom: the one rule for new handshakes, resumed sessions and connections already
//! open.

use domain::{ReasonCode, ServerName, UnixTime, Verdict};
use rustls::pki_types::CertificateDer;
use tls::{ClientPolicy, ClientTrust, Enforcement, Refusal};

use crate::snapshot::Policy;

/// As what a client that is let in counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// As the owner of its certificate, which the policy has verified.
    Verified,
    /// As nobody: it presented no certificate, and the policy wants none.
    Anonymous,
    /// As nobody, for this reason, which under another mode would have been its refusal.
    Unverified(Refusal),
}

impl Standing {
    pub(crate) fn is_verified(&self) -> bool {
        *self == Self::Verified
    }

    /// How the record of a handshake says it.
    pub(crate) fn verdict(&self) -> Verdict {
        match self {
            Self::Verified | Self::Anonymous => Verdict::Accepted,
            Self::Unverified(Refusal { reason, detail }) => {
                Verdict::Tolerated { reason: *reason, detail: detail.clone() }
            }
        }
    }
}

/// Whether a client that presented `chain` is let in under `policy` at `now`, and as what.
///
/// # Errors
/// Why not.
pub(crate) fn admit(
    policy: &Policy,
    chain: &[CertificateDer<'_>],
    now: UnixTime,
) -> Result<Standing, Refusal> {
    weigh(policy, chain, |trust| trust.verify(chain, now))
}

/// The same for a client whose chain is verified by `verify`, or was before.
///
/// # Errors
/// Why it is not let in.
pub(crate) fn weigh(
    policy: &Policy,
    chain: &[CertificateDer<'_>],
    verify: impl FnOnce(&ClientTrust) -> Result<(), Refusal>,
) -> Result<Standing, Refusal> {
    let config = policy.host_config().map_err(policy_broken)?;
    let Some(ClientPolicy { trust, enforcement, .. }) = config.client_policy() else {
        return Ok(Standing::Anonymous);
    };
    match enforcement {
        Enforcement::Optional if chain.is_empty() => Ok(Standing::Anonymous),
        Enforcement::Required | Enforcement::Optional => verify(trust).map(|()| Standing::Verified),
        Enforcement::PerRequest | Enforcement::ReportOnly => {
            Ok(verify(trust).map_or_else(Standing::Unverified, |()| Standing::Verified))
        }
    }
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
