//! Postal addresses: a street with its number, a postcode with its city, and the two joined.
//!
//! A line with a number above a line with a postcode and a city is a street in any language.

use super::page::Page;
use super::places::Place;
use crate::model::Shape;
use crate::rules::names::{Around, Names};
use crate::rules::words::Form;

/// Bytes of a text.
pub(super) type Span = (usize, usize);

/// An address, or a part of one that stands alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address {
    /// Street and number.
    pub(super) street: Option<Span>,
    /// Postcode.
    pub(super) postcode: Option<Span>,
    /// City.
    pub(super) city: Option<Span>,
    /// Where it ends, if a part without a field of its own is its last.
    pub(super) end: Option<usize>,
    /// Country whose postcode grammar it is, where only one has it.
    pub(super) country: Option<&'static str>,
    /// Whether the street was told by its own words, not by its place above a postcode.
    pub(super) is_worded: bool,
}

impl Address {
    /// From the first part to the last.
    pub(super) fn span(&self) -> Option<Span> {
        let parts = [self.street, self.postcode, self.city];
        let start = parts.iter().flatten().map(|span| span.0).min()?;
        let end = parts.iter().flatten().map(|span| span.1).chain(self.end).max()?;
        Some((start, end))
    }
}

/// Reads addresses on one page.
pub(super) struct Reader<'a> {
    pub(super) page: &'a Page,
    pub(super) text: &'a str,
    pub(super) names: &'a Names,
    pub(super) shape: Shape,
}

