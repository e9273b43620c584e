//! What stands in the traffic: listeners, handshakes, policies, requests.
//!
//! Reads a snapshot that others publish ([`Gateway::apply`]). Must not know storage or the dashboard, and never runs a
//! policy that is half valid: a broken one refuses its hosts' clients.

mod addresses;
mod admission;
mod answer;
#[doc(hidden)]
pub mod bench_support;
mod body;
mod budget;
mod change;
mod command;
mod connection;
mod control_frames;
mod counters;
mod deferred;
mod echo;
mod events;
mod exempt_paths;
mod forward;
mod forwarded;
mod framing;
mod gate;
mod gateway;
mod handshake;
mod hang_up;
mod hop_by_hop;
mod http1;
mod identity_headers;
mod interim;
mod listener;
mod log_limit;
mod node;
mod node_handshake;
mod pace;
mod path;
mod patience;
pub mod proxy_protocol;
mod redirect;
mod report;
mod request;
mod request_end;
mod request_record;
mod routing;
mod serve;
mod server_flight;
mod shared;
mod snapshot;
mod spelling;
mod steady_body;
mod trailers;
mod upstream;
mod watched;
mod worker;

pub use change::{Change, HostPolicy, PolicyState, RouteRules, ServiceRules, UpstreamKey, UpstreamState};
pub use deferred::Deferred;
pub use events::Record;
pub use exempt_paths::ExemptPaths;
pub use gateway::{Applied, Gateway, Options, Records, StartError};
pub use report::{HandshakeLabels, HandshakeOutcome, Histogram, Report, RequestLabels};
pub use request_record::{RequestLine, RequestRecord};
