//! Health terms and codes. Presence is what matters: each term counts once a passage.

use super::hit;
use crate::detect::hit::Hit;
use crate::detect::view::Sheet;
use crate::model::{Kind, Part};
use crate::rules::health::HealthTerms;
use std::collections::BTreeSet;

/// Finds every health term of a sheet once.
pub(super) fn find(terms: &HealthTerms, sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
    let mut seen = BTreeSet::new();
    let is_table = sheet.shape == crate::model::Shape::Table || sheet.origin.part == Part::Table;
    let mut row = 0;
    terms.each(sheet.text, |found| {
        // In a table each row is another person, so a term counts once a row.
        if is_table {
            let line =
                memchr::memrchr(b'\n', sheet.text.as_bytes().get(..found.start).unwrap_or_default()).unwrap_or(0);
            if line != row {
                seen.clear();
                row = line;
            }
        }
        if seen.insert(found.term) {
            let value = sheet.text.get(found.start..found.end).unwrap_or_default();
            let mut made =
                hit(sheet, (found.start, found.end), Kind::Health, "health", 900, super::normal::folded(value), None);
            made.hints.tag = Some(found.family.to_string());
            out.push(made);
        }
    });
}
