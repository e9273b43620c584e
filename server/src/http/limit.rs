//! Bounds request bodies, and says the limit to whoever runs into it.

use app::error::UiError;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::Problem;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Limited};

/// The greatest request body, except for uploads: the largest form is a page of text fields.
const BODY_LIMIT: u64 = 64 * 1024;
/// How much of a body is read so that its sender gets to read the answer, whatever the answer is.
const READ_LIMIT: u64 = 16 * 1024 * 1024;

pub(super) async fn bounded_body(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if is_upload(&parts.headers) {
        // Read piece by piece by whoever wants it, with the bounds of each field: so the form can say which is too large.
        let body = Body::new(Limited::new(body, usize::try_from(READ_LIMIT).unwrap_or(usize::MAX)));
        return next.run(Request::from_parts(parts, body)).await;
    }
    let announced =
        parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > BODY_LIMIT) {
        discard(body).await;
        return too_large(&parts.headers);
    }
    // Gathered here, so that a body of unknown length has the same bound and the same answer.
    match to_bytes(body, usize::try_from(BODY_LIMIT).unwrap_or(usize::MAX)).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(error) if is_length_limit(&error) => too_large(&parts.headers),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn is_upload(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
}

fn is_length_limit(error: &axum::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        source = inner.source();
    }
    false
}

async fn discard(mut body: Body) {
    let mut seen = 0;
    while let Some(Ok(frame)) = body.frame().await {
        seen += frame.data_ref().map_or(0, |data| data.len() as u64);
        if seen > READ_LIMIT {
            return;
        }
    }
}

/// For scripts and the dashboard's own code as JSON, for a browser without JavaScript as a sentence.
fn too_large(headers: &HeaderMap) -> Response {
    let problem = Problem::TooLarge { limit: BODY_LIMIT };
    let wants_page = headers
        .get(ACCEPT)
        .is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
    if wants_page {
        return (StatusCode::PAYLOAD_TOO_LARGE, format!("{problem}. Go back and choose a smaller file.\n"))
            .into_response();
    }
    match serde_json::to_string(&UiError(problem)) {
        Ok(json) => {
            (StatusCode::PAYLOAD_TOO_LARGE, [(CONTENT_TYPE, "application/json")], json).into_response()
        }
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}
