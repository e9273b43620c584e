use leptos::prelude::*;

/// What `source` says; whoever reads it runs again only when that has `changed`.
///
/// On the server it is asked anew each time: a memo hears of a resource's answer a moment after whoever waits for the same
/// answer goes on, and a page that is rendered in between would show what there was before, which is nothing.
pub(crate) fn steady<T>(
    source: impl Fn() -> T + Send + Sync + 'static,
    changed: fn(Option<&T>, Option<&T>) -> bool,
) -> Signal<T>
where
    T: Clone + Send + Sync + 'static,
{
    if cfg!(feature = "ssr") {
        Signal::derive(source)
    } else {
        Memo::new_with_compare(move |_| source(), changed).into()
    }
}
