//! Services: list, form, detail with the health of each node, delete.

#[cfg(feature = "ssr")]
mod answers;
pub mod api;
mod control;
mod fields;
pub(crate) mod path;
#[cfg(feature = "ssr")]
mod read;
