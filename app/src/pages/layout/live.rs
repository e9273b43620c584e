use std::time::Duration;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How old what is shown may get.
const PAUSE: Duration = Duration::from_secs(2);

/// In the browser, loads `resource` again two seconds after each answer, while that is `wanted` and the page can be seen.
pub(crate) fn refetch_while<T>(
    resource: Resource<T>,
    wanted: impl Fn() -> bool + Copy + Send + Sync + 'static,
) where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let timer = StoredValue::new(None::<TimeoutHandle>);
    // Counts the looks at a page that could not be seen, so that there is a next one.
    let skipped = RwSignal::new(0_u32);
    Effect::new(move || {
        resource.track();
        skipped.track();
        stop(timer);
        if wanted() {
            let look = move || {
                if document().hidden() {
                    skipped.update(|count| *count = count.wrapping_add(1));
                } else {
                    resource.refetch();
                }
            };
            timer.set_value(set_timeout_with_handle(look, PAUSE).ok());
        }
    });
    on_cleanup(move || stop(timer));
}

fn stop(timer: StoredValue<Option<TimeoutHandle>>) {
    if let Some(handle) = timer.try_update_value(Option::take).flatten() {
        handle.clear();
    }
}
