//! Postcodes and cities: the shapes of postcodes are those of the Universal Postal Union's addressing sheets.

use super::address::Reader;
use super::page::Cell;
use crate::model::Shape;
use crate::rules::names::{Around, Known};
use crate::rules::words::{Form, Word};

/// A postcode with its city, by words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) postcode: (usize, usize),
    pub(super) city: Option<(usize, usize)>,
    pub(super) country: Option<&'static str>,
    pub(super) is_weak: bool,
}

impl Place {
    /// A stretch of an address that holds neither postcode nor city yet.
    fn of(first: usize, last: usize) -> Self {
        Self { first, last, postcode: (0, 0), city: None, country: None, is_weak: true }
    }
}

impl Reader<'_> {
    pub(super) fn line_above(&self, place: &Place) -> Option<(usize, usize)> {
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
    pub(super) fn bare_postcode(&self, last: usize, has_number: bool) -> Option<Place> {
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

    /// What follows a street line by line or comma by comma where no postcode stands first: a flat, a city, a state or
    /// country, a postcode at the end. Its words must show that it is one: a known place, a country or a line of its own
    /// after a flat.
    pub(super) fn rest_of_block(&self, first: usize, last: usize) -> Option<Place> {
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
                && (end == from || matches!(self.page.gap(self.text, end - 1), " " | "-" | "'" | "’" | "/" | " / "))
            {
                end += 1;
            }
            end
        };
        let end = name_end(at);
        // A label begins the next line.
        let is_label = self.page.gap(self.text, end.saturating_sub(1)).trim_start_matches(' ').starts_with(':');
        if end == at || !before(at) || is_label {
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

    /// Every postcode with its city.
    pub(super) fn places(&self) -> Vec<Place> {
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

    pub(super) fn place_at(&self, index: usize, word: Word) -> Option<Place> {
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
        let before = match (digits, country) {
            (5, Some("BR")) => self.brazilian(index),
            (5, _) => self.american(index),
            _ => None,
        };
        if before.is_some() {
            return before;
        }
        let is_year = digits == 4
            && word.len() == 4
            && self.text.get(word.start..word.start + 2).is_some_and(|head| matches!(head, "19" | "20"));
        let (from, to) = self.city(last).or_else(|| self.titled_city(last))?;
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

    /// `г. Москва`, `пос. Лесной`: a city after the word for one.
    fn titled_city(&self, index: usize) -> Option<(usize, usize)> {
        let word = self.page.word(index)?;
        let is_kind = self
            .text
            .get(word.start..word.end)
            .is_some_and(|word| matches!(word, "г" | "гор" | "город" | "пос" | "пгт" | "с" | "дер" | "ст-ца" | "loc"));
        let is_near = matches!(self.page.gap(self.text, index.checked_sub(1)?), " " | ", " | ",");
        let city = self.city(index + 1).filter(|_| is_kind && is_near)?;
        Some((index, city.1))
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
    pub(super) fn british(&self, index: usize) -> Option<Place> {
        let (outward, inward) = (self.page.word(index)?, self.page.word(index + 1)?);
        let is_outward = self.text.get(outward.start..outward.end).is_some_and(is_outward);
        let is_inward = self.text.get(inward.start..inward.end).is_some_and(is_inward);
        if !is_outward || !is_inward || self.page.gap(self.text, index) != " " {
            return None;
        }
        let before = self.city_before(index);
        let after = || self.city(index + 2).filter(|(from, _)| self.page.gap(self.text, index + 1) == " " && *from > 0);
        let city = before.or_else(after);
        let first = before.map_or(index, |(first, _)| first);
        let last = city.map_or(index + 2, |(_, last)| last.max(index + 2));
        Some(Place { first, last, postcode: (index, index + 2), city, country: Some("GB"), is_weak: false })
    }

    /// `Springfield, IL 62704`.
    pub(super) fn american(&self, index: usize) -> Option<Place> {
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

    /// `São Paulo - SP, CEP 01001-000`, `Recife/PE 50030-230`: a city and the letters of its state, both before the postcode.
    fn brazilian(&self, index: usize) -> Option<Place> {
        let is_gap =
            |at: usize| matches!(self.page.gap(self.text, at), " " | ", " | "," | " - " | "-" | "\n" | ": " | ".: ");
        let is_head = |at: &usize| {
            let word = self.page.word(*at).and_then(|word| self.text.get(word.start..word.end));
            word.is_some_and(|word| word.eq_ignore_ascii_case("cep")) && is_gap(*at)
        };
        let head = index.checked_sub(1).filter(is_head).unwrap_or(index);
        let state = head.checked_sub(1).filter(|at| is_gap(*at))?;
        let is_state = self.page.word(state).is_some_and(|word| word.form == Form::Upper && word.len() == 2);
        let last = state.checked_sub(1).filter(|_| is_state)?;
        if !matches!(self.page.gap(self.text, last), " - " | "/" | " / " | "-" | ", " | " – ") {
            return None;
        }
        let mut first = state;
        while first > 0 && state - first < 5 {
            let word = self.page.word(first - 1)?;
            let is_near = first == state || matches!(self.page.gap(self.text, first - 1), " " | "-" | "'");
            let is_part = matches!(word.form, Form::Capital | Form::Upper)
                || first < state && self.page.around(first - 1).is(Around::PARTICLE);
            if !is_near || !is_part {
                break;
            }
            first -= 1;
        }
        let begins = self.page.word(first).is_some_and(|word| matches!(word.form, Form::Capital | Form::Upper));
        (first < state && begins).then_some(Place {
            first,
            last: index + 2,
            postcode: (index, index + 2),
            city: Some((first, state)),
            country: Some("BR"),
            is_weak: false,
        })
    }

    /// The end of a flat that has a line of its own below a street: `Appartement 12`.
    pub(super) fn flat_below(&self, last: usize) -> Option<usize> {
        let gap = self.page.gap(self.text, last.checked_sub(1)?);
        let is_flat = matches!(gap, "\n" | ",\n")
            && self.page.around(last).is(Around::UNIT)
            && self.page.word(last + 1).is_some_and(|word| word.form == Form::Number && word.len() <= 5)
            && matches!(self.page.gap(self.text, last), " " | ". " | " n° " | " nº ");
        is_flat.then_some(last + 2)
    }

    /// What stands between a street and a place whose postcode comes last: a district, a town above its county. Names in
    /// capitals, one behind or below the other, with nothing else between.
    pub(super) fn towns(&self, last: usize, place: &Place) -> Option<Place> {
        /// Most words of them.
        const WORDS: usize = 7;
        let is_last = matches!(place.country, Some("GB" | "BR"));
        if !is_last || place.first <= last || place.first - last > WORDS {
            return None;
        }
        let gap = |at: usize| self.page.gap(self.text, at);
        let parts = |at: usize| matches!(gap(at), ", " | "," | "\n" | ",\n" | " - " | " – ");
        let is_name = |at: usize| {
            let word = self.page.word(at);
            word.is_some_and(|word| matches!(word.form, Form::Capital | Form::Upper) && word.len() > 1)
                && !self.page.around(at).is(Around::TITLE | Around::STREET_AFTER)
                || self.page.around(at).is(Around::PARTICLE) && at > last
        };
        let is_whole = (last..place.first).all(|at| is_name(at) && (parts(at) || matches!(gap(at), " " | "-" | "'")));
        let lines = (last.checked_sub(1)?..place.first).filter(|at| gap(*at).contains('\n')).count();
        if !is_whole || !parts(last - 1) || !parts(place.first - 1) || lines > 3 {
            return None;
        }
        let end = (last..place.first).find(|at| parts(*at)).map_or(place.first, |at| at + 1);
        // Of a British address the town is the first, then perhaps the county; of a Brazilian one the district.
        let city = if place.country == Some("GB") { Some((last, end)) } else { place.city };
        Some(Place { first: last, city, ..*place })
    }

    /// Capitalised words directly before a postcode, on its line.
    fn city_before(&self, index: usize) -> Option<(usize, usize)> {
        let mut first = index;
        while first > 0 && index - first < 4 {
            let gap = self.page.gap(self.text, first - 1);
            let is_near = if first == index {
                matches!(gap, " " | ", " | "," | "  " | "\n") || self.is_below(index, index)
            } else {
                matches!(gap, " " | "-")
            };
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
