//! What the pages need from the server: one trait per noun, in domain types only.
//!
//! The server implements these and puts a [`Backend`] into the Leptos context of every request. Each operation checks
//! by itself whether its caller may do it; the pages only choose what to show.

mod account;
mod ca_certificate;
mod client;
mod gateway_group;
mod handshake_event;
mod service;
mod ssl_certificate;

use std::sync::Arc;

use domain::{Caller, Problem, UnixTime};
use leptos::prelude::use_context;

pub use account::Accounts;
pub use ca_certificate::{CaCertificates, RevocationChange};
pub use client::{Clients, NewDeniedClient};
pub use gateway_group::{GatewayGroups, GroupSettings};
pub use handshake_event::HandshakeEvents;
pub use service::{ServiceChoices, ServiceDraft, Services};
pub use ssl_certificate::{
    CaChoice, CertificateUpload, NewPeerVerification, NewSslCertificate, SniChoice, SslCertificateChange,
    SslCertificates,
};

pub use crate::pages::handshake_event::query::{HandshakeList, HandshakeQuery, Outcome};

/// All ports, as seen by one request.
#[derive(Clone)]
pub struct Backend {
    /// Users and the session of this request.
    pub accounts: Arc<dyn Accounts>,
    /// Gateway groups.
    pub gateway_groups: Arc<dyn GatewayGroups>,
    /// SSL certificates.
    pub ssl_certificates: Arc<dyn SslCertificates>,
    /// CA certificates.
    pub ca_certificates: Arc<dyn CaCertificates>,
    /// Clients that were seen, and those that are denied.
    pub clients: Arc<dyn Clients>,
    /// The record of TLS attempts.
    pub handshake_events: Arc<dyn HandshakeEvents>,
    /// Services and their routes.
    pub services: Arc<dyn Services>,
    /// The server's time, so that server and browser count the same days.
    pub now: Arc<dyn Fn() -> UnixTime + Send + Sync>,
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Backend")
    }
}

impl Backend {
    /// The ports of the request that is being answered.
    ///
    /// # Errors
    /// None were provided: a fault of the server's composition.
    pub fn of_request() -> Result<Self, Problem> {
        use_context().ok_or_else(|| {
            tracing::error!("no backend in the request's context");
            Problem::Internal { reference: "no-backend".to_owned() }
        })
    }

    /// Who asks.
    ///
    /// # Errors
    /// [`Problem::SignInRequired`] if nobody is signed in.
    pub async fn caller(&self) -> Result<Caller, Problem> {
        self.accounts.caller().await?.ok_or(Problem::SignInRequired)
    }
}
