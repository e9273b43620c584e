//! What the server functions of SSL certificates do: know the caller, parse, ask the backend, and say where to go next.

use domain::{
    Caller, DeniedClientId, Fault, Field, FieldError, FieldWarning, GatewayGroupId, Inspection, Noun,
    PeerVerificationMode, Problem, SslCertificateId, Status,
};
use leptos::server_fn::ServerFn;
use leptos::server_fn::codec::MultipartData;

use super::api::SslCertificateDetail;
use super::control::Control;
use super::form_state::FormState;
use super::parse::{self, Parsed, group_id, ssl_certificate_id};
use super::path;
use super::query::{SslCertificateList, SslCertificateQuery};
use super::upload::Upload;
use crate::backend::{Backend, CaChoice, NewPeerVerification, SslCertificateChange};
use crate::error::{UiError, answer};
use crate::form::{FormPage, finish};
use crate::local_path::LocalPath;

pub(super) async fn list(group: &str, query: &SslCertificateQuery) -> Result<SslCertificateList, Problem> {
    let (backend, caller) = authenticated().await?;
    backend.ssl_certificates.list(&caller, &group_id(group)?, query).await
}

pub(super) async fn get(group: &str, id: &str) -> Result<SslCertificateDetail, Problem> {
    let (backend, caller) = authenticated().await?;
    let (group, id) = (group_id(group)?, ssl_certificate_id(id)?);
    let certificate = backend.ssl_certificates.get(&caller, &group, &id).await?;
    let served = backend.gateway_groups.get(&caller, &group).await?.revision;
    let mut denied = backend.clients.denied(&caller, &group).await?;
    denied.retain(|client| client.ssl_certificate.as_ref() == Some(&id));
    Ok(SslCertificateDetail { certificate, denied, served, now: (backend.now)() })
}

pub(super) async fn deletion_consequences(group: &str, id: &str) -> Result<Vec<FieldWarning>, Problem> {
    let (backend, caller) = authenticated().await?;
    let (group, id) = (group_id(group)?, ssl_certificate_id(id)?);
    backend.ssl_certificates.consequences_of_deletion(&caller, &group, &id).await
}

/// Errors that need no look into a certificate stand beside those that do.
pub(super) async fn inspect(form: MultipartData) -> Result<Inspection, Problem> {
    let form = ReceivedForm::read(form).await?;
    let group = form.group()?;
    let editing = if form.upload.text(Control::Id).is_empty() { None } else { Some(form.id()?) };
    let Parsed { value, errors } = parse::new_ssl_certificate(&form.upload);
    let certificates = &form.backend.ssl_certificates;
    let mut inspection = certificates.inspect(&form.caller, &group, value, editing.as_ref()).await?;
    inspection.errors.splice(0..0, errors);
    Ok(inspection)
}

pub(super) async fn add<F: ServerFn>(form: MultipartData) -> Result<(), UiError> {
    let form = match ReceivedForm::read(form).await {
        Ok(form) => form,
        Err(problem) => return answer(Err(problem)),
    };
    let page = form.group().map(|group| path::add(&group));
    form.finish::<F>(form.add().await, page)
}

pub(super) async fn edit<F: ServerFn>(form: MultipartData) -> Result<(), UiError> {
    let form = match ReceivedForm::read(form).await {
        Ok(form) => form,
        Err(problem) => return answer(Err(problem)),
    };
    form.finish::<F>(form.change(parse::edit).await, form.page(path::edit))
}

pub(super) async fn replace<F: ServerFn>(form: MultipartData) -> Result<(), UiError> {
    let form = match ReceivedForm::read(form).await {
        Ok(form) => form,
        Err(problem) => return answer(Err(problem)),
    };
    form.finish::<F>(form.change(parse::replacement).await, form.page(path::replace))
}

pub(super) async fn set_status<F: ServerFn>(group: &str, id: &str, status: &str) -> Result<(), UiError> {
    let result = async {
        let (backend, caller) = authenticated().await?;
        let (group, id) = (group_id(group)?, ssl_certificate_id(id)?);
        let status = match status {
            "enabled" => Status::Enabled,
            "disabled" => Status::Disabled,
            _ => return Err(Problem::Invalid(Vec::new())),
        };
        let change = SslCertificateChange { status: Some(status), ..SslCertificateChange::default() };
        backend.ssl_certificates.update(&caller, &group, &id, change, None).await?;
        Ok(path::detail(&group, &id))
    }
    .await;
    finish_at_detail::<F>(result, group, id)
}

pub(super) async fn set_peer_verification<F: ServerFn>(
    group: &str,
    id: &str,
    peer_verification: &str,
) -> Result<(), UiError> {
    let result = async {
        let (backend, caller) = authenticated().await?;
        let (group, id) = (group_id(group)?, ssl_certificate_id(id)?);
        let mode = match peer_verification {
            "on" => PeerVerificationMode::Required,
            "off" => PeerVerificationMode::Off,
            other => {
                let fault = Fault::UnknownValue { value: parse::shortened(other) };
                return Err(FieldError::new(Field::PeerVerification, fault).into());
            }
        };
        let current = backend.ssl_certificates.get(&caller, &group, &id).await?;
        let current_verification = current.peer_verification;
        let change = SslCertificateChange {
            peer_verification: Some(NewPeerVerification {
                mode,
                ca: CaChoice::Unchanged,
                depth: current_verification.depth,
                exempt_paths: current_verification.exempt_paths,
                allow_list: current_verification.allow_list,
                hides_ca_names: !current_verification.advertises_ca_names,
            }),
            ..SslCertificateChange::default()
        };
        backend.ssl_certificates.update(&caller, &group, &id, change, Some(current.revision)).await?;
        Ok(path::detail(&group, &id))
    }
    .await;
    finish_at_detail::<F>(result, group, id)
}

