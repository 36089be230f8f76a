//! Health terms and codes. Presence is what matters: each term counts once a passage.

use super::hit;
use super::page::Page;
use crate::detect::hit::Hit;
use crate::detect::view::Sheet;
use crate::model::{Kind, Part, Shape};
use crate::rules::health::HealthTerms;
use std::collections::BTreeSet;

/// Finds every health term of a sheet once.
pub(super) fn find(terms: &HealthTerms, page: &Page, sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
    let mut seen = BTreeSet::new();
    let is_table = sheet.shape == Shape::Table || sheet.origin.part == Part::Table;
    terms.each(sheet.text, &page.words, |found| {
        // In a table each row is another person, so a term counts once a row.
        let row = if is_table { page.lines_before(found.start) } else { 0 };
        let value = super::normal::folded(sheet.text.get(found.start..found.end).unwrap_or_default());
        if seen.insert((row, value.clone())) {
            let mut made = hit(sheet, (found.start, found.end), Kind::Health, "health", 900, value, None);
            made.hints.tag = Some(found.family.to_string());
            out.push(made);
        }
    });
}
