use domain::UnixTime;
use leptos::prelude::*;

use crate::language::use_language;
use crate::text;

/// A point in time: its distance in words, the exact UTC in `datetime` and in the tooltip.
#[component]
pub fn Time(
    /// The point.
    at: UnixTime,
    /// The server's time, so that server and browser say the same.
    now: UnixTime,
) -> impl IntoView {
    let exact = at.to_string();
    view! {
        <time datetime=exact.clone() title=exact>
            {text::time::relative(use_language(), at, now)}
        </time>
    }
}
