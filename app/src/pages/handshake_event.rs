//! Handshakes: the live list of TLS attempts, and one of them with the reason of its verdict.

mod advice;
#[cfg(feature = "ssr")]
mod answers;
pub mod api;
mod chain;
mod detail;
mod filters;
mod list;
mod list_state;
mod name;
pub(crate) mod path;
pub mod query;
mod row;
mod verdict;

pub use detail::HandshakePage;
pub use list::HandshakesPage;
