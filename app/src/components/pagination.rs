use domain::PageRequest;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::language::{Text, use_language};
use crate::text::common;

/// Which rows of a list these are, and links to the pages before and after. There is no dead link at either end.
#[component]
pub fn Pagination(
    /// The page that is shown.
    request: PageRequest,
    /// How many rows there are on all pages together.
    total: u64,
    /// The address of a page, with the list's other state in it.
    href: impl Fn(u32) -> String + 'static,
) -> impl IntoView {
    let language = use_language();
    let pages = total.div_ceil(u64::from(request.size())).max(1);
    let number = request.number();
    let first = (request.offset() + 1).min(total);
    let last = (request.offset() + u64::from(request.size())).min(total);
    let link = |number: u32, label: Text| {
        view! { <A href=href(number) attr:class="button button--quiet">{language.pick(label)}</A> }
    };
    view! {
        <nav class="pagination" aria-label=language.pick(common::PAGES)>
            <span class="pagination__rows">{common::rows(language, first, last, total)}</span>
            {(number > 1).then(|| link(number - 1, common::PREVIOUS))}
            {(pages > 1).then(|| view! { <span aria-current="page">{common::page(language, number, pages)}</span> })}
            {(u64::from(number) < pages).then(|| link(number + 1, common::NEXT))}
        </nav>
    }
}
