use domain::{Field, Problem};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::field::{error_id, field_id, has_error};
use crate::language::{Text, use_language};
use crate::text;
use crate::text::common;

/// A file, chosen or dropped. The native control stays in use, so keyboard, screen reader and a browser without
/// JavaScript have what they know; with JavaScript the whole frame takes drops, and a button takes the file back.
///
/// One of several controls for its field: put [`super::FieldErrors`] below them. Whatever changes the file, a `change`
/// event bubbles up from the control.
#[component]
pub fn FileField(
    /// Which field.
    field: Field,
    /// Its label, where it is not the field's usual one.
    #[prop(optional)]
    label: Option<Text>,
    /// What the file dialog offers first, e.g. `.pem,.crt`.
    accept: &'static str,
    /// What went wrong with the form, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let language = use_language();
    let id = field_id(field);
    let label = language.pick(label.unwrap_or_else(|| text::field::field(field)));
    let input = NodeRef::<html::Input>::new();
    let chosen = RwSignal::new(false);
    let dragging = RwSignal::new(false);
    let invalid = has_error(problem, field);

    let sync = move || chosen.set(input.get_untracked().is_some_and(|input| has_file(&input)));
    // The browser may have kept a choice from before the page was taken over.
    Effect::new(move || {
        if input.get().is_some() {
            sync();
        }
    });
    let drop = move |event: web_sys::DragEvent| {
        event.prevent_default();
        dragging.set(false);
        if let (Some(input), Some(data)) = (input.get_untracked(), event.data_transfer()) {
            input.set_files(data.files().as_ref());
            announce(&input);
        }
    };
    let clear = move |_| {
        if let Some(input) = input.get_untracked() {
            input.set_value("");
            announce(&input);
            // The button goes away with the file; the focus would be lost with it.
            if let Err(error) = input.focus() {
                leptos::logging::warn!("cannot focus the file field: {error:?}");
            }
        }
    };
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <div
                class="file"
                class:file--dragging=move || dragging.get()
                on:dragover=move |event| {
                    event.prevent_default();
                    dragging.set(true);
                }
                on:dragleave=move |_| dragging.set(false)
                on:drop=drop
            >
                <input
                    class="file__input"
                    type="file"
                    id=id
                    name=id
                    accept=accept
                    node_ref=input
                    on:change=move |_| sync()
                    aria-describedby=error_id(field)
                    aria-invalid=move || invalid().then_some("true")
                />
                {move || {
                    if chosen.get() {
                        view! {
                            <button type="button" class="file__clear" on:click=clear>
                                <span aria-hidden="true">"✕"</span>
                                <span class="visually-hidden">{format!("{}: {label}", language.pick(common::REMOVE_FILE))}</span>
                            </button>
                        }
                            .into_any()
                    } else {
                        view! { <span class="file__hint" aria-hidden="true">{language.pick(common::DROP_FILE)}</span> }
                            .into_any()
                    }
                }}
            </div>
        </div>
    }
}

fn has_file(input: &web_sys::HtmlInputElement) -> bool {
    input.files().is_some_and(|files| files.length() > 0)
}

/// Lets everybody above know of a change that the script made, as the browser does of a change that a person made.
fn announce(input: &web_sys::HtmlInputElement) {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    let sent = web_sys::Event::new_with_event_init_dict("change", &init)
        .and_then(|event| input.unchecked_ref::<web_sys::EventTarget>().dispatch_event(&event));
    if let Err(error) = sent {
        leptos::logging::warn!("cannot announce the changed file: {error:?}");
    }
}
