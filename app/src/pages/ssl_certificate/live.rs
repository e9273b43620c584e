use std::time::Duration;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How long a save may take to reach the listener before it is looked up again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked up before it is given up: something is wrong then, which waiting does not mend.
const TRIES: u32 = 30;

/// In the browser, loads `resource` again every second until it is `settled`.
pub(super) fn refetch_until<T>(resource: Resource<T>, settled: impl Fn(&T) -> bool + Send + Sync + 'static)
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |tried: Option<u32>| {
        let tried = tried.unwrap_or(0);
        let is_settled = resource.with(|loaded| loaded.as_ref().is_none_or(&settled));
        if is_settled {
            return 0;
        }
        if tried >= TRIES {
            return tried;
        }
        let handle = set_timeout_with_handle(move || resource.refetch(), PAUSE).ok();
        timer.set_value(handle);
        tried + 1
    });
    on_cleanup(move || {
        if let Some(handle) = timer.try_get_value().flatten() {
            handle.clear();
        }
    });
}

/// The first value that `source` has, and no other: what a form is made from, which a newer state of the same object must
/// not make anew while somebody is typing. Not a memo on the server, for the reason that [`steady`] gives.
///
/// [`steady`]: crate::pages::layout::steady
pub(super) fn first<T>(source: impl Fn() -> Option<T> + Send + Sync + 'static) -> Signal<Option<T>>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    if cfg!(feature = "ssr") {
        Signal::derive(source)
    } else {
        Memo::new(move |before: Option<&Option<T>>| before.cloned().flatten().or_else(&source)).into()
    }
}
