use domain::{Fingerprint, KeyAlgorithm, ReasonCode, UnixTime};

use crate::algorithm::{RSA_LEAST_BITS, RSA_MOST_BITS, public_key};
use crate::facts::{display_name, facts};
use crate::x509::Parsed;

/// Why a client certificate was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// As a code.
    pub reason: ReasonCode,
    /// With the facts, for operators only.
    pub detail: String,
}

impl Refusal {
    pub(crate) fn new(reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    /// Of several paths that are refused, the one with the greatest weight tells the reason: what somebody decided about
    /// this client says more than what a path lacks.
    pub(super) fn weight(&self) -> u8 {
        match self.reason {
            ReasonCode::DenyListed | ReasonCode::PolicyBroken => 3,
            ReasonCode::Revoked => 2,
            ReasonCode::CrlStale => 1,
            _ => 0,
        }
    }

    /// No configured CA has the issuer's name.
    pub(super) fn issuer_unknown(certificate: &Parsed<'_>) -> Self {
        let facts = facts(certificate);
        Self::new(
            ReasonCode::IssuerUnknown,
            format!(
                "{} was issued by {}, which is none of the CAs of this policy",
                facts.display_name(),
                facts.issuer
            ),
        )
    }

    /// A CA of the policy has the issuer's name, but its key did not sign: in practice the client belongs to another
    /// CA of the same name, made by running the same commands again. So the issuer is what is unknown.
    pub(super) fn not_signed_by_its_issuer(certificate: &Parsed<'_>) -> Self {
        let facts = facts(certificate);
        Self::new(
            ReasonCode::IssuerUnknown,
            format!(
                "{} names {} as its issuer, but was not signed by the key known under that name: it comes from another CA of the same name, or was altered",
                facts.display_name(),
                facts.issuer
            ),
        )
    }

    /// A signature with an algorithm that is not accepted.
    pub(super) fn weak_signature(certificate: &Parsed<'_>) -> Self {
        let facts = facts(certificate);
        Self::new(
            ReasonCode::WeakKeyOrAlg,
            format!(
                "{} or its chain is signed with an algorithm that is not accepted ({})",
                facts.display_name(),
                facts.signature_algorithm
            ),
        )
    }

    /// No entry of the policy's allow-list is about the certificate.
    pub(super) fn not_allowed(certificate: &Parsed<'_>) -> Self {
        const NAMES_SHOWN: usize = 5;
        let facts = facts(certificate);
        let hosts = facts.dns_names.iter().map(|name| format!("dns:{name}"));
        let names: Vec<String> = hosts.chain(facts.other_names.iter().cloned()).take(NAMES_SHOWN).collect();
        let names = if names.is_empty() { "no names but its subject".to_owned() } else { names.join(", ") };
        Self::new(
            ReasonCode::SanNotAllowed,
            format!("{} ({names}) is none of the identities that this policy lets in", facts.display_name()),
        )
    }

    /// The CA called `name` has an extended key usage that does not allow TLS clients.
    pub(super) fn ca_not_for_clients(name: &str) -> Self {
        Self::new(
            ReasonCode::PurposeInvalid,
            format!("the CA {name} has an extended key usage without clientAuth"),
        )
    }

    /// The key of a certificate is of a kind or size that no signature is verified with; `None` if it is a good one.
    pub(super) fn weak_key(certificate: &Parsed<'_>) -> Option<Self> {
        let key = public_key(certificate.fields.public_key());
        let is_weak = match &key.algorithm {
            KeyAlgorithm::Rsa => !(RSA_LEAST_BITS..=RSA_MOST_BITS).contains(&key.bits),
            KeyAlgorithm::Other(_) => true,
            _ => false,
        };
        is_weak.then(|| {
            let detail = format!("{} has a key that is not accepted ({key})", display_name(certificate));
            Self::new(ReasonCode::WeakKeyOrAlg, detail)
        })
    }

    /// A certificate is outside of its validity at `now`; `None` if it is within.
    pub(super) fn outside_validity(certificate: &Parsed<'_>, now: UnixTime) -> Option<Self> {
        Self::outside_validity_of(&display_name(certificate), certificate.validity(), now)
    }

    /// Something called `name` is outside of `validity` at `now`; `None` if it is within.
    pub(super) fn outside_validity_of(name: &str, validity: (i64, i64), now: UnixTime) -> Option<Self> {
        let (not_before, not_after) = validity;
        if now.0 > not_after {
            let detail = format!("{name} expired at {}", UnixTime(not_after));
            Some(Self::new(ReasonCode::Expired, detail))
        } else if now.0 < not_before {
            let detail = format!("{name} is not valid before {}", UnixTime(not_before));
            Some(Self::new(ReasonCode::NotYetValid, detail))
        } else {
            None
        }
    }

    /// The certificate cannot be read, so nobody can have issued it.
    pub(super) fn unreadable(reason: &str, fingerprint: Fingerprint) -> Self {
        Self::new(
            ReasonCode::IssuerUnknown,
            format!("the client certificate {fingerprint} cannot be read: {reason}"),
        )
    }
}
