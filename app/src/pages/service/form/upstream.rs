//! Where the requests go: nodes of the service's own, or an upstream that services share.

use domain::{Field, Scheme, UpstreamNumber as N};
use leptos::prelude::*;

use super::controls::Form;
use super::health::health;
use crate::components::{FieldErrors, field_id};
use crate::pages::service::api::ServiceChoices;
use crate::pages::service::control::{self, Control, ON, ca_control, form_name};
use crate::text::{field, service as words};

/// The upstream.
pub(super) fn upstream(form: Form, choices: &ServiceChoices) -> AnyView {
    let language = form.language;
    let schemes = Scheme::ALL
        .map(|scheme| (scheme.name().to_owned(), language.pick(words::scheme(scheme)).to_owned()))
        .to_vec();
    view! {
        <section class="form-section" aria-labelledby="upstream-heading">
            <h2 class="section__title" id="upstream-heading">{language.pick(words::UPSTREAM)}</h2>
            {shared(form, choices)}
            <div class="own-upstream">
                {form.choice(Control::Scheme, schemes)}
                <div class="with-nodes">
                    {form.lines(Control::Nodes, "4", "10.0.0.7:8080")}
                    {balancing(form)}
                    {timeouts(form)}
                    {tls(form, choices)}
                    {health(form)}
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// The upstreams that services share, if there are any. The one that is set is always among them.
fn shared(form: Form, choices: &ServiceChoices) -> Option<AnyView> {
    let chosen = form.text(Control::Upstream);
    if choices.upstreams.is_empty() && chosen.is_empty() {
        return None;
    }
    let named = choices.upstreams.iter().map(|one| (one.id.to_string(), one.value.name.to_string()));
    let own = (String::new(), form.language.pick(words::OWN_NODES).to_owned());
    let options = with_chosen([own].into_iter().chain(named).collect(), chosen);
    Some(form.choice(Control::Upstream, options))
}

/// The options, with what is chosen among them: saving a form must not lose it.
fn with_chosen(mut options: Vec<(String, String)>, chosen: String) -> Vec<(String, String)> {
    if options.iter().all(|(value, _)| *value != chosen) {
        options.push((chosen.clone(), chosen));
    }
    options
}

fn balancing(form: Form) -> AnyView {
    let options = |options: &[(&str, crate::language::Text)]| {
        let named =
            options.iter().map(|(code, text)| ((*code).to_owned(), form.language.pick(*text).to_owned()));
        named.collect::<Vec<_>>()
    };
    let ways = options(&[
        (control::ROUND_ROBIN, words::ROUND_ROBIN),
        (control::LEAST_CONNECTIONS, words::LEAST_CONNECTIONS),
        (control::HASH_CLIENT_IDENTITY, words::HASH_CLIENT_IDENTITY),
        (control::HASH_CLIENT_ADDRESS, words::HASH_CLIENT_ADDRESS),
        (control::HASH_HEADER, words::HASH_HEADER),
    ]);
    let hosts = options(&[
        (control::PASS, words::PASS),
        (control::NODE, words::PASS_NODE),
        (control::REWRITE, words::REWRITE),
    ]);
    let controls = &[Control::Balancing, Control::HashKey, Control::PassHost, Control::UpstreamHost];
    let body = view! {
        {form.choice(Control::Balancing, ways)}
        <div class="with-hash-key">{form.line(Control::HashKey, "x-tenant")}</div>
        {form.choice(Control::PassHost, hosts)}
        <div class="with-upstream-host">{form.line(Control::UpstreamHost, "app.internal")}</div>
    };
    form.section(words::BALANCING_SECTION, "advanced", controls, body.into_any())
}

fn timeouts(form: Form) -> AnyView {
    const MOST: u32 = domain::Timeouts::MOST / 1000;
    let controls = &[
        Control::Number(N::ConnectTimeout),
        Control::Number(N::SendTimeout),
        Control::Number(N::ReadTimeout),
        Control::Retries,
    ];
    let body = view! {
        <div class="numbers" id=field_id(Field::Timeouts)>
            {form.number(N::ConnectTimeout, "0.001", MOST)}
            {form.number(N::SendTimeout, "0.001", MOST)}
            {form.number(N::ReadTimeout, "0.001", MOST)}
            {form.number_in(Control::Retries, "0", 255, "1")}
        </div>
        <FieldErrors field=Field::Timeouts problem=form.problem/>
    };
    form.section(words::TIMEOUTS_SECTION, "advanced", controls, body.into_any())
}

fn tls(form: Form, choices: &ServiceChoices) -> AnyView {
    let named =
        choices.client_certificates.iter().map(|(id, name)| (id.to_string(), format!("{name} · {id}")));
    let none = (String::new(), form.language.pick(words::NO_CERTIFICATE).to_owned());
    let chosen = form.text(Control::ClientCertificate);
    let certificates = with_chosen([none].into_iter().chain(named).collect(), chosen);
    let controls = &[Control::TlsVerify, Control::UpstreamServerName, Control::ClientCertificate];
    let body = view! {
        {form.switch(Control::TlsVerify)}
        {cas(form, choices)}
        {form.line(Control::UpstreamServerName, "app.internal")}
        {form.choice(Control::ClientCertificate, certificates)}
    };
    form.section(words::TLS_SECTION, "advanced with-tls", controls, body.into_any())
}

/// The group's CAs to pick from, and those that are picked even if the group's could not be had.
fn cas(form: Form, choices: &ServiceChoices) -> AnyView {
    let language = form.language;
    let field = Field::UpstreamCa;
    let mut listed: Vec<_> =
        choices.ca_certificates.iter().map(|ca| (ca.id.to_string(), ca.display_name())).collect();
    let picked = form.fields.with_value(|fields| fields.picked_cas());
    for id in picked.iter().filter(|id| choices.ca_certificates.iter().all(|ca| ca.id.as_str() != *id)) {
        listed.push((id.clone(), id.clone()));
    }
    let boxes = listed
        .into_iter()
        .map(|(id, name)| {
            let checked = picked.contains(&id);
            let control = ca_control(&id);
            view! {
                <label class="checkbox" for=control.clone()>
                    <input type="checkbox" id=control.clone() name=form_name(&control) value=ON checked=checked/>
                    {name}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" id=field_id(field)>
            <legend class="field__label">{language.pick(field::field(field))}</legend>
            <div class="field__options">{boxes}</div>
            <p class="field__help">{language.pick(words::CAS_HELP)}</p>
            <FieldErrors field problem=form.problem/>
        </fieldset>
    }
    .into_any()
}