pub(super) async fn allow_client_again<F: ServerFn>(
    group: &str,
    id: &str,
    denied: &str,
) -> Result<(), UiError> {
    let result = async {
        let (backend, caller) = authenticated().await?;
        let (group, id) = (group_id(group)?, ssl_certificate_id(id)?);
        let denied: DeniedClientId = denied.parse().map_err(|_| Problem::NotFound(Noun::DeniedClient))?;
        backend.clients.allow_again(&caller, &group, &denied).await?;
        Ok(path::detail(&group, &id))
    }
    .await;
    finish_at_detail::<F>(result, group, id)
}

pub(super) async fn delete<F: ServerFn>(group: &str, id: &str, accepts: bool) -> Result<(), UiError> {
    let result = async {
        let (backend, caller) = authenticated().await?;
        let (group, id) = (group_id(group)?, ssl_certificate_id(id)?);
        let certificates = &backend.ssl_certificates;
        // The page asks for consent if there is something to consent to: that it came without means that there was not
        // when the page was made.
        if !accepts && !certificates.consequences_of_deletion(&caller, &group, &id).await?.is_empty() {
            return Err(Problem::Stale);
        }
        certificates.delete(&caller, &group, &id).await?;
        Ok(path::list(&group))
    }
    .await;
    let page = group_id(group).and_then(|group| Ok(path::delete(&group, &ssl_certificate_id(id)?)));
    finish_at::<F>(result, page, &[])
}

/// Everything starts here: nobody who is not signed in gets as far as being parsed.
async fn authenticated() -> Result<(Backend, Caller), Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    Ok((backend, caller))
}

/// A certificate form from somebody who is signed in.
struct ReceivedForm {
    backend: Backend,
    caller: Caller,
    upload: Upload,
}

impl ReceivedForm {
    async fn read(form: MultipartData) -> Result<Self, Problem> {
        let (backend, caller) = authenticated().await?;
        let form = form.into_inner().ok_or(Problem::WrongContentType)?;
        Ok(Self { backend, caller, upload: Upload::read(form).await? })
    }

    fn group(&self) -> Result<GatewayGroupId, Problem> {
        group_id(&self.upload.text(Control::Group))
    }

    fn id(&self) -> Result<SslCertificateId, Problem> {
        ssl_certificate_id(&self.upload.text(Control::Id))
    }

    async fn add(&self) -> Result<String, Problem> {
        let group = self.group()?;
        let new = parse::new_ssl_certificate(&self.upload).sound()?;
        let added = self.backend.ssl_certificates.add(&self.caller, &group, new).await?;
        Ok(path::added(&group, &added.id))
    }

    async fn change(&self, parse: fn(&Upload) -> Parsed<SslCertificateChange>) -> Result<String, Problem> {
        let (group, id) = (self.group()?, self.id()?);
        let change = parse(&self.upload).sound()?;
        let seen = parse::revision(&self.upload)?;
        self.backend.ssl_certificates.update(&self.caller, &group, &id, change, Some(seen)).await?;
        Ok(path::detail(&group, &id))
    }

    /// The address of the page that this form stands on.
    fn page(&self, path: fn(&GatewayGroupId, &SslCertificateId) -> String) -> Result<String, Problem> {
        Ok(path(&self.group()?, &self.id()?))
    }

    fn finish<F: ServerFn>(
        &self,
        result: Result<String, Problem>,
        page: Result<String, Problem>,
    ) -> Result<(), UiError> {
        let typed = FormState::typed(&self.upload);
        let typed: Vec<_> = typed.iter().map(|(name, text)| (*name, text.as_str())).collect();
        finish_at::<F>(result, page, &typed)
    }
}

/// Ends a form without text fields, which stands on the certificate's own page.
fn finish_at_detail<F: ServerFn>(
    result: Result<String, Problem>,
    group: &str,
    id: &str,
) -> Result<(), UiError> {
    let page = group_id(group).and_then(|group| Ok(path::detail(&group, &ssl_certificate_id(id)?)));
    finish_at::<F>(result, page, &[])
}

/// Without a page to go back to, the error goes to the page that the browser names (`Referer`).
fn finish_at<F: ServerFn>(
    result: Result<String, Problem>,
    page: Result<String, Problem>,
    typed: &[(&str, &str)],
) -> Result<(), UiError> {
    let next = result.map(|path| path.parse().unwrap_or_else(|_| LocalPath::home()));
    match page {
        Ok(page) => finish::<F>(next, &FormPage { path: &page, typed }),
        Err(_) => answer(next.map(|_| ())),
    }
}
