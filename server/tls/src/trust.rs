use domain::{Certificate, Depth, Fault, FieldError, FieldWarning, ReasonCode, UnixTime};
use rustls_pki_types::CertificateDer;

/// One uploaded CA bundle, each certificate of it checked to be fit as a trust anchor.
#[derive(Debug, Clone)]
pub struct TrustAnchors {
    _private: (),
}

impl TrustAnchors {
    /// Reads and checks the CA field of an upload.
    ///
    /// # Errors
    /// Every reason why it cannot be used; all speak of the field `CaCertificate`.
    pub fn read(_ca_certificate: &[u8], _now: UnixTime) -> Result<Self, Vec<FieldError>> {
        unimplemented!()
    }

    /// Reads back what [`TrustAnchors::pem`] gave. Expiry is not looked at.
    ///
    /// # Errors
    /// It cannot be used any more.
    pub fn load(_pem: &str) -> Result<Self, Fault> {
        unimplemented!()
    }

    /// The bundle: byte for byte as sent if that was one clean PEM text, else written anew.
    pub fn pem(&self) -> &str {
        unimplemented!()
    }

    /// What its certificates say.
    pub fn facts(&self) -> &[Certificate] {
        unimplemented!()
    }

    /// What is worth knowing.
    pub fn warnings(&self) -> &[FieldWarning] {
        unimplemented!()
    }
}

/// Whom to let in: the anchors of one policy and the depth, compiled once per save.
#[derive(Debug)]
pub struct ClientTrust {
    _private: (),
}

impl ClientTrust {
    /// Compiles a policy.
    ///
    /// # Errors
    /// [`Fault::CaMissing`] if there is no anchor at all.
    pub fn new(_anchors: &[TrustAnchors], _depth: Depth) -> Result<Self, Fault> {
        unimplemented!()
    }

    /// Whether a client with this chain (leaf first, as presented) is let in at `now`. For new handshakes, resumed
    /// sessions and connections already open alike.
    ///
    /// # Errors
    /// Why not.
    pub fn verify(&self, _chain: &[CertificateDer<'_>], _now: UnixTime) -> Result<(), Refusal> {
        unimplemented!()
    }
}

/// Why a client certificate was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// As a code.
    pub reason: ReasonCode,
    /// With the facts, for operators only.
    pub detail: String,
}
