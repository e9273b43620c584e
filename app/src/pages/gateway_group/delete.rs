use domain::{GatewayGroup, ListenerState, Problem};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::DeleteGroup;
use super::use_group;
use crate::components::ConfirmPage;
use crate::language::use_language;
use crate::text::gateway_group as words;

/// Asks before a group is deleted.
#[component]
pub fn DeleteGroupPage() -> impl IntoView {
    let group = use_group();
    move || group.get().map(|group| view! { <Confirm group/> })
}

#[component]
fn Confirm(group: GatewayGroup) -> impl IntoView {
    let language = use_language();
    let address = match group.listener_state {
        ListenerState::Listening(address) => address,
        ListenerState::Failed { .. } | ListenerState::Starting => group.listener,
    };
    let action = ServerAction::<DeleteGroup>::new();
    let problem = Signal::derive(move || -> Option<Problem> {
        action.value().get().and_then(Result::err).map(|error| error.0)
    });
    view! {
        <ConfirmPage
            title=words::delete_question(language, &group.name)
            confirm=words::DELETE_GROUP
            action=DeleteGroup::url()
            fields=vec![("group", group.id.to_string())]
            cancel_href=format!("/groups/{}/settings", group.id)
            problem
        >
            <p>{words::delete_meaning(language, address)}</p>
            {(group.ssl_certificates > 0).then(|| words::delete_hint(language, group.ssl_certificates))}
        </ConfirmPage>
    }
}
