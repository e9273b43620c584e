use domain::{GatewayGroupId, SslCertificateId};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::{Badge, BadgeKind};
use crate::language::use_language;
use crate::pages::ssl_certificate::path;
use crate::text::ca_certificate as words;

/// The SSL certificates that verify their clients with a CA; or that none does, so that having it protects nothing.
#[component]
pub(super) fn Users(group: GatewayGroupId, users: Vec<SslCertificateId>) -> impl IntoView {
    if users.is_empty() {
        let unused = use_language().pick(words::UNUSED);
        return view! { <Badge kind=BadgeKind::Off text=unused/> }.into_any();
    }
    users
        .into_iter()
        .map(move |id| {
            let href = path::detail(&group, &id);
            view! { <A href=href attr:class="id-link"><code>{id.to_string()}</code></A> " " }
        })
        .collect_view()
        .into_any()
}
