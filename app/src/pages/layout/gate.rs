use domain::Problem;
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::steady;
use crate::components::ProblemPage;

/// The page of the child route, once it is known that it may be shown; or the problem in its place.
///
/// The page is not made anew while the answer stays the same, so what is typed in it outlives every reload of what the
/// answer was read from.
#[component]
pub(crate) fn Gate<F>(
    /// Whether the page may be shown; `None` while that is not known.
    access: F,
) -> impl IntoView
where
    F: Fn() -> Option<Result<(), Problem>> + Copy + Send + Sync + 'static,
{
    let page = move || {
        let access = steady(access, |before, after| before != after);
        move || match access.get() {
            None => ().into_any(),
            Some(Ok(())) => Unsuspend::new(|| view! { <Outlet/> }).into_any(),
            Some(Err(problem)) => view! { <ProblemPage problem/> }.into_any(),
        }
    };
    view! { <Transition>{page()}</Transition> }
}
