use serde::{Deserialize, Serialize};

use crate::{Certificate, Chain, FieldError, FieldWarning, PublicKey, Sni};

/// What an upload is, as shown while the form is still open. Nothing of it is saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// The chains found in the certificate field, leaf first; one for each leaf.
    pub chains: Vec<Chain>,
    /// The SNIs that the certificate itself gives.
    pub snis: Vec<Sni>,
    /// What the private key is; `None` if none was given or it cannot be read.
    pub key: Option<KeyFinding>,
    /// The CA certificates found in the CA field.
    pub ca_certificates: Vec<Certificate>,
    /// What would keep it from being saved.
    pub errors: Vec<FieldError>,
    /// What is worth knowing.
    pub warnings: Vec<FieldWarning>,
}

/// What can be said of a private key without showing any of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFinding {
    /// Its kind and size.
    pub public_key: PublicKey,
    /// Whether it belongs to the certificate that was given; `None` while there is no certificate.
    pub matches: Option<bool>,
}
