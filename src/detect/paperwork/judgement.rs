//! What a run of capitalised words is worth as a name: what the lists know of its words, and what stands around it.

use super::evidence::{Evidence, Strength};
use super::names::{Found, LONGEST, Reader};
use crate::model::Role;
use crate::rules::labels::{Labels, Meaning};
use crate::rules::names::{Around, Known};
use crate::rules::words::Form;

/// How much of a name a stretch of words is made of.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    pub(super) words: usize,
    pub(super) initials: usize,
    pub(super) given: usize,
    /// First names that are no plain words.
    pub(super) clear_given: usize,
    pub(super) family: usize,
    pub(super) rare: usize,
    pub(super) unknown: usize,
    pub(super) plain: usize,
    pub(super) places: usize,
    pub(super) is_mixed_case: bool,
}

impl Reader<'_> {
    /// Cuts a run at words that are no part of a name, and judges the pieces.
    pub(super) fn judge_run(&self, first: usize, last: usize, found: &mut Vec<Found>, pending: &mut Vec<Found>) {
        // `Adı Soyadı: Ayşe Yıldırım`: words of a label may be names elsewhere.
        let is_before_colon =
            last.checked_sub(1).is_some_and(|at| self.page.gap(self.text, at).trim_start().starts_with(':'));
        if is_before_colon && self.labels.whole(self.page.span(first, last)).is_some() {
            return;
        }
        if self.is_institution(first, last) {
            let from = (first..last).find(|index| !self.is_sentence_word(*index)).unwrap_or(first);
            found.extend(self.found(from, last, Evidence::of(Strength::Institution), None, true));
            return;
        }
        let is_street = self.page.around(first).is(Around::STREET)
            && self.page.word(first).is_some_and(|word| word.len() > 3)
            || first > 0
                && self.page.around(first - 1).is(Around::STREET)
                && self.page.gap(self.text, first - 1).len() <= 2;
        if is_street {
            return;
        }
        let mut from = first;
        for index in first..=last {
            if index == last || self.is_blocked(index) {
                self.judge(from, index, found, pending);
                from = index + 1;
            } else if self.begins_next(from, index) {
                self.judge(from, index, found, pending);
                from = index;
            }
        }
    }

    /// Whether an initial begins the next name of a row of names: `C. Carline D. Moucher`.
    fn begins_next(&self, from: usize, index: usize) -> bool {
        let is_initial = |at: usize| {
            self.page.word(at).is_some_and(|word| word.form == Form::Initial)
                && self.page.gap(self.text, at).starts_with('.')
        };
        index > from + 1 && is_initial(from) && is_initial(index) && !is_initial(index - 1)
    }

    /// Whether a lone capitalised word stands as places, diseases and parts of other names do.
    fn is_out_of_place(&self, first: usize) -> bool {
        let Some(before) = first.checked_sub(1) else { return false };
        let gap = self.page.gap(self.text, before);
        if self.page.around(before).is(Around::EPONYM) && gap.len() <= 3 {
            return true;
        }
        let Some(word) = self.page.word(before).filter(|_| matches!(gap, " " | "'" | "’" | " '" | "-")) else {
            return false;
        };
        let text = self.text.get(word.start..word.end).unwrap_or_default();
        let is_of = matches!(text, "de" | "du" | "del" | "da" | "do" | "of" | "d" | "di" | "von" | "des");
        let is_eponym = is_of && before.checked_sub(1).is_some_and(|at| self.page.around(at).is(Around::EPONYM));
        is_eponym
            || is_of
            || matches!(
                text,
                "à" | "a"
                    | "in"
                    | "en"
                    | "em"
                    | "na"
                    | "no"
                    | "nach"
                    | "aus"
                    | "at"
                    | "from"
                    | "near"
                    | "im"
                    | "chez"
                    | "São"
                    | "San"
                    | "Santa"
                    | "Santo"
                    | "Saint"
                    | "Sainte"
                    | "St"
                    | "SÃO"
                    | "L"
                    | "l"
            )
    }

    /// Whether a phrase that announces a name stands directly before a word: `my name is`.
    fn is_announced(&self, first: usize, labels: &Labels) -> bool {
        let Some(before) = first.checked_sub(1) else { return false };
        matches!(self.page.gap(self.text, before), " " | ": " | ":")
            && labels.at_end(self.page.span(before.saturating_sub(4), first)).is_some_and(|label| {
                // `Dear Ada` begins a line; the same word within one says something else.
                let begins = first
                    .checked_sub(label.words)
                    .is_some_and(|at| self.page.cell_of(at).is_some_and(|cell| cell.first == at));
                label.is_phrase
                    && (label.words > 1 || begins)
                    && matches!(
                        label.meaning,
                        Meaning::Person | Meaning::Family | Meaning::Given | Meaning::Subject | Meaning::Practitioner
                    )
            })
    }

    /// Whether words stand where an exported chat has the sender: `02/05/19, 10:02 - Ada Exemple: `, `[10:02:15] Ada Exemple: `.
    fn is_sender(&self, first: usize, last: usize) -> bool {
        let (Some(before), Some(end)) = (first.checked_sub(1), last.checked_sub(1)) else { return false };
        let is_time = self.page.word(before).is_some_and(|word| {
            let text = self.text.get(word.start..word.end).unwrap_or_default();
            word.form == Form::Number || text.eq_ignore_ascii_case("am") || text.eq_ignore_ascii_case("pm")
        });
        is_time
            && matches!(self.page.gap(self.text, before), " - " | " – " | "] " | "] - ")
            && self.page.gap(self.text, end).starts_with(": ")
    }

    /// Whether a word begins a sentence rather than a name.
    fn is_sentence_word(&self, index: usize) -> bool {
        let known = self.page.known(index);
        known.is(Known::WORD)
            && !known.is(Known::GIVEN | Known::FAMILY | Known::PLACE)
            && !self.page.around(index).is(Around::INSTITUTION)
    }

    fn judge(&self, first: usize, last: usize, found: &mut Vec<Found>, pending: &mut Vec<Found>) {
        let (first, last) = self.trim(first, last);
        let follows_noun = self.follows_noun(first);
        let tally = self.tally(first, last);
        if tally.words == 0 {
            return;
        }
        let strength = self
            .strength(first, last, tally)
            .filter(|_| tally.words > 1 || !self.is_out_of_place(first))
            .filter(|strength| {
                !follows_noun
                    || !matches!(
                        strength,
                        Strength::GivenUnknown
                            | Strength::UnknownGiven
                            | Strength::LoneGiven
                            | Strength::Rare
                            | Strength::Family
                    )
            });
        let is_announced = tally.words == tally.initials + 1 && self.is_announced(first, self.labels);
        let is_sender = tally.words > 1 && tally.plain == 0 && self.is_sender(first, last);
        let strength = if is_announced || is_sender { Some(Strength::Labelled) } else { strength };
        match strength {
            Some(strength) => {
                found.extend(self.found(first, last, Evidence::of(strength), self.staff_before(first), false));
            }
            None => pending.extend(self.found(first, last, Evidence::of(Strength::Lone), None, false)),
        }
    }

    /// Whether a capitalised word that is no form of address stands directly before, as in `Maison Blanche`.
    fn follows_noun(&self, first: usize) -> bool {
        let Some(before) = first.checked_sub(1) else { return false };
        let is_noun = self
            .page
            .word(before)
            .is_some_and(|word| matches!(word.form, Form::Capital | Form::Upper) && word.len() > 4);
        is_noun
            && self.page.gap(self.text, before) == " "
            && !self.page.around(before).is(Around::STOP | Around::STAFF | Around::TITLE)
            && !self.page.known(before).is(Known::JOB)
    }

    /// The role that a word for staff directly before a name gives it.
    fn staff_before(&self, first: usize) -> Option<Role> {
        let before = first.checked_sub(1)?;
        let gap = self.page.gap(self.text, before);
        (self.page.around(before).is(Around::STAFF) && matches!(gap.trim(), "" | ":" | "."))
            .then_some(Role::Practitioner)
    }

    /// Drops particles at the ends and plain words at the start.
    fn trim(&self, mut first: usize, mut last: usize) -> (usize, usize) {
        while first < last {
            let known = self.page.known(first);
            let is_lower = self.page.word(first).is_some_and(|word| word.form == Form::Lower);
            if self.page.word(first).is_some_and(|word| word.form == Form::Initial) {
                break;
            }
            let next = self.page.known(first + 1);
            let is_plain = known.is(Known::WORD)
                && !(known.is(Known::GIVEN) && next.is(Known::FAMILY | Known::FAMILY_RARE | Known::GIVEN))
                && !(known.is(Known::FAMILY) && next.is(Known::GIVEN) && !next.is(Known::WORD));
            let is_particle = self.page.around(first).is(Around::PARTICLE) && last - first > 1;
            if is_lower || is_plain && !(is_particle && next.is(Known::GIVEN | Known::FAMILY)) {
                first += 1;
            } else {
                break;
            }
        }
        while last > first
            && self.page.around(last - 1).is(Around::PARTICLE | Around::SUFFIX)
            && last - first > 1
            && !self.page.known(last - 1).is(Known::GIVEN | Known::FAMILY)
        {
            last -= 1;
        }
        (first, last)
    }

    pub(super) fn tally(&self, first: usize, last: usize) -> Tally {
        let mut tally = Tally::default();
        let (mut upper, mut capital) = (false, false);
        for index in first..last {
            let Some(word) = self.page.word(index) else { break };
            let known = self.page.known(index);
            let around = self.page.around(index);
            if around.is(Around::PARTICLE)
                && (word.form == Form::Lower || !known.is(Known::GIVEN | Known::FAMILY))
                && last - first > 1
            {
                continue;
            }
            tally.words += 1;
            upper |= word.form == Form::Upper;
            capital |= word.form == Form::Capital;
            let ends = || self.text.get(word.start..word.end).is_some_and(|text| self.names.ends_like_family(text));
            match () {
                () if word.form == Form::Initial => tally.initials += 1,
                () if known.is(Known::GIVEN) => {
                    tally.given += 1;
                    tally.clear_given += usize::from(!known.is(Known::WORD));
                    tally.plain += usize::from(known.is(Known::WORD));
                }
                () if known.is(Known::FAMILY) => {
                    tally.family += 1;
                    tally.plain += usize::from(known.is(Known::WORD));
                }
                () if known.is(Known::GIVEN_RARE | Known::FAMILY_RARE) => tally.rare += 1,
                () if known.is(Known::WORD | Known::JOB) => tally.plain += 1,
                () if word.form == Form::Lower => tally.unknown += 1,
                () if ends() => tally.rare += 1,
                () => tally.unknown += 1,
            }
            tally.places += usize::from(known.is(Known::PLACE));
        }
        tally.is_mixed_case = upper && capital;
        tally
    }

    /// What a run without title or label is worth; `None` where it needs more.
    fn strength(&self, first: usize, last: usize, tally: Tally) -> Option<Strength> {
        let full = tally.words - tally.initials;
        let named = tally.given + tally.family;
        if tally.words > LONGEST {
            return None;
        }
        if tally.words == 1 {
            let known = self.page.known(first);
            let is_given = known.is(Known::GIVEN)
                && !known.is(Known::WORD | Known::PLACE)
                && !self.page.around(first).is(Around::STOP | Around::PARTICLE)
                && self.page.word(first).is_some_and(|word| word.len() > 2);
            return (is_given && self.page.word(first).is_some_and(|word| word.form == Form::Capital))
                .then_some(Strength::LoneGiven);
        }
        let is_place = tally.places >= full;
        if tally.initials > 0 && (1..=3).contains(&full) {
            let is_clear = (named + tally.rare + tally.unknown) == full && (tally.plain == 0 || tally.family > 0);
            let is_pointed = (first..last).any(|index| {
                self.page.word(index).is_some_and(|word| word.form == Form::Initial)
                    && self.page.gap(self.text, index).starts_with('.')
            });
            // `P. IVA`, `F. Nac.`: an abbreviation and a word of forms.
            let is_of_forms = (first..last).all(|index| {
                self.page.word(index).is_some_and(|word| {
                    let is_name = word.form != Form::Upper && self.page.known(index).is(Known::GIVEN | Known::FAMILY);
                    word.form == Form::Initial || self.page.around(index).is(Around::STOP) && !is_name
                })
            });
            let is_short = full == 1 && self.page.word(last - 1).is_some_and(|word| word.len() < 3);
            return (is_clear && !is_short && !is_of_forms && (is_pointed || named > 0)).then_some(if is_pointed {
                Strength::Initial
            } else {
                Strength::InitialBare
            });
        }
        let clear = |index: usize| self.page.known(index).is(Known::GIVEN) && !self.page.known(index).is(Known::WORD);
        let given_first = clear(first);
        let given_last = clear(last - 1);
        let is_joined = tally.words == 2 && self.page.gap(self.text, first).contains('-');
        match () {
            () if is_joined => (tally.given == 2 && tally.plain == 0 && !is_place).then_some(Strength::LoneGiven),
            () if tally.plain >= tally.words => {
                (given_first && named == tally.words && !is_place).then_some(Strength::Plain)
            }
            () if tally.given > 0 && tally.family + tally.rare > 0 && !is_place => Some(Strength::Pair),
            () if tally.clear_given > 0 && tally.is_mixed_case && (given_first || given_last) => Some(Strength::Pair),
            () if tally.given > 1 && tally.unknown == 0 => {
                Some(if is_place { Strength::Plain } else { Strength::Pair })
            }
            () if tally.given > 0 && tally.unknown > 0 && given_first && tally.plain <= 1 => {
                Some(Strength::GivenUnknown)
            }
            () if tally.given > 0 && tally.unknown > 0 && given_last => Some(Strength::UnknownGiven),
            () if is_place => None,
            () if tally.clear_given > 0 => Some(Strength::Plain),
            () if tally.rare > 1 && tally.unknown == 0 && tally.plain == 0 => Some(Strength::Rare),
            () if tally.family > 0 && tally.family + tally.rare >= tally.words && tally.plain == 0 => {
                Some(Strength::Family)
            }
            () => None,
        }
    }

    /// Whether a legal form or a noun of institutions stands in a run.
    pub(super) fn is_institution(&self, first: usize, last: usize) -> bool {
        let is_form = |index: usize| {
            self.page.around(index).is(Around::FORM)
                && index > first
                && self.page.word(index).is_some_and(|word| {
                    matches!(word.form, Form::Upper) || matches!(word.form, Form::Capital) && word.len() > 2
                })
                && !self.page.known(index).is(Known::GIVEN | Known::FAMILY)
        };
        let is_noun = |index: usize| {
            self.page.around(index).is(Around::INSTITUTION)
                && self.page.word(index).is_some_and(|word| {
                    matches!(word.form, Form::Capital | Form::Upper | Form::Caseless) && word.len() > 2
                })
        };
        (first..last).any(|index| is_form(index) || is_noun(index))
    }
}
