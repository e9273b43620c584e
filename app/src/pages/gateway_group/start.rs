use domain::GatewayGroupId;
use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::components::ProblemPage;
use crate::pages::layout::use_groups;

/// The start page leads to a group: the one that a new database has, or the first one.
#[component]
pub fn StartPage() -> impl IntoView {
    let groups = use_groups();
    let leave = move || {
        Suspend::new(async move {
            match groups.await {
                Err(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
                Ok(groups) => {
                    let default = GatewayGroupId::default_group();
                    let group = groups.iter().find(|group| group.id == default).or_else(|| groups.first());
                    let path = group
                        .map_or_else(|| "/groups/new".to_owned(), |group| format!("/groups/{}", group.id));
                    view! { <Redirect path/> }.into_any()
                }
            }
        })
    };
    view! { <Suspense>{leave}</Suspense> }
}
