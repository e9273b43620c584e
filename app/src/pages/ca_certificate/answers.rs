//! What the server functions of CA certificates do.

use domain::{CaCertificateId, Noun, Problem};
use leptos::server_fn::ServerFn;

use super::api::CaCertificateList;
use super::{delete_path, list_path};
use crate::backend::Backend;
use crate::error::{UiError, answer};
use crate::form::{FormPage, finish};
use crate::local_path::LocalPath;
use crate::pages::ssl_certificate::parse::group_id;

pub(super) async fn list(group: &str) -> Result<CaCertificateList, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    let items = backend.ca_certificates.list(&caller, &group_id(group)?).await?;
    Ok(CaCertificateList { items, now: (backend.now)() })
}

pub(super) async fn delete<F: ServerFn>(group: &str, id: &str) -> Result<(), UiError> {
    let result = async {
        let backend = Backend::of_request()?;
        let caller = backend.caller().await?;
        let group = group_id(group)?;
        backend.ca_certificates.delete(&caller, &group, &ca_certificate_id(id)?).await?;
        Ok(list_path(&group).parse().unwrap_or_else(|_| LocalPath::home()))
    }
    .await;
    match group_id(group).and_then(|group| Ok(delete_path(&group, &ca_certificate_id(id)?))) {
        Ok(path) => finish::<F>(result, &FormPage { path: &path, typed: &[] }),
        Err(_) => answer(result.map(|_| ())),
    }
}

fn ca_certificate_id(text: &str) -> Result<CaCertificateId, Problem> {
    text.parse().map_err(|_| Problem::NotFound(Noun::CaCertificate))
}
