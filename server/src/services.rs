//! The dashboard's ports, implemented on the store and the gateway. Every operation authorises its caller first.

mod account;
mod attempts;
mod authorise;
mod ca_certificate;
mod client;
mod gateway_group;
mod handshake_event;
mod problem;
mod service;
mod ssl_certificate;

use std::sync::Arc;

use domain::{Caller, UnixTime};
use store::{Author, Store};
use tls::Clock;

use crate::publish::Publisher;

pub(crate) use account::{AccountService, RequestAccounts, Sessions};
pub(crate) use ca_certificate::CaCertificateService;
pub(crate) use client::ClientService;
pub(crate) use gateway_group::GatewayGroupService;
pub(crate) use handshake_event::HandshakeEventService;
pub(crate) use problem::internal;
pub(crate) use service::ServiceService;
pub(crate) use ssl_certificate::SslCertificateService;

/// What every service stands on. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Foundation {
    pub(crate) store: Store,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Foundation {
    fn now(&self) -> UnixTime {
        self.clock.now()
    }

    fn author(&self, caller: &Caller) -> Author {
        Author { name: caller.name.to_string(), at: self.now() }
    }
}
