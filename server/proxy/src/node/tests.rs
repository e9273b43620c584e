//! Requests to real sockets that behave as nodes do, and as they should not.

mod answers;
mod failures;
mod http2;
mod keeping;
mod support;
mod tls;
mod uploads;
