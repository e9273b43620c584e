//! HTTP/1.1 (RFC 9112) by ourselves: nothing stands between a request's task and its connections, and nothing is
//! understood that another could understand otherwise.

pub(crate) mod server;
