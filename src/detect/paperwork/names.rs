//! Names of persons, and of the institutions that are mistaken for them.
//!
//! A run of capitalised words is judged by what stands around it (a title, a label) and by what the lists know of its
//! words. A lone surname counts where the same item names it in full, or where a mail address spells it.

use super::evidence::{Evidence, Strength};
use super::layout::{Field, Tie};
use super::page::Page;
use crate::model::Role;
use crate::rules::labels::{Labels, Meaning};
use crate::rules::names::{Around, Known, Names};
use crate::rules::words::{Form, Word};

/// A name or institution on a page, by words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Index of its first word.
    pub(super) first: usize,
    /// One past the index of its last word.
    pub(super) last: usize,
    /// What speaks for it.
    pub(super) evidence: Evidence,
    /// Whose name it is, where that can be told.
    pub(super) role: Option<Role>,
    /// Whether it names an institution.
    pub(super) is_institution: bool,
    /// Which half of a name its label says it is, where the other half has a field of its own.
    pub(super) half: Option<Half>,
}

/// A half of a name, as forms and tables part it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    /// The first name.
    Given,
    /// The surname.
    Family,
}

impl Half {
    /// The half that a label asks for.
    pub(super) fn of(meaning: Meaning) -> Option<Self> {
        match meaning {
            Meaning::Given => Some(Self::Given),
            Meaning::Family => Some(Self::Family),
            _ => None,
        }
    }
}

/// Longest name in words, particles not counted.
pub(super) const LONGEST: usize = 6;

/// Reads names on one page.
pub(super) struct Reader<'a> {
    pub(super) page: &'a Page,
    pub(super) text: &'a str,
    pub(super) names: &'a Names,
    pub(super) labels: &'a Labels,
}

