//! Postal addresses: a street with its number, a postcode with its city, and the two joined.
//!
//! Street words and endings are rules (`rules/addresses/`); the shapes of postcodes are those of the Universal Postal
//! Union's addressing sheets. A line with a number above a line with a postcode and a city is a street in any language.

use super::page::{Cell, Page};
use crate::model::Shape;
use crate::rules::names::{Around, Known, Names};
use crate::rules::words::{Form, Word};

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

/// A postcode with its city, by words.
#[derive(Debug, Clone, Copy)]
struct Place {
    first: usize,
    last: usize,
    postcode: (usize, usize),
    city: Option<(usize, usize)>,
    country: Option<&'static str>,
    is_weak: bool,
}

impl Place {
    /// A stretch of an address that holds neither postcode nor city yet.
    fn of(first: usize, last: usize) -> Self {
        Self { first, last, postcode: (0, 0), city: None, country: None, is_weak: true }
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
            while let Some(place) =
                places.next_if(|place| place.first < index.max(floor) || place.last <= first || is_lead(place))
            {
                found.extend(
                    Some(place).filter(|place| !is_lead(place)).and_then(|place| self.without_street(&place, floor)),
                );
            }
            while places.next_if(|place| place.first < last).is_some() {}
            let place = places
                .next_if(|place| self.follows(last, place))
                .or_else(|| self.bare_postcode(last, has_number))
                .or_else(|| self.rest_of_block(first, last).filter(|_| has_number));
            if has_number || place.is_some() {
                let end = place.map_or(last, |place| place.last);
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

    fn line_above(&self, place: &Place) -> Option<(usize, usize)> {
        if !matches!(self.shape, Shape::Flow | Shape::Layout) {
            return None;
        }
        let at = self.page.cells.partition_point(|cell| cell.last <= place.first);
        let cell = self.page.cells.get(at)?;
        if cell.first != place.first {
            return None;
        }
        let above = self.page.line(cell.line.checked_sub(1)?);
        let above: &Cell = above
            .iter()
            .find(|above| above.column == cell.column)
            .or_else(|| above.first().filter(|_| above.len() == 1))?;
        let words = self.page.span(above.first, above.last);
        let numbers = words.iter().filter(|word| word.form == Form::Number).count();
        let is_short = words.iter().filter(|word| word.form == Form::Number).all(|word| word.len() <= 4);
        let letters = words
            .iter()
            .filter(|word| matches!(word.form, Form::Capital | Form::Upper | Form::Caseless) && word.len() > 3)
            .count();
        let whole = self.text.get(above.start..above.end)?;
        let is_clean =
            !whole.contains([':', '@', '€', '$', '£', '+', '%', ';', '=']) && numbers <= 3 && words.len() <= 8;
        let is_edge = [words.first(), words.last()].into_iter().flatten().any(|word| word.form == Form::Number)
            || self.page.around(above.first).is(Around::UNIT);
        (numbers > 0 && is_short && letters > 0 && is_clean && is_edge).then_some((above.first, above.last))
    }

    /// A postcode of five figures directly after a street, without a city or with the city before it.
    fn bare_postcode(&self, last: usize, has_number: bool) -> Option<Place> {
        let near = |at: usize| matches!(self.page.gap(self.text, at), " " | ", " | "," | ". " | "\n");
        let five = |at: usize| self.digits(at) == Some(5);
        if !has_number || !near(last.checked_sub(1)?) {
            return None;
        }
        if five(last) {
            return Some(Place {
                first: last,
                last: last + 1,
                postcode: (last, last + 1),
                city: None,
                country: None,
                is_weak: true,
            });
        }
        let end = (last + 1..=last + 3).find(|at| five(*at))?;
        let is_city = (last..end).all(|at| {
            self.page.word(at).is_some_and(|word| matches!(word.form, Form::Capital | Form::Upper))
                && (near(at) || self.page.gap(self.text, at) == "-")
        });
        is_city.then_some(Place {
            first: last,
            last: end + 1,
            postcode: (end, end + 1),
            city: Some((last, end)),
            country: None,
            is_weak: true,
        })
    }

    /// A number directly before a street that has its own.
    fn lead_number(&self, first: usize, floor: usize) -> Option<usize> {
        let before = first.checked_sub(1).filter(|before| *before >= floor)?;
        let is_number = self.digits(before).is_some_and(|count| count <= 5) && self.page.gap(self.text, before) == " ";
        let is_alone = before.checked_sub(1).is_none_or(|at| {
            let gap = self.page.gap(self.text, at);
            gap.ends_with([' ', '\n', '\t', ':', '>']) && self.digits(at).is_none()
        });
        (is_number && is_alone).then_some(before)
    }

    /// What follows a street line by line or comma by comma where no postcode stands first: a flat, a city, a state or
    /// country, a postcode at the end. Its words must show that it is one: a known place, a country or a line of its own
    /// after a flat.
    fn rest_of_block(&self, first: usize, last: usize) -> Option<Place> {
        /// Longest name of a city in words.
        const CITY: usize = 5;
        let is_gap = |at: usize| {
            let gap = self.page.gap(self.text, at);
            gap.len() <= 10
                && gap.chars().all(|c| c.is_whitespace() || matches!(c, ',' | '.'))
                && gap.matches('\n').count() <= 1
        };
        let before = |at: usize| at.checked_sub(1).is_some_and(is_gap);
        let mut at = last;
        let mut has_unit = (first..last).any(|index| self.page.around(index).is(Around::UNIT));
        if before(at) && self.page.around(at).is(Around::UNIT) && self.digits(at + 1).is_some() {
            has_unit = true;
            at += 2;
        }
        let flat = at;
        let is_name = |at: usize| {
            self.page.word(at).is_some_and(|word| matches!(word.form, Form::Capital | Form::Upper) && word.len() > 2)
                && !self.page.around(at).is(Around::STOP | Around::TITLE | Around::UNIT | Around::STREET)
        };
        let name_end = |from: usize| {
            let mut end = from;
            while end < from + CITY
                && is_name(end)
                && (end == from || matches!(self.page.gap(self.text, end - 1), " " | "-" | "'" | "’"))
            {
                end += 1;
            }
            end
        };
        let end = name_end(at);
        if end == at || !before(at) {
            return (flat > last).then(|| Place::of(last, flat));
        }
        let is_place = |from: usize, to: usize| {
            (from..to).any(|at| self.page.known(at).is(Known::PLACE) || self.page.around(at).is(Around::COUNTRY))
        };
        let is_person = self.page.known(at).is(Known::GIVEN) && !self.page.known(at).is(Known::PLACE);
        let is_line = self.page.gap(self.text, at - 1).contains('\n');
        let mut is_sure = is_place(at, end) && (has_unit || is_line) || has_unit && is_line && !is_person;
        let mut place = Place { city: Some((at, end)), ..Place::of(last, end) };
        for _ in 0..3 {
            let next = place.last;
            if !before(next) {
                break;
            }
            if self.digits(next).is_some_and(|count| (3..=6).contains(&count)) && is_sure {
                place.postcode = (next, next + 1);
                place.last = next + 1;
                break;
            }
            let is_state =
                self.page.word(next).is_some_and(|word| word.form == Form::Upper && word.len() == 2) && has_unit;
            let country = name_end(next);
            if is_state {
                place.last = next + 1;
            } else if country > next && is_place(next, country) {
                place.last = country;
            } else {
                break;
            }
            is_sure = true;
        }
        if is_sure {
            return Some(place);
        }
        (flat > last).then(|| Place::of(last, flat))
    }

    /// Whether a place follows a street closely enough to be of one address.
    fn follows(&self, last: usize, place: &Place) -> bool {
        let (Some(street), Some(next)) = (self.page.word(last.wrapping_sub(1)), self.page.word(place.first)) else {
            return false;
        };
        let Some(gap) = self.text.get(street.end..next.start) else { return false };
        gap.len() <= 24
            && gap.matches('\n').count() <= 1
            && gap
                .chars()
                .all(|c| c.is_whitespace() && c != '\t' || matches!(c, ',' | '.' | '/' | '-' | '–' | '(' | '·' | 'º'))
    }

    /// Every postcode with its city.
    fn places(&self) -> Vec<Place> {
        let mut found = Vec::new();
        let mut floor = 0;
        for &index in &self.page.numbers {
            if index < floor {
                continue;
            }
            if let Some(place) = self.page.word(index).and_then(|word| self.place_at(index, word)) {
                floor = place.last.max(index + 1);
                found.push(place);
            }
        }
        found
    }

    fn place_at(&self, index: usize, word: Word) -> Option<Place> {
        if let Some(place) = self.british(index) {
            return Some(place);
        }
        let digits = self.digits(index)?;
        let pair = |gap: &str| (self.page.gap(self.text, index) == gap).then(|| self.digits(index + 1)).flatten();
        let letters = || {
            let next = self.page.word(index + 1)?;
            (next.form == Form::Upper && next.len() == 2 && self.page.gap(self.text, index) == " ").then_some(())
        };
        let (last, country, is_weak) = match digits {
            2 if pair("-") == Some(3) => (index + 2, Some("PL"), false),
            3 if pair(" ") == Some(2) => (index + 2, None, true),
            4 if pair("-") == Some(3) => (index + 2, Some("PT"), false),
            4 if letters().is_some() && self.city(index + 2).is_some() => (index + 2, Some("NL"), false),
            4 => (index + 1, None, true),
            5 if pair("-") == Some(3) => (index + 2, Some("BR"), false),
            5 => (index + 1, None, false),
            6 => (index + 1, None, true),
            _ => return None,
        };
        if digits == 5
            && let Some(place) = self.american(index)
        {
            return Some(place);
        }
        let is_year = digits == 4
            && word.len() == 4
            && self.text.get(word.start..word.start + 2).is_some_and(|head| matches!(head, "19" | "20"));
        let (from, to) = self.city(last)?;
        let first = self.with_country_letter(index);
        Some(Place {
            first,
            last: to,
            postcode: (index, last),
            city: Some((from, to)),
            country,
            is_weak: is_weak || is_year,
        })
    }

    /// `F-75001`: the letter before a postcode.
    fn with_country_letter(&self, index: usize) -> usize {
        let Some(before) = index.checked_sub(1) else { return index };
        let is_letter = self
            .page
            .word(before)
            .is_some_and(|word| matches!(word.form, Form::Initial | Form::Upper) && word.len() <= 2);
        if is_letter && self.page.gap(self.text, before) == "-" { before } else { index }
    }

    /// The city after a postcode: capitalised words on the same line.
    fn city(&self, first: usize) -> Option<(usize, usize)> {
        /// Longest name of a city in words.
        const LONGEST: usize = 6;
        let gap = self.page.gap(self.text, first.checked_sub(1)?);
        let word = self.page.word(first)?;
        let begins = matches!(word.form, Form::Capital | Form::Upper | Form::Caseless) && word.len() > 1;
        if !begins
            || !matches!(gap, " " | "  " | ", " | " - " | "," | " – " | "-" | ". ")
            || self.page.around(first).is(Around::STOP | Around::TITLE)
        {
            return None;
        }
        let mut last = first + 1;
        let mut index = first + 1;
        while index < first + LONGEST {
            let Some(next) = self.page.word(index) else { break };
            let gap = self.page.gap(self.text, index - 1);
            let is_cedex = next.form == Form::Number
                && next.len() <= 2
                && self
                    .page
                    .word(index - 1)
                    .and_then(|w| self.text.get(w.start..w.end))
                    .is_some_and(|w| w.eq_ignore_ascii_case("cedex"));
            let is_part = matches!(gap, " " | "-" | "'" | "’" | ". " | ".")
                && (gap != ". " || self.page.word(index - 1).is_some_and(|w| w.len() <= 3));
            let is_joined = is_part || gap == " " && is_cedex;
            if !is_joined {
                break;
            }
            let is_cedex_word = self.text.get(next.start..next.end).is_some_and(|w| w.eq_ignore_ascii_case("cedex"));
            let around = self.page.around(index);
            if is_cedex || is_cedex_word {
                last = index + 1;
            } else if next.form == Form::Number
                || gap == " "
                    && (around.is(Around::STOP | Around::INSTITUTION)
                        || around.is(Around::TITLE) && !self.page.known(index).is(Known::PLACE))
            {
                break;
            } else if next.may_begin_name() {
                last = index + 1;
            } else if !around.is(Around::PARTICLE) && !matches!(gap, "-") && !is_linking(self.text, next) {
                break;
            }
            index += 1;
        }
        Some((first, last))
    }

    /// `LS1 2HL`, with its city before it.
    fn british(&self, index: usize) -> Option<Place> {
        let (outward, inward) = (self.page.word(index)?, self.page.word(index + 1)?);
        let is_outward = self.text.get(outward.start..outward.end).is_some_and(is_outward);
        let is_inward = self.text.get(inward.start..inward.end).is_some_and(is_inward);
        if !is_outward || !is_inward || self.page.gap(self.text, index) != " " {
            return None;
        }
        let city = self.city_before(index);
        let first = city.map_or(index, |(first, _)| first);
        Some(Place { first, last: index + 2, postcode: (index, index + 2), city, country: Some("GB"), is_weak: false })
    }

    /// `Springfield, IL 62704`.
    fn american(&self, index: usize) -> Option<Place> {
        let state = index.checked_sub(1)?;
        let word = self.page.word(state)?;
        if word.form != Form::Upper || word.len() != 2 || self.page.gap(self.text, state) != " " {
            return None;
        }
        let city = self.city_before(state)?;
        Some(Place {
            first: city.0,
            last: index + 1,
            postcode: (index, index + 1),
            city: Some(city),
            country: Some("US"),
            is_weak: false,
        })
    }

    /// Capitalised words directly before a postcode, on its line.
    fn city_before(&self, index: usize) -> Option<(usize, usize)> {
        let mut first = index;
        while first > 0 && index - first < 4 {
            let gap = self.page.gap(self.text, first - 1);
            let is_near =
                if first == index { matches!(gap, " " | ", " | "," | "  " | "\n") } else { matches!(gap, " " | "-") };
            let word = self.page.word(first - 1)?;
            let around = self.page.around(first - 1);
            let is_name = matches!(word.form, Form::Capital | Form::Upper | Form::Caseless);
            if !is_near
                || !is_name
                || around.is(Around::STREET_AFTER) && !self.page.known(first - 1).is(Known::PLACE)
                || around.is(Around::UNIT)
            {
                break;
            }
            first -= 1;
        }
        (first < index).then_some((first, index))
    }

    /// Digits of a word that is nothing else.
    fn digits(&self, index: usize) -> Option<usize> {
        let word = self.page.word(index)?;
        let text = self.text.get(word.start..word.end)?;
        text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text.len())
    }

    /// The street that this word tells: first and last word, and whether a number belongs to it.
    fn street_at(&self, index: usize, floor: usize) -> Option<(usize, usize, bool)> {
        let word = self.page.word(index)?;
        let around = self.page.around(index);
        if around.is(Around::STREET)
            && word.form != Form::Number
            && let Some(street) = self.street_before(index, word, floor)
        {
            return Some(street);
        }
        if !matches!(word.form, Form::Capital | Form::Upper | Form::Lower) {
            return None;
        }
        if around.is(Around::UNIT)
            && let Some(street) = self.street_before_unit(index, floor)
        {
            return Some(street);
        }
        if around.is(Around::STREET_AFTER) {
            return self.street_after(index, word, floor);
        }
        let is_compound = word.form != Form::Lower && word.len() > 5 && self.ends_like_street(word);
        is_compound.then(|| self.compound(index, floor))
    }

    /// `Kuuse 53 Apt. 641`: a name and a number before a flat are a street in any language.
    fn street_before_unit(&self, index: usize, floor: usize) -> Option<(usize, usize, bool)> {
        let is_flat = self.digits(index + 1).is_some() && matches!(self.page.gap(self.text, index), " " | ". ");
        let number = index.checked_sub(1).filter(|at| *at >= floor && is_flat)?;
        let is_number = self.digits(number).is_some_and(|count| count <= 4)
            && self.page.gap(self.text, number).chars().all(|c| matches!(c, ' ' | ',' | '\n'));
        let mut first = number;
        while is_number && first > floor && number - first < 4 {
            let is_name =
                self.page.word(first - 1).is_some_and(|word| matches!(word.form, Form::Capital | Form::Upper));
            if !is_name || self.page.gap(self.text, first - 1) != " " || self.page.around(first - 1).is(Around::STOP) {
                break;
            }
            first -= 1;
        }
        (first < number).then_some((first, index + 2, true))
    }

    fn ends_like_street(&self, word: Word) -> bool {
        self.text.get(word.start..word.end).is_some_and(|text| self.names.ends_like_street(text))
    }

    /// `12 bis, rue de la Paix`, `Calle Mayor, 3, 2.º B`.
    fn street_before(&self, index: usize, word: Word, floor: usize) -> Option<(usize, usize, bool)> {
        let gap = self.page.gap(self.text, index);
        let (first, has_before) = self.number_before(index, floor);
        let is_short = word.end - word.start <= 2;
        if word.len() == 1 && !gap.starts_with('/') && word.form != Form::Lower
            || is_short && !gap.starts_with(['.', '/']) && (word.form == Form::Lower || !has_before || word.len() == 1)
        {
            return None;
        }
        let lead = index + 1;
        let next = self.page.word(lead)?;
        let is_named = matches!(next.form, Form::Capital | Form::Upper | Form::Initial | Form::Caseless)
            || self.page.around(lead).is(Around::PARTICLE) && (has_before || self.capital_follows(lead))
            || next.form == Form::Number
                && next.len() <= 3
                && word.form != Form::Lower
                && !has_before
                && word.len() > 3
            || word.form == Form::Capital && has_before;
        if !is_named || !is_street_gap(gap) {
            return None;
        }
        let (last, has_after) = self.street_end(lead, has_before);
        (last > lead).then_some((first, last, has_before || has_after))
    }

    fn capital_follows(&self, index: usize) -> bool {
        (index + 1..index + 4)
            .any(|at| self.page.word(at).is_some_and(|word| matches!(word.form, Form::Capital | Form::Upper)))
    }

    /// The house number before a street word.
    fn number_before(&self, index: usize, floor: usize) -> (usize, bool) {
        let at = |back: usize| index.checked_sub(back).filter(|at| *at >= floor);
        let near = |at: usize| matches!(self.page.gap(self.text, at), " " | ", " | "," | "  ");
        let is_number = |at: usize| {
            self.page.word(at).is_some_and(|word| {
                word.form == Form::Number && word.len() <= 5 && self.digits(at).is_none_or(|count| count <= 4)
            })
        };
        if let Some(one) = at(1).filter(|one| near(*one)) {
            if is_number(one) {
                let pair =
                    at(2).filter(|two| is_number(*two) && matches!(self.page.gap(self.text, *two), "-" | "/" | "–"));
                return (pair.unwrap_or(one), true);
            }
            let is_bis =
                self.page.around(one).is(Around::UNIT) && self.page.word(one).is_some_and(|word| word.len() <= 6);
            if let Some(two) = at(2).filter(|two| is_bis && near(*two) && is_number(*two)) {
                return (two, true);
            }
        }
        (index, false)
    }

    /// Where a street that began before this word ends, and whether a number stands in it.
    fn street_end(&self, lead: usize, has_before: bool) -> (usize, bool) {
        /// Longest street in words.
        const LONGEST: usize = 14;
        let mut last = lead;
        let mut has_number = false;
        for index in lead..(lead + LONGEST).min(self.page.words.len()) {
            let Some(word) = self.page.word(index) else { break };
            let gap = self.page.gap(self.text, index.wrapping_sub(1));
            let before = self.page.word(index.wrapping_sub(1)).map_or(0, Word::len);
            if last == index + 1 {
                continue;
            }
            if index > lead && (!is_street_gap(gap) || gap.starts_with(". ") && before > 4) {
                break;
            }
            let around = self.page.around(index);
            let is_comma = gap.contains(',');
            let is_unit = around.is(Around::UNIT);
            match word.form {
                Form::Number
                    if self.is_dotted(index) || !has_before && !has_number && self.is_year(index) && !is_comma =>
                {
                    break;
                }
                Form::Number => {
                    if self.digits(index).is_some_and(|count| count > 4)
                        || has_before && !has_number && !is_comma && last == index && self.ends_name(index)
                    {
                        break;
                    }
                    has_number = true;
                    last = index + 1;
                }
                _ if self.is_without_number(index) => {
                    has_number = true;
                    last = index + if word.len() == 1 { 2 } else { 1 };
                }
                _ if is_unit && (is_comma || has_number || has_before) && index > lead => last = index + 1,
                Form::Initial if has_number => last = index + 1,
                _ if is_comma && index > lead => break,
                _ if has_number && !(word.len() <= 2 && word.form == Form::Upper) => break,
                Form::Capital | Form::Upper | Form::Initial | Form::Caseless => {
                    if around.is(Around::STOP)
                        && !self.page.known(index).is(Known::GIVEN | Known::FAMILY)
                        && !around.is(Around::STREET)
                        && word.form != Form::Capital
                    {
                        break;
                    }
                    last = index + 1;
                }
                Form::Lower if around.is(Around::PARTICLE) => {}
                Form::Lower if index > lead && self.page.around(index - 1).is(Around::PARTICLE) || index == lead => {
                    last = index + 1;
                }
                Form::Lower => break,
            }
        }
        (last, has_number)
    }

    /// Whether a number is the first group of a phone number or a date in figures.
    fn is_dotted(&self, index: usize) -> bool {
        let next = self.page.word(index + 1);
        matches!(self.page.gap(self.text, index), "." | "/")
            && next.is_some_and(|next| next.form == Form::Number)
            && matches!(self.page.gap(self.text, index + 1), "." | "/")
    }

    fn is_year(&self, index: usize) -> bool {
        let word = self.page.word(index).and_then(|word| self.text.get(word.start..word.end)).unwrap_or_default();
        word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
    }

    /// `s/n`, `sn`: without a number.
    fn is_without_number(&self, index: usize) -> bool {
        let is = |at: usize, text: &str| {
            self.page
                .word(at)
                .and_then(|word| self.text.get(word.start..word.end))
                .is_some_and(|word| word.eq_ignore_ascii_case(text))
        };
        is(index, "sn") || is(index, "s") && self.page.gap(self.text, index).starts_with('/') && is(index + 1, "n")
    }

    /// Whether a number after a street that had one before belongs to something else.
    fn ends_name(&self, index: usize) -> bool {
        self.digits(index).is_some_and(|count| count >= 2)
    }

    /// `221 Baker Street`, `Flat 3, Elm Court`, `Kaiser-Wilhelm-Platz 4`, `Király u. 15`.
    fn street_after(&self, index: usize, word: Word, floor: usize) -> Option<(usize, usize, bool)> {
        let mut first = index;
        while first > floor && index - first < 4 {
            let before = self.page.word(first - 1)?;
            let gap = self.page.gap(self.text, first - 1);
            if !matches!(gap, " " | "-" | "'" | "’" | ". ")
                || !matches!(before.form, Form::Capital | Form::Upper)
                || self.page.around(first - 1).is(Around::STOP | Around::UNIT)
            {
                break;
            }
            first -= 1;
        }
        if first == index {
            let is_ordinal = index > floor
                && self.page.gap(self.text, index - 1) == " "
                && self.page.word(index - 1).is_some_and(|word| {
                    word.form == Form::Number && self.digits(index - 1).is_none() && word.len() <= 5
                });
            if !is_ordinal {
                return None;
            }
            first -= 1;
        }
        let after = index + 1;
        let gap = self.page.gap(self.text, index);
        let has_after = matches!(gap, " " | ". " | ".")
            && self
                .page
                .word(after)
                .is_some_and(|next| next.form == Form::Number && self.digits(after).is_none_or(|count| count <= 4));
        if word.form != Form::Lower {
            let (start, has_before) = self.number_before(first, floor);
            if has_before {
                let (last, _) = self.units_after(index + 1);
                return Some((self.units_before(start, floor), last, true));
            }
            let flat = self.units_before(first, floor);
            if flat < first {
                return Some((flat, index + 1, true));
            }
        }
        has_after.then(|| (first, self.number_end(after), true))
    }

    /// `Ditschlerstraße 4-2`.
    fn compound(&self, index: usize, floor: usize) -> (usize, usize, bool) {
        let after = index + 1;
        let gap = self.page.gap(self.text, index);
        let is_number = self
            .page
            .word(after)
            .is_some_and(|next| next.form == Form::Number && self.digits(after).is_none_or(|count| count <= 4));
        let is_near = matches!(gap, " " | ". " | ", " | ".");
        let mut first = index;
        while first > floor
            && matches!(self.page.gap(self.text, first - 1), "-")
            && self.page.word(first - 1).is_some_and(Word::may_begin_name)
        {
            first -= 1;
        }
        if is_near && is_number {
            return (first, self.number_end(after), true);
        }
        (first, index + 1, false)
    }

    /// The end of a house number: `4-2`, `12 a`, `4/4`, `3, 2 OG`.
    fn number_end(&self, index: usize) -> usize {
        let mut last = index + 1;
        while last < index + 4 {
            let gap = self.page.gap(self.text, last - 1);
            let Some(word) = self.page.word(last) else { break };
            let is_part = matches!(gap, "-" | "/" | "–" | " - " | " / ")
                && (word.form == Form::Number && word.len() <= 4 || word.len() == 1);
            let is_letter = gap == " " && word.len() == 1 && matches!(word.form, Form::Lower | Form::Initial);
            if !is_part && !is_letter {
                break;
            }
            last += 1;
        }
        self.units_after(last).0
    }

    /// `Suite 501`, `, Apt. 305` after a street.
    fn units_after(&self, index: usize) -> (usize, bool) {
        let gap = self.page.gap(self.text, index.wrapping_sub(1));
        let is_unit = self.page.around(index).is(Around::UNIT) && matches!(gap, " " | ", " | ",");
        let is_number =
            self.page.word(index + 1).is_some_and(|word| word.form == Form::Number || word.form == Form::Initial)
                && matches!(self.page.gap(self.text, index), " " | ". ");
        if is_unit && is_number { (index + 2, true) } else { (index, false) }
    }

    /// `Flat 3, ` before a street.
    fn units_before(&self, first: usize, floor: usize) -> usize {
        let own = first.checked_sub(1).filter(|unit| *unit >= floor && self.page.around(*unit).is(Around::UNIT));
        if let Some(unit) = own.filter(|unit| matches!(self.page.gap(self.text, *unit), " " | ". ")) {
            return unit;
        }
        let Some(unit) = first.checked_sub(2).filter(|unit| *unit >= floor) else { return first };
        let is_unit = self.page.around(unit).is(Around::UNIT)
            && self.page.word(first - 1).is_some_and(|word| matches!(word.form, Form::Number | Form::Initial));
        let is_near = matches!(self.page.gap(self.text, first - 1), ", " | " " | "," | "\n")
            && matches!(self.page.gap(self.text, unit), " " | ". ");
        if is_unit && is_near { unit } else { first }
    }

    fn bytes(&self, first: usize, last: usize) -> Option<Span> {
        Some((self.page.word(first)?.start, self.page.word(last.checked_sub(1)?)?.end))
    }
}

/// Whether the text between two words may stand within a street.
fn is_street_gap(gap: &str) -> bool {
    gap.len() <= 4
        && gap.chars().all(|c| matches!(c, ' ' | '\u{a0}' | ',' | '.' | '-' | '\'' | '’' | '/' | 'º' | 'ª' | '°' | '–'))
        && !gap.contains("  ")
}

/// Lower-case words within names of cities: sur, sous, am, an, im, bei, upon.
fn is_linking(text: &str, word: Word) -> bool {
    text.get(word.start..word.end).is_some_and(|word| {
        matches!(
            word,
            "sur"
                | "sous"
                | "lès"
                | "lez"
                | "en"
                | "am"
                | "an"
                | "im"
                | "in"
                | "bei"
                | "ob"
                | "upon"
                | "on"
                | "aan"
                | "près"
        )
    })
}

/// The first half of a British postcode: one or two letters, a digit, perhaps a letter or digit. Not every letter stands
/// in every place (BS 7666, annex C).
fn is_outward(text: &str) -> bool {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let rest = bytes.get(letters..).unwrap_or_default();
    let is_area = match bytes.get(..letters).unwrap_or_default() {
        [first] => !b"QVX".contains(first),
        [first, second] => !b"QVX".contains(first) && !b"IJZ".contains(second),
        _ => false,
    };
    is_area
        && (1..=2).contains(&rest.len())
        && rest.first().is_some_and(u8::is_ascii_digit)
        && rest.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// The second half: a digit and two letters.
fn is_inward(text: &str) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_uppercase() && !b"CIKMOV".contains(byte);
    matches!(text.as_bytes(), [digit, a, b] if digit.is_ascii_digit() && is_letter(a) && is_letter(b))
}
