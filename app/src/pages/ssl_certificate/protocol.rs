//! How a certificate form travels: as multipart in, as JSON out, read no further than a bound.

use domain::Problem;
use futures_util::StreamExt;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::{Encoding, FromRes, IntoRes, Json, MultipartData, MultipartFormData};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorWrapper};
use leptos::server_fn::request::browser::BrowserFormData;
use leptos::server_fn::request::{ClientReq, Req};
use leptos::server_fn::server::Server;
use leptos::server_fn::{Http, Protocol};
use multer::{Constraints, Multipart, SizeLimit};

use super::control::READ_LIMIT;
use crate::error::UiError;

/// Multipart in, JSON out. In place of `Http<MultipartFormData, Json>`, which panics at a body of another content type and
/// reads without a bound.
#[derive(Debug)]
pub struct MultipartForm;

type Unbounded = Http<MultipartFormData, Json>;

impl<Input, Output, C, S> Protocol<Input, Output, C, S, UiError> for MultipartForm
where
    Input: From<MultipartData> + Into<MultipartData> + Send,
    Output: IntoRes<Json, S::Response, UiError> + FromRes<Json, C::Response, UiError> + Send,
    C: Client<UiError>,
    C::Request: ClientReq<UiError, FormData = BrowserFormData>,
    S: Server<UiError>,
{
    const METHOD: http::Method = <MultipartFormData as Encoding>::METHOD;

    async fn run_server<F, Fut>(request: S::Request, server_fn: F) -> Result<S::Response, UiError>
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, UiError>> + Send,
    {
        let content_type = Req::<UiError>::to_content_type(&request);
        let Some(boundary) = content_type.and_then(|content_type| multer::parse_boundary(content_type).ok())
        else {
            return refuse(Problem::WrongContentType);
        };
        let body = Req::<UiError>::try_into_stream(request)?
            .map(|piece| piece.map_err(|error| ServerFnErrorWrapper(UiError::de(error))));
        let limit = SizeLimit::new().whole_stream(READ_LIMIT);
        let form = Multipart::with_constraints(body, boundary, Constraints::new().size_limit(limit));
        server_fn(Input::from(MultipartData::Server(form))).await?.into_res().await
    }

    async fn run_client(path: &str, input: Input) -> Result<Output, UiError> {
        <Unbounded as Protocol<Input, Output, C, S, UiError>>::run_client(path, input).await
    }
}

#[cfg(feature = "ssr")]
fn refuse<T>(problem: Problem) -> Result<T, UiError> {
    crate::error::answer(Err(problem))
}

#[cfg(not(feature = "ssr"))]
fn refuse<T>(problem: Problem) -> Result<T, UiError> {
    Err(UiError(problem))
}
