//! Asks the dashboard as a browser does.

use std::sync::LazyLock;

use app::Assets;
use axum::Router;
use axum::body::Body;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list, render_app_async_with_context};
use tower::ServiceExt;

use crate::fake::Fake;

/// A browser without JavaScript, or the script of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Browser {
    /// What it is in front of.
    pub(crate) fake: Fake,
    /// Its `Accept-Language`.
    pub(crate) language: Option<&'static str>,
    /// Its cookies.
    pub(crate) cookies: Option<&'static str>,
    /// Whether a script asks.
    pub(crate) script: bool,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Where it leads.
    pub(crate) location: Option<String>,
    /// The cookie that it sets.
    pub(crate) set_cookie: Option<String>,
    /// What it holds.
    pub(crate) body: String,
}

impl Browser {
    /// A browser in front of these ports.
    pub(crate) fn new(fake: &Fake) -> Self {
        Self { fake: fake.clone(), ..Self::default() }
    }

    /// Asks for a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(path)).await
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = form
            .iter()
            .map(|(name, value)| format!("{name}={}", escape(value)))
            .collect::<Vec<_>>()
            .join("&");
        let mut request = self.request(path);
        *request.method_mut() = http::Method::POST;
        request
            .headers_mut()
            .insert(CONTENT_TYPE, "application/x-www-form-urlencoded".parse().expect("a header value"));
        *request.body_mut() = Body::from(body);
        self.send(request).await
    }

    /// A request for `path`, to be changed before it is sent.
    pub(crate) fn request(&self, path: &str) -> Request<Body> {
        let accept = if self.script { "application/json" } else { "text/html,*/*" };
        let mut request = Request::builder().uri(path).header(ACCEPT, accept);
        if let Some(language) = self.language {
            request = request.header(ACCEPT_LANGUAGE, language);
        }
        if let Some(cookies) = self.cookies {
            request = request.header(COOKIE, cookies);
        }
        request.body(Body::empty()).expect("a valid request")
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = router(&self.fake).oneshot(request).await.expect("the router does not fail");
        let header =
            |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, location, set_cookie) = (response.status(), header(LOCATION), header(SET_COOKIE));
        let body = response.into_body().collect().await.expect("the page is rendered").to_bytes();
        let body = String::from_utf8(body.into()).expect("a page is UTF-8");
        Answer { status, location, set_cookie, body }
    }
}

impl Answer {
    /// Fails unless the body holds each of `parts`.
    #[track_caller]
    pub(crate) fn shows(&self, parts: &[&str]) -> &Self {
        for part in parts {
            assert!(self.body.contains(part), "{part:?} is not in\n{}", self.body);
        }
        self
    }

    /// Fails if the body holds one of `parts`.
    #[track_caller]
    pub(crate) fn hides(&self, parts: &[&str]) -> &Self {
        for part in parts {
            assert!(!self.body.contains(part), "{part:?} is in\n{}", self.body);
        }
        self
    }
}

/// Made once, before anything is rendered: while leptos makes the list, no resource of the whole process loads.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// The dashboard over these ports.
pub(crate) fn router(fake: &Fake) -> Router {
    let options = LeptosOptions::builder().output_name("app").build();
    let backend = fake.backend();
    let context = move || provide_context(backend.clone());
    let shell = || app::shell(Assets { stylesheet: "/app.css".to_owned(), ..Assets::default() });
    Router::new()
        .leptos_routes_with_context(&options, ROUTES.clone(), context.clone(), shell)
        .fallback(render_app_async_with_context(context, shell))
        .with_state(options)
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
