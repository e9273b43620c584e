//! Controls with their labels, help and errors. The ids, the form names and the accessible names follow from
//! [`Field`], so that they are the same on the server, in the browser and in tests.

use domain::{Field, Problem};
use leptos::prelude::*;

use super::messages::faults_of;
use crate::language::{Text, use_language};
use crate::text;

/// The HTML id and the form name of a field's control.
pub fn field_id(field: Field) -> &'static str {
    match field {
        Field::Type => "type",
        Field::Method => "method",
        Field::Certificate => "certificate",
        Field::PrivateKey => "private_key",
        Field::PeerVerification => "peer_verification",
        Field::CaCertificate => "ca_certificate",
        Field::Depth => "depth",
        Field::ExemptPaths => "exempt_paths",
        Field::AllowList => "allow_list",
        Field::AdvertisesCaNames => "advertises_ca_names",
        Field::DenyEntry => "deny_entry",
        Field::RevocationLists => "revocation_lists",
        Field::StaleRevocationLists => "stale_revocation_lists",
        Field::Protection(limit) => limit.name(),
        Field::ProxyProtocol => "proxy_protocol",
        Field::Snis => "snis",
        Field::Name => "name",
        Field::IdentityHeaders => "identity_headers",
        Field::Hosts => "hosts",
        Field::Routes => "routes",
        Field::Service => "service",
        Field::Upstream => "upstream",
        Field::Scheme => "scheme",
        Field::Nodes => "nodes",
        Field::Balancing => "balancing",
        Field::HashKey => "hash_key",
        Field::PassHost => "pass_host",
        Field::Timeouts => "timeouts",
        Field::UpstreamNumber(number) => number.name(),
        Field::Retries => "retries",
        Field::Keepalive => "keepalive",
        Field::UpstreamCa => "upstream_ca",
        Field::UpstreamServerName => "upstream_server_name",
        Field::ClientCertificate => "client_certificate",
        Field::ActiveCheck => "active_check",
        Field::PassiveCheck => "passive_check",
        Field::Listener => "listener",
        Field::HttpListener => "http_listener",
        Field::DefaultCertificate => "default_certificate",
        Field::UserName => "user_name",
        Field::Password => "password",
        Field::PasswordAgain => "password_again",
    }
}

/// The HTML id of a field's errors: what `aria-describedby` of its controls names.
pub fn error_id(field: Field) -> String {
    format!("{}-error", field_id(field))
}

/// Whether `problem` has an error at `field`: `aria-invalid` of its controls.
pub fn has_error(
    problem: Signal<Option<Problem>>,
    field: Field,
) -> impl Fn() -> bool + Copy + Send + Sync + 'static {
    move || {
        problem.with(|problem| {
            problem
                .as_ref()
                .is_some_and(|problem| problem.field_errors().iter().any(|error| error.field == field))
        })
    }
}

fn invalid(
    problem: Signal<Option<Problem>>,
    field: Field,
) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync {
    let wrong = has_error(problem, field);
    move || wrong().then_some("true")
}

fn described_by(field: Field, help: bool) -> String {
    let error = error_id(field);
    if help { format!("{}-help {error}", field_id(field)) } else { error }
}

fn help_line(field: Field, help: Option<String>) -> impl IntoView {
    help.map(|help| view! { <p class="field__help" id=format!("{}-help", field_id(field))>{help}</p> })
}

/// The errors of one field, under its control. The element is always there, as `aria-describedby` refers to it.
#[component]
pub fn FieldErrors(
    /// Whose.
    field: Field,
    /// What went wrong with the form, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let faults = faults_of(problem, field);
    view! {
        <div class="field__errors" id=error_id(field)>
            {move || faults().into_iter().map(|fault| view! { <p class="field__error">{fault}</p> }).collect_view()}
        </div>
    }
}

/// A line of text, with its errors.
#[component]
pub fn TextField(
    /// Which field.
    field: Field,
    /// Its label, where it is not the field's usual one.
    #[prop(optional)]
    label: Option<Text>,
    /// What stands in it.
    #[prop(optional, into)]
    value: String,
    /// `text`, `password`, `number`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in (`username`, `current-password`, `new-password`, `off`).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What to type.
    #[prop(optional, into)]
    help: Option<String>,
    /// Whether it holds something one copies: an address, a host name.
    #[prop(optional)]
    code: bool,
    /// Whether the page starts here.
    #[prop(optional)]
    autofocus: bool,
    /// What went wrong with the form, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let id = field_id(field);
    let label = use_language().pick(label.unwrap_or_else(|| text::field::field(field)));
    let class = if code { "input input--code" } else { "input" };
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <input
                class=class
                type=kind
                id=id
                name=id
                value=value
                autocomplete=autocomplete
                autofocus=autofocus
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=described_by(field, help.is_some())
                aria-invalid=invalid(problem, field)
            />
            {help_line(field, help)}
            <FieldErrors field problem/>
        </div>
    }
}

