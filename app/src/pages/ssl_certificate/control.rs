//! The controls of the certificate forms, as pages write them and the server reads them: names and bounds.

use domain::{Field, PeerVerificationMode};

/// The most that one field may hold, in bytes, unless [`Control::limit`] says otherwise.
pub(super) const FIELD_LIMIT: usize = 64 * 1024;
/// The most that an allow-list may hold, in bytes: its most entries, each of the greatest length.
#[cfg(feature = "ssr")]
const ALLOW_LIST_LIMIT: usize = 512 * 1024;
/// The most identities of one allow-list.
#[cfg(feature = "ssr")]
pub(super) const MOST_IDENTITIES: usize = 1_000;
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
    /// Says that the form has the group's CAs to pick from: without it, none picked would look like none wanted.
    PicksCas,
    PeerVerificationMode,
    Depth,
    ExemptPaths,
    AllowList,
    AdvertisesCaNames,
    Snis,
    SnisFromCertificate,
    Replace,
    /// Says that somebody knows which hosts become less protected.
    AcceptsConsequences,
}

impl Control {
    /// All of them. No form has more, and none but [`Control::CaCertificateId`] twice.
    #[cfg(feature = "ssr")]
    const ALL: [Self; 24] = [
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
        Self::PicksCas,
        Self::PeerVerificationMode,
        Self::Depth,
        Self::ExemptPaths,
        Self::AllowList,
        Self::AdvertisesCaNames,
        Self::Snis,
        Self::SnisFromCertificate,
        Self::Replace,
        Self::AcceptsConsequences,
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
            Self::PicksCas => "picks_cas",
            Self::PeerVerificationMode => "peer_verification_mode",
            Self::Depth => "depth",
            Self::ExemptPaths => "exempt_paths",
            Self::AllowList => "allow_list",
            Self::AdvertisesCaNames => "advertises_ca_names",
            Self::Snis => "snis",
            Self::SnisFromCertificate => "snis_from_certificate",
            Self::Replace => "replace",
            Self::AcceptsConsequences => "accepts_consequences",
        }
    }

    /// The control with this form name.
    #[cfg(feature = "ssr")]
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|control| control.name() == name)
    }

    /// Whether a form sends it once for each thing that was ticked.
    #[cfg(feature = "ssr")]
    pub(super) const fn repeats(self) -> bool {
        matches!(self, Self::CaCertificateId)
    }

    /// The most that it may hold, in bytes.
    #[cfg(feature = "ssr")]
    pub(super) const fn limit(self) -> usize {
        match self {
            Self::AllowList => ALLOW_LIST_LIMIT,
            _ => FIELD_LIMIT,
        }
    }

    /// The field that an error in this control belongs to; `None` for what no person fills in.
    pub(super) const fn field(self) -> Option<Field> {
        match self {
            Self::Type => Some(Field::Type),
            Self::Method => Some(Field::Method),
            Self::Certificate | Self::CertificateText => Some(Field::Certificate),
            Self::PrivateKey | Self::PrivateKeyText => Some(Field::PrivateKey),
            Self::PeerVerification | Self::SetsPeerVerification | Self::PeerVerificationMode => {
                Some(Field::PeerVerification)
            }
            Self::CaCertificate | Self::CaCertificateText | Self::CaCertificateId | Self::PicksCas => {
                Some(Field::CaCertificate)
            }
            Self::Depth => Some(Field::Depth),
            Self::ExemptPaths => Some(Field::ExemptPaths),
            Self::AllowList => Some(Field::AllowList),
            Self::AdvertisesCaNames => Some(Field::AdvertisesCaNames),
            Self::Snis | Self::SnisFromCertificate | Self::Replace | Self::AcceptsConsequences => {
                Some(Field::Snis)
            }
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

/// The value that forms send for a mode. Off has none: it is the switch that says so.
pub(super) const fn mode_code(mode: PeerVerificationMode) -> &'static str {
    match mode {
        PeerVerificationMode::Off | PeerVerificationMode::Required => "required",
        PeerVerificationMode::Optional => "optional",
        PeerVerificationMode::ReportOnly => "report_only",
    }
}

/// The mode with this code.
pub(super) fn mode_from_code(code: &str) -> Option<PeerVerificationMode> {
    MODES.into_iter().find(|mode| mode_code(*mode) == code)
}

/// The modes to choose from while the switch is on, the usual one first.
pub(super) const MODES: [PeerVerificationMode; 3] =
    [PeerVerificationMode::Required, PeerVerificationMode::Optional, PeerVerificationMode::ReportOnly];
