use domain::{CaCertificate, Field};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api::{self, add_ssl_certificate};
use super::control::Control;
use super::fields::{
    AdvancedFields, CertificateFields, HiddenFields, MethodField, PeerVerificationFields, TakeOverField,
    TypeField,
};
use super::form_state::FormState;
use super::path;
use super::submission::Submission;
use crate::components::{Dialog, ErrorSummary, SubmitButton};
use crate::language::use_language;
use crate::pages::ca_certificate::api::list_ca_certificates;
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::use_reloading;
use crate::text::{common, ssl_certificate as words};

/// The fields that must hold something before certificate and key can be sent, by file and by text.
pub(super) const CERTIFICATE_AND_KEY: [(Field, Control, Control); 2] = [
    (Field::Certificate, Control::Certificate, Control::CertificateText),
    (Field::PrivateKey, Control::PrivateKey, Control::PrivateKeyText),
];

/// The dialog "Add SSL Certificate", over the list.
#[component]
pub fn AddSslCertificate() -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let existing = Resource::new(move || group.get(), |group| list_ca_certificates(group.to_string()));
    let form = move || {
        Suspend::new(async move {
            // Without the list one can still upload.
            let existing = existing.await.map(|list| list.certificates()).unwrap_or_default();
            view! { <AddForm existing/> }
        })
    };
    view! {
        <Title text=language.pick(words::ADD_TITLE)/>
        <Dialog title=language.pick(words::ADD_TITLE) close_href=Signal::derive(move || path::list(&group.get()))>
            <Transition>{form}</Transition>
        </Dialog>
    }
    .into_any()
}

#[component]
fn AddForm(existing: Vec<CaCertificate>) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let state = FormState::from_query(&use_query_map().read_untracked());
    let submission = Submission::new(api::AddSslCertificate::PATH);
    let reload = use_reloading();
    let submit = move |event: web_sys::SubmitEvent| {
        submission.submit(&event, &CERTIFICATE_AND_KEY, add_ssl_certificate, reload);
    };
    view! {
        <form
            class="form certificate-form"
            method="post"
            action=api::AddSslCertificate::url()
            enctype="multipart/form-data"
            node_ref=submission.form
            on:submit=submit
            on:change=move |event| submission.changed(&event)
            on:input=move |event| submission.typed(&event)
        >
            <ErrorSummary problem=submission.summary()/>
            <HiddenFields values=vec![(Control::Group, group.get_untracked().to_string())]/>
            <TypeField selected=state.certificate_type submission/>
            <MethodField selected=state.method submission/>
            <CertificateFields state=state.clone() submission/>
            <div class="server-only">
                <PeerVerificationFields state=state.clone() existing submission/>
                <AdvancedFields state open=false submission/>
                <TakeOverField group submission/>
            </div>
            <div class="form__actions">
                <A href=move || path::list(&group.get()) attr:class="button">{language.pick(common::CANCEL)}</A>
                <SubmitButton label=words::ADD pending=submission.pending/>
            </div>
        </form>
    }
    .into_any()
}
