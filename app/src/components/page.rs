use domain::Problem;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::{A, Redirect};
use leptos_router::hooks::use_location;

use super::get_form::GetForm;
use super::messages::ErrorSummary;
use crate::language::{Text, use_language};
use crate::text;
use crate::text::common;

/// The head of a page: its heading, which is also the document's title, and what one can do here.
#[component]
pub fn PageHeader(
    /// The heading.
    #[prop(into)]
    title: String,
    /// Buttons and states beside it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=title.clone()/>
        <header class="page-header">
            <h1 class="page-header__title">{title}</h1>
            <div class="page-header__actions">{children.map(|children| children())}</div>
        </header>
    }
}

/// A button that leads to another page: a form, so that it is a button to assistive technology and to the guides.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// What it says.
    #[prop(into)]
    text: String,
    /// Whether it is the main thing to do on the page.
    #[prop(optional)]
    primary: bool,
) -> impl IntoView {
    let class = if primary { "button button--primary" } else { "button" };
    view! {
        <GetForm action=href>
            <button type="submit" class=class>{text}</button>
        </GetForm>
    }
}

/// Asks once more before something is destroyed. An ordinary form, with JavaScript as without: the whole state of the page
/// is gone afterwards.
#[component]
pub fn ConfirmPage(
    /// What is about to happen, with the object's name.
    #[prop(into)]
    title: String,
    /// The verb on the button.
    confirm: Text,
    /// The address of the server function.
    action: &'static str,
    /// What is sent with it.
    fields: Vec<(&'static str, String)>,
    /// Where "Cancel" leads.
    #[prop(into)]
    cancel_href: String,
    /// Why it was not done, if it was tried.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
    /// What it means.
    children: Children,
) -> impl IntoView {
    let language = use_language();
    let fields = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <PageHeader title/>
        <ErrorSummary problem/>
        <div class="confirm">{children()}</div>
        <form class="form__actions" method="post" action=action>
            {fields}
            <button type="submit" class="button button--danger">{language.pick(confirm)}</button>
            <A href=cancel_href attr:class="button">{language.pick(common::CANCEL)}</A>
        </form>
    }
}

/// The page in place of one that cannot be shown, with the HTTP status that says why. Somebody who is not signed in is
/// led to the sign-in page, and from there back.
#[component]
pub fn ProblemPage(
    /// Why.
    problem: Problem,
) -> impl IntoView {
    let language = use_language();
    if problem == Problem::SignInRequired {
        let location = use_location();
        let here =
            format!("{}{}", location.pathname.get_untracked(), query(&location.search.get_untracked()));
        return view! { <Redirect path=crate::pages::account::sign_in_href(&here)/> }.into_any();
    }
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = http::StatusCode::from_u16(problem.status())
    {
        response.set_status(status);
    }
    let (title, hint) = match &problem {
        Problem::NotFound(_) => (common::NOT_FOUND, Some(common::NOT_FOUND_HINT)),
        _ => (common::SOMETHING_FAILED, None),
    };
    view! {
        <PageHeader title=language.pick(title)/>
        <p>{move || text::problem::problem(language, &problem)}</p>
        {hint.map(|hint| view! { <p>{language.pick(hint)}</p> })}
        <p><a href="/" rel="external">{language.pick(common::TO_START)}</a></p>
    }
    .into_any()
}

/// The query of an address with its question mark, or nothing.
fn query(search: &str) -> String {
    match search.trim_start_matches('?') {
        "" => String::new(),
        search => format!("?{search}"),
    }
}
