//! The composition root: everything that Postern is made of is put together here, and nothing depends on it.
//!
//! `cli` and `config` say what is asked for, `serve` starts it, `services` implement the dashboard's ports on store and
//! gateway, `publish` carries committed changes to the gateway, `record` and `access_log` keep what happens there, `http`
//! answers the browser, `tasks` run in the background.

// The dashboard's views are deeply nested types.
#![recursion_limit = "512"]

mod access_log;
pub mod cli;
mod config;
mod http;
mod publish;
mod record;
mod serve;
mod services;
mod tasks;

pub use access_log::AccessLog;
pub use config::{DashboardTls, Retention, ServeConfig};
pub use serve::{Running, serve, start};
