//! A claim: what is left of a hit once overlaps are settled, for deciding whose it is.

use crate::model::{Kind, Role};

/// A settled piece of data, with the person it belongs to once that is known. Positions are byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Index of the passage.
    pub passage: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// Whose it is. What a detector said is kept.
    pub role: Option<Role>,
    /// Which person of the item.
    pub mention: Option<u32>,
}
