use domain::{CertificateType, SslCertificate};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::add::CERTIFICATE_AND_KEY;
use super::api::{self, replace_ssl_certificate};
use super::consent::ConsentField;
use super::control::Control;
use super::detail::use_detail;
use super::fields::{CertificateFields, HiddenFields, MethodField, TakeOverField};
use super::form_state::{FormState, type_code};
use super::live::first;
use super::path;
use super::submission::Submission;
use crate::components::{Dialog, ErrorSummary, SubmitButton};
use crate::language::use_language;
use crate::pages::layout::use_reloading;
use crate::text::{common, ssl_certificate as words};

/// The dialog "Replace certificate": another certificate and key, and nothing else unless asked.
#[component]
pub fn ReplaceSslCertificate() -> impl IntoView {
    let language = use_language();
    let detail = use_detail();
    let source = move || detail.loaded.get()?.ok().map(|detail| detail.certificate);
    view! {
        <Title text=language.pick(words::REPLACE)/>
        <Dialog title=language.pick(words::REPLACE) close_href=detail.href>
            <Transition>
                {
                    let made_from = first(source);
                    move || made_from.get().map(|certificate| view! { <ReplaceForm certificate/> })
                }
            </Transition>
        </Dialog>
    }
    .into_any()
}

#[component]
fn ReplaceForm(certificate: SslCertificate) -> impl IntoView {
    let language = use_language();
    let submission = Submission::new(api::ReplaceSslCertificate::PATH);
    let state = FormState::from_query(&use_query_map().read_untracked());
    let reload = use_reloading();
    let submit = move |event: web_sys::SubmitEvent| {
        submission.submit(&event, &CERTIFICATE_AND_KEY, replace_ssl_certificate, reload);
    };
    let SslCertificate { id, group, revision, certificate_type, .. } = certificate;
    let close = path::detail(&group, &id);
    let hidden = vec![
        (Control::Group, group.to_string()),
        (Control::Id, id.to_string()),
        (Control::Revision, revision.to_string()),
        (Control::Type, type_code(certificate_type).to_owned()),
    ];
    let snis = (certificate_type == CertificateType::Server).then(|| {
        view! {
            <label class="checkbox">
                <input
                    type="checkbox"
                    name=Control::SnisFromCertificate.name()
                    value="on"
                    checked=state.snis_from_certificate
                />
                {language.pick(words::SNIS_FROM_CERTIFICATE)}
            </label>
        }
    });
    view! {
        <form
            class="form certificate-form"
            method="post"
            action=api::ReplaceSslCertificate::url()
            enctype="multipart/form-data"
            node_ref=submission.form
            on:submit=submit
            on:change=move |event| submission.changed(&event)
            on:input=move |event| submission.typed(&event)
        >
            <ErrorSummary problem=submission.summary()/>
            <p class="form__lead">{language.pick(words::REPLACE_MEANING)}</p>
            <HiddenFields values=hidden/>
            <MethodField selected=state.method submission/>
            <CertificateFields state submission/>
            {snis}
            <TakeOverField group submission/>
            <ConsentField submission/>
            <div class="form__actions">
                <A href=close attr:class="button">{language.pick(common::CANCEL)}</A>
                <SubmitButton label=words::REPLACE pending=submission.pending/>
            </div>
        </form>
    }
    .into_any()
}
