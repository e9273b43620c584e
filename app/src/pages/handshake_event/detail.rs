use domain::{HandshakeEvent, HandshakeEventId, Noun, Problem, ReasonCode, UnixTime, Verdict};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use super::advice::advice;
use super::api::{HandshakeDetail, get_handshake};
use super::chain::Chain;
use super::name::{certificate_name, client_name};
use super::path;
use super::verdict::{kind, why};
use crate::components::{Alert, PageHeader, ProblemPage, Time};
use crate::error::UiError;
use crate::language::{Language, use_language};
use crate::pages::client;
use crate::pages::gateway_group::use_group_id;
use crate::pages::ssl_certificate::{code, copyable, exact, fact, path as certificate_path};
use crate::text::{client as client_words, handshake_event as words};

/// One TLS attempt: what the verdict was, why, what to do about it, and all that is known of it.
#[component]
pub fn HandshakePage() -> impl IntoView {
    let group = use_group_id();
    let params = use_params_map();
    let id = Memo::new(move |before: Option<&Option<HandshakeEventId>>| {
        let named = params.read().get_str("id").map(|id| id.parse().ok());
        // The parameter is gone while the person leaves the page.
        named.unwrap_or_else(|| before.cloned().flatten())
    });
    let loaded = Resource::new(
        move || (group.get(), id.get()),
        |(group, id)| async move {
            match id {
                Some(id) => get_handshake(group.to_string(), id.to_string()).await,
                None => Err(UiError(Problem::NotFound(Noun::HandshakeEvent))),
            }
        },
    );
    let page = move || {
        Suspend::new(async move {
            match loaded.await {
                Ok(HandshakeDetail { event, now }) => view! { <Detail event now/> }.into_any(),
                Err(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
            }
        })
    };
    view! { <Transition>{page}</Transition> }
}

#[component]
fn Detail(event: HandshakeEvent, now: UnixTime) -> impl IntoView {
    let language = use_language();
    let advice = event.verdict.reason().map(|code| advice(language, &event, code));
    let chain = event.peer_chain.clone();
    let at = event.at;
    let (revoke, list) = (revoke(language, &event), path::list(&event.group));
    view! {
        <PageHeader title=title(language, &event)>
            {revoke}
            <A href=list attr:class="button">{language.pick(words::BACK)}</A>
        </PageHeader>
        <Finding event=event.clone()/>
        {advice}
        <Facts event now/>
        <Chain certificates=chain at/>
    }
    .into_any()
}

/// Who came, and for which host.
fn title(language: Language, event: &HandshakeEvent) -> String {
    let client = client_name(event).map_or_else(|| event.client.ip().to_string(), str::to_owned);
    let host = event.server_name.as_ref().map_or(language.pick(words::NO_HOST), |host| host.as_str());
    format!("{client} → {host}")
}

/// The way to deny the client, unless it has been turned away for good already.
fn revoke(language: Language, event: &HandshakeEvent) -> Option<impl IntoView + use<>> {
    let leaf = event.peer_chain.first()?;
    if matches!(event.verdict.reason(), Some(ReasonCode::DenyListed | ReasonCode::Revoked)) {
        return None;
    }
    let entry = client::entry_for(&leaf.serial, &leaf.issuer, leaf.fingerprint);
    let href = client::path::deny_this(&event.group, &entry, certificate_name(leaf).unwrap_or_default());
    Some(view! { <A href attr:class="button">{language.pick(client_words::REVOKE_THIS)}</A> })
}

/// The verdict as one sentence. The facts of a reason are known in English only.
#[component]
fn Finding(event: HandshakeEvent) -> impl IntoView {
    let language = use_language();
    let kind = kind(&event.verdict);
    let verdict = language.pick(words::verdict(&event.verdict, event.stage));
    let why = why(language, &event);
    let (lead, detail) = match event.verdict {
        Verdict::Accepted => (Some(words::ACCEPTED_LEAD), String::new()),
        Verdict::Tolerated { detail, .. } => (Some(words::TOLERATED_LEAD), detail),
        Verdict::Refused { detail, .. } => (None, detail),
    };
    let (why, detail) = match language {
        Language::English if !detail.is_empty() => (detail, None),
        _ => (why.to_owned(), Some(detail).filter(|detail| !detail.is_empty())),
    };
    view! {
        <Alert kind>
            <p><strong>{words::sentence(language, verdict, &why)}</strong></p>
            {detail.map(|detail| view! { <p lang=Language::English.tag()>{detail}</p> })}
            {lead.map(|lead| view! { <p>{language.pick(lead)}</p> })}
        </Alert>
    }
    .into_any()
}

#[component]
fn Facts(event: HandshakeEvent, now: UnixTime) -> impl IntoView {
    let language = use_language();
    let reason = event.verdict.reason();
    let policy = policy(language, &event);
    let resumed = if event.resumed { words::RESUMED_YES } else { words::RESUMED_NO };
    let host = match &event.server_name {
        Some(host) => code(host.to_string()).into_any(),
        None => language.pick(words::NO_HOST).into_any(),
    };
    let known = |label, value: Option<String>| value.map(|value| fact(language, label, code(value)));
    view! {
        <section class="section" aria-labelledby="facts-heading">
            <h2 class="section__title" id="facts-heading">{language.pick(words::FACTS)}</h2>
            <dl class="facts">
                {fact(language, words::AT, view! {
                    {exact(event.at)} " · " <Time at=event.at now/>
                })}
                {fact(language, words::STAGE, language.pick(words::stage(event.stage)))}
                {known(words::REASON_CODE, reason.map(|code| code.to_string()))}
                {fact(language, words::POLICY, policy)}
                {fact(language, words::SERVER_NAME, host)}
                {fact(language, words::CLIENT_ADDRESS, code(event.client.to_string()))}
                {known(words::PROXY_ADDRESS, event.proxy.map(|address| address.to_string()))}
                {fact(language, words::LOCAL_ADDRESS, code(event.local.to_string()))}
                {fact(language, words::CONNECTION, copyable(event.connection.to_string()))}
                {known(words::TLS_VERSION, event.tls_version)}
                {known(words::CIPHER_SUITE, event.cipher_suite)}
                {known(words::KEY_EXCHANGE, event.key_exchange)}
                {known(words::ALPN, event.alpn)}
                {fact(language, words::RESUMED, language.pick(resumed))}
                {fact(language, words::DURATION, words::duration(event.duration_us))}
            </dl>
        </section>
    }
    .into_any()
}

/// The policy that decided, what it asks, and which version of it that was.
fn policy(language: Language, event: &HandshakeEvent) -> AnyView {
    let Some(id) = &event.ssl_certificate else {
        return language.pick(words::NO_POLICY).into_any();
    };
    let mode = event.mode.map(|mode| format!(" · {}", language.pick(words::mode(mode))));
    let href = certificate_path::detail(&event.group, id);
    let id = id.to_string();
    view! {
        <A href><code>{id}</code></A>
        {mode}
        " · "
        {words::at_revision(language, event.revision)}
    }
    .into_any()
}
