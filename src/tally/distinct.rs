//! Counts different tokens: exactly while they are few, with a known error when they are many.
//!
//! The k smallest of uniformly distributed hashes tell how many there are (Bar-Yossef et al., 2002). Tokens are keyed
//! hashes already. The union of two sketches is the sketch of the union, so shards add up exactly as the whole.

use crate::model::Token;
use std::collections::BTreeSet;
use std::ops::AddAssign;

/// Tokens that are kept. Up to here the count is exact; beyond, its standard error is 1/sqrt(k - 2), 0.8 %.
const KEPT: usize = 16_384;

/// A sketch of a set of tokens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Distinct {
    least: BTreeSet<u64>,
}

impl Distinct {
    /// Adds a token.
    pub fn insert(&mut self, token: Token) {
        self.insert_hash(token.0.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes)));
    }

    fn insert_hash(&mut self, hash: u64) {
        let is_full = self.least.len() >= KEPT;
        if is_full && self.least.last().is_some_and(|largest| hash >= *largest) {
            return;
        }
        if self.least.insert(hash) && is_full {
            self.least.pop_last();
        }
    }

    /// How many different tokens there were.
    pub fn count(&self) -> u64 {
        match self.least.last() {
            Some(largest) if self.least.len() >= KEPT => {
                let share = (*largest as f64 + 1.0) / 2_f64.powi(64);
                ((KEPT - 1) as f64 / share).round() as u64
            }
            _ => self.least.len() as u64,
        }
    }

    /// Whether [`Distinct::count`] is exact.
    pub fn is_exact(&self) -> bool {
        self.least.len() < KEPT
    }
}

impl AddAssign for Distinct {
    fn add_assign(&mut self, other: Self) {
        for hash in other.least {
            self.insert_hash(hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(n: u32) -> Token {
        let hash = blake3::hash(&n.to_le_bytes());
        Token(*hash.as_bytes().first_chunk().expect("32 bytes"))
    }

    #[test]
    fn few_are_counted_exactly_and_many_within_three_percent() {
        let mut sketch = Distinct::default();
        (0..10_000).chain(0..10_000).for_each(|n| sketch.insert(token(n)));
        assert_eq!((sketch.count(), sketch.is_exact()), (10_000, true));
        (0..100_000).for_each(|n| sketch.insert(token(n)));
        assert!(!sketch.is_exact());
        assert!(sketch.count().abs_diff(100_000) < 3_000, "{}", sketch.count());
    }

    #[test]
    fn shards_add_up_to_the_whole() {
        let (mut whole, mut a, mut b) = (Distinct::default(), Distinct::default(), Distinct::default());
        for n in 0..30_000 {
            whole.insert(token(n));
            if n % 3 == 0 { a.insert(token(n)) } else { b.insert(token(n)) }
        }
        b += a;
        assert_eq!(b, whole);
    }
}
