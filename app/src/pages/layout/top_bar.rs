use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Groups;
use super::breadcrumbs::Breadcrumbs;
use crate::error::UiError;
use crate::language::use_language;
use crate::pages::account::api::{Session, SignOut};
use crate::pages::preferences::Preferences;
use crate::text::{account as words, common};

/// Where one is, and what belongs to the person: language, theme, sign out.
#[component]
pub(super) fn TopBar(groups: Groups, session: Resource<Result<Session, UiError>>) -> impl IntoView {
    let language = use_language();
    let person = move || {
        Suspend::new(async move {
            session.await.ok().and_then(|session| session.caller).map(|caller| {
                view! {
                    <form method="post" action=SignOut::url()>
                        <button
                            type="submit"
                            class="button button--quiet"
                            title=words::signed_in_as(language, &caller.name)
                        >
                            {language.pick(words::SIGN_OUT)}
                        </button>
                    </form>
                }
            })
        })
    };
    view! {
        <header class="top-bar">
            <button type="button" class="button button--quiet top-bar__menu" popovertarget="sidebar">
                {language.pick(common::MENU)}
            </button>
            <Breadcrumbs groups/>
            <div class="top-bar__end">
                <Preferences/>
                <Suspense>{person}</Suspense>
            </div>
        </header>
    }
}
