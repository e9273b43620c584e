//! The controls that the certificate forms share.

use domain::{CaCertificate, CertificateType, Fault, Field, GatewayGroupId, Problem, Sni, SslCertificateId};
use leptos::prelude::*;

use super::control::{Control, Method};
use super::findings::Findings;
use super::form_state::{FormState, type_code};
use super::path;
use super::policy_fields::PolicyFields;
use super::submission::Submission;
use crate::components::{
    FieldErrors, FileField, RadioField, SwitchField, TextAreaField, TextField, error_id,
};
use crate::language::{Text, use_language};
use crate::text::ssl_certificate as words;

/// What the file dialog offers first.
const CERTIFICATE_FILES: &str = ".pem,.crt,.cer,.der,.cert,.chain";
const KEY_FILES: &str = ".pem,.key,.der";

/// What nobody fills in, but the server needs to know.
#[component]
pub(super) fn HiddenFields(
    /// Names and values.
    values: Vec<(Control, String)>,
) -> impl IntoView {
    values
        .into_iter()
        .map(|(control, value)| view! { <input type="hidden" name=control.name() value=value/> })
        .collect_view()
}

/// Server or client.
#[component]
pub(super) fn TypeField(selected: CertificateType, submission: Submission) -> impl IntoView {
    let options = vec![
        (type_code(CertificateType::Server), words::SERVER),
        (type_code(CertificateType::Client), words::CLIENT),
    ];
    view! { <RadioField field=Field::Type options selected=type_code(selected) problem=submission.problem/> }
}

/// Files or text. Which of the two kinds of controls is seen is a matter of style, so that it works without JavaScript.
#[component]
pub(super) fn MethodField(selected: Method, submission: Submission) -> impl IntoView {
    let options = vec![(Method::Upload.code(), words::UPLOAD), (Method::Paste.code(), words::PASTE)];
    view! { <RadioField field=Field::Method options selected=selected.code() problem=submission.problem/> }
}

/// Certificate and key, as files or as text.
#[component]
pub(super) fn CertificateFields(state: FormState, submission: Submission) -> impl IntoView {
    view! {
        <PemField
            field=Field::Certificate
            files=CERTIFICATE_FILES
            text=Control::CertificateText
            label=words::CERTIFICATE_TEXT
            value=state.certificate_text
            placeholder="-----BEGIN CERTIFICATE-----"
            submission
        />
        <PemField
            field=Field::PrivateKey
            files=KEY_FILES
            text=Control::PrivateKeyText
            label=words::PRIVATE_KEY_TEXT
            value=String::new()
            placeholder="-----BEGIN PRIVATE KEY-----"
            submission
        />
    }
    .into_any()
}

/// One thing as a file or as text, what is wrong with it, and what it is.
#[component]
fn PemField(
    field: Field,
    files: &'static str,
    text: Control,
    label: Text,
    value: String,
    placeholder: &'static str,
    submission: Submission,
) -> impl IntoView {
    let problem = submission.problem;
    view! {
        <div class="pem-field">
            <div class="pem-field__upload">
                <FileField field accept=files problem/>
            </div>
            <div class="pem-field__paste">
                <TextAreaField field name=text.name() label value placeholder problem/>
            </div>
            <FieldErrors field problem/>
            <Findings field inspection=submission.inspection problem/>
        </div>
    }
    .into_any()
}

/// The switch, the CAs, and what else is asked of clients.
#[component]
pub(super) fn PeerVerificationFields(
    state: FormState,
    /// The group's CAs.
    existing: Vec<CaCertificate>,
    submission: Submission,
) -> impl IntoView {
    let language = use_language();
    let problem = submission.problem;
    view! {
        <SwitchField
            field=Field::PeerVerification
            on=state.peer_verification
            help=language.pick(words::PEER_VERIFICATION_HELP)
            problem
        />
        <PemField
            field=Field::CaCertificate
            files=CERTIFICATE_FILES
            text=Control::CaCertificateText
            label=words::CA_CERTIFICATE_TEXT
            value=state.ca_certificate_text.clone()
            placeholder="-----BEGIN CERTIFICATE-----"
            submission
        />
        {(!existing.is_empty()).then(|| view! { <CaPicks existing picked=state.ca_certificate_ids.clone()/> })}
        <PolicyFields state submission/>
    }
    .into_any()
}

