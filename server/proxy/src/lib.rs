//! What stands in the traffic: listeners, handshakes, policies, requests.
//!
//! Reads a snapshot that others publish ([`Gateway::apply`]). Must not know storage or the dashboard, and never runs a
//! policy that is half valid: a broken one refuses its hosts' clients.

mod gateway;

pub use gateway::{Change, Gateway, HostPolicy, Options, PolicyState, StartError};
