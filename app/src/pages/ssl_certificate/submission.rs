//! The browser's half of a certificate form: looks into what was chosen while the form is open, and sends it without
//! leaving the page. Without JavaScript none of this runs, and the form is sent by the browser itself.

use std::future::Future;
use std::time::Duration;

use domain::{Fault, Field, FieldError, Inspection, Limit, Problem};
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::codec::MultipartData;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use wasm_bindgen::JsCast;
use web_sys::{FormData, SubmitEvent};

use super::api::inspect_ssl_certificate;
use super::control::{Control, FIELD_LIMIT, Method};
use crate::error::UiError;

/// How long typing has to rest before the text is looked into.
const REST: Duration = Duration::from_millis(300);

/// A certificate form that is open.
#[derive(Clone, Copy)]
pub(super) struct Submission {
    pub(super) form: NodeRef<html::Form>,
    /// What was wrong when the form was sent, or what is missing for that.
    pub(super) problem: RwSignal<Option<Problem>>,
    /// What stands in the form, as far as it was looked into.
    pub(super) inspection: RwSignal<Option<Inspection>>,
    /// Whether an answer is awaited.
    pub(super) pending: RwSignal<bool>,
    /// The problem was found here, and the focus is at its field: the summary need not take it.
    found_here: RwSignal<bool>,
    /// Counts what was typed or chosen, so that an answer that comes late is known to be old.
    round: StoredValue<u64>,
}

/// The error that the server function at `path` left in the address, if the form was sent without JavaScript.
pub(crate) fn returned_problem(paths: &[&str]) -> Option<Problem> {
    let query = use_query_map();
    let query = query.read_untracked();
    let path = query.get_str("__path")?;
    paths
        .contains(&path)
        .then(|| ServerFnUrlError::<UiError>::decode_err(query.get_str("__err")?).0.into())?
}

impl Submission {
    /// The form that is sent to the server function at `path`.
    pub(super) fn new(path: &'static str) -> Self {
        Self {
            form: NodeRef::new(),
            problem: RwSignal::new(returned_problem(&[path])),
            inspection: RwSignal::new(None),
            pending: RwSignal::new(false),
            found_here: RwSignal::new(false),
            round: StoredValue::new(0),
        }
    }

    /// What the summary at the top says.
    pub(super) fn summary(self) -> Signal<Option<Problem>> {
        Signal::derive(move || if self.found_here.get() { None } else { self.problem.get() })
    }

    /// Something was chosen, or a text is complete: look into it at once.
    pub(super) fn changed(self, event: &web_sys::Event) {
        if !is_consent(event) {
            self.inspect(self.next_round());
        }
    }

    /// Something is being typed: look into it once that rests.
    pub(super) fn typed(self, event: &web_sys::Event) {
        if is_text(event) {
            let round = self.next_round();
            set_timeout(move || self.inspect(round), REST);
        }
    }

    fn next_round(self) -> u64 {
        self.problem.set(None);
        self.round.update_value(|round| *round += 1);
        self.round.get_value()
    }

    fn inspect(self, round: u64) {
        let is_newest = move || self.round.try_get_value() == Some(round);
        let Some(data) = self.data().filter(|_| is_newest()) else {
            return;
        };
        // Consent is for the conflict that is shown: it must stay to be seen.
        data.delete(Control::Replace.name());
        let too_large = too_large(&data);
        if !too_large.is_empty() {
            self.inspection.set(Some(Inspection { errors: too_large, ..Inspection::default() }));
            return;
        }
        spawn_local(async move {
            // An inspection that fails says nothing about the certificate; sending the form will say why.
            let found = inspect_ssl_certificate(MultipartData::from(data)).await.ok();
            if is_newest() {
                self.inspection.set(found);
            }
        });
    }

