use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use domain::{GatewayGroup, ListenerState};
use leptos::prelude::*;

use super::use_group;
use crate::components::{Badge, BadgeKind, ButtonLink, Command, PageHeader};
use crate::language::{Language, use_language};
use crate::text::gateway_group as words;

/// A group at a glance: whether it listens, what it has, what to do next.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let group = use_group();
    move || group.get().map(|group| view! { <Overview group/> })
}

#[component]
fn Overview(group: GatewayGroup) -> impl IntoView {
    let language = use_language();
    let title = group.name.to_string();
    let certificates = format!("/groups/{}/ssl-certificates", group.id);
    view! {
        <PageHeader title/>
        <dl class="facts">
            <div class="facts__row">
                <dt>{language.pick(words::LISTENER)}</dt>
                <dd>{listener(language, &group)}</dd>
            </div>
            <div class="facts__row">
                <dt>{language.pick(words::SSL_CERTIFICATES)}</dt>
                <dd><a href=certificates.clone()>{words::certificates(language, group.ssl_certificates)}</a></dd>
            </div>
            <div class="facts__row">
                <dt>{language.pick(words::REVISION)}</dt>
                <dd>{words::live_at(language, group.revision)}</dd>
            </div>
        </dl>
        {(group.ssl_certificates == 0)
            .then(|| {
                view! {
                    <section class="section" aria-labelledby="next-heading">
                        <h2 class="section__title" id="next-heading">{language.pick(words::NEXT_STEP)}</h2>
                        <p>{language.pick(words::NEXT_STEP_LEAD)}</p>
                        <ButtonLink
                            href=format!("{certificates}/new")
                            text=language.pick(words::ADD_SSL_CERTIFICATE)
                            primary=true
                        />
                    </section>
                }
            })}
        <TryIt address=reachable(&group)/>
    }
}

/// The guide's two requests: one that is let in, one that is not.
#[component]
fn TryIt(address: SocketAddr) -> impl IntoView {
    let language = use_language();
    let request = curl(address);
    view! {
        <section class="section" aria-labelledby="try-heading">
            <h2 class="section__title" id="try-heading">{language.pick(words::TRY_IT)}</h2>
            <p>{language.pick(words::TRY_WITH)}</p>
            <Command text=format!("{request} --cert client.crt --key client.key")/>
            <p>{language.pick(words::TRY_WITHOUT)}</p>
            <Command text=request/>
        </section>
    }
}

/// The guide's request for a listener at `address`.
fn curl(address: SocketAddr) -> String {
    let port = address.port();
    let ip = match address.ip() {
        ip if ip.is_unspecified() && ip.is_ipv6() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let ip = if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() };
    format!("curl -ik --resolve \"test.com:{port}:{ip}\" \"https://test.com:{port}/ip\"")
}

/// Where clients reach the group: where it listens, or where it was told to.
fn reachable(group: &GatewayGroup) -> SocketAddr {
    match &group.listener_state {
        ListenerState::Listening(address) => *address,
        ListenerState::Failed { .. } | ListenerState::Starting => group.listener,
    }
}

fn listener(language: Language, group: &GatewayGroup) -> impl IntoView + use<> {
    let (kind, word, address) = match &group.listener_state {
        ListenerState::Listening(address) => (BadgeKind::Good, words::LISTENING, *address),
        ListenerState::Failed { address, .. } => (BadgeKind::Bad, words::FAILED, *address),
        ListenerState::Starting => (BadgeKind::Off, words::STARTING, group.listener),
    };
    view! {
        <Badge kind text=language.pick(word)/>
        " "
        <code>{address.to_string()}</code>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_reaches_a_listener_on_this_machine() {
        for (address, target) in [
            ("0.0.0.0:9443", "test.com:9443:127.0.0.1"),
            ("[::]:9443", "test.com:9443:[::1]"),
            ("192.0.2.1:8443", "test.com:8443:192.0.2.1"),
        ] {
            let line = curl(address.parse().expect("an address"));
            assert!(line.contains(&format!("--resolve \"{target}\"")), "{line}");
        }
    }
}
