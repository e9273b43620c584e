use domain::{Field, PeerVerificationMode};
use leptos::prelude::*;

use super::control::{Control, MODES, mode_code};
use super::fields::Disclosure;
use super::findings::Findings;
use super::form_state::FormState;
use super::submission::Submission;
use crate::components::{FieldErrors, TextAreaField, TextField, error_id, field_id, has_error};
use crate::language::{Text, use_language};
use crate::text::field::field as label;
use crate::text::ssl_certificate as words;

const FIELDS: &[Field] = &[Field::Depth, Field::ExemptPaths, Field::AllowList, Field::AdvertisesCaNames];

/// What is asked of clients besides a certificate of the CA.
#[component]
pub(super) fn PolicyFields(state: FormState, submission: Submission) -> impl IntoView {
    let language = use_language();
    let problem = submission.problem;
    let open = state.has_policy();
    view! {
        <Disclosure summary=words::POLICY fields=FIELDS open submission>
            <ModeField selected=state.mode/>
            <TextField
                field=Field::Depth
                value=state.depth
                help=language.pick(words::DEPTH_HELP)
                problem
            />
            <ListField
                field=Field::ExemptPaths
                value=state.exempt_paths
                help=words::EXEMPT_PATHS_HELP
                placeholder="^/health$"
                submission
            />
            <ListField
                field=Field::AllowList
                value=state.allow_list
                help=words::ALLOW_LIST_HELP
                placeholder="dns:*.partners.example.com"
                submission
            />
            <CaNamesField on=state.advertises_ca_names submission/>
        </Disclosure>
    }
    .into_any()
}

/// What happens to clients without a good certificate. Errors stand at the switch, which this belongs to.
#[component]
fn ModeField(selected: PeerVerificationMode) -> impl IntoView {
    let language = use_language();
    let name = Control::PeerVerificationMode.name();
    let choices = MODES
        .map(|mode| {
            let checked = mode_code(mode) == mode_code(selected);
            let (word, meaning) = mode_words(mode);
            let id = format!("{name}-{}", mode_code(mode));
            let meaning_id = format!("{id}-help");
            let (target, described_by) = (id.clone(), meaning_id.clone());
            view! {
                <div class="choice">
                    <label class="radio" for=target>
                        <input
                            type="radio"
                            id=id
                            name=name
                            value=mode_code(mode)
                            checked=checked
                            aria-describedby=described_by
                        />
                        {language.pick(word)}
                    </label>
                    <p class="field__help" id=meaning_id>{language.pick(meaning)}</p>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby=error_id(Field::PeerVerification)>
            <legend class="field__label">{language.pick(words::MODE)}</legend>
            {choices}
        </fieldset>
    }
    .into_any()
}

/// A mode, and what it means for clients.
pub(super) fn mode_words(mode: PeerVerificationMode) -> (Text, Text) {
    match mode {
        PeerVerificationMode::Off => (words::OFF, words::MODE_OFF),
        PeerVerificationMode::Required => (words::REQUIRED, words::REQUIRED_MEANING),
        PeerVerificationMode::Optional => (words::OPTIONAL, words::OPTIONAL_MEANING),
        PeerVerificationMode::ReportOnly => (words::REPORT_ONLY, words::REPORT_ONLY_MEANING),
    }
}

/// Entries, one on each line.
#[component]
fn ListField(
    field: Field,
    value: String,
    help: Text,
    placeholder: &'static str,
    submission: Submission,
) -> impl IntoView {
    let problem = submission.problem;
    view! {
        <div class="list-field">
            <TextAreaField
                field
                name=field_id(field)
                label=label(field)
                value
                placeholder
                help=use_language().pick(help)
                problem
            />
            <FieldErrors field problem/>
            <Findings field inspection=submission.inspection problem/>
        </div>
    }
    .into_any()
}

/// Whether clients are told which CAs are meant.
#[component]
fn CaNamesField(on: bool, submission: Submission) -> impl IntoView {
    let language = use_language();
    let field = Field::AdvertisesCaNames;
    let problem = submission.problem;
    let id = field_id(field);
    let help = format!("{id}-help");
    let invalid = has_error(problem.into(), field);
    view! {
        <div class="field">
            <label class="checkbox">
                <input
                    type="checkbox"
                    id=id
                    name=id
                    value="on"
                    checked=on
                    aria-describedby=format!("{help} {}", error_id(field))
                    aria-invalid=move || invalid().then_some("true")
                />
                {language.pick(label(field))}
            </label>
            <p class="field__help" id=help>{language.pick(words::CA_NAMES_HELP)}</p>
            <FieldErrors field problem/>
        </div>
    }
    .into_any()
}
