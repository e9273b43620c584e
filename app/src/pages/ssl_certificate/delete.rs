use domain::{FieldWarning, SslCertificate};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::A;

use super::api::{self, deletion_consequences};
use super::consent::Consent;
use super::control::Control;
use super::detail::use_detail;
use super::fields::HiddenFields;
use super::live::first;
use super::path;
use super::submission::returned_problem;
use crate::components::{Dialog, ErrorSummary, ProblemPage};
use crate::language::use_language;
use crate::pages::layout::steady;
use crate::text;
use crate::text::{common, ssl_certificate as words};

/// Asks before a certificate is deleted. An ordinary form: the page it stands on is gone afterwards.
#[component]
pub fn DeleteSslCertificate() -> impl IntoView {
    let detail = use_detail();
    let certificate = move || detail.loaded.get()?.ok().map(|detail| detail.certificate);
    let made_from = steady(
        move || certificate().map(|one| (one.group.to_string(), one.id.to_string())),
        |before, after| before != after,
    );
    let consequences = Resource::new(
        move || made_from.get(),
        |made_from| async move {
            match made_from {
                Some((group, id)) => deletion_consequences(group, id).await,
                None => Ok(Vec::new()),
            }
        },
    );
    let source = move || Some((certificate()?, consequences.get()?));
    view! {
        <Transition>
            {
                let made_from = first(source);
                move || made_from.get().map(|(certificate, consequences)| match consequences {
                    Ok(consequences) => view! { <DeleteDialog certificate consequences/> }.into_any(),
                    // Without knowing what it opens, nobody is asked.
                    Err(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
                })
            }
        </Transition>
    }
}

#[component]
fn DeleteDialog(certificate: SslCertificate, consequences: Vec<FieldWarning>) -> impl IntoView {
    let language = use_language();
    let SslCertificate { id, group, snis, .. } = &certificate;
    let title = words::delete_question(language, &super::detail::name(&certificate));
    let meaning = words::delete_meaning(language, id, snis);
    let close = path::detail(group, id);
    let opened: Vec<_> =
        consequences.iter().map(|found| text::warning::warning(language, &found.warning)).collect();
    let hidden = vec![(Control::Group, group.to_string()), (Control::Id, id.to_string())];
    let problem = Signal::stored(returned_problem(&[api::DeleteSslCertificate::PATH]));
    view! {
        <Title text=title.clone()/>
        <Dialog title close_href=close.clone()>
            <ErrorSummary problem/>
            <form class="form" method="post" action=api::DeleteSslCertificate::url()>
                <HiddenFields values=hidden/>
                <p>{meaning}</p>
                {(!opened.is_empty()).then(|| view! { <Consent opened required=true/> })}
                <div class="form__actions">
                    <A href=close attr:class="button">{language.pick(common::CANCEL)}</A>
                    <button type="submit" class="button button--danger">{language.pick(words::DELETE)}</button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
