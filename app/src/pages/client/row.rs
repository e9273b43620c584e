use domain::{Client, GatewayGroupId, ServerName, UnixTime};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{entry_for, path};
use crate::components::{Badge, BadgeKind, Time};
use crate::language::{Language, use_language};
use crate::pages::ssl_certificate::Expiry;
use crate::text::{client as words, ssl_certificate};

/// How many hosts a row shows.
const HOSTS_SHOWN: usize = 3;

/// One client in the list.
#[component]
pub(super) fn Row(
    client: Client,
    /// The server's time.
    now: UnixTime,
) -> impl IntoView {
    let language = use_language();
    let action = action(language, &client);
    let Client { name, subject, issuer, hosts: names, not_after, first_seen, last_seen, handshakes, .. } =
        client;
    view! {
        <tr class="client-row">
            <td class="client-row__name"><strong title=subject>{name}</strong></td>
            <td class="client-row__issuer">
                <span class="narrow-label">{language.pick(words::ISSUER)}</span> <code>{issuer}</code>
            </td>
            <td class="client-row__hosts">{hosts(language, &names)}</td>
            <td><span class="narrow-label">{language.pick(words::FIRST_SEEN)}</span> <Time at=first_seen now/></td>
            <td><span class="narrow-label">{language.pick(words::LAST_SEEN)}</span> <Time at=last_seen now/></td>
            <td class="client-row__count">
                <span class="narrow-label">{language.pick(words::HANDSHAKES)}</span> {handshakes}
            </td>
            <td><span class="narrow-label">{language.pick(words::EXPIRES)}</span> <Expiry at=not_after now/></td>
            <td>{action}</td>
        </tr>
    }
    .into_any()
}

fn hosts(language: Language, hosts: &[ServerName]) -> impl IntoView + use<> {
    let shown = hosts.iter().take(HOSTS_SHOWN).map(|host| {
        let host = host.to_string();
        view! { <code class="entry">{host}</code> }
    });
    let shown = shown.collect_view();
    let more = (hosts.len() > HOSTS_SHOWN).then(|| {
        view! { <span class="muted">{ssl_certificate::more(language, hosts.len() - HOSTS_SHOWN)}</span> }
    });
    view! { {shown} {more} }
}

/// What can be done about the client: revoke it, or see that this has been done.
fn action(language: Language, client: &Client) -> AnyView {
    let group: &GatewayGroupId = &client.group;
    if client.denied {
        return view! {
            <A href=path::denied(group) attr:class="client-row__denied">
                <Badge kind=BadgeKind::Bad text=language.pick(words::DENIED)/>
            </A>
        }
        .into_any();
    }
    let entry = entry_for(&client.serial, &client.issuer, client.fingerprint);
    let href = path::deny_this(group, &entry, &client.name);
    view! {
        <A href attr:aria-label=words::revoke_one(language, &client.name)>{language.pick(words::REVOKE_MORE)}</A>
    }
    .into_any()
}
