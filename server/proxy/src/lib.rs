//! What stands in the traffic: listeners, handshakes, policies, requests.
//!
//! Reads a snapshot that others publish ([`Gateway::apply`]). Must not know storage or the dashboard, and never runs a
//! policy that is half valid: a broken one refuses its hosts' clients.

mod admission;
mod command;
mod connection;
mod echo;
mod events;
mod gateway;
mod handshake;
mod hang_up;
mod identity_headers;
mod listener;
mod redirect;
mod request;
mod serve;
mod shared;
mod snapshot;
mod worker;

pub use gateway::{Change, Gateway, HostPolicy, Options, PolicyState, StartError};