/// Several lines of text. One of several controls for its field: put [`FieldErrors`] below them.
#[component]
pub fn TextAreaField(
    /// Which field.
    field: Field,
    /// The id and form name, which differ from the field's own where there is another control for it.
    name: &'static str,
    /// Its label.
    label: Text,
    /// What stands in it.
    #[prop(optional, into)]
    value: String,
    /// An example of what to type.
    #[prop(optional)]
    placeholder: &'static str,
    /// What to type.
    #[prop(optional, into)]
    help: Option<String>,
    /// What went wrong with the form, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=name>{use_language().pick(label)}</label>
            <textarea
                class="input input--code"
                id=name
                name=name
                rows="5"
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=described_by(field, help.is_some())
                aria-invalid=invalid(problem, field)
            >
                {in_textarea(value)}
            </textarea>
            {help_line(field, help)}
        </div>
    }
}

/// A text as the child of a `<textarea>`, which may come from anybody. The server renders it as it is: only for other
/// elements it escapes what they hold.
pub(crate) fn in_textarea(text: String) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;") } else { text }
}

/// A choice out of a list. One of several controls for its field: put [`FieldErrors`] below them.
#[component]
pub fn SelectField(
    /// Which field.
    field: Field,
    /// The id and form name, which differ from the field's own where there is another control for it.
    name: &'static str,
    /// Its label.
    label: Text,
    /// Values and what they are called.
    options: Vec<(String, String)>,
    /// The value that is chosen.
    #[prop(optional, into)]
    selected: String,
    /// What it is for.
    #[prop(optional, into)]
    help: Option<String>,
    /// What went wrong with the form, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let describedby = described_by(field, help.is_some());
    let options = options
        .into_iter()
        .map(move |(value, name)| {
            let chosen = value == selected;
            view! { <option value=value selected=chosen>{name}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label class="field__label" for=name>{use_language().pick(label)}</label>
            <select
                class="input"
                id=name
                name=name
                aria-describedby=describedby
                aria-invalid=invalid(problem, field)
            >
                {options}
            </select>
            {help_line(field, help)}
        </div>
    }
}

/// One out of a few, all visible, with its errors.
#[component]
pub fn RadioField(
    /// Which field.
    field: Field,
    /// Values and what they are called.
    options: Vec<(&'static str, Text)>,
    /// The value that is chosen.
    #[prop(into)]
    selected: String,
    /// What went wrong with the form, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let language = use_language();
    let name = field_id(field);
    let options = options
        .into_iter()
        .enumerate()
        .map(move |(index, (value, label))| {
            // The first has the field's own id: that is where the summary's link leads.
            let id = if index == 0 { name.to_owned() } else { format!("{name}-{value}") };
            let chosen = value == selected;
            let target = id.clone();
            view! {
                <label class="radio" for=target>
                    <input type="radio" id=id name=name value=value checked=chosen/>
                    {language.pick(label)}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby=error_id(field)>
            <legend class="field__label">{language.pick(text::field::field(field))}</legend>
            <div class="field__options">{options}</div>
            <FieldErrors field problem/>
        </fieldset>
    }
}

/// On or off, with its errors. Sends `on`, or nothing.
#[component]
pub fn SwitchField(
    /// Which field.
    field: Field,
    /// Whether it is on.
    #[prop(optional)]
    on: bool,
    /// What being on means.
    #[prop(optional, into)]
    help: Option<String>,
    /// What went wrong with the form, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let id = field_id(field);
    view! {
        <div class="field field--switch">
            <label class="field__label" for=id>{use_language().pick(text::field::field(field))}</label>
            <input
                class="switch"
                type="checkbox"
                role="switch"
                id=id
                name=id
                value="on"
                checked=on
                aria-describedby=described_by(field, help.is_some())
                aria-invalid=invalid(problem, field)
            />
            {help_line(field, help)}
            <FieldErrors field problem/>
        </div>
    }
}
