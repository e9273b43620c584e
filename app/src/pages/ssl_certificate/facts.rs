use domain::{Certificate, UnixTime, X509Version};
use leptos::prelude::*;

use crate::components::{Badge, BadgeKind, CopyButton, Time};
use crate::language::{Language, Text, use_language};
use crate::text::ssl_certificate as words;

/// What one certificate says of itself.
#[component]
pub(crate) fn CertificateFacts(
    certificate: Certificate,
    /// The server's time.
    now: UnixTime,
) -> impl IntoView {
    let language = use_language();
    let legacy = certificate.version != X509Version::V3;
    let version = format!("X.509 {}", certificate.version);
    let subject = Some(certificate.subject).filter(|subject| !subject.is_empty());
    let sans = (!certificate.dns_names.is_empty()).then(|| certificate.dns_names.join(", "));
    view! {
        <dl class="facts">
            {fact(language, words::SUBJECT, code(subject.unwrap_or_else(|| words::NONE.to_owned())))}
            {sans.map(|sans| fact(language, words::SANS, code(sans)))}
            {fact(language, words::ISSUER, code(certificate.issuer))}
            {fact(language, words::VALID_FROM, exact(certificate.not_before))}
            {fact(language, words::VALID_UNTIL, view! {
                {exact(certificate.not_after)} {expiry_note(language, certificate.not_after, now)}
            })}
            {fact(language, words::KEY, certificate.public_key.to_string())}
            {fact(language, words::SIGNATURE, certificate.signature_algorithm)}
            {fact(language, words::VERSION, view! {
                {version}
                {legacy.then(|| view! {
                    " " <Badge kind=BadgeKind::Attention text=language.pick(words::LEGACY)/>
                })}
            })}
            {fact(language, words::SERIAL, copyable(certificate.serial))}
            {fact(language, words::FINGERPRINT, copyable(certificate.fingerprint.to_string()))}
            {fact(language, words::KEY_FINGERPRINT, copyable(certificate.public_key_fingerprint.to_string()))}
        </dl>
    }
    .into_any()
}

/// One line of facts.
pub(crate) fn fact<V: IntoView + 'static>(language: Language, label: Text, value: V) -> AnyView {
    view! {
        <div class="facts__row">
            <dt>{language.pick(label)}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}

/// When something expires, and how grave that is.
#[component]
pub(crate) fn Expiry(at: UnixTime, now: UnixTime) -> impl IntoView {
    view! { <span class="expiry"><Time at now/>{expiry_note(use_language(), at, now)}</span> }
}

/// How grave the end of a validity is, if somebody should know.
pub(crate) fn expiry_note(language: Language, at: UnixTime, now: UnixTime) -> impl IntoView + use<> {
    expiry_badge(at, now).map(|(kind, word)| view! { " " <Badge kind text=language.pick(word)/> })
}

/// The days before expiry in which somebody should act.
const SOON: i64 = 30 * UnixTime::DAY;

fn expiry_badge(at: UnixTime, now: UnixTime) -> Option<(BadgeKind, Text)> {
    match at.seconds_since(now) {
        left if left < 0 => Some((BadgeKind::Bad, words::EXPIRED)),
        left if left <= SOON => Some((BadgeKind::Attention, words::EXPIRES_SOON)),
        _ => None,
    }
}

/// A point in time in UTC, to the second.
pub(crate) fn exact(at: UnixTime) -> impl IntoView {
    let exact = at.to_string();
    let shown = exact.replace('T', " ").replace('Z', " UTC");
    view! { <time datetime=exact>{shown}</time> }
}

/// A text that one reads letter by letter.
pub(crate) fn code(text: String) -> impl IntoView {
    view! { <code>{text}</code> }
}

/// A text that one copies.
pub(crate) fn copyable(text: String) -> impl IntoView {
    view! { <code>{text.clone()}</code> <CopyButton text/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiry_has_three_states() {
        let now = UnixTime(1_700_000_000);
        for (left, state) in [
            (-1, Some((BadgeKind::Bad, words::EXPIRED))),
            (0, Some((BadgeKind::Attention, words::EXPIRES_SOON))),
            (SOON, Some((BadgeKind::Attention, words::EXPIRES_SOON))),
            (SOON + 1, None),
        ] {
            assert_eq!(expiry_badge(now.plus_seconds(left), now), state, "{left}");
        }
    }
}
