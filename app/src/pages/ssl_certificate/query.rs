//! What a list of SSL certificates is asked for, and what it answers. The query stands in the page's URL.

use domain::{CertificateType, Page, PageRequest, Revision, SslCertificate, Status, UnixTime};
use serde::{Deserialize, Serialize};

/// Rows on a page of the list.
pub const PAGE_SIZE: u32 = 50;

/// Which certificates are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SslCertificateQuery {
    /// Text that the SNIs, the subject, the issuer or the id contains; at most 128 characters; empty for all.
    pub search: String,
    /// Only this type.
    pub certificate_type: Option<CertificateType>,
    /// Only this status.
    pub status: Option<Status>,
    /// Only those that have expired or expire within 30 days.
    pub expiring: bool,
    /// Which page.
    pub page: PageRequest,
}

/// One page of SSL certificates, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SslCertificateList {
    /// The rows.
    pub page: Page<SslCertificate>,
    /// How many of the whole group's certificates have expired or expire within 30 days.
    pub expiring: u64,
    /// How many the whole group has.
    pub all: u64,
    /// The revision that this instance's listener serves: a row is in effect when its revision is not newer.
    pub served: Revision,
    /// The server's time, so that server and browser count the same days.
    pub now: UnixTime,
}
