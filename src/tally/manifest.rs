//! The root of the manifest: one hash that stands for every listed item, its name, size and content.
//!
//! A Merkle tree hash as in RFC 6962, section 2.1 (leaf prefix 0, node prefix 1), with SHA-256, over the items in order
//! of locator. It needs one hash a level, whatever the number of items.

use crate::model::Record;
use sha2::{Digest, Sha256};

/// A tree that grows leaf by leaf. Records must come in order of locator.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// Roots of full subtrees, largest first, each with the number of its leaves.
    peaks: Vec<(u64, [u8; 32])>,
    leaves: u64,
}

impl Manifest {
    /// Adds a listed item. An item without hashes has its outcome in their place.
    pub fn add(&mut self, record: &Record) {
        let mut leaf = Sha256::new();
        leaf.update([0]);
        leaf.update(record.locator.source.to_be_bytes());
        leaf.update((record.locator.key.len() as u64).to_be_bytes());
        leaf.update(&record.locator.key);
        leaf.update(record.size.to_be_bytes());
        match record.hashes {
            Some(hashes) => leaf.update(hashes.sha256),
            None => leaf.update(record.outcome.name().as_bytes()),
        }
        self.push(leaf.finalize().into());
    }

    fn push(&mut self, hash: [u8; 32]) {
        self.leaves += 1;
        let mut peak = (1, hash);
        while let Some(last) = self.peaks.pop_if(|last| last.0 == peak.0) {
            peak = (peak.0 * 2, node(&last.1, &peak.1));
        }
        self.peaks.push(peak);
    }

    /// Number of items.
    pub fn items(&self) -> u64 {
        self.leaves
    }

    /// The root, in hexadecimal.
    pub fn root(&self) -> String {
        let joined = self.peaks.iter().rev().map(|(_, hash)| *hash).reduce(|right, left| node(&left, &right));
        data_encoding::HEXLOWER.encode(&joined.unwrap_or_else(|| Sha256::digest([]).into()))
    }
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 6962, recursive.
    fn by_definition(leaves: &[[u8; 32]]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            _ => {
                let half = leaves.len().next_power_of_two() / 2;
                node(&by_definition(&leaves[..half]), &by_definition(&leaves[half..]))
            }
        }
    }

    #[test]
    fn the_streamed_root_is_that_of_the_standard() {
        for count in 0..40_u8 {
            let leaves: Vec<[u8; 32]> = (0..count).map(|n| Sha256::digest([n]).into()).collect();
            let mut manifest = Manifest::default();
            for leaf in &leaves {
                manifest.push(*leaf);
            }
            assert_eq!(manifest.root(), data_encoding::HEXLOWER.encode(&by_definition(&leaves)), "{count}");
        }
    }
}
