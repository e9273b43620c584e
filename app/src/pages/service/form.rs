//! The form of a service: for a new one and for one that is there.

mod controls;
mod health;
mod routes;
mod upstream;
mod words;

use domain::{IdentityHeaders, Noun, Problem, ServiceId, ServiceWithRoutes};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::controls::Form;
use self::routes::RouteRows;
use self::upstream::upstream;
use super::api::{AddService, ServiceChoices, UpdateService, get_service, list_service_choices};
use super::control::{Control, ON, form_name};
use super::fields::Fields;
use super::path;
use crate::components::{ErrorSummary, PageHeader, ProblemPage, SubmitButton};
use crate::error::UiError;
use crate::language::{Text, use_language};
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::reload_after;
use crate::text::{common, service};

/// Makes a new service.
#[component]
pub fn AddServicePage() -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let choices = Resource::new(move || group.get(), |group| list_service_choices(group.to_string()));
    let form = move || {
        Suspend::new(async move {
            match choices.await {
                Ok(choices) => view! { <AddForm choices/> }.into_any(),
                Err(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
            }
        })
    };
    view! {
        <PageHeader title=language.pick(service::ADD_TITLE)/>
        <Transition>{form}</Transition>
    }
    .into_any()
}

#[component]
fn AddForm(choices: ServiceChoices) -> impl IntoView {
    let group = use_group_id().get_untracked();
    let action = ServerAction::<AddService>::new();
    reload_after(action);
    let problem = Signal::derive(move || action.value().get().and_then(Result::err).map(|error| error.0));
    let fields = Fields::typed(&use_query_map().read_untracked()).unwrap_or_else(Fields::empty);
    view! {
        <ActionForm action attr:class="form service-form">
            <input type="hidden" name="group" value=group.to_string()/>
            <FormBody fields stored=None choices problem/>
            <Actions label=service::ADD cancel=path::list(&group) pending=action.pending().into()/>
        </ActionForm>
    }
    .into_any()
}

/// Changes a service and its routes.
#[component]
pub fn EditServicePage() -> impl IntoView {
    let group = use_group_id();
    let params = use_params_map();
    let id = move || params.read_untracked().get_str("id").and_then(|id| id.parse::<ServiceId>().ok());
    let loaded = Resource::new(
        move || (group.get(), id()),
        |(group, id)| async move {
            let id = id.ok_or(UiError(Problem::NotFound(Noun::Service)))?;
            let detail = get_service(group.to_string(), id.to_string()).await?;
            Ok((detail, list_service_choices(group.to_string()).await?))
        },
    );
    let form = move || {
        Suspend::new(async move {
            match loaded.await {
                Ok((detail, choices)) => {
                    view! { <EditForm stored=detail.status.service choices/> }.into_any()
                }
                Err::<_, UiError>(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
            }
        })
    };
    view! { <Transition>{form}</Transition> }.into_any()
}

#[component]
fn EditForm(stored: ServiceWithRoutes, choices: ServiceChoices) -> impl IntoView {
    let language = use_language();
    let group = use_group_id().get_untracked();
    let action = ServerAction::<UpdateService>::new();
    reload_after(action);
    let problem = Signal::derive(move || action.value().get().and_then(Result::err).map(|error| error.0));
    let query = use_query_map();
    let typed = Fields::typed(&query.read_untracked());
    // What was typed belongs to the state that was seen then: sent again, it must not undo what somebody else did since.
    let seen = typed.as_ref().and_then(|_| query.read_untracked().get(REVISION));
    let revision = seen.unwrap_or_else(|| stored.service.revision.to_string());
    let fields = typed.unwrap_or_else(|| Fields::of(&stored));
    let id = stored.service.id.clone();
    view! {
        <PageHeader title=language.pick(service::EDIT_TITLE)/>
        <ActionForm action attr:class="form service-form">
            <input type="hidden" name="group" value=group.to_string()/>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name=REVISION value=revision/>
            <FormBody fields stored=Some(stored) choices problem/>
            <Actions label=common::SAVE cancel=path::detail(&group, &id) pending=action.pending().into()/>
        </ActionForm>
    }
    .into_any()
}

/// The name of the control that says which state of the service the form was made from.
pub(super) const REVISION: &str = "revision";

#[component]
fn FormBody(
    fields: Fields,
    stored: Option<ServiceWithRoutes>,
    choices: ServiceChoices,
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let form = Form { language: use_language(), fields: StoredValue::new(fields), problem };
    view! {
        <ErrorSummary problem/>
        <input type="hidden" name=form_name(Control::IsComplete.name()) value=ON/>
        {form.line(Control::Name, "")}
        {form.lines(Control::Hosts, "3", "shop.example.com")}
        <RouteRows form stored/>
        {upstream(form, &choices)}
        {identity(form)}
    }
    .into_any()
}

fn identity(form: Form) -> AnyView {
    let language = form.language;
    let presets = IdentityHeaders::ALL.map(|preset| {
        (preset.name().to_owned(), language.pick(service::identity_headers(preset)).to_owned())
    });
    let as_group = (String::new(), language.pick(service::AS_GROUP).to_owned());
    let options = [as_group].into_iter().chain(presets).collect();
    view! { <section class="form-section">{form.choice(Control::IdentityHeaders, options)}</section> }
        .into_any()
}

#[component]
fn Actions(label: Text, cancel: String, pending: Signal<bool>) -> impl IntoView {
    view! {
        <div class="form__actions">
            <SubmitButton label pending/>
            <A href=cancel attr:class="button">{use_language().pick(common::CANCEL)}</A>
        </div>
    }
    .into_any()
}
