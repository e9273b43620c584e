use domain::{Fault, NodeState, Noun, Problem, ServiceId, ServiceStatus};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::{ServiceDetail, get_service};
use super::facts::facts;
use super::nodes::nodes;
use super::path;
use super::routes::Routes;
use super::try_it::try_it;
use crate::components::{Alert, BadgeKind, ButtonLink, PageHeader, ProblemPage};
use crate::error::UiError;
use crate::language::use_language;
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::{Newest, newest, refetch_while, steady, use_reload};
use crate::text::fault::fault;
use crate::text::{gateway_group, service as words};

/// One service: what is set, and how its nodes fare; live.
#[component]
pub fn ServicePage() -> impl IntoView {
    let group = use_group_id();
    let params = use_params_map();
    let reload = use_reload();
    let id = Memo::new(move |before: Option<&Option<ServiceId>>| {
        let named = params.read().get_str("id").map(|id| id.parse().ok());
        // The parameter is gone while the person leaves the page.
        named.unwrap_or_else(|| before.cloned().flatten())
    });
    let loaded = Resource::new(
        move || (group.get(), id.get(), reload.get()),
        |(group, id, _)| async move {
            match id {
                Some(id) => get_service(group.to_string(), id.to_string()).await,
                None => Err(UiError(Problem::NotFound(Noun::Service))),
            }
        },
    );
    refetch_while(loaded, || true);
    view! {
        <Transition>
            {
                let newest = newest(loaded);
                let shown = steady(move || Shown::of(newest.read().as_ref()?), |before, after| before != after);
                move || match shown.get() {
                    None => ().into_any(),
                    Some(Shown::Problem(problem)) => view! { <ProblemPage problem/> }.into_any(),
                    Some(Shown::Service(status)) => view! { <Detail status=*status newest/> }.into_any(),
                }
            }
        </Transition>
    }
    .into_any()
}

/// What the page is, apart from the nodes' states, which change in place.
#[derive(Debug, Clone, PartialEq)]
enum Shown {
    Problem(Problem),
    Service(Box<ServiceStatus>),
}

impl Shown {
    fn of(newest: &Newest<ServiceDetail>) -> Option<Self> {
        Some(match &newest.answer {
            Err(problem) => Self::Problem(problem.clone()),
            Ok(detail) => {
                Self::Service(Box::new(ServiceStatus { nodes: Vec::new(), ..detail.status.clone() }))
            }
        })
    }
}

#[component]
fn Detail(
    /// Without the nodes' states.
    status: ServiceStatus,
    newest: Signal<Option<Newest<ServiceDetail>>>,
) -> impl IntoView {
    let language = use_language();
    let group = use_group_id().get_untracked();
    let id = &status.service.service.id;
    let title = status.service.service.value.name.to_string();
    let (edit, delete) = (path::edit(&group, id), path::delete(&group, id));
    let saved = use_query_map().read_untracked().get_str("saved").is_some();
    let saved =
        saved.then(|| view! { <Alert kind=BadgeKind::Good>{language.pick(gateway_group::SAVED)}</Alert> });
    let broken = status.fault.clone().map(|reason| view! { <Broken reason/> });
    let detail = move || newest.read().as_ref().and_then(|newest| newest.answer.clone().ok());
    let now = Memo::new(move |_| detail().map(|detail| detail.now).unwrap_or(domain::UnixTime(0)));
    let states: Memo<Vec<NodeState>> =
        Memo::new(move |_| detail().map(|detail| detail.status.nodes).unwrap_or_default());
    view! {
        <PageHeader title>
            <ButtonLink href=edit text=language.pick(words::EDIT) primary=true/>
            <ButtonLink href=delete text=language.pick(words::DELETE_MORE)/>
        </PageHeader>
        {saved}
        {broken}
        {facts(language, &status)}
        <Routes routes=status.service.routes.clone()/>
        {nodes(language, &status, states, now)}
        {try_it(language, &status)}
    }
    .into_any()
}

#[component]
fn Broken(reason: Fault) -> impl IntoView {
    let language = use_language();
    view! {
        <Alert kind=BadgeKind::Bad>
            <p>{fault(language, &reason)}</p>
            <p>{language.pick(words::BROKEN_MEANING)}</p>
        </Alert>
    }
    .into_any()
}