impl Reader<'_> {
    /// Whether a field's value holds a word that is known as a name and as nothing else.
    pub(super) fn is_known(&self, field: &Field) -> bool {
        let tally = self.tally(field.first, field.last);
        tally.given + tally.family > 0 && tally.plain + tally.places == 0
    }

    /// The name that a field's value is; `is_vouched` where a record has the other half of it right beside.
    pub(super) fn in_field(&self, field: &Field, is_vouched: bool) -> Option<Found> {
        let role = match field.meaning {
            Meaning::Practitioner => Some(Role::Practitioner),
            Meaning::Subject | Meaning::Contact => Some(Role::DataSubject),
            Meaning::Organisation => Some(Role::Organisation),
            _ => None,
        };
        let (first, is_doctor) = self.after_titles(field.first, field.last);
        // `I am happy to hear`, `Hello,` above `my number is`: a phrase and a greeting tell a name only where one begins.
        let is_greeting =
            field.first.checked_sub(1).is_some_and(|before| self.page.gap(self.text, before).starts_with(','));
        if (field.tie == Tie::Phrase || is_greeting) && !self.page.word(first).is_some_and(Word::may_begin_name) {
            return None;
        }
        if field.meaning == Meaning::Organisation && !is_doctor {
            let limit = field.last.min(field.first + 10);
            // `Cabinet: Bonjour Mme Druskin`: what a chat writes behind a sender is no name of it.
            let is_title = |at: usize| self.is_title(at) && !self.page.around(at).is(Around::DOCTOR);
            if (first + 1..limit).any(is_title) {
                return None;
            }
            let last = self.value_end(field.first, limit);
            return self.found(field.first, last, Evidence::of(Strength::Labelled), role, true);
        }
        let is_cell = matches!(field.tie, Tie::Column | Tie::Key);
        let last =
            self.whole_name(first, field.last).unwrap_or_else(|| self.name_end(first, field.last, is_cell, true));
        let tally = self.tally(first, last);
        let knows = tally.given + tally.family + tally.rare > 0;
        if !knows && self.is_institution(field.first, field.last)
            || knows && tally.given == 0 && self.is_institution(first, last)
        {
            let last = self.value_end(field.first, field.last.min(field.first + 10));
            return self.found(field.first, last, Evidence::of(Strength::Institution), Some(Role::Organisation), true);
        }
        if tally.words == 0 || tally.words == tally.initials && !is_cell {
            return None;
        }
        let is_plain = !(is_vouched && (is_cell || field.tie == Tie::Beside))
            && (tally.plain >= tally.words || !knows && tally.places >= tally.words && field.tie != Tie::Column);
        // `name: clinique`: a record's key names all kinds of things, and few people in small letters.
        let is_small = (first..last).all(|at| self.page.word(at).is_some_and(|word| word.form == Form::Lower));
        if is_small && !knows && !is_vouched && matches!(field.tie, Tie::Key) {
            return None;
        }
        let is_whole = last == field.last;
        let strength = match (knows, is_plain) {
            (true, false) => Strength::Labelled,
            (true, true) if is_whole || is_cell => Strength::LabelledUnknown,
            (false, false) if is_whole || is_cell => Strength::LabelledUnknown,
            (false, false) if tally.words <= 3 && field.meaning != Meaning::Practitioner => Strength::LabelledUnknown,
            _ if first > field.first => Strength::Titled,
            _ => return None,
        };
        let role = if is_doctor && role != Some(Role::DataSubject) { Some(Role::Practitioner) } else { role };
        self.found(first, last, Evidence::of(strength), role, false)
    }

    /// The end of a value that is nothing but a name up to its first mark of punctuation, whatever its words also mean:
    /// `Emma Camarero González`, `José Manuel Janeiro Pais`.
    fn whole_name(&self, first: usize, limit: usize) -> Option<usize> {
        /// Longest such value in words.
        const WORDS: usize = 6;
        let mut last = first;
        let mut named = 0;
        while last < limit && last - first <= WORDS {
            let word = self.page.word(last)?;
            let around = self.page.around(last);
            let known = self.page.known(last);
            let is_part = word.may_begin_name() || around.is(Around::PARTICLE) && last > first;
            if !is_part
                || around.is(Around::INSTITUTION | Around::FORM | Around::TITLE | Around::STREET | Around::EPONYM)
                    && !known.is(Known::GIVEN | Known::FAMILY)
            {
                return None;
            }
            named += usize::from(known.is(Known::GIVEN | Known::FAMILY) && !known.is(Known::WORD));
            let gap = self.page.gap(self.text, last);
            last += 1;
            if last < limit && !joins(gap, word.form, self.page.word(last)?.form, false) {
                let is_end =
                    gap.contains(['\n', '\t', ';', '(', '|', '/']) || gap.starts_with(". ") || gap.starts_with("  ");
                return (is_end && named > 0 && last - first > 1).then_some(last);
            }
        }
        (last == limit && named > 0 && last > first + 1).then_some(last)
    }

    /// Every name in running text that is not taken yet; runs that need more evidence go to `pending`.
    pub(super) fn in_text(&self, taken: &[(usize, usize)], found: &mut Vec<Found>, pending: &mut Vec<Found>) {
        let count = self.page.words.len();
        let mut next = 0;
        let mut spans = taken.iter().copied().peekable();
        let mut limit = spans.peek().map_or(count, |(start, _)| self.page.word_from(*start));
        for &index in &self.page.names {
            let Some(word) = self.page.word(index).filter(|_| index >= next) else { continue };
            let mut is_passed = false;
            while spans.next_if(|(_, end)| *end <= word.start).is_some() {
                is_passed = true;
            }
            if is_passed {
                limit = spans.peek().map_or(count, |(start, _)| self.page.word_from(*start));
            }
            if spans.peek().is_some_and(|(start, _)| *start <= word.start) {
                continue;
            }
            if self.is_title(index) {
                next = self.titled(index, limit, found);
            } else if word.may_begin_name() {
                next = self.run_end(index, limit);
                self.judge_run(index, next, found, pending);
            }
        }
    }

    /// The name after titles, and the names that follow it in a list; gives the word to read on from.
    fn titled(&self, index: usize, limit: usize, found: &mut Vec<Found>) -> usize {
        let (first, is_doctor) = self.after_titles(index, limit);
        let last = self.name_end(first, limit, false, false);
        // `г. Казань`: the letter that may be a form of address is the word for a town.
        let is_town =
            self.page.around(index).is(Around::LETTER) && (first..last).all(|at| self.page.known(at).is(Known::PLACE));
        if is_town {
            return last.max(index + 1);
        }
        let tally = self.tally(first, last);
        let is_plain = tally.plain >= tally.words && tally.given + tally.family == 0;
        if last <= first
            || tally.words == 0
            || is_plain
            || self.is_blocked(first)
            || self.page.around(first).is(Around::PARTICLE) && last - first < 2
        {
            return first.max(index + 1);
        }
        let role = is_doctor.then_some(Role::Practitioner);
        found.extend(self.found(first, last, Evidence::of(Strength::Titled), role, false));
        let is_single = tally.words == 1;
        let mut from = last;
        while let Some((next, end)) = self.listed(from, limit, is_single) {
            found.extend(self.found(next, end, Evidence::of(Strength::Listed), role, false));
            from = end;
        }
        from
    }

    /// The next name of a list: after a comma or an "and", of the same make as the first.
    fn listed(&self, from: usize, limit: usize, is_single: bool) -> Option<(usize, usize)> {
        let gap = self.page.gap(self.text, from.checked_sub(1)?);
        let word = self.page.word(from).filter(|_| from < limit)?;
        let is_and = gap == " "
            && self.text.get(word.start..word.end).is_some_and(|word| {
                matches!(word, "et" | "y" | "e" | "and" | "und" | "i" | "en" | "och" | "ou" | "или" | "и" | "και")
            });
        let first = match gap {
            ", " => from,
            " " if is_and => from + 1,
            _ => return None,
        };
        if first >= limit || self.is_title(first) || !self.page.word(first)?.may_begin_name() {
            return None;
        }
        let last = self.run_end(first, limit);
        let tally = self.tally(first, last);
        let is_clear = tally.plain == 0 && tally.places == 0 && !(first..last).any(|index| self.is_blocked(index));
        let is_alike = tally.initials > 0 && tally.words > tally.initials
            || is_single && tally.words == 1 && tally.initials == 0
            || tally.given > 0 && tally.words > 1;
        (is_clear && is_alike && tally.words <= 4).then_some((first, last))
    }

    /// Whether a form of address stands here.
    pub(super) fn is_title(&self, index: usize) -> bool {
        let around = self.page.around(index);
        if !around.is(Around::TITLE) {
            return false;
        }
        let Some(word) = self.page.word(index) else { return false };
        let gap = self.page.gap(self.text, index);
        let has_point = gap.starts_with('.');
        let is_close = gap.trim_start_matches('.').chars().all(|c| c == ' ' || c == '\u{a0}') && gap.len() <= 3;
        if !is_close && index + 1 < self.page.words.len() {
            return false;
        }
        if around.is(Around::LETTER) {
            let is_before_given = self.page.known(index + 1).is(Known::GIVEN)
                && self.page.gap(self.text, index + 1) == " "
                && self.page.word(index + 2).is_some_and(Word::may_begin_name);
            return has_point
                && (word.form != Form::Lower || word.len() > 1)
                && (is_before_given || !around.is(Around::BEFORE_GIVEN))
                && !self.is_middle_initial(index);
        }
        has_point || word.form != Form::Lower || word.len() > 3 || around.is(Around::DOCTOR)
    }

    /// Whether a letter stands right behind a first name or another initial and before more of the name: the M of
    /// `Clara M. Sample` and of `J.M. Sample` is no `Monsieur`.
    fn is_middle_initial(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1) else { return false };
        let Some(first) = self.page.word(before) else { return false };
        let is_behind = match (first.form, self.page.gap(self.text, before)) {
            (Form::Capital, " " | "\u{a0}") => self.page.known(before).is(Known::GIVEN | Known::GIVEN_RARE),
            (Form::Initial, "." | ". " | ".\u{a0}" | ".-" | "-") => true,
            _ => false,
        };
        is_behind
            && self.page.word(index).is_some_and(|word| word.form == Form::Initial)
            && self
                .page
                .word(index + 1)
                .is_some_and(|word| word.may_begin_name() || self.page.around(index + 1).is(Around::PARTICLE))
    }

    /// The first word after the titles that stand here, and whether one of them is a practitioner's.
    pub(super) fn after_titles(&self, first: usize, limit: usize) -> (usize, bool) {
        let mut index = first;
        let mut is_doctor = false;
        while index < limit {
            let around = self.page.around(index);
            let is_tail = index > first
                && self.page.word(index).is_some_and(|word| word.form == Form::Lower && word.len() <= 5)
                && (self.page.gap(self.text, index).starts_with('.') || self.page.gap(self.text, index - 1) == ".")
                && !around.is(Around::PARTICLE);
            let is_letter = index > first && around.is(Around::LETTER);
            let goes_on = (self.is_title(index) || is_tail) && !is_letter;
            if !goes_on {
                break;
            }
            is_doctor |= around.is(Around::DOCTOR);
            index += 1;
        }
        (index, is_doctor)
    }

    /// Whether a word can be no part of a person's name.
    pub(super) fn is_blocked(&self, index: usize) -> bool {
        let around = self.page.around(index);
        let known = self.page.known(index);
        let is_name = known.is(Known::GIVEN | Known::FAMILY);
        let is_other = around.is(Around::EPONYM | Around::COUNTRY | Around::INSTITUTION | Around::FORM | Around::STOP)
            || known.is(Known::WORD | Known::JOB);
        is_other && !is_name || around.is(Around::STOP) && known.is(Known::WORD)
    }

    /// Where the name that begins here ends. Within a labelled value lower case counts too, and a comma may part the
    /// surname from the first name.
    fn name_end(&self, first: usize, limit: usize, is_cell: bool, is_labelled: bool) -> usize {
        let mut last = first;
        let mut index = first;
        let mut kept = 0;
        let mut has_comma = false;
        let begins_lower = self.page.word(first).is_some_and(|word| word.form == Form::Lower)
            && !self.page.around(first).is(Around::PARTICLE);
        while index < limit && kept < LONGEST {
            let Some(word) = self.page.word(index) else { break };
            if word.form == Form::Number {
                break;
            }
            let is_particle = self.page.around(index).is(Around::PARTICLE) && word.form != Form::Initial;
            if index > first
                && !is_cell
                && self.is_title(index)
                && !self.page.known(index).is(Known::GIVEN | Known::FAMILY)
            {
                break;
            }
            let may_be =
                word.may_begin_name() || is_particle || is_labelled && begins_lower && word.form == Form::Lower;
            if !may_be
                || !is_cell && kept > 0 && !is_particle && self.is_blocked(index) && !self.is_surname_by_place(index)
                || kept > 0 && self.page.around(index).is(Around::SUFFIX) && word.form == Form::Upper
            {
                break;
            }
            if !is_particle || word.form != Form::Lower {
                kept += 1;
                last = index + 1;
            }
            let gap = self.page.gap(self.text, index);
            index += 1;
            if index >= limit {
                break;
            }
            if gap.trim() == ","
                && !has_comma
                && (is_labelled && index < limit || self.may_swap(first, index, limit, is_labelled))
            {
                has_comma = true;
                if self.page.word(index).is_some_and(Word::may_begin_name)
                    && self.may_swap(first, index, limit, is_labelled)
                {
                    continue;
                }
                break;
            }
            if !joins(gap, word.form, self.page.word(index).map_or(Form::Lower, |next| next.form), is_cell) {
                break;
            }
        }
        last
    }

    /// Whether a plain word stands where a surname does: right behind a first name, an initial or a particle, and nothing
    /// but the end of the line or a mark of punctuation behind it (`Mrs Clara Sample,`).
    fn is_surname_by_place(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1) else { return false };
        let gap = self.page.gap(self.text, index);
        let is_end = gap.is_empty() && index + 1 >= self.page.words.len()
            || gap.starts_with(['\n', '\r', ',', ';', '\t', ')', '|'])
            || gap.starts_with("  ");
        let is_first = self.page.known(before).is(Known::GIVEN) && !self.page.known(before).is(Known::WORD)
            || self.page.word(before).is_some_and(|word| word.form == Form::Initial)
            || self.page.around(before).is(Around::PARTICLE);
        let around = self.page.around(index);
        is_end
            && is_first
            && self.page.word(index).is_some_and(|word| word.form == Form::Capital)
            && !around.is(Around::INSTITUTION | Around::FORM | Around::COUNTRY | Around::EPONYM)
            && (!around.is(Around::STOP) || self.page.known(index).is(Known::FAMILY))
    }

    /// Whether `SURNAME, Given` may be read with the first name at this word.
    fn may_swap(&self, first: usize, given: usize, limit: usize, is_labelled: bool) -> bool {
        let is_given = self.page.known(given).is(Known::GIVEN | Known::GIVEN_RARE);
        let begins = self
            .page
            .word(given)
            .is_some_and(|word| matches!(word.form, Form::Capital | Form::Initial | Form::Upper | Form::Caseless));
        let is_last = given + 1 >= limit || given + 2 >= limit;
        // Behind a label a place or a plain word before the comma is a surname too, if the value ends with the first name.
        let family = self.page.known(first).is(Known::FAMILY | Known::FAMILY_RARE)
            || self.page.known(first).is_unknown()
            || is_labelled && is_given && given + 1 >= limit;
        begins && family && (is_given || is_last && self.page.known(given).is_unknown())
    }

    /// Where a run of capitalised words ends.
    fn run_end(&self, first: usize, limit: usize) -> usize {
        /// Longest run in words.
        const RUN: usize = 20;
        let mut last = first + 1;
        while last < limit.min(first + RUN) {
            let (Some(before), Some(next)) = (self.page.word(last - 1), self.page.word(last)) else { break };
            let gap = self.page.gap(self.text, last - 1);
            if !joins(gap, before.form, next.form, false) || self.is_title(last) {
                break;
            }
            if next.may_begin_name() {
                last += 1;
                continue;
            }
            let Some(after) = self.after_particles(last, limit) else { break };
            last = after + 1;
        }
        last
    }

    /// The capitalised word after up to three particles.
    fn after_particles(&self, first: usize, limit: usize) -> Option<usize> {
        for index in first..limit.min(first + 4) {
            let word = self.page.word(index)?;
            if index > first && word.may_begin_name() {
                // `Reçu de M. Dupont`
                return Some(index).filter(|index| !self.is_title(*index));
            }
            let gap = self.page.gap(self.text, index);
            let is_particle = word.form == Form::Lower && self.page.around(index).is(Around::PARTICLE);
            if !is_particle || !matches!(gap, " " | "'" | "’" | "\u{a0}" | "-") {
                return None;
            }
        }
        None
    }

    /// Where a value that is no person's name ends: at a wide gap or a mark of punctuation.
    fn value_end(&self, first: usize, limit: usize) -> usize {
        let mut last = (first + 1).min(limit);
        while last < limit {
            let gap = self.page.gap(self.text, last - 1);
            if gap.len() > 3 || gap.contains([';', ':', '(', '\t', '|', '\n', ',', '/']) || gap.contains(". ") {
                break;
            }
            last += 1;
        }
        last
    }

    pub(super) fn found(
        &self,
        first: usize,
        last: usize,
        evidence: Evidence,
        role: Option<Role>,
        is_institution: bool,
    ) -> Option<Found> {
        let (from, to) = (self.page.word(first)?, self.page.word(last.checked_sub(1)?)?);
        let is_initial = to.form == Form::Initial && self.text.get(to.end..).is_some_and(|rest| rest.starts_with('.'));
        let end = to.end + usize::from(is_initial && !is_institution);
        Some(Found { start: from.start, end, first, last, evidence, role, is_institution, half: None })
    }
}

/// Whether two words with this gap between them may belong to one name.
fn joins(gap: &str, before: Form, next: Form, is_cell: bool) -> bool {
    match gap {
        " " | "-" | "'" | "’" | "\u{a0}" | "‐" | "‑" | " '" | "´" | "`" | "·" => true,
        ". " | "." | ".-" | ". -" => before == Form::Initial,
        "- " | " -" | " - " | ". - " => before == Form::Initial && next == Form::Initial,
        "  " | "\t" => is_cell,
        "\u{200c}" => true,
        _ => is_cell && gap.trim().is_empty(),
    }
}
