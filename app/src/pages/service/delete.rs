use domain::{Noun, Problem, ServiceId, ServiceWithRoutes, Status};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::api::{DeleteService, get_service};
use super::fields::joined;
use super::path;
use crate::components::{ConfirmPage, ProblemPage};
use crate::error::UiError;
use crate::language::{Language, use_language};
use crate::pages::gateway_group::use_group_id;
use crate::pages::ssl_certificate::returned_problem;
use crate::text::service as words;

/// Asks before a service is deleted, and says what becomes of its requests. An ordinary form: all of it is gone afterwards.
#[component]
pub fn DeleteServicePage() -> impl IntoView {
    let group = use_group_id();
    let params = use_params_map();
    let id = move || params.read_untracked().get_str("id").and_then(|id| id.parse::<ServiceId>().ok());
    let loaded = Resource::new(
        move || (group.get(), id()),
        |(group, id)| async move {
            let id = id.ok_or(UiError(Problem::NotFound(Noun::Service)))?;
            get_service(group.to_string(), id.to_string()).await
        },
    );
    let question = move || {
        Suspend::new(async move {
            match loaded.await {
                Ok(detail) => view! { <Question stored=detail.status.service/> }.into_any(),
                Err(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
            }
        })
    };
    view! { <Transition>{question}</Transition> }.into_any()
}

#[component]
fn Question(stored: ServiceWithRoutes) -> impl IntoView {
    let language = use_language();
    let group = use_group_id().get_untracked();
    let id = stored.service.id.clone();
    let title = words::delete_question(language, stored.service.value.name.as_str());
    let fields = vec![("group", group.to_string()), ("id", id.to_string())];
    let problem = Signal::stored(returned_problem(&[DeleteService::PATH]));
    let lost =
        lost(language, &stored).into_iter().map(|line| view! { <li><code>{line}</code></li> }).collect_view();
    view! {
        <ConfirmPage
            title
            confirm=words::DELETE
            action=DeleteService::url()
            fields
            cancel_href=path::detail(&group, &id)
            problem
        >
            <p>{language.pick(words::DELETE_MEANING)}</p>
            <ul class="lost-routes">{lost}</ul>
            <p>{language.pick(words::DELETE_ENDS)}</p>
        </ConfirmPage>
    }
    .into_any()
}

/// What nobody answers any more: the paths of each route that is enabled, with its hosts.
fn lost(language: Language, stored: &ServiceWithRoutes) -> Vec<String> {
    let enabled =
        stored.routes.iter().map(|route| &route.value).filter(|route| route.status == Status::Enabled);
    let line = |route: &domain::Route| {
        let hosts = if route.hosts.is_empty() { &stored.service.value.hosts } else { &route.hosts };
        let hosts = match hosts.as_slice() {
            [] => language.pick(words::ALL_HOSTS).to_owned(),
            hosts => joined(hosts, ", "),
        };
        words::then_not_found(language, &hosts, &joined(&route.paths, ", "))
    };
    enabled.map(line).collect()
}
