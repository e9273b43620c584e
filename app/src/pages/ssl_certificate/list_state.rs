//! What a list shows, as it stands in the address: the form that filters it works without JavaScript, and a list can be
//! sent to somebody else as a link.

use domain::{CertificateType, GatewayGroupId, Status};
use leptos_router::params::ParamsMap;

use super::form_state::{type_code, type_from_code};
use super::path;

/// The names in the address, which are those of the controls.
pub(super) const SEARCH: &str = "search";
pub(super) const TYPE: &str = "certificate_type";
pub(super) const STATUS: &str = "status";
pub(super) const EXPIRING: &str = "expiring";
const PAGE: &str = "page";
const ADDED: &str = "added";

/// What a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ListState {
    pub(super) search: String,
    pub(super) certificate_type: Option<CertificateType>,
    pub(super) status: Option<Status>,
    pub(super) expiring: bool,
    pub(super) page: u32,
    /// The id of the row that has just been added.
    pub(super) added: Option<String>,
}

impl ListState {
    /// The state in an address; what it does not know there is as if it were not there.
    pub(super) fn from_query(query: &ParamsMap) -> Self {
        let text = |name| query.get_str(name).unwrap_or_default();
        Self {
            search: text(SEARCH).trim().chars().take(128).collect(),
            certificate_type: type_from_code(text(TYPE)),
            status: status_from_code(text(STATUS)),
            expiring: text(EXPIRING) == "on",
            page: text(PAGE).parse().unwrap_or(1).max(1),
            added: Some(text(ADDED)).filter(|id| !id.is_empty()).map(str::to_owned),
        }
    }

    /// Whether rows may be missing that the group has.
    pub(super) fn is_filtered(&self) -> bool {
        !self.search.is_empty() || self.certificate_type.is_some() || self.status.is_some() || self.expiring
    }

    /// The address of a page of the same list.
    pub(super) fn href(&self, group: &GatewayGroupId, page: u32) -> String {
        let mut query = ParamsMap::new();
        if !self.search.is_empty() {
            query.insert(SEARCH, self.search.clone());
        }
        if let Some(certificate_type) = self.certificate_type {
            query.insert(TYPE, type_code(certificate_type).to_owned());
        }
        if let Some(status) = self.status {
            query.insert(STATUS, status_code(status).to_owned());
        }
        if self.expiring {
            query.insert(EXPIRING, "on".to_owned());
        }
        if page > 1 {
            query.insert(PAGE, page.to_string());
        }
        format!("{}{}", path::list(group), query.to_query_string())
    }
}

/// The value that forms and addresses have for a status.
pub(super) const fn status_code(status: Status) -> &'static str {
    match status {
        Status::Enabled => "enabled",
        Status::Disabled => "disabled",
    }
}

/// The status with this code.
pub(super) fn status_from_code(code: &str) -> Option<Status> {
    [Status::Enabled, Status::Disabled].into_iter().find(|status| status_code(*status) == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(pairs: &[(&'static str, &str)]) -> ListState {
        ListState::from_query(&pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    }

    #[test]
    fn an_address_without_a_query_shows_everything() {
        let all = state(&[]);
        assert_eq!(all, ListState { page: 1, ..ListState::default() });
        assert!(!all.is_filtered());
        assert_eq!(all.href(&GatewayGroupId::default_group(), 1), "/groups/default/ssl-certificates");
    }

    #[test]
    fn the_address_carries_the_state() {
        let filtered = state(&[
            (SEARCH, " a&b "),
            (TYPE, "client"),
            (STATUS, "disabled"),
            (EXPIRING, "on"),
            (PAGE, "3"),
            (ADDED, "01J9"),
        ]);
        assert_eq!(filtered.search, "a&b");
        assert_eq!(filtered.certificate_type, Some(CertificateType::Client));
        assert_eq!(filtered.status, Some(Status::Disabled));
        assert!(filtered.expiring && filtered.is_filtered());
        assert_eq!((filtered.page, filtered.added.as_deref()), (3, Some("01J9")));
        let href = filtered.href(&GatewayGroupId::default_group(), 4);
        for part in ["search=a%26b", "certificate%5Ftype=client", "status=disabled", "expiring=on", "page=4"]
        {
            assert!(href.contains(part), "{href}");
        }
        assert!(!href.contains("added"), "the mark belongs to the first look only");
    }

    #[test]
    fn what_it_does_not_know_is_not_there() {
        let odd = state(&[(TYPE, "x"), (STATUS, "1"), (EXPIRING, "yes"), (PAGE, "-1")]);
        assert_eq!(odd, ListState { page: 1, ..ListState::default() });
    }
}
