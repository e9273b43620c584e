//! `/metrics`: what is counted, for Prometheus.

mod exposition;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use domain::{GatewayGroupId, Secret};
use http::header::{AUTHORIZATION, CONTENT_TYPE, FORWARDED, HeaderName, VIA, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use subtle::ConstantTimeEq as _;

use super::guard::{self, OwnNames};
use super::listen::ClientAddress;
use crate::record::Recorder;
use crate::services::Foundation;

/// What a proxy on this machine adds to what it passes on: then the peer is not who asks.
const PASSED_ON: [HeaderName; 6] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
];

/// What the metrics are made of, and who may read them.
#[derive(Debug, Clone)]
pub(super) struct Metrics {
    pub(super) foundation: Foundation,
    pub(super) recorder: Recorder,
    pub(super) token: Option<Arc<Secret>>,
    pub(super) own_names: Arc<OwnNames>,
}

pub(super) fn router(metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(answer)).with_state(metrics)
}

async fn answer(State(metrics): State<Metrics>, request: Request) -> Response {
    if !metrics.admits(&request) {
        let challenge = [(WWW_AUTHENTICATE, "Bearer realm=\"metrics\"")];
        return (StatusCode::UNAUTHORIZED, challenge, "the metrics token is needed\n").into_response();
    }
    match exposition::text(metrics.numbers().await) {
        Ok(text) => ([(CONTENT_TYPE, exposition::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be put into text");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Metrics {
    /// Whether a request may read them: with the token if there is one, otherwise from this machine itself. A proxy on
    /// this machine need not say that it is one, so a token is asked of everybody.
    fn admits(&self, request: &Request) -> bool {
        match &self.token {
            Some(token) => bears(request.headers(), token),
            None => self.is_from_this_machine(request),
        }
    }

    /// Asked for at this machine's own names, so that no page of another site reads them through its user's browser
    /// (DNS rebinding).
    fn is_from_this_machine(&self, request: &Request) -> bool {
        let peer = request.extensions().get::<ClientAddress>();
        peer.is_some_and(|ClientAddress(address)| address.ip().to_canonical().is_loopback())
            && PASSED_ON.iter().all(|name| !request.headers().contains_key(name))
            && guard::authority(request).is_some_and(|authority| self.own_names.allows(authority))
    }

    async fn numbers(&self) -> exposition::Numbers {
        let publisher = &self.foundation.publisher;
        let report = publisher.gateway().report().await;
        exposition::Numbers {
            events_dropped: sum(&report.events_dropped, &self.recorder.all_dropped()),
            report,
            expiries: publisher.expiries(),
            revocation_lists: publisher.all_revocation_lists(),
            nodes: publisher.gateway().all_node_states(),
            served: publisher.gateway().revision(),
            // Without it the rest is worth having: most of all while the store fails.
            stored: self.foundation.store.revision().await.ok(),
            now: self.foundation.clock.now(),
        }
    }
}

/// Whether a request carries the token (RFC 6750 §2.1).
fn bears(headers: &HeaderMap, token: &Secret) -> bool {
    let given = headers.get(AUTHORIZATION).map(|value| value.as_bytes());
    let given = given.and_then(|value| value.strip_prefix(b"Bearer "));
    given.is_some_and(|given| given.ct_eq(token.expose()).into())
}

fn sum(
    some: &HashMap<GatewayGroupId, u64>,
    more: &HashMap<GatewayGroupId, u64>,
) -> HashMap<GatewayGroupId, u64> {
    let mut sum = some.clone();
    for (group, count) in more {
        *sum.entry(group.clone()).or_default() += count;
    }
    sum
}
