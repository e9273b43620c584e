use domain::{
    CertificateType, Chain, FieldWarning, GatewayGroupId, Noun, Problem, SslCertificate, SslCertificateId,
    Status, UnixTime,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_params_map;

use super::api::{self, SslCertificateDetail, get_ssl_certificate};
use super::denied::DeniedClients;
use super::facts::{CertificateFacts, fact};
use super::health_note::health_note;
use super::list_state::status_code;
use super::live::refetch_until;
use super::path;
use super::peer_verification::PeerVerificationSection;
use super::row::{status_badge, type_word};
use super::try_it::curl_commands;
use crate::components::{ButtonLink, ErrorSummary, PageHeader, ProblemPage, Time};
use crate::error::UiError;
use crate::language::use_language;
use crate::pages::gateway_group::{use_group, use_group_id};
use crate::pages::layout::{reload_after, steady, use_reload};
use crate::text;
use crate::text::ssl_certificate as words;

/// The certificate whose page this is, for the dialogs over it.
#[derive(Clone, Copy)]
pub(super) struct DetailContext {
    /// Its newest state.
    pub(super) loaded: Resource<Result<SslCertificateDetail, UiError>>,
    /// Its page, without a dialog.
    pub(super) href: Signal<String>,
}

/// The certificate whose page this is.
pub(super) fn use_detail() -> DetailContext {
    expect_context()
}

/// What to call a certificate: its hosts, else its subject, else its id.
pub(super) fn name(certificate: &SslCertificate) -> String {
    match (certificate.snis.as_slice(), certificate.leaf()) {
        ([], Some(leaf)) => leaf.display_name(),
        ([], None) => certificate.id.to_string(),
        (snis, _) => snis.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// One SSL certificate, with its dialogs.
#[component]
pub fn SslCertificatePage() -> impl IntoView {
    let group = use_group_id();
    let params = use_params_map();
    let id = Memo::new(move |before: Option<&Option<SslCertificateId>>| {
        let named = params.read().get_str("id").map(|id| id.parse().ok());
        // The parameter is gone while the person leaves the page.
        named.unwrap_or_else(|| before.cloned().flatten())
    });
    let reload = use_reload();
    let loaded = Resource::new(
        move || (group.get(), id.get(), reload.get()),
        |(group, id, _)| async move {
            match id {
                Some(id) => get_ssl_certificate(group.to_string(), id.to_string()).await,
                None => Err(UiError(Problem::NotFound(Noun::SslCertificate))),
            }
        },
    );
    refetch_until(loaded, |detail| {
        detail.as_ref().map_or(true, |detail| detail.certificate.revision <= detail.served)
    });
    let href = Signal::derive(move || match id.get() {
        Some(id) => path::detail(&group.get(), &id),
        None => path::list(&group.get()),
    });
    provide_context(DetailContext { loaded, href });
    let is_there = move || loaded.get().is_some_and(|detail| detail.is_ok());
    view! {
        <Transition>
            {
                let shown = steady(move || loaded.get(), differs);
                move || match shown.get() {
                    None => ().into_any(),
                    Some(Ok(detail)) => view! { <Detail detail/> }.into_any(),
                    Some(Err(error)) => view! { <ProblemPage problem=error.0/> }.into_any(),
                }
            }
        </Transition>
        <Transition>
            {
                let is_there = steady(is_there, |before, after| before != after);
                move || is_there.get().then(|| view! { <Outlet/> })
            }
        </Transition>
    }
}

type Loaded = Option<Result<SslCertificateDetail, UiError>>;

/// Whether the page is to be shown anew: time alone is no reason.
fn differs(before: Option<&Loaded>, after: Option<&Loaded>) -> bool {
    match (before, after) {
        (Some(Some(Ok(before))), Some(Some(Ok(after)))) => {
            *before != SslCertificateDetail { now: before.now, ..after.clone() }
        }
        (before, after) => before != after,
    }
}

#[component]
fn Detail(detail: SslCertificateDetail) -> impl IntoView {
    let language = use_language();
    let SslCertificateDetail { certificate, denied, served, now } = detail;
    let (group, id) = (certificate.group.clone(), certificate.id.clone());
    let is_server = certificate.certificate_type == CertificateType::Server;
    let set_status = ServerAction::<api::SetSslCertificateStatus>::new();
    let set_peer_verification = ServerAction::<api::SetPeerVerification>::new();
    let allow_again = ServerAction::<api::AllowClientAgain>::new();
    reload_after(set_status);
    reload_after(set_peer_verification);
    reload_after(allow_again);
    let problem = Signal::derive(move || {
        let status = set_status.value().get().and_then(Result::err);
        let verification = set_peer_verification.value().get().and_then(Result::err);
        let allowed = allow_again.value().get().and_then(Result::err);
        status.or(verification).or(allowed).map(|error| error.0)
    });
    let chains = certificate.chains.clone();
    let has_hosts = !certificate.snis.is_empty();
    view! {
        <PageHeader title=name(&certificate)>
            {is_server.then(|| view! {
                <ButtonLink href=path::edit(&group, &id) text=language.pick(words::EDIT)/>
            })}
            <ButtonLink href=path::replace(&group, &id) text=language.pick(words::REPLACE)/>
            <StatusForm group=group.clone() id=id.clone() status=certificate.status action=set_status/>
            <ButtonLink href=path::delete(&group, &id) text=language.pick(words::DELETE)/>
        </PageHeader>
        <ErrorSummary problem/>
        {health_note(language, &certificate)}
        <Overview certificate=certificate.clone() served now/>
        {is_server.then(|| view! {
            <PeerVerificationSection certificate=certificate.clone() now action=set_peer_verification/>
        })}
        <DeniedClients denied now action=allow_again/>
        {(is_server && has_hosts).then(|| view! { <TryIt certificate=certificate.clone()/> })}
        <Warnings warnings=certificate.warnings/>
        <Chains chains now/>
    }
    .into_any()
}

/// The switch of the whole object, as a form of one button.
#[component]
fn StatusForm(
    group: GatewayGroupId,
    id: SslCertificateId,
    status: Status,
    action: ServerAction<api::SetSslCertificateStatus>,
) -> impl IntoView {
    let (next, word) = match status {
        Status::Enabled => (Status::Disabled, words::DISABLE),
        Status::Disabled => (Status::Enabled, words::ENABLE),
    };
    view! {
        <ActionForm action>
            <input type="hidden" name="group" value=group.to_string()/>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="status" value=status_code(next)/>
            <button type="submit" class="button" disabled=move || action.pending().get()>
                {use_language().pick(word)}
            </button>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Overview(certificate: SslCertificate, served: domain::Revision, now: UnixTime) -> impl IntoView {
    let language = use_language();
    let hosts = match certificate.snis.as_slice() {
        [] => language.pick(words::NOT_FOR_CLIENTS).to_owned(),
        snis => snis.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    let SslCertificate { created_at, updated_at, revision, .. } = certificate;
    view! {
        <dl class="facts">
            {fact(language, words::STATUS, status_badge(language, &certificate, served))}
            {fact(language, words::HOSTS, view! { <code>{hosts}</code> })}
            {fact(language, words::TYPE, language.pick(type_word(certificate.certificate_type)))}
            {fact(language, words::ID, view! { <code>{certificate.id.to_string()}</code> })}
            {fact(language, words::CREATED, view! { <Time at=created_at now/> })}
            {fact(language, words::UPDATED, view! { <Time at=updated_at now/> })}
            {fact(language, words::REVISION, revision.to_string())}
        </dl>
    }
    .into_any()
}

#[component]
fn TryIt(certificate: SslCertificate) -> impl IntoView {
    let language = use_language();
    let group = use_group();
    view! {
        <section class="section" aria-labelledby="try-heading">
            <h2 class="section__title" id="try-heading">{language.pick(words::TRY_IT)}</h2>
            {move || group.get().map(|group| curl_commands(language, &certificate, &group))}
        </section>
    }
    .into_any()
}

#[component]
fn Warnings(warnings: Vec<FieldWarning>) -> impl IntoView {
    let language = use_language();
    (!warnings.is_empty()).then(|| {
        let warnings = warnings
            .iter()
            .map(|warning| {
                view! {
                    <li class="finding finding--attention">
                        <span class="finding__shape" aria-hidden="true">"▲"</span>
                        <span>{text::warning::warning(language, &warning.warning)}</span>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="section" aria-labelledby="warnings-heading">
                <h2 class="section__title" id="warnings-heading">{language.pick(words::WORTH_KNOWING)}</h2>
                <ul class="findings">{warnings}</ul>
            </section>
        }
    })
}

#[component]
fn Chains(chains: Vec<Chain>, now: UnixTime) -> impl IntoView {
    let language = use_language();
    if chains.is_empty() {
        return view! { <p>{language.pick(words::CHAINS_NONE)}</p> }.into_any();
    }
    let several = chains.len() > 1;
    chains
        .into_iter()
        .enumerate()
        .map(|(index, chain)| {
            let title = if several {
                words::chain_number(language, index + 1)
            } else {
                language.pick(words::CHAIN).to_owned()
            };
            let heading = format!("chain-{index}-heading");
            let labelled_by = heading.clone();
            let certificates = chain
                .into_iter()
                .enumerate()
                .map(|(place, certificate)| {
                    let intermediate = (place > 0).then(|| {
                        view! { <h3 class="section__subtitle">{words::intermediate(language, place)}</h3> }
                    });
                    view! {
                        {intermediate}
                        <CertificateFacts certificate now/>
                    }
                })
                .collect_view();
            view! {
                <section class="section" aria-labelledby=labelled_by>
                    <h2 class="section__title" id=heading>{title}</h2>
                    {certificates}
                </section>
            }
        })
        .collect_view()
        .into_any()
}
