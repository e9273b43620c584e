//! SSL certificates: list, dialog, detail.

pub mod query;
