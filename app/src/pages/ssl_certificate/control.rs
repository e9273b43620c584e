//! The controls of the certificate forms, as pages write them and the server reads them: names and bounds.

use domain::Field;

/// The most that one field may hold, in bytes.
pub(super) const FIELD_LIMIT: usize = 64 * 1024;
/// The most that all fields of a form may hold together, in bytes.
pub(super) const BODY_LIMIT: u64 = 1024 * 1024;
/// How much of a body is read at all, in bytes. It is more than what is kept, because a browser that is cut off while it
/// still sends shows a broken connection instead of the answer.
pub(super) const READ_LIMIT: u64 = 8 * BODY_LIMIT;

/// One control of a certificate form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    Group,
    Id,
    Revision,
    Type,
    Method,
    Certificate,
    CertificateText,
    PrivateKey,
    PrivateKeyText,
    PeerVerification,
    /// Says that the form has the switch: without it, no switch at all would look like one that is off.
    SetsPeerVerification,
    CaCertificate,
    CaCertificateText,
    CaCertificateId,
    Depth,
    Snis,
    SnisFromCertificate,
    Replace,
}

impl Control {
    /// All of them. No form has more, and none has one twice: that bounds how many fields an upload may have.
    #[cfg(feature = "ssr")]
    const ALL: [Self; 18] = [
        Self::Group,
        Self::Id,
        Self::Revision,
        Self::Type,
        Self::Method,
        Self::Certificate,
        Self::CertificateText,
        Self::PrivateKey,
        Self::PrivateKeyText,
        Self::PeerVerification,
        Self::SetsPeerVerification,
        Self::CaCertificate,
        Self::CaCertificateText,
        Self::CaCertificateId,
        Self::Depth,
        Self::Snis,
        Self::SnisFromCertificate,
        Self::Replace,
    ];

    /// The form name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Id => "id",
            Self::Revision => "revision",
            Self::Type => "type",
            Self::Method => "method",
            Self::Certificate => "certificate",
            Self::CertificateText => "certificate_text",
            Self::PrivateKey => "private_key",
            Self::PrivateKeyText => "private_key_text",
            Self::PeerVerification => "peer_verification",
            Self::SetsPeerVerification => "sets_peer_verification",
            Self::CaCertificate => "ca_certificate",
            Self::CaCertificateText => "ca_certificate_text",
            Self::CaCertificateId => "ca_certificate_id",
            Self::Depth => "depth",
            Self::Snis => "snis",
            Self::SnisFromCertificate => "snis_from_certificate",
            Self::Replace => "replace",
        }
    }

    /// The control with this form name.
    #[cfg(feature = "ssr")]
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|control| control.name() == name)
    }

    /// The field that an error in this control belongs to; `None` for what no person fills in.
    pub(super) const fn field(self) -> Option<Field> {
        match self {
            Self::Type => Some(Field::Type),
            Self::Method => Some(Field::Method),
            Self::Certificate | Self::CertificateText => Some(Field::Certificate),
            Self::PrivateKey | Self::PrivateKeyText => Some(Field::PrivateKey),
            Self::PeerVerification | Self::SetsPeerVerification => Some(Field::PeerVerification),
            Self::CaCertificate | Self::CaCertificateText | Self::CaCertificateId => {
                Some(Field::CaCertificate)
            }
            Self::Depth => Some(Field::Depth),
            Self::Snis | Self::SnisFromCertificate | Self::Replace => Some(Field::Snis),
            Self::Group | Self::Id | Self::Revision => None,
        }
    }
}

/// How certificates are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Method {
    /// As files.
    #[default]
    Upload,
    /// As text.
    Paste,
}

impl Method {
    /// The value that forms send.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Paste => "paste",
        }
    }

    /// The method with this code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        [Self::Upload, Self::Paste].into_iter().find(|method| method.code() == code)
    }
}
