use domain::{DeniedClient, DeniedClientId, Noun, Problem};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use super::denied::{Entry, ListContext, name};
use super::{api, path};
use crate::components::{Dialog, ErrorSummary, ProblemPage};
use crate::language::use_language;
use crate::pages::ssl_certificate::returned_problem;
use crate::text::{client as words, common};

/// Asks before a client is allowed again. An ordinary form: its row is gone afterwards.
#[component]
pub fn AllowClientAgain() -> impl IntoView {
    let ListContext(loaded) = expect_context();
    let params = use_params_map();
    let dialog = move || {
        Suspend::new(async move {
            let id = params.read_untracked().get_str("id").and_then(|id| id.parse::<DeniedClientId>().ok());
            let items = loaded.await.ok()?.items;
            Some(match items.into_iter().find(|denied| Some(&denied.id) == id.as_ref()) {
                Some(denied) => view! { <Question denied/> }.into_any(),
                None => view! { <ProblemPage problem=Problem::NotFound(Noun::DeniedClient)/> }.into_any(),
            })
        })
    };
    view! { <Transition>{dialog}</Transition> }
}

#[component]
fn Question(denied: DeniedClient) -> impl IntoView {
    let language = use_language();
    let title = words::allow_question(language, &name(language, &denied));
    let close = path::denied(&denied.group);
    let problem = returned_problem(&[api::AllowClient::PATH]);
    view! {
        <Title text=title.clone()/>
        <Dialog title close_href=close.clone()>
            <ErrorSummary problem=Signal::stored(problem)/>
            <form class="form" method="post" action=api::AllowClient::url()>
                <input type="hidden" name="group" value=denied.group.to_string()/>
                <input type="hidden" name="id" value=denied.id.to_string()/>
                <p class="known"><Entry entry=denied.entry/></p>
                <p>{language.pick(words::ALLOW_MEANING)}</p>
                <div class="form__actions">
                    <A href=close attr:class="button">{language.pick(common::CANCEL)}</A>
                    <button type="submit" class="button button--primary">{language.pick(words::ALLOW)}</button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
