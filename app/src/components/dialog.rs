use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;

use crate::language::use_language;
use crate::text::common;

/// A dialog that is the page of its own route, over the page of the parent route.
///
/// The server renders it open, so it works without JavaScript; in the browser it becomes modal. Escape, the close link
/// and a press on the backdrop all go to `close_href`.
#[component]
pub fn Dialog(
    /// Its heading and accessible name.
    #[prop(into)]
    title: String,
    /// Where closing it leads.
    #[prop(into)]
    close_href: Signal<String>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let language = use_language();
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            make_modal(&dialog);
        }
    });
    let navigate = use_navigate();
    let leave = move || navigate(&close_href.get_untracked(), NavigateOptions::default());
    let cancel = {
        let leave = leave.clone();
        move |event: web_sys::Event| {
            // A file dialog that is cancelled sends the same event, which bubbles up to here.
            if event.target() == event.current_target() {
                event.prevent_default();
                leave();
            }
        }
    };
    let press = move |event: web_sys::MouseEvent| {
        // The panel fills the dialog: only the backdrop is the dialog itself.
        if event.target() == event.current_target() {
            leave();
        }
    };
    view! {
        <div class="dialog-backdrop" aria-hidden="true"></div>
        <dialog class="dialog" open=true aria-labelledby="dialog-title" node_ref=node on:cancel=cancel on:mousedown=press>
            <div class="dialog__panel">
                <header class="dialog__header">
                    <h2 class="dialog__title" id="dialog-title">{title}</h2>
                    <A href=move || close_href.get() attr:class="dialog__close">
                        <span aria-hidden="true">"✕"</span>
                        <span class="visually-hidden">{language.pick(common::CLOSE)}</span>
                    </A>
                </header>
                <div class="dialog__body">{children()}</div>
            </div>
        </dialog>
    }
}

/// Moves the open dialog to the top layer, where the browser keeps the focus inside.
fn make_modal(dialog: &web_sys::HtmlDialogElement) {
    dialog.close();
    if let Err(error) = dialog.show_modal() {
        leptos::logging::warn!("cannot make the dialog modal: {error:?}");
        dialog.set_open(true);
    }
}
