//! A hit: what one detector proposes, before overlaps are settled and the clear value dies.

use crate::model::{Confidence, Hints, Kind, Role, Secret};
use std::sync::Arc;

/// A proposal of one detector. Positions are byte offsets into the passage's text.
#[derive(Debug)]
pub struct Hit {
    /// Index of the passage.
    pub passage: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// The rule that proposes it.
    pub scheme: Arc<str>,
    /// How sure, from shape, checksum and context together.
    pub confidence: Confidence,
    /// The normalised value, from which tokens are made: compact and upper case for numbers, E.164 for phones,
    /// ISO 8601 for dates, lower case for mail, folded words for names and addresses.
    pub normal: Secret,
    /// Whose it is, where the detector can tell (a label, a title, a letterhead); else decided by `roles`.
    pub role: Option<Role>,
    /// What may be said in clear.
    pub hints: Hints,
}

/// Certainty of a birth date that its place beside a name tells, in thousandths: an estimate, as such places are few in
/// the labelled sets.
const BORN: u16 = 820;

impl Hit {
    /// Makes the birth date of a date that stands where people write one.
    pub(super) fn become_birth_date(&mut self, scheme: &'static str) {
        self.kind = Kind::DateOfBirth;
        self.scheme = scheme.into();
        self.confidence = Confidence::milli(BORN);
        self.hints.tag = Some("birth".to_owned());
    }
}
