use std::iter::successors;
use std::sync::Arc;

use domain::{ServerName, Sni};
use rpds::HashTrieMapSync;

use super::entry::{Entry, Methods};
use super::path_tree::PathTree;

/// Routes by their hosts. A wildcard covers one label or more here.
#[derive(Debug, Clone, Default)]
pub(super) struct Hosts {
    exact: HashTrieMapSync<Box<str>, PathTree>,
    /// By what follows the `*.`.
    wildcard: HashTrieMapSync<Box<str>, PathTree>,
    any: PathTree,
}

impl Hosts {
    /// The route that decides: of the most exact pattern that has one with this path and method.
    pub(super) fn find(&self, host: &ServerName, path: &[u8], method: Methods) -> Option<&Arc<Entry>> {
        let exact = || tree(&self.exact, host.as_str())?.find(path, method);
        let wildcard = || {
            let mut suffixes = successors(host.parent(), |name| Some(name.split_once('.')?.1));
            suffixes.find_map(|suffix| tree(&self.wildcard, suffix)?.find(path, method))
        };
        exact().or_else(wildcard).or_else(|| self.any.find(path, method))
    }

    /// Adds a route for these hosts.
    pub(super) fn insert(&mut self, hosts: &[Sni], entry: &Arc<Entry>) {
        for host in hosts {
            self.change(host, |tree| tree.insert(entry));
        }
    }

    /// Takes a route away from these hosts.
    pub(super) fn remove(&mut self, hosts: &[Sni], entry: &Entry) {
        for host in hosts {
            self.change(host, |tree| tree.remove(entry));
        }
    }

    fn change(&mut self, host: &Sni, change: impl FnOnce(&mut PathTree)) {
        let (map, name) = match host {
            Sni::Exact(name) => (&mut self.exact, name.as_str()),
            Sni::Wildcard(parent) => (&mut self.wildcard, parent.as_str()),
            Sni::Any => return change(&mut self.any),
        };
        if let Some(tree) = map.get_mut(name) {
            change(tree);
            if tree.is_empty() {
                map.remove_mut(name);
            }
            return;
        }
        let mut tree = PathTree::default();
        change(&mut tree);
        if !tree.is_empty() {
            map.insert_mut(name.into(), tree);
        }
    }

    /// Whether nothing is left of any route.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.wildcard.is_empty() && self.any.is_empty()
    }
}

/// The routes of a name; an empty map is not worth the hash of one.
fn tree<'a>(map: &'a HashTrieMapSync<Box<str>, PathTree>, name: &str) -> Option<&'a PathTree> {
    if map.is_empty() { None } else { map.get(name) }
}