    /// Sends the form by `send`, if `required` is there.
    pub(super) fn submit<Sent>(
        self,
        event: &SubmitEvent,
        required: &[(Field, Control, Control)],
        send: impl FnOnce(MultipartData) -> Sent,
        reload: impl Fn() + 'static,
    ) where
        Sent: Future<Output = Result<(), UiError>> + 'static,
    {
        event.prevent_default();
        let Some(data) = self.data() else {
            return;
        };
        if let Some((problem, control)) = unsendable(&data, required) {
            self.found_here.set(true);
            self.problem.set(Some(problem));
            focus(control);
            return;
        }
        self.found_here.set(false);
        self.problem.set(None);
        self.pending.set(true);
        let sent = send(MultipartData::from(data));
        spawn_local(async move {
            let result = sent.await;
            if result.is_ok() {
                reload();
            }
            // The form is gone if its page was left in the meantime.
            let _ = self.pending.try_set(false);
            let _ = self.problem.try_set(result.err().map(|error| error.0));
        });
    }

    fn data(self) -> Option<FormData> {
        FormData::new_with_form(&self.form.get_untracked()?).ok()
    }
}

/// What keeps a form from being sent at all, and where to go to mend it.
fn unsendable(data: &FormData, required: &[(Field, Control, Control)]) -> Option<(Problem, Control)> {
    let method = method(data);
    let control = |file: Control, text: Control| if method == Method::Upload { file } else { text };
    let too_large = too_large(data);
    if let Some(first) = too_large.first() {
        let control =
            if first.field == Field::PrivateKey { Control::PrivateKey } else { Control::Certificate };
        return Some((Problem::Invalid(too_large), control));
    }
    let missing: Vec<_> = required
        .iter()
        .map(|(field, file, text)| (*field, control(*file, *text)))
        .filter(|(_, control)| size(data, *control) == 0)
        .collect();
    let (_, first) = *missing.first()?;
    let errors = missing.into_iter().map(|(field, _)| FieldError::new(field, Fault::Required)).collect();
    Some((Problem::Invalid(errors), first))
}

/// Files that need not be sent to know that they are too large.
fn too_large(data: &FormData) -> Vec<FieldError> {
    let limit = Fault::TooLarge(Limit::Bytes(FIELD_LIMIT as u64));
    if method(data) != Method::Upload {
        return Vec::new();
    }
    [Control::Certificate, Control::PrivateKey, Control::CaCertificate]
        .into_iter()
        .filter(|control| size(data, *control) > FIELD_LIMIT)
        .filter_map(|control| Some(FieldError::new(control.field()?, limit.clone())))
        .collect()
}

fn method(data: &FormData) -> Method {
    data.get(Control::Method.name()).as_string().and_then(|code| Method::from_code(&code)).unwrap_or_default()
}

/// The length of what a control holds: of a file in bytes, of a text in characters without the space around it.
fn size(data: &FormData, control: Control) -> usize {
    let value = data.get(control.name());
    match value.dyn_ref::<web_sys::File>() {
        // A file is far smaller than 2^53 bytes, up to which every whole number is exact.
        Some(file) => file.size() as usize,
        None => value.as_string().unwrap_or_default().trim().chars().count(),
    }
}

fn focus(control: Control) {
    let element = document().get_element_by_id(control.name());
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        && let Err(error) = element.focus()
    {
        leptos::logging::warn!("cannot focus the field: {error:?}");
    }
}

fn is_consent(event: &web_sys::Event) -> bool {
    event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()).is_some_and(
        |input| {
            [Control::Replace, Control::AcceptsConsequences].iter().any(|tick| tick.name() == input.name())
        },
    )
}

fn is_text(event: &web_sys::Event) -> bool {
    event.target().is_some_and(|target| {
        target.dyn_ref::<web_sys::HtmlTextAreaElement>().is_some()
            || target.dyn_ref::<web_sys::HtmlInputElement>().is_some_and(|input| {
                input.name() == Control::Snis.name() || input.name() == Control::Depth.name()
            })
    })
}
