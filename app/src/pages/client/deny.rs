use domain::{DenyEntry, Fault, Field, FieldError, Problem};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::denied::Entry;
use super::{api, entry, path};
use crate::components::{Dialog, ErrorSummary, TextField};
use crate::language::{Language, use_language};
use crate::pages::gateway_group::api::{ServerCertificate, list_server_certificates};
use crate::pages::gateway_group::use_group_id;
use crate::pages::ssl_certificate::returned_problem;
use crate::text::{client as words, common};

/// What stands in the address: a client that is known, or what was typed before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    entry: String,
    label: String,
    scope: String,
}

impl Asked {
    /// The certificate, if it is known and nothing was wrong with it: then it is asked about and not for.
    fn known(&self, problem: Option<&Problem>) -> Option<DenyEntry> {
        let is_wrong = |error: &FieldError| error.field == Field::DenyEntry;
        let is_wrong = problem.is_some_and(|problem| problem.field_errors().iter().any(is_wrong));
        self.entry.parse().ok().filter(|_| !is_wrong)
    }
}

/// Denies a client: one out of a list, or one that is typed. An ordinary form, with JavaScript as without.
#[component]
pub fn DenyClient() -> impl IntoView {
    let group = use_group_id();
    let query = use_query_map();
    let text = move |name| query.read_untracked().get(name).unwrap_or_default();
    let asked = Asked { entry: text(path::ENTRY), label: text(path::LABEL), scope: text(path::SCOPE) };
    let problem = returned_problem(&[api::DenyClient::PATH]);
    let certificates =
        Resource::new(move || group.get(), |group| list_server_certificates(group.to_string()));
    let dialog = move || {
        let (asked, problem) = (asked.clone(), problem.clone());
        Suspend::new(async move {
            // Without them the client can still be denied for all hosts.
            let certificates = certificates.await.unwrap_or_default();
            view! { <DenyDialog asked problem certificates/> }
        })
    };
    view! { <Transition>{dialog}</Transition> }
}

#[component]
fn DenyDialog(asked: Asked, problem: Option<Problem>, certificates: Vec<ServerCertificate>) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let known = asked.known(problem.as_ref());
    let (title, verb) = match &known {
        Some(_) => (words::revoke_question(language, &asked.label), words::REVOKE),
        None => (language.pick(words::DENY_A_CLIENT).to_owned(), words::DENY),
    };
    let is_denied = problem
        .as_ref()
        .is_some_and(|problem| problem.field_errors().iter().any(|e| e.fault == Fault::AlreadyDenied));
    let problem = Signal::stored(problem);
    let Asked { entry, label, scope } = asked;
    let fields = match known {
        Some(known) => view! { <Known known label/> }.into_any(),
        None => view! { <Typed entry label problem/> }.into_any(),
    };
    let close =
        Signal::derive(move || if is_denied { path::denied(&group.get()) } else { path::list(&group.get()) });
    view! {
        <Title text=title.clone()/>
        <Dialog title close_href=close>
            <ErrorSummary problem/>
            <form class="form" method="post" action=api::DenyClient::url()>
                <input type="hidden" name="group" value=group.get_untracked().to_string()/>
                {fields}
                <Scope certificates scope/>
                <p>{language.pick(words::MEANING)}</p>
                <div class="form__actions">
                    <A href=move || close.get() attr:class="button">{language.pick(common::CANCEL)}</A>
                    <button type="submit" class="button button--danger">{language.pick(verb)}</button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

/// The certificate that is asked about.
#[component]
fn Known(known: DenyEntry, label: String) -> impl IntoView {
    view! {
        <input type="hidden" name=path::ENTRY value=known.to_string()/>
        <input type="hidden" name=path::LABEL value=entry::label(&label)/>
        <p class="known"><Entry entry=known/></p>
    }
    .into_any()
}

/// The certificate that is asked for.
#[component]
fn Typed(entry: String, label: String, problem: Signal<Option<Problem>>) -> impl IntoView {
    let language = use_language();
    view! {
        <TextField
            field=Field::DenyEntry
            value=entry
            code=true
            help=language.pick(words::ENTRY_HELP)
            problem
        />
        <div class="field">
            <label class="field__label" for=path::LABEL>{language.pick(words::LABEL)}</label>
            <input
                class="input"
                type="text"
                id=path::LABEL
                name=path::LABEL
                value=label
                maxlength=entry::LONGEST_LABEL.to_string()
                autocomplete="off"
            />
        </div>
    }
    .into_any()
}

/// For which hosts.
#[component]
fn Scope(certificates: Vec<ServerCertificate>, scope: String) -> impl IntoView {
    let language = use_language();
    let options = certificates
        .into_iter()
        .map(|certificate| {
            let id = certificate.id.to_string();
            let selected = id == scope;
            view! { <option value=id selected=selected>{hosts(language, &certificate)}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label class="field__label" for=path::SCOPE>{language.pick(words::SCOPE)}</label>
            <select class="input" id=path::SCOPE name=path::SCOPE>
                <option value="">{language.pick(words::ALL_HOSTS)}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// What to call an SSL certificate: its hosts.
fn hosts(language: Language, certificate: &ServerCertificate) -> String {
    /// Hosts that an option names.
    const NAMED: usize = 3;
    let named = certificate.snis.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match certificate.snis.len().saturating_sub(NAMED) {
        _ if named.is_empty() => certificate.id.to_string(),
        0 => words::only(language, &named),
        more => words::only_and_more(language, &named, more),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_client_is_asked_about_unless_something_is_wrong_with_it() {
        let asked = Asked { entry: "serial:5a issuer:CN=A".to_owned(), ..Asked::default() };
        assert!(asked.known(None).is_some());
        assert!(asked.known(Some(&Problem::Forbidden)).is_some());
        let wrong = FieldError::new(Field::DenyEntry, Fault::AlreadyDenied).into();
        assert_eq!(asked.known(Some(&wrong)), None);
        assert_eq!(Asked::default().known(None), None);
    }
}
