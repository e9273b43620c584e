use domain::{CaCertificate, CaCertificateId, Noun, Problem, SslCertificateId, UnixTime};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::{CaCertificateDetail, get_ca_certificate};
use super::delete_path;
use super::revocation::RevocationSection;
use super::users::Users;
use crate::components::{Alert, BadgeKind, ButtonLink, PageHeader, ProblemPage};
use crate::error::UiError;
use crate::language::use_language;
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::use_reload;
use crate::pages::ssl_certificate::CertificateFacts;
use crate::text::{ca_certificate as words, gateway_group};

/// One CA: what it is, what it is used for, and whom it has revoked.
#[component]
pub fn CaCertificatePage() -> impl IntoView {
    let group = use_group_id();
    let params = use_params_map();
    let reload = use_reload();
    let id = Memo::new(move |before: Option<&Option<CaCertificateId>>| {
        let named = params.read().get_str("id").map(|id| id.parse().ok());
        // The parameter is gone while the person leaves the page.
        named.unwrap_or_else(|| before.cloned().flatten())
    });
    let loaded = Resource::new(
        move || (group.get(), id.get(), reload.get()),
        |(group, id, _)| async move {
            match id {
                Some(id) => get_ca_certificate(group.to_string(), id.to_string()).await,
                None => Err(UiError(Problem::NotFound(Noun::CaCertificate))),
            }
        },
    );
    let page = move || {
        Suspend::new(async move {
            match loaded.await {
                Ok(detail) => view! { <Detail detail/> }.into_any(),
                Err(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
            }
        })
    };
    view! { <Transition>{page}</Transition> }
}

#[component]
fn Detail(detail: CaCertificateDetail) -> impl IntoView {
    let language = use_language();
    let CaCertificateDetail { certificate, users, now } = detail;
    let saved = use_query_map().read_untracked().get_str("saved").is_some();
    let delete = users.is_empty().then(|| {
        let href = delete_path(&certificate.group, &certificate.id);
        view! { <ButtonLink href text=language.pick(words::DELETE)/> }
    });
    view! {
        <PageHeader title=certificate.display_name()>{delete}</PageHeader>
        {saved.then(|| {
            view! { <Alert kind=BadgeKind::Good>{language.pick(gateway_group::SAVED)}</Alert> }
        })}
        <UsedBy certificate=certificate.clone() users/>
        <RevocationSection certificate=certificate.clone() now/>
        <Certificates certificate now/>
    }
    .into_any()
}

#[component]
fn UsedBy(certificate: CaCertificate, users: Vec<SslCertificateId>) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="users-heading">
            <h2 class="section__title" id="users-heading">{use_language().pick(words::USED_BY)}</h2>
            <p><Users group=certificate.group users/></p>
        </section>
    }
    .into_any()
}

#[component]
fn Certificates(certificate: CaCertificate, now: UnixTime) -> impl IntoView {
    let language = use_language();
    certificate
        .certificates
        .into_iter()
        .enumerate()
        .map(|(index, certificate)| {
            let heading = format!("certificate-{index}-heading");
            let (labelled_by, title) = (heading.clone(), certificate.display_name());
            view! {
                <section class="section" aria-labelledby=labelled_by>
                    <h2 class="section__title" id=heading>
                        {language.pick(words::CERTIFICATE)} " " {title}
                    </h2>
                    <CertificateFacts certificate now/>
                </section>
            }
        })
        .collect_view()
        .into_any()
}
