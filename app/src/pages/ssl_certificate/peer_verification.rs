use domain::{GatewayGroupId, SslCertificate, SslCertificateId, UnixTime};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api;
use super::facts::CertificateFacts;
use super::path::{self, CONFIRM, PEER_VERIFICATION_OFF};
use super::policy_facts::policy_facts;
use super::row::peer_verification_badge;
use crate::components::{ButtonLink, Dialog};
use crate::language::use_language;
use crate::text::{common, ssl_certificate as words};

type Switch = ServerAction<api::SetPeerVerification>;

/// What is asked of the clients of a certificate's hosts, and the switch for it.
#[component]
pub(super) fn PeerVerificationSection(
    certificate: SslCertificate,
    /// The server's time.
    now: UnixTime,
    action: Switch,
) -> impl IntoView {
    let language = use_language();
    let badge = peer_verification_badge(language, &certificate);
    let SslCertificate { group, id, peer_verification: verification, .. } = certificate;
    let is_on = verification.mode.asks();
    let has_ca = !verification.ca_certificates.is_empty();
    let meaning = match (is_on, has_ca) {
        (true, _) => vec![],
        (false, true) => vec![words::MODE_OFF, words::MODE_OFF_KEPT],
        (false, false) => vec![words::MODE_OFF],
    };
    let policy = is_on.then(|| policy_facts(language, &group, &verification));
    let authorities = verification
        .ca_certificates
        .into_iter()
        .flat_map(|ca| ca.certificates)
        .map(|certificate| {
            let title = certificate.display_name();
            view! {
                <details class="authority">
                    <summary>{title}</summary>
                    <CertificateFacts certificate now/>
                </details>
            }
        })
        .collect_view();
    let switch = match (is_on, has_ca) {
        (true, _) => {
            let href = path::peer_verification_off(&group, &id);
            view! { <A href=href attr:class="button">{language.pick(words::SWITCH_OFF)}</A> }.into_any()
        }
        (false, true) => view! {
            <SwitchForm group=group.clone() id=id.clone() on=true action/>
        }
        .into_any(),
        // Without a CA it takes the form that has a place for one.
        (false, false) => {
            view! { <ButtonLink href=path::edit(&group, &id) text=language.pick(words::SWITCH_ON)/> }
                .into_any()
        }
    };
    view! {
        // Not named by its heading: the switch in the dialog over this page has the same name, and must be the only one.
        <section class="section">
            <h2 class="section__title">{language.pick(words::PEER_VERIFICATION)}</h2>
            <p>{badge}</p>
            {meaning.into_iter().map(|line| view! { <p>{language.pick(line)}</p> }).collect_view()}
            {policy}
            {authorities}
            <div class="section__actions">{switch}</div>
            {is_on.then(|| view! { <SwitchOffQuestion group id action/> })}
        </section>
    }
    .into_any()
}

/// Asks before clients without a certificate are let in.
#[component]
fn SwitchOffQuestion(group: GatewayGroupId, id: SslCertificateId, action: Switch) -> impl IntoView {
    let language = use_language();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.read().get_str(CONFIRM) == Some(PEER_VERIFICATION_OFF));
    move || {
        let (group, id) = (group.clone(), id.clone());
        asked.get().then(|| {
            let close = path::detail(&group, &id);
            view! {
                <Dialog title=language.pick(words::SWITCH_OFF_QUESTION) close_href=close.clone()>
                    <p>{language.pick(words::SWITCH_OFF_MEANING)}</p>
                    <div class="form__actions">
                        <A href=close attr:class="button">{language.pick(common::CANCEL)}</A>
                        <SwitchForm group id on=false action/>
                    </div>
                </Dialog>
            }
        })
    }
}

/// A form of one button.
#[component]
fn SwitchForm(group: GatewayGroupId, id: SslCertificateId, on: bool, action: Switch) -> impl IntoView {
    let (value, word, class) = if on {
        ("on", words::SWITCH_ON, "button")
    } else {
        ("off", words::SWITCH_OFF, "button button--danger")
    };
    view! {
        <ActionForm action>
            <input type="hidden" name="group" value=group.to_string()/>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="peer_verification" value=value/>
            <button type="submit" class=class disabled=move || action.pending().get()>
                {use_language().pick(word)}
            </button>
        </ActionForm>
    }
    .into_any()
}
