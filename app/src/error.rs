//! How a [`Problem`] travels from a server function to the page that called it.

use std::fmt;

use domain::Problem;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// The error of every server function. Without JavaScript it stands in the address of the page that shows it, so it
/// holds nothing but what the person who asked may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UiError(pub Problem);

impl fmt::Display for UiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for UiError {}

impl From<Problem> for UiError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let internal = |reference: &str| Problem::Internal { reference: reference.to_owned() };
        let problem = match error {
            // The arguments of a call made by hand: every form of ours sends what its function takes.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Problem::Invalid(Vec::new()),
            ServerFnErrorErr::Request(_) => internal(CONNECTION),
            ServerFnErrorErr::Deserialization(_) => internal("answer"),
            _ => internal("transport"),
        };
        #[cfg(feature = "ssr")]
        set_status(&problem);
        Self(problem)
    }
}

/// The reference of the one internal problem that is made in the browser: the server could not be reached.
pub const CONNECTION: &str = "connection";

/// The last line of every server function: the result, with the HTTP status that says the same.
#[cfg(feature = "ssr")]
pub fn answer<T>(result: Result<T, Problem>) -> Result<T, UiError> {
    result.map_err(|problem| {
        set_status(&problem);
        UiError(problem)
    })
}

/// Gives the answer to a call the problem's status. A form without JavaScript is sent back to its page instead, and a
/// browser follows a `Location` only on a redirect; a page that is being rendered decides its status by itself.
#[cfg(feature = "ssr")]
fn set_status(problem: &Problem) {
    use leptos::prelude::use_context;

    if let Some(parts) = use_context::<http::request::Parts>()
        && parts.uri.path().starts_with("/api/")
        && !accepts_html(&parts.headers)
        && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = http::StatusCode::from_u16(problem.status())
    {
        response.set_status(status);
    }
}

/// Whether the browser itself sent the request, and not a script of ours.
#[cfg(feature = "ssr")]
pub(crate) fn accepts_html(headers: &http::HeaderMap) -> bool {
    headers
        .get(http::header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}
