//! SSL certificates: list, dialogs, detail.

mod add;
#[cfg(feature = "ssr")]
mod answers;
pub mod api;
mod consent;
mod control;
mod delete;
mod denied;
mod detail;
mod edit;
mod facts;
mod fields;
mod findings;
mod form_state;
mod health_note;
mod list;
mod list_state;
mod live;
#[cfg(feature = "ssr")]
pub(crate) mod parse;
pub(crate) mod path;
mod peer_verification;
mod policy_facts;
mod policy_fields;
pub(crate) mod protocol;
pub mod query;
mod replace;
mod row;
mod submission;
mod try_it;
#[cfg(feature = "ssr")]
mod upload;

pub use add::AddSslCertificate;
pub use delete::DeleteSslCertificate;
pub use detail::SslCertificatePage;
pub use edit::EditSslCertificate;
pub(crate) use facts::{CertificateFacts, Expiry, code, copyable, exact, expiry_note, fact};
pub use list::SslCertificatesPage;
pub use replace::ReplaceSslCertificate;
pub(crate) use submission::returned_problem;
pub(crate) use try_it::{curl, curl_path, example_host, reachable};
