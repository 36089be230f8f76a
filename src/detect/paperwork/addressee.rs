//! The name above a postal address, as on an envelope: it needs no label, and no list has to know all of it.

use super::address::{Address, Span};
use super::evidence::{Evidence, Strength};
use super::names::{Found, Reader};
use super::page::Page;
use crate::model::Shape;
use crate::rules::names::Around;
use crate::rules::words::Form;

/// Fewest and most words of a name on an envelope.
const WORDS: std::ops::RangeInclusive<usize> = 2..=5;

/// The words of the line above an address, and whether another address stands before it on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    first: usize,
    last: usize,
    is_later: bool,
}

/// The lines above addresses that have a street and a place.
pub(super) fn lines(page: &Page, shape: Shape, addresses: &[Address], lines: &mut Vec<Line>) {
    lines.clear();
    if !matches!(shape, Shape::Flow | Shape::Layout) {
        return;
    }
    let whole = |one: &&Address| one.street.is_some() && (one.postcode.is_some() || one.city.is_some());
    let mut earliest: Option<usize> = None;
    for address in addresses.iter().filter(whole) {
        let Some(start) = address.span().map(|span: Span| span.0) else { continue };
        let is_later = earliest.is_some_and(|first| first < start);
        earliest = Some(earliest.map_or(start, |first| first.min(start)));
        let index = page.word_from(start);
        let Some(cell) = page.cell_of(index).filter(|cell| cell.first == index) else { continue };
        let Some(above) = cell.line.checked_sub(1).map(|line| page.line(line)) else { continue };
        let above = above
            .iter()
            .find(|above| above.column == cell.column)
            .or_else(|| above.first().filter(|_| above.len() == 1));
        if let Some(above) = above.filter(|above| !above.is_blank()) {
            lines.push(Line { first: above.first, last: above.last, is_later });
        }
    }
}

impl Reader<'_> {
    /// The name that a line above an address is: capitalised words without a figure, an institution's noun or a label,
    /// of which the lists know a first name; a surname will do below the letterhead.
    pub(super) fn addressee(&self, line: Line) -> Option<Found> {
        let (first, is_doctor) = self.after_titles(line.first, line.last);
        let last = line.last;
        let words = self.page.span(first, last);
        let is_part = |index: usize| {
            let around = self.page.around(index);
            let is_closed = around.is(Around::INSTITUTION | Around::FORM | Around::STREET | Around::COUNTRY);
            self.page
                .word(index)
                .is_some_and(|word| word.form != Form::Number && (word.may_begin_name() || around.is(Around::PARTICLE)))
                && !is_closed
        };
        let is_joined =
            |index: usize| matches!(self.page.gap(self.text, index), " " | "-" | ", " | "'" | "’" | ". " | "\u{a0}");
        if !WORDS.contains(&words.len())
            || !(first..last).all(is_part)
            || !(first..last.saturating_sub(1)).all(is_joined)
            || self.labels.whole(self.page.span(line.first, line.last)).is_some()
        {
            return None;
        }
        let tally = self.tally(first, last);
        let is_known = tally.given > 0 || line.is_later && tally.family > 0;
        // `Maison Blanche Soins` above the first address is the sender, whose words are mostly no names.
        let named = tally.given + tally.family + tally.rare;
        let is_house = !line.is_later && tally.plain >= named;
        let is_plain = tally.plain >= tally.words || tally.words == tally.initials || is_house;
        let role = is_doctor.then_some(crate::model::Role::Practitioner);
        (is_known && !is_plain)
            .then(|| self.found(first, last, Evidence::of(Strength::Addressed), role, false))
            .flatten()
    }
}
