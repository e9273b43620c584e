//! The real program as its users meet it: started as a process, asked with curl and openssl.

mod dashboard;
mod guide;
mod latency;
mod metrics;
mod node;
mod pki;
mod policy;
mod precedents;
mod reasons;
mod records;
mod services;
mod start;
mod stranger;
mod support;
