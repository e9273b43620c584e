//! How a server function answers a form: with JavaScript and without, the person ends up at the same place.

use domain::Problem;
use leptos::prelude::use_context;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;

use crate::error::{UiError, accepts_html, answer};
use crate::local_path::LocalPath;

/// The longest address that servers and browsers are sure to take, in bytes: what was typed is left out beyond.
const ADDRESS_LIMIT: usize = 32 * 1024;

/// The page that a form stands on, and what had been typed, so that it need not be typed again where the page has to be
/// loaded anew. Nothing secret belongs here: it becomes part of an address.
#[derive(Debug)]
pub struct FormPage<'a> {
    /// The page's path, without a query.
    pub path: &'a str,
    /// Names and values for its query.
    pub typed: &'a [(&'a str, &'a str)],
}

/// Ends the server function `F` that answers a form: on to `next`, or back to the form with the error.
pub fn finish<F: ServerFn>(result: Result<LocalPath, Problem>, form: &FormPage<'_>) -> Result<(), UiError> {
    match answer(result) {
        Ok(next) => {
            see_other(next.as_str());
            Ok(())
        }
        Err(error) => {
            if is_plain_form()
                && let Some(back) = form.with_error::<F>(error.clone())
            {
                see_other(&back);
            }
            Err(error)
        }
    }
}

/// Leads the browser on to `path` (303, RFC 9110 §15.4.4), or tells the script that sent the form to go there.
fn see_other(path: &str) {
    leptos_axum::redirect(path);
    if is_plain_form()
        && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
    {
        response.set_status(http::StatusCode::SEE_OTHER);
    }
}

/// Whether the form was sent by the browser itself, and not by a script of ours.
fn is_plain_form() -> bool {
    use_context::<http::request::Parts>().is_some_and(|parts| accepts_html(&parts.headers))
}

impl FormPage<'_> {
    /// The address that shows the form with what was typed, and with the error where `ServerAction` looks for it. It is
    /// made of our own path and of escaped text, so it is one of this site and fit for a header.
    fn with_error<F: ServerFn>(&self, error: UiError) -> Option<String> {
        let base = format!("http://localhost{}", self.path);
        let mut url = ServerFnUrlError::new(F::PATH, error).to_url(&base).ok()?;
        let without_typed = url.clone();
        url.query_pairs_mut().extend_pairs(self.typed);
        let url = if url.as_str().len() <= ADDRESS_LIMIT { url } else { without_typed };
        Some(format!("{}?{}", url.path(), url.query().unwrap_or_default()))
    }
}
