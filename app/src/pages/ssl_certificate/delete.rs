use domain::SslCertificate;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::A;

use super::api;
use super::control::Control;
use super::detail::use_detail;
use super::fields::HiddenFields;
use super::live::first;
use super::path;
use crate::components::Dialog;
use crate::language::use_language;
use crate::text::{common, ssl_certificate as words};

/// Asks before a certificate is deleted. An ordinary form: the page it stands on is gone afterwards.
#[component]
pub fn DeleteSslCertificate() -> impl IntoView {
    let detail = use_detail();
    let source = move || detail.loaded.get()?.ok().map(|detail| detail.certificate);
    view! {
        <Transition>
            {
                let made_from = first(source);
                move || made_from.get().map(|certificate| view! { <DeleteDialog certificate/> })
            }
        </Transition>
    }
}

#[component]
fn DeleteDialog(certificate: SslCertificate) -> impl IntoView {
    let language = use_language();
    let SslCertificate { id, group, snis, .. } = &certificate;
    let title = words::delete_question(language, &super::detail::name(&certificate));
    let meaning = words::delete_meaning(language, id, snis);
    let close = path::detail(group, id);
    let hidden = vec![(Control::Group, group.to_string()), (Control::Id, id.to_string())];
    view! {
        <Title text=title.clone()/>
        <Dialog title close_href=close.clone()>
            <form class="form" method="post" action=api::DeleteSslCertificate::url()>
                <HiddenFields values=hidden/>
                <p>{meaning}</p>
                <div class="form__actions">
                    <A href=close attr:class="button">{language.pick(common::CANCEL)}</A>
                    <button type="submit" class="button button--danger">{language.pick(words::DELETE)}</button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
