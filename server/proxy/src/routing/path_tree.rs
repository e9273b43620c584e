use std::sync::Arc;

use domain::RoutePath;

use super::entry::{Entry, Methods, Ranked};

/// The routes of one host pattern by their paths: a radix tree. A look-up takes as many steps as the path has bytes, at
/// most; a change copies what leads to the changed path, and shares the rest with the tree that it was made from.
#[derive(Debug, Clone, Default)]
pub(super) struct PathTree {
    root: Arc<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// What follows the parent's path to make this one's; the root's is empty, all others are not.
    label: Box<[u8]>,
    /// Routes for exactly this path.
    exact: Ranked,
    /// Routes for all paths that begin so.
    prefix: Ranked,
    /// With what the children's labels begin; in their order, ascending, no two alike.
    firsts: Vec<u8>,
    children: Vec<Arc<Self>>,
}

impl PathTree {
    /// The route that decides for a path and a method: an exact one, else the one with the longest prefix.
    pub(super) fn find(&self, path: &[u8], method: Methods) -> Option<&Arc<Entry>> {
        let mut node = &*self.root;
        let mut rest = path;
        let mut longest = node.prefix.first(method);
        while let Some(first) = rest.first() {
            let Ok(index) = node.firsts.binary_search(first) else { return longest };
            node = &node.children[index];
            let Some(after) = rest.strip_prefix(&*node.label) else { return longest };
            rest = after;
            longest = node.prefix.first(method).or(longest);
        }
        node.exact.first(method).or(longest)
    }

    /// Adds a route at all of its paths.
    pub(super) fn insert(&mut self, entry: &Arc<Entry>) {
        for path in &entry.rules.paths {
            let (text, routes) = parts(path);
            routes(Arc::make_mut(&mut self.root).descendant(text)).insert(entry);
        }
    }

    /// Takes a route away from all of its paths.
    pub(super) fn remove(&mut self, entry: &Entry) {
        for path in &entry.rules.paths {
            let (text, routes) = parts(path);
            Arc::make_mut(&mut self.root).change(text, &mut |node| routes(node).remove(entry));
        }
    }

    /// Whether it has no routes.
    pub(super) fn is_empty(&self) -> bool {
        !self.root.has_routes() && self.root.children.is_empty()
    }
}

/// The node that a path belongs to, and what it is of there.
fn parts(path: &RoutePath) -> (&[u8], fn(&mut Node) -> &mut Ranked) {
    match path {
        RoutePath::Exact(path) => (path.as_bytes(), |node| &mut node.exact),
        RoutePath::Prefix(path) => (path.as_bytes(), |node| &mut node.prefix),
    }
}

impl Node {
    fn has_routes(&self) -> bool {
        !self.exact.is_empty() || !self.prefix.is_empty()
    }

    /// The node with this path from here, made if there is none.
    fn descendant(&mut self, path: &[u8]) -> &mut Self {
        let mut node = self;
        let mut rest = path;
        while let Some(first) = rest.first() {
            let index = match node.firsts.binary_search(first) {
                Ok(index) => {
                    let common = common_length(&node.children[index].label, rest);
                    node.split(index, common);
                    rest = &rest[common..];
                    index
                }
                Err(index) => {
                    node.firsts.insert(index, *first);
                    node.children.insert(index, Arc::new(Self { label: rest.into(), ..Self::default() }));
                    rest = &[];
                    index
                }
            };
            node = Arc::make_mut(&mut node.children[index]);
        }
        node
    }

    /// Makes a child's label as short as this, with a grandchild for what is cut off.
    fn split(&mut self, index: usize, length: usize) {
        let child = Arc::make_mut(&mut self.children[index]);
        let Some((kept, cut)) = child.label.split_at_checked(length).filter(|(_, cut)| !cut.is_empty())
        else {
            return;
        };
        let (kept, cut) = (Box::from(kept), Box::from(cut));
        let grandchild = Self { label: cut, ..std::mem::take(child) };
        *child = Self {
            label: kept,
            firsts: vec![grandchild.label[0]],
            children: vec![Arc::new(grandchild)],
            ..Self::default()
        };
    }

    /// Changes the node with this path from here, if there is one, and takes out what is not needed any more.
    fn change(&mut self, path: &[u8], change: &mut dyn FnMut(&mut Self)) {
        let Some(first) = path.first() else { return change(self) };
        let Ok(index) = self.firsts.binary_search(first) else { return };
        let Some(rest) = path.strip_prefix(&*self.children[index].label) else { return };
        let child = Arc::make_mut(&mut self.children[index]);
        child.change(rest, change);
        if child.has_routes() {
            return;
        }
        if child.children.is_empty() {
            self.firsts.remove(index);
            self.children.remove(index);
        } else if child.children.len() == 1
            && let Some(grandchild) = child.children.pop()
        {
            let label = [&*child.label, &*grandchild.label].concat().into();
            *child = Self { label, ..Arc::unwrap_or_clone(grandchild) };
        }
    }
}

fn common_length(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use domain::{Method, RouteId};
    use proptest::prelude::*;

    use super::*;
    use crate::change::RouteRules;

    fn entry(id: usize, paths: &[String]) -> Arc<Entry> {
        let id: RouteId = format!("r{id}").parse().expect("an id");
        let paths = paths.iter().map(|path| path.parse().expect("a path")).collect();
        let rules = RouteRules {
            hosts: Vec::new(),
            paths,
            methods: vec![Method::Get],
            priority: 0,
            service: None,
            upstream: None,
            timeouts: None,
            requires_client_certificate: false,
        };
        Arc::new(Entry::new(id, rules))
    }

    fn paths() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("/[ab]{0,4}\\*?", 1..4)
    }

    proptest! {
        /// What was removed leaves no trace, so that a tree does not grow with the number of its changes.
        #[test]
        fn a_tree_depends_on_its_routes_only(
            kept in prop::collection::vec(paths(), 0..6),
            removed in prop::collection::vec(paths(), 0..6)
        ) {
            let entries = |from, all: &[Vec<String>]| -> Vec<Arc<Entry>> {
                all.iter().enumerate().map(|(index, paths)| entry(from + index, paths)).collect()
            };
            let (kept, removed) = (entries(0, &kept), entries(100, &removed));
            let mut fresh = PathTree::default();
            kept.iter().for_each(|entry| fresh.insert(entry));
            let mut changed = PathTree::default();
            removed.iter().chain(kept.iter().rev()).for_each(|entry| changed.insert(entry));
            let full = changed.clone();
            let as_full = format!("{full:?}");
            removed.iter().for_each(|entry| changed.remove(entry));
            prop_assert_eq!(format!("{changed:?}"), format!("{fresh:?}"));
            prop_assert_eq!(changed.is_empty(), kept.is_empty());
            prop_assert_eq!(format!("{full:?}"), as_full, "a change reached the tree that it was made from");
        }
    }
}
