//! The dashboard: pages, forms, and the ports ([`backend`]) that they need from the server.
//!
//! Pages are rendered on the server (feature `ssr`) and taken over in the browser (feature `hydrate`). This package
//! must not know any package of the server, and no database: what a page needs stands as a trait in `backend`.

#[cfg(feature = "ssr")]
pub mod backend;
pub mod pages;
