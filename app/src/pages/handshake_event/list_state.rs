//! What the list shows, as it stands in the address: the filter works without JavaScript, and can be sent to somebody
//! else as a link.

use domain::{GatewayGroupId, HandshakeEventId};
use leptos_router::params::ParamsMap;

use super::path;
use super::query::Outcome;

/// The names in the address, which are those of the controls.
pub(super) const HOST: &str = "host";
pub(super) const OUTCOME: &str = "outcome";
const BEFORE: &str = "before";

const ACCEPTED: &str = "accepted";
const NOT_ACCEPTED: &str = "not_accepted";

/// What the list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ListState {
    pub(super) host: String,
    pub(super) outcome: Outcome,
    pub(super) before: Option<HandshakeEventId>,
}

impl ListState {
    /// Characters of the longest host name.
    pub(super) const LONGEST_HOST: usize = 253;

    /// The state in an address; what it does not know there is as if it were not there.
    pub(super) fn from_query(query: &ParamsMap) -> Self {
        let text = |name| query.get_str(name).unwrap_or_default();
        Self {
            host: Self::host_of(text(HOST)),
            outcome: outcome_from_code(text(OUTCOME)),
            before: text(BEFORE).parse().ok(),
        }
    }

    /// A part of a host name as hosts are kept: in lower case.
    pub(super) fn host_of(text: &str) -> String {
        text.trim().chars().take(Self::LONGEST_HOST).collect::<String>().to_ascii_lowercase()
    }

    /// Whether events may be missing that the group has.
    pub(super) fn is_filtered(&self) -> bool {
        !self.host.is_empty() || self.outcome != Outcome::Any
    }

    /// The address of the same list from the newest event on, or from before one.
    pub(super) fn href(&self, group: &GatewayGroupId, before: Option<&HandshakeEventId>) -> String {
        let mut query = ParamsMap::new();
        if !self.host.is_empty() {
            query.insert(HOST, self.host.clone());
        }
        if self.outcome != Outcome::Any {
            query.insert(OUTCOME, outcome_code(self.outcome).to_owned());
        }
        if let Some(before) = before {
            query.insert(BEFORE, before.to_string());
        }
        format!("{}{}", path::list(group), query.to_query_string())
    }
}

/// The value that forms and addresses have for an outcome.
pub(super) fn outcome_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Any => "",
        Outcome::Accepted => ACCEPTED,
        Outcome::NotAccepted => NOT_ACCEPTED,
        Outcome::Reason(reason) => reason.as_str(),
    }
}

/// The outcome with this code; all, if there is none.
pub(super) fn outcome_from_code(code: &str) -> Outcome {
    match code {
        ACCEPTED => Outcome::Accepted,
        NOT_ACCEPTED => Outcome::NotAccepted,
        code => code.parse().map_or(Outcome::Any, Outcome::Reason),
    }
}

#[cfg(test)]
mod tests {
    use domain::ReasonCode;

    use super::*;

    fn state(pairs: &[(&'static str, &str)]) -> ListState {
        ListState::from_query(&pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    }

    #[test]
    fn an_address_without_a_query_shows_everything() {
        let all = state(&[]);
        assert_eq!(all, ListState::default());
        assert!(!all.is_filtered());
        assert_eq!(all.href(&GatewayGroupId::default_group(), None), "/groups/default/handshakes");
    }

    #[test]
    fn the_address_carries_the_state() {
        let filtered = state(&[(HOST, " Test.COM "), (OUTCOME, "expired"), (BEFORE, "01J9")]);
        assert_eq!((filtered.host.as_str(), filtered.is_filtered()), ("test.com", true));
        assert_eq!(filtered.outcome, Outcome::Reason(ReasonCode::Expired));
        let href = filtered.href(&GatewayGroupId::default_group(), filtered.before.as_ref());
        for part in ["host=test%2Ecom", "outcome=expired", "before=01J9"] {
            assert!(href.contains(part), "{href}");
        }
    }

    #[test]
    fn outcomes_come_back_as_they_went() {
        let reasons = ReasonCode::ALL.into_iter().map(Outcome::Reason);
        for outcome in [Outcome::Any, Outcome::Accepted, Outcome::NotAccepted].into_iter().chain(reasons) {
            assert_eq!(outcome_from_code(outcome_code(outcome)), outcome);
        }
    }

    #[test]
    fn what_it_does_not_know_is_not_there() {
        assert_eq!(state(&[(OUTCOME, "fine"), (BEFORE, "../x")]), ListState::default());
    }
}
