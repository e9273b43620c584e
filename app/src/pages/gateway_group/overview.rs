use std::net::SocketAddr;

use domain::{Field, GatewayGroup, ListenerState};
use leptos::prelude::*;

use super::use_group;
use crate::components::{Badge, BadgeKind, ButtonLink, Command, PageHeader};
use crate::language::{Language, use_language};
use crate::pages::ssl_certificate::{curl, exact, reachable};
use crate::text::{field as text, gateway_group as words};

/// The guide's host.
const EXAMPLE_HOST: &str = "test.com";

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
                <dd class="facts__state">{listener(language, &group.listener_state, group.listener)}</dd>
            </div>
            {http_listener(language, &group)}
            <div class="facts__row">
                <dt>{language.pick(words::SSL_CERTIFICATES)}</dt>
                <dd><a href=certificates.clone()>{words::certificates(language, group.ssl_certificates)}</a></dd>
            </div>
            <div class="facts__row">
                <dt>{language.pick(words::REVISION)}</dt>
                <dd>{words::live_at(language, group.revision)} {closed(language, &group)}</dd>
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
        {(group.ssl_certificates > 0).then(|| view! { <TryIt address=reachable(&group)/> })}
    }
}

/// How many connections the latest change of policies closed, if it closed any.
fn closed(language: Language, group: &GatewayGroup) -> Option<impl IntoView + use<>> {
    let change = group.last_policy_change.filter(|change| change.closed > 0)?;
    let at = exact(change.at);
    let text = words::closed(language, change.closed);
    Some(view! { <span class="muted">" · " {text} " · " {at}</span> })
}

/// The guide's two requests: one that is let in, one that is not.
#[component]
fn TryIt(address: SocketAddr) -> impl IntoView {
    let language = use_language();
    view! {
        <section class="section" aria-labelledby="try-heading">
            <h2 class="section__title" id="try-heading">{language.pick(words::TRY_IT)}</h2>
            <p>{language.pick(words::TRY_WITH)}</p>
            <Command text=curl(EXAMPLE_HOST, address, true)/>
            <p>{language.pick(words::TRY_WITHOUT)}</p>
            <Command text=curl(EXAMPLE_HOST, address, false)/>
        </section>
    }
}

/// The listener for plain HTTP, if there is to be one. The banner over the page speaks of the other one only.
fn http_listener(language: Language, group: &GatewayGroup) -> impl IntoView + use<> {
    let (address, state) = group.http_listener.zip(group.http_listener_state.as_ref())?;
    let reason = match state {
        ListenerState::Failed { reason, .. } => Some(words::reason(language, reason)),
        ListenerState::Listening(_) | ListenerState::Starting => None,
    };
    Some(view! {
        <div class="facts__row">
            <dt>{language.pick(text::field(Field::HttpListener))}</dt>
            <dd class="facts__state">{listener(language, state, address)} {reason}</dd>
        </div>
    })
}

/// What a listener does that is to listen at `wanted`.
fn listener(language: Language, state: &ListenerState, wanted: SocketAddr) -> impl IntoView + use<> {
    let (kind, word, address) = match state {
        ListenerState::Listening(address) => (BadgeKind::Good, words::LISTENING, *address),
        ListenerState::Failed { address, .. } => (BadgeKind::Bad, words::FAILED, *address),
        ListenerState::Starting => (BadgeKind::Off, words::STARTING, wanted),
    };
    view! {
        <Badge kind text=language.pick(word)/>
        <code>{address.to_string()}</code>
    }
}
