use domain::{GatewayGroup, GatewayGroupId, ListenerState, Noun, Problem};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::get_group;
use crate::components::{Alert, BadgeKind};
use crate::error::UiError;
use crate::language::use_language;
use crate::pages::layout::{Gate, use_reload};
use crate::text::gateway_group as words;

/// The group whose pages these are.
#[derive(Debug, Clone, Copy)]
pub struct GroupContext {
    /// Its id, from the address.
    pub id: Signal<GatewayGroupId>,
    /// Its newest state. Always there for pages inside of [`GroupLayout`], as that shows them only then.
    pub group: Signal<Option<GatewayGroup>>,
}

/// The id of the group that this page belongs to.
pub fn use_group_id() -> Signal<GatewayGroupId> {
    expect_context::<GroupContext>().id
}

/// The group that this page belongs to. `None` only while the person is leaving it.
pub fn use_group() -> Signal<Option<GatewayGroup>> {
    expect_context::<GroupContext>().group
}

/// The frame of a group's pages: loads the group, answers for one that is not there, and says on every page when its
/// listener does not listen.
#[component]
pub fn GroupLayout() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |before: Option<&Result<GatewayGroupId, Problem>>| {
        let named = params.read().get("group").and_then(|text| text.parse::<GatewayGroupId>().ok());
        match (named, before) {
            (Some(id), _) => Ok(id),
            // The parameter is gone while the person leaves the group's pages.
            (None, Some(before)) => before.clone(),
            (None, None) => Err(Problem::NotFound(Noun::GatewayGroup)),
        }
    });
    let reload = use_reload();
    let loaded = Resource::new(
        move || (id.get(), reload.get()),
        |(id, _)| async move {
            match id {
                Ok(id) => get_group(id.to_string()).await,
                Err(problem) => Err(UiError(problem)),
            }
        },
    );
    // While a newer state cannot be had, the last one stays: with it, what is being typed.
    let kept = Memo::new(move |before: Option<&Option<GatewayGroup>>| match loaded.get() {
        Some(Ok(group)) => Some(group),
        _ => before.cloned().flatten().filter(|before| id.read().as_ref() == Ok(&before.id)),
    });
    // Nothing stays on the server: see `steady`.
    let group: Signal<_> = if cfg!(feature = "ssr") {
        Signal::derive(move || loaded.get().and_then(Result::ok))
    } else {
        kept.into()
    };
    provide_context(GroupContext {
        id: Signal::derive(move || id.get().unwrap_or_else(|_| GatewayGroupId::default_group())),
        group,
    });
    let access = move || match loaded.get()? {
        Ok(_) => Some(Ok(())),
        Err(UiError(Problem::Internal { .. })) if group.read().is_some() => Some(Ok(())),
        Err(UiError(problem)) => Some(Err(problem)),
    };
    view! {
        // Read in here too, so that the server waits for it: through the memo it would not.
        <Transition>{move || loaded.get().map(|_| view! { <Banner group/> })}</Transition>
        <Gate access/>
    }
}

#[component]
fn Banner(group: Signal<Option<GatewayGroup>>) -> impl IntoView {
    let language = use_language();
    move || {
        group.get().and_then(|group| match group.listener_state {
            ListenerState::Failed { address, reason } => Some(view! {
                <Alert kind=BadgeKind::Bad>
                    <p>
                        <strong>{words::not_listening(language, address)}</strong>
                        " "
                        {words::reason(language, &reason)}
                    </p>
                    <p>{language.pick(words::NOT_LISTENING_HINT)}</p>
                </Alert>
            }),
            ListenerState::Listening(_) | ListenerState::Starting => None,
        })
    }
}
