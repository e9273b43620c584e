use domain::Problem;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api::CreateGroup;
use super::form::GroupFields;
use crate::components::{ErrorSummary, PageHeader, SubmitButton};
use crate::language::use_language;
use crate::pages::layout::reload_after;
use crate::text::{common, gateway_group as words};

/// Makes a new gateway group.
#[component]
pub fn NewGroupPage() -> impl IntoView {
    let language = use_language();
    let query = use_query_map().get_untracked();
    let action = ServerAction::<CreateGroup>::new();
    reload_after(action);
    let problem = Signal::derive(move || -> Option<Problem> {
        action.value().get().and_then(Result::err).map(|error| error.0)
    });
    view! {
        <PageHeader title=language.pick(words::NEW_GROUP)/>
        <p class="page-lead">{language.pick(words::NEW_GROUP_LEAD)}</p>
        <ErrorSummary problem/>
        <ActionForm action attr:class="form">
            <GroupFields
                name=query.get("name").unwrap_or_default()
                listener=query.get("listener").unwrap_or_default()
                problem
            />
            <div class="form__actions">
                <SubmitButton label=words::ADD_GROUP pending=action.pending()/>
                <A href="/" attr:class="button">{language.pick(common::CANCEL)}</A>
            </div>
        </ActionForm>
    }
}
