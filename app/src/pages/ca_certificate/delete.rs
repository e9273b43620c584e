use domain::{CaCertificate, CaCertificateId, Noun, Problem, SslCertificateId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use super::list::ListContext;
use super::{api, list_path};
use crate::components::{Dialog, ErrorSummary, ProblemPage};
use crate::language::use_language;
use crate::pages::ssl_certificate::returned_problem;
use crate::text::{ca_certificate as words, common};

/// Asks before a CA is deleted. An ordinary form: its row is gone afterwards.
#[component]
pub fn DeleteCaCertificate() -> impl IntoView {
    let ListContext(loaded) = expect_context();
    let params = use_params_map();
    let dialog = move || {
        Suspend::new(async move {
            let id = params.read_untracked().get_str("id").and_then(|id| id.parse::<CaCertificateId>().ok());
            let items = loaded.await.ok()?.items;
            Some(match items.into_iter().find(|(certificate, _)| Some(&certificate.id) == id.as_ref()) {
                Some((certificate, users)) => view! { <Question certificate users/> }.into_any(),
                None => view! { <ProblemPage problem=Problem::NotFound(Noun::CaCertificate)/> }.into_any(),
            })
        })
    };
    view! { <Transition>{dialog}</Transition> }
}

#[component]
fn Question(certificate: CaCertificate, users: Vec<SslCertificateId>) -> impl IntoView {
    let language = use_language();
    let title = words::delete_question(language, &certificate.display_name());
    let close = list_path(&certificate.group);
    let problem = returned_problem(&[api::DeleteCaCertificate::PATH]);
    let is_unused = users.is_empty();
    let meaning = if is_unused { words::DELETE_MEANING } else { words::IN_USE };
    view! {
        <Title text=title.clone()/>
        <Dialog title close_href=close.clone()>
            <ErrorSummary problem=Signal::stored(problem)/>
            <form class="form" method="post" action=api::DeleteCaCertificate::url()>
                <input type="hidden" name="group" value=certificate.group.to_string()/>
                <input type="hidden" name="id" value=certificate.id.to_string()/>
                <p>{language.pick(meaning)}</p>
                <div class="form__actions">
                    <A href=close attr:class="button">{language.pick(common::CANCEL)}</A>
                    {is_unused.then(|| view! {
                        <button type="submit" class="button button--danger">{language.pick(words::DELETE)}</button>
                    })}
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
