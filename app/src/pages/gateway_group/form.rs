use domain::{Field, IdentityHeaders, Problem, SslCertificateId};
use leptos::prelude::*;

use super::api::ServerCertificate;
use crate::components::{FieldErrors, SelectField, TextField, field_id};
use crate::language::{Language, use_language};
use crate::text::{field as label, gateway_group as words, service};

/// Hosts of a certificate that its option names.
const HOSTS_NAMED: usize = 3;

/// What can be set of a group: its name, and where it listens.
#[component]
pub(super) fn GroupFields(
    /// The name, or what was typed before.
    #[prop(into)]
    name: String,
    /// The address, or what was typed before.
    #[prop(into)]
    listener: String,
    /// What went wrong, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <TextField field=Field::Name value=name problem/>
        <TextField
            field=Field::Listener
            value=listener
            code=true
            help=language.pick(words::LISTENER_HELP)
            problem
        />
    }
}

/// What a group can go without: a default certificate, a listener for plain HTTP.
#[component]
pub(super) fn OptionalFields(
    /// The certificates to choose from.
    certificates: Vec<ServerCertificate>,
    /// The one that is set, if one is.
    default_certificate: Option<SslCertificateId>,
    /// The id that was chosen before, if the form comes back.
    chosen: Option<String>,
    /// The address, or what was typed before.
    #[prop(into)]
    http_listener: String,
    /// What went wrong, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let language = use_language();
    let current = default_certificate.map(String::from);
    let options = certificate_options(language, certificates, current.as_deref());
    view! {
        <SelectField
            field=Field::DefaultCertificate
            name=field_id(Field::DefaultCertificate)
            label=label::field(Field::DefaultCertificate)
            options
            selected=chosen.or(current).unwrap_or_default()
            help=language.pick(words::DEFAULT_CERTIFICATE_HELP)
            problem
        />
        <FieldErrors field=Field::DefaultCertificate problem/>
        <TextField
            field=Field::HttpListener
            value=http_listener
            code=true
            help=language.pick(words::HTTP_LISTENER_HELP)
            problem
        />
    }
}

/// How nodes are told who the client is, where a service says nothing else.
#[component]
pub(super) fn IdentityField(
    /// The preset that is set, or was chosen before.
    selected: String,
    /// What went wrong, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let language = use_language();
    let field = Field::IdentityHeaders;
    let options = IdentityHeaders::ALL
        .map(|preset| (preset.name().to_owned(), language.pick(service::identity_headers(preset)).to_owned()))
        .to_vec();
    view! {
        <SelectField
            field
            name=field_id(field)
            label=label::field(field)
            options
            selected
            help=language.pick(service::GROUP_IDENTITY_HELP)
            problem
        />
        <FieldErrors field problem/>
    }
    .into_any()
}

/// None, and the certificates by host and id. The `current` one is always among them: saving a form must not lose it.
fn certificate_options(
    language: Language,
    certificates: Vec<ServerCertificate>,
    current: Option<&str>,
) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), language.pick(words::NO_DEFAULT_CERTIFICATE).to_owned())];
    options.extend(certificates.into_iter().map(|ServerCertificate { id, snis }| {
        let mut hosts: Vec<_> = snis.iter().take(HOSTS_NAMED).map(ToString::to_string).collect();
        if snis.len() > HOSTS_NAMED {
            hosts.push("…".to_owned());
        }
        (id.to_string(), format!("{} · {id}", hosts.join(", ")))
    }));
    if let Some(current) = current.filter(|current| options.iter().all(|(id, _)| id != current)) {
        options.push((current.to_owned(), current.to_owned()));
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_that_is_set_can_always_be_kept() {
        let certificate = |id: &str, snis: &[&str]| ServerCertificate {
            id: id.parse().expect("valid"),
            snis: snis.iter().map(|sni| sni.parse().expect("valid")).collect(),
        };
        let listed =
            vec![certificate("a", &["test.com"]), certificate("b", &["1.com", "2.com", "3.com", "4.com"])];
        for (current, values) in
            [(None, &["", "a", "b"][..]), (Some("a"), &["", "a", "b"]), (Some("c"), &["", "a", "b", "c"])]
        {
            let options = certificate_options(Language::English, listed.clone(), current);
            assert_eq!(
                options.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>(),
                values,
                "{current:?}"
            );
            assert_eq!(options[1].1, "test.com · a");
            assert_eq!(options[2].1, "1.com, 2.com, 3.com, … · b");
        }
    }
}