impl Reader<'_> {
    /// Every address, in order.
    pub(super) fn all(&self) -> Vec<Address> {
        let mut places = self.places().into_iter().peekable();
        let mut found: Vec<Address> = Vec::new();
        let mut next = 0;
        let mut floor = 0;
        for &index in &self.page.streets {
            if index < next {
                continue;
            }
            let Some((first, last, has_number)) = self.street_at(index, floor) else { continue };
            // `91211 Example Str. 74`: what would be a postcode elsewhere is a number of the house here.
            let lead = self.lead_number(first, floor).filter(|_| has_number);
            let first = lead.unwrap_or(first);
            let is_lead = |place: &Place| lead == Some(place.postcode.0);
            let mut town = None;
            while let Some(place) =
                places.next_if(|place| place.first < index.max(floor) || place.last <= first || is_lead(place))
            {
                // `1051 Budapest, Sas utca 14`: where the town comes first.
                if place.last == first && has_number && self.page.gap(self.text, first.saturating_sub(1)) == ", " {
                    town = Some(place);
                    continue;
                }
                found.extend(
                    Some(place).filter(|place| !is_lead(place)).and_then(|place| self.without_street(&place, floor)),
                );
            }
            while places.next_if(|place| place.first < last).is_some() {}
            let last = self.flat_below(last).filter(|_| has_number).unwrap_or(last);
            let last = places.peek().filter(|_| has_number).and_then(|place| self.tail(last, place)).unwrap_or(last);
            let towns = places.peek().and_then(|place| self.towns(last, place));
            let place = places
                .next_if(|place| towns.is_some() || self.follows(last, place))
                .map(|place| towns.unwrap_or(place))
                .or_else(|| self.bare_postcode(last, has_number))
                .or_else(|| self.rest_of_block(first, last).filter(|_| has_number && town.is_none()))
                .or(town);
            if has_number || place.is_some() {
                let end = place.map_or(last, |place| place.last.max(last));
                found.push(self.joined(first, last, place));
                floor = end;
                next = end;
            }
        }
        for place in places {
            found.extend(self.without_street(&place, floor));
        }
        found
    }

    fn joined(&self, first: usize, last: usize, place: Option<Place>) -> Address {
        // A flat or a country after the city is within the address, though it has no field of its own.
        let end = place.and_then(|place| self.bytes(place.first, place.last)).map(|span| span.1);
        Address {
            street: self.bytes(first, last),
            end,
            postcode: place
                .filter(|place| place.postcode.0 < place.postcode.1)
                .and_then(|place| self.bytes(place.postcode.0, place.postcode.1)),
            city: place.and_then(|place| place.city).and_then(|(from, to)| self.bytes(from, to)),
            country: place.and_then(|place| place.country),
            is_worded: true,
        }
    }

    /// A postcode and city whose street has no street word: the line above, if it looks like one.
    fn without_street(&self, place: &Place, floor: usize) -> Option<Address> {
        let street = self.line_above(place).filter(|(first, _)| *first >= floor);
        if place.is_weak && street.is_none() {
            return None;
        }
        let mut address = self.joined(0, 0, Some(*place));
        address.street = street.and_then(|(first, last)| self.bytes(first, last));
        address.is_worded = false;
        Some(address)
    }

    /// Whether a place follows a street closely enough to be of one address.
    fn follows(&self, last: usize, place: &Place) -> bool {
        self.is_near(last, place.first)
    }

    /// Whether what begins with this word goes on with the address whose words end before `last`.
    pub(super) fn is_near(&self, last: usize, first: usize) -> bool {
        let (Some(street), Some(next)) = (self.page.word(last.wrapping_sub(1)), self.page.word(first)) else {
            return false;
        };
        let Some(gap) = self.text.get(street.end..next.start) else { return false };
        self.is_below(last, first)
            || gap.len() <= 24
                && gap.matches('\n').count() <= 1
                && gap.chars().all(|c| {
                    c.is_whitespace() && c != '\t' || matches!(c, ',' | '.' | '/' | '-' | '–' | '(' | '·' | 'º')
                })
    }

    /// The end of a street whose number is followed by a door, a floor or a staircase in any language, before the place:
    /// `2.º Esq.`, `-hs`, `r/c`, `корп. 2, кв. 14`, `D: 5`. Short words and numbers only, up to where the place begins.
    fn tail(&self, last: usize, place: &Place) -> Option<usize> {
        /// Most words, and the longest word in letters.
        const WORDS: usize = 6;
        const LETTERS: usize = 5;
        let is_tail = |index: usize| {
            let Some(word) = self.page.word(index) else { return false };
            let text = self.text.get(word.start..word.end).unwrap_or_default();
            let gap = self.page.gap(self.text, index.wrapping_sub(1));
            let is_short = match word.form {
                Form::Number => text.len() <= 4,
                _ => text.chars().count() <= LETTERS || self.page.around(index).is(Around::UNIT),
            };
            is_short
                && gap.chars().all(|c| matches!(c, ' ' | ',' | '.' | ':' | '/' | '-' | '–' | 'º' | 'ª' | '°' | '#'))
        };
        let is_whole = place.first > last
            && place.first - last <= WORDS
            && !place.is_weak
            && (last..place.first).all(is_tail)
            && self.is_near(place.first, place.first);
        is_whole.then_some(place.first)
    }

    /// Whether a word begins the cell below the one that the words before `last` stand in, in the same column of the next
    /// line, where other columns stand between them.
    pub(super) fn is_below(&self, last: usize, next: usize) -> bool {
        let Some(cell) = last.checked_sub(1).and_then(|at| self.page.cell_of(at)) else { return false };
        let Some(below) = self.page.cell_of(next) else { return false };
        matches!(self.shape, Shape::Flow | Shape::Layout)
            && below.line == cell.line + 1
            && below.column == cell.column
            && below.first == next
    }

    /// Digits of a word that is nothing else.
    pub(super) fn digits(&self, index: usize) -> Option<usize> {
        let word = self.page.word(index)?;
        let text = self.text.get(word.start..word.end)?;
        text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text.len())
    }

    pub(super) fn bytes(&self, first: usize, last: usize) -> Option<Span> {
        Some((self.page.word(first)?.start, self.page.word(last.checked_sub(1)?)?.end))
    }
}
