use domain::{HandshakeEvent, UnixTime};
use leptos::prelude::*;
use leptos_router::components::A;

use super::name::client_name;
use super::path;
use super::verdict::{kind, why};
use crate::components::{Badge, Time};
use crate::language::use_language;
use crate::text::handshake_event as words;

/// One TLS attempt in the list. All of the row leads to its page.
#[component]
pub(super) fn Row(
    event: HandshakeEvent,
    /// The server's time, which goes on while the row stays.
    now: Signal<UnixTime>,
) -> impl IntoView {
    let language = use_language();
    let href = path::detail(&event.group, &event.id);
    let at = event.at;
    let verdict = language.pick(words::verdict(&event.verdict, event.stage));
    let why = why(language, &event);
    let kind = kind(&event.verdict);
    let host = match &event.server_name {
        Some(host) => view! { <code>{host.to_string()}</code> }.into_any(),
        None => view! { <span class="muted">{language.pick(words::NO_HOST)}</span> }.into_any(),
    };
    let client = match (event.peer_chain.is_empty(), client_name(&event)) {
        (true, _) => {
            view! { <span class="handshake-row__name muted">{language.pick(words::NO_CERTIFICATE)}</span> }
                .into_any()
        }
        (false, None) => {
            view! { <span class="handshake-row__name">{language.pick(words::NAMELESS)}</span> }.into_any()
        }
        (false, Some(name)) => {
            view! { <span class="handshake-row__name" title=name.to_owned()>{name.to_owned()}</span> }
                .into_any()
        }
    };
    let address = event.client.to_string();
    view! {
        <tr class="handshake-row">
            <td class="handshake-row__time">{move || view! { <Time at now=now.get()/> }}</td>
            <td class="handshake-row__host">{host}</td>
            <td class="handshake-row__client">{client} <code class="muted">{address}</code></td>
            <td class="handshake-row__verdict">
                <A href attr:class="handshake-row__link">
                    <Badge kind text=verdict/> <span class="handshake-row__why">{why}</span>
                </A>
            </td>
            <td class="handshake-row__tls muted">{event.tls_version}</td>
        </tr>
    }
    .into_any()
}
