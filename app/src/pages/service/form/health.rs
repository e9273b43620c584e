//! How nodes are found to be ill or well.

use domain::UpstreamNumber as N;
use leptos::prelude::*;

use super::controls::Form;
use crate::pages::service::control::{self, Control};
use crate::text::service as words;

pub(super) fn health(form: Form) -> AnyView {
    let kinds = [(control::HTTP, words::CHECK_HTTP), (control::TCP, words::CHECK_TCP)]
        .map(|(code, text)| (code.to_owned(), form.language.pick(text).to_owned()))
        .to_vec();
    let active = view! {
        {form.choice(Control::CheckKind, kinds)}
        {form.line(Control::CheckPath, "/healthz")}
        {form.line(Control::CheckHost, "")}
        <div class="numbers">
            {form.number(N::CheckInterval, "1", 3_600)}
            {form.number(N::CheckTimeout, "0.001", 60)}
            {form.number(N::HealthyAfter, "1", 254)}
            {form.number(N::UnhealthyAfter, "1", 254)}
        </div>
    };
    let passive = view! {
        <div class="numbers">
            {form.number(N::PassiveUnhealthyAfter, "1", 254)}
            {form.number(N::RecoverAfter, "1", 3_600)}
        </div>
        {form.line(Control::PassiveStatuses, "500 502 503 504")}
    };
    let body = view! {
        {form.switch(Control::ActiveCheck)}
        <div class="with-active-check">{active}</div>
        {form.switch(Control::PassiveCheck)}
        <div class="with-passive-check">{passive}</div>
    };
    form.section(words::HEALTH_SECTION, "advanced", CONTROLS, body.into_any())
}

const CONTROLS: &[Control] = &[
    Control::ActiveCheck,
    Control::CheckPath,
    Control::CheckHost,
    Control::Number(N::CheckInterval),
    Control::Number(N::CheckTimeout),
    Control::Number(N::HealthyAfter),
    Control::Number(N::UnhealthyAfter),
    Control::PassiveCheck,
    Control::PassiveStatuses,
    Control::Number(N::PassiveUnhealthyAfter),
    Control::Number(N::RecoverAfter),
];
