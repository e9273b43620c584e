use domain::{Certificate, Fault, Field, Inspection, Problem};
use leptos::prelude::*;

use crate::language::{Language, use_language};
use crate::text;
use crate::text::ssl_certificate as words;

/// How a finding is to be taken: the shape in front of it says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Good,
    Attention,
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "finding finding--good",
            Self::Attention => "finding finding--attention",
            Self::Bad => "finding finding--bad",
        }
    }

    fn shape(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Attention => "▲",
            Self::Bad => "■",
        }
    }
}

/// What was found in one field of a form that is still open. Its space is there before anything is.
#[component]
pub(super) fn Findings(
    /// The field that they stand under.
    field: Field,
    /// What the form holds, if anything was chosen yet.
    #[prop(into)]
    inspection: Signal<Option<Inspection>>,
    /// What is said under the field already.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let language = use_language();
    let lines = move || {
        let said = problem.get();
        inspection.with(|inspection| {
            let inspection = inspection.as_ref()?;
            let said = said.as_ref().map(Problem::field_errors).unwrap_or_default();
            let mut lines = facts(language, field, inspection);
            lines.extend(warnings(language, field, inspection));
            lines.extend(
                inspection
                    .errors
                    .iter()
                    .filter(|error| {
                        error.field == field && !said.contains(error) && !is_about_absence(&error.fault)
                    })
                    .map(|error| (Tone::Bad, text::fault::fault(language, &error.fault))),
            );
            Some(lines)
        })
    };
    view! {
        <ul class="findings" aria-live="polite">
            {move || {
                lines()
                    .unwrap_or_default()
                    .into_iter()
                    .map(|(tone, line)| {
                        view! {
                            <li class=tone.class()>
                                <span class="finding__shape" aria-hidden="true">{tone.shape()}</span>
                                <span>{line}</span>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
}

/// A form that is still open lacks things; saying so before it is sent would only be in the way.
fn is_about_absence(fault: &Fault) -> bool {
    matches!(fault, Fault::Required | Fault::CaMissing)
}

fn facts(language: Language, field: Field, inspection: &Inspection) -> Vec<(Tone, String)> {
    let good = |line: String| (Tone::Good, line);
    match field {
        Field::Certificate => {
            let leaves = inspection.chains.iter().filter_map(|chain| chain.first());
            let mut lines: Vec<_> = leaves.map(|leaf| good(words::summary(language, leaf))).collect();
            if !inspection.snis.is_empty() {
                lines.push(good(words::snis_found(language, &inspection.snis)));
            }
            lines
        }
        Field::PrivateKey => match &inspection.key {
            // That it does not belong to the certificate is among the errors, with the reason.
            Some(key) if key.matches != Some(false) => {
                let matches = key.matches.map(|_| language.pick(words::KEY_MATCHES));
                let parts = [Some(key.public_key.to_string()), matches.map(str::to_owned)];
                vec![good(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))]
            }
            _ => Vec::new(),
        },
        Field::CaCertificate => {
            inspection.ca_certificates.iter().map(|ca| good(ca_line(language, ca))).collect()
        }
        _ => Vec::new(),
    }
}

fn ca_line(language: Language, ca: &Certificate) -> String {
    format!("{} · {}", ca.subject, language.pick(words::CA_MEANING))
}

fn warnings(language: Language, field: Field, inspection: &Inspection) -> Vec<(Tone, String)> {
    inspection
        .warnings
        .iter()
        .filter(|warning| warning.field == field)
        .map(|warning| (Tone::Attention, text::warning::warning(language, &warning.warning)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_is_not_a_finding() {
        assert!(is_about_absence(&Fault::Required));
        assert!(is_about_absence(&Fault::CaMissing));
        assert!(!is_about_absence(&Fault::NotPem));
    }
}
