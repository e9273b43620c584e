//! The frame of every page for somebody who is signed in: sidebar, top bar, and what they share.

mod breadcrumbs;
mod gate;
mod live;
mod newest;
mod sidebar;
mod steady;
mod top_bar;

use domain::{GatewayGroup, Problem};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub(crate) use self::gate::Gate;
pub(crate) use self::live::refetch_while;
pub(crate) use self::newest::{Newest, newest};
use self::sidebar::Sidebar;
pub(crate) use self::steady::steady;
use self::top_bar::TopBar;
use super::account::api::{Session, read_session};
use super::gateway_group::api::list_groups;
use crate::error::UiError;
use crate::language::use_language;
use crate::text::common;

/// All groups, or why they cannot be shown.
pub(crate) type Groups = Resource<Result<Vec<GatewayGroup>, UiError>>;

/// Counts the changes that pages have made: whoever shows what may have changed loads it again.
#[derive(Debug, Clone, Copy)]
struct Reload(RwSignal<u32>);

/// The count of changes made on this page; read it in the source of a resource that shows gateway groups.
pub fn use_reload() -> Signal<u32> {
    expect_context::<Reload>().0.into()
}

/// Has everything that shows gateway groups, and what belongs to them, loaded again.
pub fn use_reloading() -> impl Fn() + Copy + 'static {
    let Reload(reload) = expect_context();
    move || reload.update(|count| *count += 1)
}

/// Has sidebar and group loaded again whenever `action` has succeeded.
pub fn reload_after<S>(action: ServerAction<S>)
where
    S: ServerFn + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    S::Error: Send + Sync + 'static,
{
    let Reload(reload) = expect_context();
    Effect::new(move || {
        if action.version().get() > 0 && action.value().with_untracked(|value| matches!(value, Some(Ok(_)))) {
            reload.update(|count| *count += 1);
        }
    });
}

/// The groups that the sidebar shows.
pub(crate) fn use_groups() -> Groups {
    expect_context()
}

/// Sidebar, top bar and the page. Who is not signed in is led to the sign-in page.
#[component]
pub fn Layout() -> impl IntoView {
    let language = use_language();
    let reload = RwSignal::new(0);
    provide_context(Reload(reload));
    let groups: Groups = Resource::new(move || reload.get(), |_| list_groups());
    provide_context(groups);
    let session: Resource<Result<Session, UiError>> = Resource::new(|| (), |()| read_session());
    let access = move || {
        session.get().map(|session| match session {
            Ok(Session { caller: Some(_), .. }) => Ok(()),
            Ok(Session { caller: None, .. }) => Err(Problem::SignInRequired),
            Err(error) => Err(error.0),
        })
    };
    view! {
        <a class="skip-link" href="#main" rel="external">{language.pick(common::SKIP_TO_CONTENT)}</a>
        <div class="layout">
            <Sidebar groups/>
            <div class="layout__page">
                <TopBar groups session/>
                <main class="layout__main" id="main" tabindex="-1">
                    <Gate access/>
                </main>
            </div>
        </div>
    }
}
