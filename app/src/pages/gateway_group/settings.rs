use domain::{GatewayGroup, Problem};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{ServerCertificate, UpdateGroup, list_server_certificates};
use super::form::{GroupFields, IdentityField, OptionalFields};
use super::protection::{ProtectionFields, ProtectionState};
use super::use_group;
use crate::components::{Alert, BadgeKind, ButtonLink, ErrorSummary, PageHeader, SubmitButton};
use crate::language::use_language;
use crate::pages::layout::reload_after;
use crate::text::{common, gateway_group as words};

/// What can be set of a group; the way to delete it.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let language = use_language();
    let group = use_group();
    let query = use_query_map();
    let saved = move || {
        query.read().get("saved").map(|_| {
            view! { <Alert kind=BadgeKind::Good>{language.pick(words::SAVED)}</Alert> }
        })
    };
    // The form is made once for each group; a newer state of the same group must not undo what is being typed.
    let id = Memo::new(move |_| group.read().as_ref().map(|group| group.id.clone()));
    let certificates = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => list_server_certificates(id.to_string()).await,
                None => Ok(Vec::new()),
            }
        },
    );
    let form = move || {
        Suspend::new(async move {
            // Without the list one can still keep what is set.
            let certificates = certificates.await.unwrap_or_default();
            group.get_untracked().map(|group| view! { <SettingsForm group certificates/> })
        })
    };
    view! {
        <PageHeader title=language.pick(words::SETTINGS)/>
        {saved}
        <Transition>{form}</Transition>
    }
}

#[component]
fn SettingsForm(group: GatewayGroup, certificates: Vec<ServerCertificate>) -> impl IntoView {
    let language = use_language();
    let query = use_query_map().get_untracked();
    let action = ServerAction::<UpdateGroup>::new();
    reload_after(action);
    let problem = Signal::derive(move || -> Option<Problem> {
        action.value().get().and_then(Result::err).map(|error| error.0)
    });
    let protection = ProtectionState::new(&group.protection, &query);
    let id = group.id.to_string();
    let http_listener = group.http_listener.map(|address| address.to_string());
    let delete = format!("/groups/{id}/delete");
    view! {
        <ErrorSummary problem/>
        <ActionForm action attr:class="form">
            <input type="hidden" name="group" value=id/>
            <GroupFields
                name=query.get("name").unwrap_or_else(|| group.name.to_string())
                listener=query.get("listener").unwrap_or_else(|| group.listener.to_string())
                problem
            />
            <OptionalFields
                certificates
                default_certificate=group.default_certificate
                chosen=query.get("default_certificate")
                http_listener=query.get("http_listener").or(http_listener).unwrap_or_default()
                problem
            />
            <IdentityField
                selected=query.get("identity_headers").unwrap_or_else(|| group.identity_headers.name().to_owned())
                problem
            />
            <ProtectionFields state=protection problem/>
            <div class="form__actions">
                <SubmitButton label=common::SAVE pending=action.pending()/>
            </div>
        </ActionForm>
        <section class="section" aria-labelledby="delete-heading">
            <h2 class="section__title" id="delete-heading">{language.pick(words::DELETE_GROUP)}</h2>
            <p>{words::delete_hint(language, group.ssl_certificates)}</p>
            {(group.ssl_certificates == 0)
                .then(|| view! { <ButtonLink href=delete text=language.pick(words::DELETE_GROUP_MORE)/> })}
        </section>
    }
}
