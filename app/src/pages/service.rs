//! Services: list, form, detail with the health of each node, delete.

#[cfg(feature = "ssr")]
mod answers;
pub mod api;
mod control;
mod delete;
mod detail;
mod facts;
mod fields;
mod form;
mod list;
mod nodes;
pub(crate) mod path;
#[cfg(feature = "ssr")]
mod read;
mod routes;
mod row;
mod status;
mod try_it;

pub use delete::DeleteServicePage;
pub use detail::ServicePage;
pub use form::{AddServicePage, EditServicePage};
pub use list::ServicesPage;
