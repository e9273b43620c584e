use domain::Upstream;

const WORDS: usize = Upstream::MOST_NODES.div_ceil(64);

/// A set of nodes, by their indices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Indices([u64; WORDS]);

impl Indices {
    /// Adds one; an index that no node has is left out.
    pub(super) fn insert(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    pub(super) fn remove(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word &= !(1 << (index % 64));
        }
    }

    pub(super) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        for index in self.clone().iter() {
            if !keep(index) {
                self.remove(index);
            }
        }
    }

    pub(super) fn without(&self, others: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !others.0[word]))
    }

    /// All of them, from the smallest on.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + use<'_> {
        self.0.iter().enumerate().flat_map(|(number, word)| Bits(*word).map(move |bit| number * 64 + bit))
    }
}

impl FromIterator<usize> for Indices {
    fn from_iter<I: IntoIterator<Item = usize>>(indices: I) -> Self {
        let mut set = Self::default();
        indices.into_iter().for_each(|index| set.insert(index));
        set
    }
}

/// The numbers of the bits that are set.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let bit = self.0.trailing_zeros() as usize;
        // Takes the lowest bit away.
        self.0 &= self.0.checked_sub(1)?;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_a_set(first in prop::collection::btree_set(0..300_usize, 0..40), second in prop::collection::btree_set(0..300_usize, 0..40)) {
            let of = |indices: &BTreeSet<usize>| indices.iter().copied().collect::<Indices>();
            let kept = |indices: BTreeSet<usize>| indices.into_iter().filter(|index| *index < Upstream::MOST_NODES).collect::<Vec<_>>();
            prop_assert_eq!(of(&first).iter().collect::<Vec<_>>(), kept(first.clone()));
            prop_assert_eq!(of(&first).without(&of(&second)).iter().collect::<Vec<_>>(), kept(&first - &second));
            let mut even = of(&first);
            even.retain(|index| index % 2 == 0);
            prop_assert_eq!(even.iter().collect::<Vec<_>>(), kept(first.iter().copied().filter(|index| index % 2 == 0).collect()));
        }
    }
}
