use domain::{Field, Problem};
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use super::AccountFrame;
use super::api::{SignIn, read_session};
use crate::components::{Alert, BadgeKind, ErrorSummary, PageHeader, SubmitButton, TextField};
use crate::language::use_language;
use crate::local_path::LocalPath;
use crate::text::account as words;

/// Name and password. Says what to do while there is nobody yet who could sign in.
#[component]
pub fn SignInPage() -> impl IntoView {
    let language = use_language();
    let session = Resource::new(|| (), |()| read_session());
    let query = use_query_map();
    let next = move || query.read().get("next").and_then(|next| next.parse::<LocalPath>().ok());
    let state = move || {
        Suspend::new(async move {
            let session = session.await.ok();
            if session.as_ref().is_some_and(|session| session.caller.is_some()) {
                let next = next().unwrap_or_else(LocalPath::home);
                return Some(view! { <Redirect path=next/> }.into_any());
            }
            let pending = session.is_some_and(|session| session.set_up_pending);
            pending.then(|| {
                view! { <Alert kind=BadgeKind::Attention>{language.pick(words::SET_UP_PENDING)}</Alert> }
                    .into_any()
            })
        })
    };
    view! {
        <AccountFrame>
            <PageHeader title=language.pick(words::SIGN_IN)/>
            <Suspense>{state}</Suspense>
            <SignInForm
                next=next().map(|next| next.to_string()).unwrap_or_default()
                user_name=query.read_untracked().get("user_name").unwrap_or_default()
            />
        </AccountFrame>
    }
}

#[component]
fn SignInForm(
    /// Where to go afterwards.
    next: String,
    /// What was typed before.
    user_name: String,
) -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let problem = Signal::derive(move || -> Option<Problem> {
        action.value().get().and_then(Result::err).map(|error| error.0)
    });
    view! {
        <ErrorSummary problem/>
        <ActionForm action attr:class="form">
            <input type="hidden" name="next" value=next/>
            <TextField field=Field::UserName value=user_name autocomplete="username" autofocus=true problem/>
            <TextField field=Field::Password kind="password" autocomplete="current-password" problem/>
            <div class="form__actions">
                <SubmitButton label=words::SIGN_IN pending=action.pending()/>
            </div>
        </ActionForm>
    }
}