/// The group's CAs, any number of which can be ticked.
#[component]
fn CaPicks(existing: Vec<CaCertificate>, picked: Vec<String>) -> impl IntoView {
    let language = use_language();
    let name = Control::CaCertificateId.name();
    let boxes = existing
        .into_iter()
        .map(|ca| {
            let id = ca.id.to_string();
            let checked = picked.contains(&id);
            view! {
                <label class="checkbox">
                    <input type="checkbox" name=name value=id checked=checked/>
                    {ca.display_name()}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby=error_id(Field::CaCertificate)>
            <legend class="field__label">{language.pick(words::PICK_CA)}</legend>
            <input type="hidden" name=Control::PicksCas.name() value="on"/>
            <div class="field__options picks">{boxes}</div>
            <p class="field__help">{language.pick(words::PICK_CA_HELP)}</p>
        </fieldset>
    }
    .into_any()
}

/// Fields that hardly anybody needs, out of the way until something in them is wrong.
#[component]
pub(super) fn Disclosure(
    /// What it is about.
    summary: Text,
    /// The fields in it.
    fields: &'static [Field],
    /// Whether it is open from the start.
    open: bool,
    submission: Submission,
    children: Children,
) -> impl IntoView {
    let problem = submission.problem;
    let inspection = submission.inspection;
    let wrong = move || {
        let is_here = |field: Field| fields.contains(&field);
        open || problem
            .with(|problem| problem.iter().flat_map(Problem::field_errors).any(|error| is_here(error.field)))
            || inspection
                .with(|found| found.iter().flat_map(|found| &found.errors).any(|error| is_here(error.field)))
    };
    // It never closes by itself: that would take away what is being typed.
    let wrong = Memo::new(move |before| before == Some(&true) || wrong());
    view! {
        <details class="advanced" open=move || wrong.get()>
            <summary>{use_language().pick(summary)}</summary>
            {children()}
        </details>
    }
    .into_any()
}

/// The hosts, which are the certificate's own unless somebody says otherwise.
#[component]
pub(super) fn AdvancedFields(
    state: FormState,
    /// Whether it is open from the start.
    open: bool,
    submission: Submission,
) -> impl IntoView {
    let language = use_language();
    let problem = submission.problem;
    view! {
        <Disclosure summary=words::ADVANCED fields=&[Field::Snis] open submission>
            <TextField
                field=Field::Snis
                value=state.snis
                help=language.pick(words::SNIS_HELP)
                code=true
                problem
            />
            <Findings field=Field::Snis inspection=submission.inspection problem/>
        </Disclosure>
    }
    .into_any()
}

/// Who has an SNI that is wanted, and the consent to take it over.
#[component]
pub(super) fn TakeOverField(
    #[prop(into)] group: Signal<GatewayGroupId>,
    submission: Submission,
) -> impl IntoView {
    let language = use_language();
    let conflicts = Memo::new(move |_| {
        let mut errors = submission.problem.with(|problem| {
            problem
                .iter()
                .flat_map(Problem::field_errors)
                .filter_map(|error| taken(&error.fault))
                .collect::<Vec<_>>()
        });
        submission.inspection.with(|found| {
            errors
                .extend(found.iter().flat_map(|found| &found.errors).filter_map(|error| taken(&error.fault)));
        });
        errors.dedup();
        errors
    });
    move || {
        let conflicts = conflicts.get();
        (!conflicts.is_empty()).then(|| {
            let others = conflicts
                .iter()
                .map(|(sni, by)| {
                    let href = path::detail(&group.get_untracked(), by);
                    view! {
                        <li>
                            <code>{sni.to_string()}</code>
                            " "
                            // In a new tab: the form holds files that would be lost.
                            <a href=href target="_blank">{language.pick(words::SHOW_OTHER)}" "<code>{by.to_string()}</code></a>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <div class="take-over">
                    <ul>{others}</ul>
                    <label class="checkbox">
                        <input type="checkbox" name=Control::Replace.name() value="on"/>
                        {language.pick(words::TAKE_OVER)}
                    </label>
                </div>
            }
        })
    }
}

fn taken(fault: &Fault) -> Option<(Sni, SslCertificateId)> {
    match fault {
        Fault::SniTaken { sni, by } => Some((sni.clone(), by.clone())),
        _ => None,
    }
}
