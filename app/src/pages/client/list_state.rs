//! What the list shows, as it stands in the address.

use domain::GatewayGroupId;
use leptos_router::params::ParamsMap;

use super::path;

/// Rows on a page of the list.
pub(super) const PAGE_SIZE: u32 = 50;
/// The names in the address, which are those of the controls.
pub(super) const SEARCH: &str = "search";
const PAGE: &str = "page";

/// What the list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListState {
    pub(super) search: String,
    pub(super) page: u32,
}

impl ListState {
    /// Characters of the longest search.
    pub(super) const LONGEST_SEARCH: usize = 128;

    /// The state in an address; what it does not know there is as if it were not there.
    pub(super) fn from_query(query: &ParamsMap) -> Self {
        Self {
            search: Self::search_of(query.get_str(SEARCH).unwrap_or_default()),
            page: query.get_str(PAGE).and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
        }
    }

    /// A search without what does not matter in it.
    pub(super) fn search_of(text: &str) -> String {
        text.trim().chars().take(Self::LONGEST_SEARCH).collect()
    }

    /// The address of a page of the same list.
    pub(super) fn href(&self, group: &GatewayGroupId, page: u32) -> String {
        let mut query = ParamsMap::new();
        if !self.search.is_empty() {
            query.insert(SEARCH, self.search.clone());
        }
        if page > 1 {
            query.insert(PAGE, page.to_string());
        }
        format!("{}{}", path::list(group), query.to_query_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_carries_the_state() {
        let group = GatewayGroupId::default_group();
        for (query, search, page, href) in [
            (vec![], "", 1, "/groups/default/clients"),
            (
                vec![("search", " a&b "), ("page", "3")],
                "a&b",
                3,
                "/groups/default/clients?search=a%26b&page=3",
            ),
            (vec![("page", "-1")], "", 1, "/groups/default/clients"),
        ] {
            let query = query.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
            let state = ListState::from_query(&query);
            assert_eq!((state.search.as_str(), state.page), (search, page));
            assert_eq!(state.href(&group, state.page), href);
        }
    }
}
