use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;

use crate::services::Foundation;

/// `/healthz`: the process answers. `/readyz`: the store answers and the gateway serves its newest revision.
pub(super) fn router(foundation: Foundation) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(foundation)
}

async fn ready(State(foundation): State<Foundation>) -> (StatusCode, String) {
    let served = foundation.publisher.gateway().revision();
    match foundation.store.revision().await {
        Ok(stored) if stored == served => (StatusCode::OK, format!("ready at revision {served}\n")),
        Ok(stored) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("revision {stored} is stored, {served} is served\n"))
        }
        Err(error) => {
            tracing::warn!(%error, "not ready: the store failed");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n".to_owned())
        }
    }
}
