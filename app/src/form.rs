//! How a server function answers a form: with JavaScript and without, the person ends up at the same place.

use domain::Problem;
use leptos::prelude::use_context;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;

use crate::error::{UiError, accepts_html, answer};
use crate::local_path::LocalPath;

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
            see_other(&next);
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
pub fn see_other(path: &LocalPath) {
    leptos_axum::redirect(path.as_str());
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
    /// The address that shows the form with what was typed, and with the error where `ServerAction` looks for it.
    fn with_error<F: ServerFn>(&self, error: UiError) -> Option<LocalPath> {
        let base = format!("http://localhost{}", self.path);
        let mut url = ServerFnUrlError::new(F::PATH, error).to_url(&base).ok()?;
        url.query_pairs_mut().extend_pairs(self.typed);
        format!("{}?{}", url.path(), url.query().unwrap_or_default()).parse().ok()
    }
}
