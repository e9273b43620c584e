use domain::{DenyEntry, Fault, UnixTime};
use rustls_pki_types::{CertificateDer, Der, TrustAnchor};

use super::denials::deniable_as;
use crate::der;
use crate::facts::display_name;
use crate::text::{NAME_LIMIT, escape};
use crate::x509::Parsed;

/// One CA that clients or nodes may come from.
#[derive(Debug, Clone)]
pub(crate) struct Anchor {
    /// Name, key and name constraints, for webpki.
    pub(crate) trust: TrustAnchor<'static>,
    /// The subject in DER, with its SEQUENCE header.
    pub(super) subject: Vec<u8>,
    /// The subject public key info in DER.
    pub(super) spki: Vec<u8>,
    /// What to call it.
    pub(crate) name: String,
    /// First and last second of its validity.
    pub(crate) validity: (i64, i64),
    /// How many intermediates it allows below it (RFC 5280 §4.2.1.9), which webpki does not ask of an anchor.
    pub(crate) path_length: Option<u32>,
    /// Whether its extKeyUsage, if it has one, allows TLS clients below it. webpki does not ask that of an anchor.
    pub(super) is_for_clients: bool,
    /// Whether its extKeyUsage, if it has one, allows TLS servers below it.
    pub(crate) is_for_servers: bool,
    /// Whether its keyUsage, if it has one, allows its key to sign revocation lists.
    pub(super) signs_revocation_lists: bool,
    /// The entries of deny-lists that would name it.
    pub(super) deniable_as: Vec<DenyEntry>,
}

impl Anchor {
    /// Takes from a certificate that was found fit what verification needs; `index` is its place in the field.
    ///
    /// # Errors
    /// [`Fault::UnreadableCertificate`] where webpki is stricter than our parser.
    pub(crate) fn new(certificate: &Parsed<'_>, index: usize) -> Result<Self, Fault> {
        let trust = if certificate.is_v3() {
            webpki::anchor_from_trusted_cert(&CertificateDer::from(certificate.der))
                .map(|anchor| anchor.to_owned())
                .map_err(|error| Fault::UnreadableCertificate {
                    number: index + 1,
                    reason: escape(&error.to_string(), NAME_LIMIT),
                })?
        } else {
            TrustAnchor {
                subject: contents(certificate.raw.subject),
                subject_public_key_info: contents(certificate.raw.spki),
                name_constraints: None,
            }
        };
        Ok(Self {
            trust,
            subject: certificate.raw.subject.to_vec(),
            spki: certificate.raw.spki.to_vec(),
            name: display_name(certificate),
            validity: certificate.validity(),
            path_length: certificate
                .extensions
                .basic_constraints
                .and_then(|constraints| constraints.path_length),
            is_for_clients: certificate.extensions.extended_key_usage.is_none_or(|usage| usage.client_auth),
            is_for_servers: certificate.extensions.extended_key_usage.is_none_or(|usage| usage.server_auth),
            signs_revocation_lists: certificate.extensions.key_usage.is_none_or(|usage| usage.crl_sign),
            deniable_as: deniable_as(certificate),
        })
    }

    /// Whether it is within its validity. webpki does not ask that of an anchor.
    pub(crate) fn is_valid_at(&self, now: UnixTime) -> bool {
        (self.validity.0..=self.validity.1).contains(&now.0)
    }
}

/// Anchors, ready for webpki.
#[derive(Debug, Clone)]
pub(crate) struct AnchorSet {
    anchors: Vec<Anchor>,
    /// The `trust` of each, in one slice and each once: every key costs a signature check when names are the same.
    trust: Vec<TrustAnchor<'static>>,
}

impl AnchorSet {
    /// Of these anchors.
    pub(crate) fn new(anchors: Vec<Anchor>) -> Self {
        let mut trust: Vec<TrustAnchor<'static>> = Vec::new();
        for anchor in &anchors {
            if !trust.contains(&anchor.trust) {
                trust.push(anchor.trust.clone());
            }
        }
        Self { anchors, trust }
    }

    /// All that is known of each.
    pub(crate) fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// What webpki wants to know of each.
    pub(crate) fn trust(&self) -> &[TrustAnchor<'static>] {
        &self.trust
    }
}

/// A SEQUENCE without its header, as webpki's anchors hold names and keys.
fn contents(sequence: &[u8]) -> Der<'static> {
    let contents = der::take(sequence, der::SEQUENCE).map_or(&[][..], |value| value.contents);
    Der::from(contents.to_vec())
}
