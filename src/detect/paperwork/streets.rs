//! Streets with their numbers, told by words and endings that are rules (`rules/addresses/`).

use super::address::Reader;
use crate::rules::names::{Around, Known};
use crate::rules::words::{Form, Word};

impl Reader<'_> {
    /// A number directly before a street that has its own.
    pub(super) fn lead_number(&self, first: usize, floor: usize) -> Option<usize> {
        let before = first.checked_sub(1).filter(|before| *before >= floor)?;
        let is_number = self.digits(before).is_some_and(|count| count <= 5) && self.page.gap(self.text, before) == " ";
        let is_alone = before.checked_sub(1).is_none_or(|at| {
            let gap = self.page.gap(self.text, at);
            gap.ends_with([' ', '\n', '\t', ':', '>']) && self.digits(at).is_none()
        });
        (is_number && is_alone).then_some(before)
    }

    /// The street that this word tells: first and last word, and whether a number belongs to it.
    pub(super) fn street_at(&self, index: usize, floor: usize) -> Option<(usize, usize, bool)> {
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
        // An abbreviation at the end of a line: its name begins the next.
        if !is_named || !is_street_gap(gap) && gap != ".\n" {
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
            let before = self.letters(index.wrapping_sub(1));
            if last == index + 1 {
                continue;
            }
            let is_broken = gap == "\n" && !has_number && !has_before && self.is_number_of_place(index);
            if index > lead && (!is_street_gap(gap) && !is_broken || gap.starts_with(". ") && before > 4) {
                break;
            }
            if word.form == Form::Number && self.place_at(index, word).is_some_and(|place| !place.is_weak) {
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

    /// Letters of a word.
    fn letters(&self, index: usize) -> usize {
        let word = self.page.word(index).and_then(|word| self.text.get(word.start..word.end));
        word.map_or(0, |word| word.chars().count())
    }

    /// Whether a number at the start of a line is the house number of the line before: a postcode and city follow it.
    fn is_number_of_place(&self, index: usize) -> bool {
        let is_number = self.digits(index).is_some_and(|count| count <= 4);
        let next = self.page.word(index + 1).filter(|_| is_number && self.page.gap(self.text, index) == ", ");
        next.and_then(|next| self.place_at(index + 1, next)).is_some_and(|place| !place.is_weak)
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
        let after = self.after_number_sign(index + 1);
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
            if let Some(house) = self.house_before(first, floor) {
                return Some((house, index + 1, true));
            }
            if !has_after && index > first && word.form == Form::Capital && self.postcode_follows(index) {
                return Some((first, index + 1, false));
            }
        }
        has_after.then(|| (first, self.number_end(after), true))
    }

    /// Whether a British or American postcode stands some words on: a street without a number is one only where it does.
    fn postcode_follows(&self, index: usize) -> bool {
        /// How many words a town, a county and a postcode may take.
        const REACH: usize = 8;
        (index + 1..index + REACH)
            .any(|at| self.british(at).is_some() || self.digits(at) == Some(5) && self.american(at).is_some())
    }

    /// The word after `No:`, which stands before house numbers in some countries.
    fn after_number_sign(&self, index: usize) -> usize {
        let word = self.page.word(index).and_then(|word| self.text.get(word.start..word.end));
        let is_sign = word.is_some_and(|word| matches!(word, "No" | "no" | "NO" | "Nr" | "nr"))
            && matches!(self.page.gap(self.text, index), ":" | ": " | "." | ". " | " ");
        index + usize::from(is_sign)
    }

    /// The name of a house before a street that has no number: `7 Rose Cottage, Mill Lane`, `The Old Barn, Church Road`.
    fn house_before(&self, first: usize, floor: usize) -> Option<usize> {
        /// Longest name of a house in words.
        const LONGEST: usize = 4;
        let kind = first.checked_sub(1).filter(|at| *at >= floor)?;
        let is_parted = matches!(self.page.gap(self.text, kind), ", " | "," | "\n" | ",\n");
        if !is_parted || !self.page.around(kind).is(Around::HOUSE) {
            return None;
        }
        let mut start = kind;
        while start > floor && kind - start < LONGEST && self.page.gap(self.text, start - 1) == " " {
            let Some(word) = self.page.word(start - 1) else { break };
            if !matches!(word.form, Form::Capital | Form::Upper) {
                break;
            }
            start -= 1;
        }
        (start < kind).then(|| self.number_before(start, floor).0)
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
            let is_letter = gap == " "
                && word.len() == 1
                && matches!(word.form, Form::Lower | Form::Initial)
                && !self.page.gap(self.text, last).starts_with(':');
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
                && matches!(self.page.gap(self.text, index), " " | ". " | ":" | ": ");
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
}

/// Whether the text between two words may stand within a street.
fn is_street_gap(gap: &str) -> bool {
    gap.len() <= 4
        && gap.chars().all(|c| matches!(c, ' ' | '\u{a0}' | ',' | '.' | '-' | '\'' | '’' | '/' | 'º' | 'ª' | '°' | '–'))
        && !gap.contains("  ")
}
