use domain::{Field, Password, Problem};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::AccountFrame;
use super::api::{SetUp, read_session};
use crate::components::{ErrorSummary, PageHeader, SubmitButton, TextField};
use crate::language::use_language;
use crate::text;
use crate::text::account as words;

/// The first visit: creates the administrator, by the one-time link.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let language = use_language();
    let session = Resource::new(|| (), |()| read_session());
    let query = use_query_map();
    let form = move || {
        Suspend::new(async move {
            let pending = session.await.is_ok_and(|session| session.set_up_pending);
            if !pending {
                let why = text::problem::problem(language, &Problem::SetupLinkInvalid);
                return view! {
                    <p>{why}</p>
                    <p><a href="/sign-in">{language.pick(words::SIGN_IN)}</a></p>
                }
                .into_any();
            }
            let query = query.read_untracked();
            let token = query.get("token").unwrap_or_default();
            let user_name = query.get("user_name").unwrap_or_else(|| "admin".to_owned());
            view! {
                <p>{language.pick(words::SET_UP_INTRODUCTION)}</p>
                <SetUpForm token user_name/>
            }
            .into_any()
        })
    };
    view! {
        <AccountFrame>
            <PageHeader title=language.pick(words::SET_UP)/>
            <Suspense>{form}</Suspense>
        </AccountFrame>
    }
}

#[component]
fn SetUpForm(
    /// The one-time link's.
    token: String,
    /// What was typed before, or a proposal.
    user_name: String,
) -> impl IntoView {
    let action = ServerAction::<SetUp>::new();
    let problem = Signal::derive(move || -> Option<Problem> {
        action.value().get().and_then(Result::err).map(|error| error.0)
    });
    let help = words::password_help(use_language(), Password::LEAST);
    view! {
        <ErrorSummary problem/>
        <ActionForm action attr:class="form">
            <input type="hidden" name="token" value=token/>
            <TextField field=Field::UserName value=user_name autocomplete="username" problem/>
            <TextField field=Field::Password kind="password" autocomplete="new-password" help autofocus=true problem/>
            <TextField field=Field::PasswordAgain kind="password" autocomplete="new-password" problem/>
            <div class="form__actions">
                <SubmitButton label=words::CREATE_ADMINISTRATOR pending=action.pending()/>
            </div>
        </ActionForm>
    }
}
