//! Health terms and codes. Presence is what matters: each term counts once a passage.

use super::hit;
use super::page::Page;
use crate::detect::hit::Hit;
use crate::detect::schemes;
use crate::detect::windows::Piece;
use crate::model::{Kind, Part, Shape};
use crate::rules::health::HealthTerms;
use std::collections::BTreeSet;

/// Terms that were found on a sheet, by window and row.
pub(super) type Terms = BTreeSet<(usize, usize, String)>;

/// Finds every health term of a sheet once.
pub(super) fn find(terms: &HealthTerms, page: &Page, piece: &Piece<'_>, seen: &mut Terms, out: &mut Vec<Hit>) {
    let sheet = &piece.sheet;
    let is_table = sheet.shape == Shape::Table || sheet.origin.part == Part::Table;
    terms.each(sheet.text, &page.words, |found| {
        if piece.place(found.start).is_none() {
            return;
        }
        // In a table each row is another person, so a term counts once a row.
        let (window, row) = if is_table { (piece.number(), page.lines_before(found.start)) } else { (0, 0) };
        let value = super::normal::folded(sheet.text.get(found.start..found.end).unwrap_or_default());
        if seen.insert((window, row, value.clone())) {
            let mut made = hit(sheet, (found.start, found.end), Kind::Health, schemes::health(), 900, value, None);
            made.hints.tag = Some(found.family.to_string());
            out.push(made);
        }
    });
}
