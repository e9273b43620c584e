use domain::{DeniedClient, UnixTime};
use leptos::prelude::*;

use super::api;
use crate::components::Time;
use crate::language::use_language;
use crate::text::ssl_certificate as words;

/// The clients that the hosts of one certificate turn away, whoever issued their certificates.
#[component]
pub(super) fn DeniedClients(
    /// Only those of this certificate.
    denied: Vec<DeniedClient>,
    /// The server's time.
    now: UnixTime,
    action: ServerAction<api::AllowClientAgain>,
) -> impl IntoView {
    let language = use_language();
    if denied.is_empty() {
        return ().into_any();
    }
    let items = denied.into_iter().map(|client| view! { <Denied client now action/> }).collect_view();
    view! {
        <section class="section" aria-labelledby="denied-heading">
            <h2 class="section__title" id="denied-heading">{language.pick(words::DENIED)}</h2>
            <p>{language.pick(words::DENIED_MEANING)}</p>
            <ul class="denied-list">{items}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Denied(client: DeniedClient, now: UnixTime, action: ServerAction<api::AllowClientAgain>) -> impl IntoView {
    let language = use_language();
    let DeniedClient { id, group, ssl_certificate, entry, label, author, created_at } = client;
    let entry = entry.to_string();
    let name = if label.is_empty() { entry.clone() } else { label.clone() };
    let label = (!label.is_empty()).then(|| view! { <strong>{label}</strong> " " });
    view! {
        <li class="denied-list__item">
            <div>
                {label}
                <code>{entry}</code>
                <p class="muted">{words::denied_by(language, &author)} " " <Time at=created_at now/></p>
            </div>
            <ActionForm action>
                <input type="hidden" name="group" value=group.to_string()/>
                <input type="hidden" name="id" value=ssl_certificate.map(String::from).unwrap_or_default()/>
                <input type="hidden" name="denied" value=id.to_string()/>
                <button
                    type="submit"
                    class="button"
                    aria-label=words::allow_again_one(language, &name)
                    disabled=move || action.pending().get()
                >
                    {language.pick(words::ALLOW_AGAIN)}
                </button>
            </ActionForm>
        </li>
    }
    .into_any()
}
