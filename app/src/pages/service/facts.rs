use domain::{
    Balancing, CheckKind, Field, HashKey, HealthChecks, PassHost, Scheme, ServiceStatus, Upstream,
    UpstreamTls,
};
use leptos::prelude::*;

use super::fields::{joined, seconds};
use super::status::{state_badge, upstream_name, upstream_of};
use crate::language::Language;
use crate::pages::ssl_certificate::{code, fact};
use crate::text::{field, service as words};

/// What is set of a service.
pub(super) fn facts(language: Language, status: &ServiceStatus) -> AnyView {
    let service = &status.service.service.value;
    let hosts = match service.hosts.as_slice() {
        [] => language.pick(words::ALL_HOSTS).into_any(),
        hosts => code(joined(hosts, ", ")).into_any(),
    };
    let identity = service.identity_headers.map_or(words::AS_GROUP, words::identity_headers);
    let upstream = upstream_of(status).filter(|upstream| upstream.scheme != Scheme::Echo);
    let upstream = upstream.map(|upstream| upstream_facts(language, upstream));
    view! {
        <dl class="facts">
            {fact(language, words::STATE, state_badge(language, status))}
            {fact(language, words::HOSTS, hosts)}
            {fact(language, words::UPSTREAM, upstream_name(language, status))}
            {upstream}
            {fact(language, words::CLIENT_IDENTITY, language.pick(identity))}
        </dl>
    }
    .into_any()
}

fn upstream_facts(language: Language, upstream: &Upstream) -> AnyView {
    let timeouts = upstream.timeouts;
    let timeouts = words::timeouts(
        language,
        &seconds(timeouts.connect),
        &seconds(timeouts.send),
        &seconds(timeouts.read),
    );
    let retries = match upstream.retries {
        Some(count) => count.to_string(),
        None => language.pick(words::EACH_OTHER_NODE).to_owned(),
    };
    let tls = upstream.scheme.is_tls().then(|| fact(language, words::TLS, tls(language, &upstream.tls)));
    view! {
        {fact(language, field::field(Field::Balancing), balancing(language, &upstream.balancing))}
        {fact(language, field::field(Field::PassHost), host(language, &upstream.host))}
        {tls}
        {fact(language, words::TIMEOUTS, timeouts)}
        {fact(language, words::RETRIES, retries)}
        {fact(language, words::HEALTH_SECTION, checks(language, &upstream.health))}
    }
    .into_any()
}

fn balancing(language: Language, balancing: &Balancing) -> String {
    let text = match balancing {
        Balancing::RoundRobin => words::ROUND_ROBIN,
        Balancing::LeastConnections => words::LEAST_CONNECTIONS,
        Balancing::ConsistentHash(HashKey::ClientIdentity) => words::HASH_CLIENT_IDENTITY,
        Balancing::ConsistentHash(HashKey::ClientAddress) => words::HASH_CLIENT_ADDRESS,
        Balancing::ConsistentHash(HashKey::Header(name)) => {
            return format!("{} {name}", language.pick(words::HASH_HEADER));
        }
    };
    language.pick(text).to_owned()
}

fn host(language: Language, host: &PassHost) -> AnyView {
    match host {
        PassHost::Pass => language.pick(words::PASS).into_any(),
        PassHost::Node => language.pick(words::PASS_NODE).into_any(),
        PassHost::Rewrite(host) => code(host.to_string()).into_any(),
    }
}

fn tls(language: Language, tls: &UpstreamTls) -> String {
    let trust = match (tls.verify, tls.ca_certificates.is_empty()) {
        (false, _) => words::TLS_UNVERIFIED,
        (true, true) => words::TLS_SYSTEM,
        (true, false) => words::TLS_CAS,
    };
    let name = tls.server_name.as_ref().map(ToString::to_string);
    let certificate = tls.client_certificate.as_ref();
    let certificate =
        certificate.map(|id| format!("{} {id}", language.pick(field::field(Field::ClientCertificate))));
    let parts = [Some(language.pick(trust).to_owned()), name, certificate];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn checks(language: Language, health: &HealthChecks) -> String {
    let active = health.active.as_ref().map(|check| {
        let what = match check.kind {
            CheckKind::Http => format!("HTTP {}", check.path),
            CheckKind::Tcp => "TCP".to_owned(),
        };
        let every = words::every(language, &what, check.interval);
        format!("{} ({every})", language.pick(words::ACTIVE))
    });
    let passive = health.passive.is_some().then(|| language.pick(words::PASSIVE).to_owned());
    let checks: Vec<_> = [active, passive].into_iter().flatten().collect();
    if checks.is_empty() { language.pick(words::NO_CHECKS).to_owned() } else { checks.join(" · ") }
}
