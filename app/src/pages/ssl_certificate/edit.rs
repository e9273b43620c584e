use domain::{CaCertificate, SslCertificate};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api::{self, edit_ssl_certificate};
use super::consent::ConsentField;
use super::control::Control;
use super::detail::use_detail;
use super::fields::{AdvancedFields, HiddenFields, MethodField, PeerVerificationFields, TakeOverField};
use super::form_state::{FormState, type_code};
use super::live::first;
use super::path;
use super::submission::Submission;
use crate::components::{Dialog, ErrorSummary, SubmitButton};
use crate::language::use_language;
use crate::pages::ca_certificate::api::list_ca_certificates;
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::use_reloading;
use crate::text::{common, ssl_certificate as words};

/// The dialog "Edit": everything but certificate and key, which it neither shows nor asks for.
#[component]
pub fn EditSslCertificate() -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let detail = use_detail();
    let existing = Resource::new(move || group.get(), |group| list_ca_certificates(group.to_string()));
    let source = move || {
        let existing = existing.get()?.map(|list| list.certificates()).unwrap_or_default();
        Some((detail.loaded.get()?.ok()?.certificate, existing))
    };
    view! {
        <Title text=language.pick(words::EDIT_TITLE)/>
        <Dialog title=language.pick(words::EDIT_TITLE) close_href=detail.href>
            <Transition>
                {
                    let made_from = first(source);
                    move || made_from.get().map(|(certificate, existing)| view! { <EditForm certificate existing/> })
                }
            </Transition>
        </Dialog>
    }
    .into_any()
}

/// The form as the certificate is now.
fn state_of(certificate: &SslCertificate) -> FormState {
    let verification = &certificate.peer_verification;
    FormState {
        certificate_type: certificate.certificate_type,
        peer_verification: verification.mode.asks(),
        ca_certificate_ids: verification.ca_certificates.iter().map(|ca| ca.id.to_string()).collect(),
        mode: verification.mode,
        depth: verification.depth.intermediates().to_string(),
        exempt_paths: lines(&verification.exempt_paths),
        allow_list: lines(&verification.allow_list),
        advertises_ca_names: verification.advertises_ca_names,
        snis: certificate.snis.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ..FormState::default()
    }
}

fn lines<T: ToString>(entries: &[T]) -> String {
    entries.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The CAs to pick from: the group's, and those in use even if the group's could not be had.
fn choices(mut existing: Vec<CaCertificate>, used: &[CaCertificate]) -> Vec<CaCertificate> {
    for ca in used {
        if existing.iter().all(|one| one.id != ca.id) {
            existing.push(ca.clone());
        }
    }
    existing
}

#[component]
fn EditForm(certificate: SslCertificate, existing: Vec<CaCertificate>) -> impl IntoView {
    let language = use_language();
    let submission = Submission::new(api::EditSslCertificate::PATH);
    let state = state_of(&certificate);
    let state = if submission.problem.read_untracked().is_some() {
        state.with_query(&use_query_map().read_untracked())
    } else {
        state
    };
    let reload = use_reloading();
    let submit = move |event: web_sys::SubmitEvent| {
        submission.submit(&event, &[], edit_ssl_certificate, reload);
    };
    let SslCertificate { id, group, revision, peer_verification, certificate_type, .. } = certificate;
    let existing = choices(existing, &peer_verification.ca_certificates);
    let close = path::detail(&group, &id);
    let hidden = vec![
        (Control::Group, group.to_string()),
        (Control::Id, id.to_string()),
        (Control::Revision, revision.to_string()),
        (Control::Type, type_code(certificate_type).to_owned()),
        (Control::SetsPeerVerification, "on".to_owned()),
    ];
    view! {
        <form
            class="form certificate-form"
            method="post"
            action=api::EditSslCertificate::url()
            enctype="multipart/form-data"
            node_ref=submission.form
            on:submit=submit
            on:change=move |event| submission.changed(&event)
            on:input=move |event| submission.typed(&event)
        >
            <ErrorSummary problem=submission.summary()/>
            <p class="form__lead">{language.pick(words::EDIT_KEY_STAYS)}</p>
            <HiddenFields values=hidden/>
            <MethodField selected=state.method submission/>
            <PeerVerificationFields state=state.clone() existing submission/>
            <AdvancedFields state open=true submission/>
            <TakeOverField group submission/>
            <ConsentField submission/>
            <div class="form__actions">
                <A href=close attr:class="button">{language.pick(common::CANCEL)}</A>
                <SubmitButton label=common::SAVE pending=submission.pending/>
            </div>
        </form>
    }
    .into_any()
}
