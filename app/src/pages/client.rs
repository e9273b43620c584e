//! Clients: those that were let in, those that are denied, and how one becomes the other.

mod allow;
#[cfg(feature = "ssr")]
mod answers;
pub mod api;
mod denied;
mod deny;
mod entry;
mod list;
mod list_state;
pub(crate) mod path;
mod row;
mod tabs;

pub use allow::AllowClientAgain;
pub use denied::DeniedClientsPage;
pub use deny::DenyClient;
pub(crate) use entry::entry_for;
pub use list::ClientsPage;
