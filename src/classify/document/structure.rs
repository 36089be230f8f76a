//! Cues of structure: what the shape of a document says, whatever its words.

use super::DocumentMaterial;
use super::amounts::Amounts;
use super::folded::{Folded, fold};
use super::word_set::WordSet;
use crate::model::{Finding, Kind, Role, Shape};
use crate::rules::classes::{Detector, StructureWords, Terms};

/// Characters at the end in which a signature block stands.
const TAIL: usize = 900;
/// Words beyond which a text is no one-page form.
const LONG: usize = 3_000;

/// Words beyond which a paper with a sum is no account of one treatment.
const LONG_ACCOUNT: usize = 600;

/// The folded words of sums.
#[derive(Debug)]
pub(super) struct SumWords {
    total: WordSet,
    /// Words for a sum in languages that glue nouns, which may end a longer word: `Endsumme`.
    endings: Vec<String>,
    partial: WordSet,
}

impl SumWords {
    /// Whether a text names a sum.
    pub(super) fn is_total(&self, text: &str) -> bool {
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        self.total.is_in(text) || words.any(|word| self.endings.iter().any(|end| word.ends_with(end.as_str())))
    }

    /// Whether a line is one of a sum before tax, a tax or a part.
    pub(super) fn is_partial(&self, line: &str) -> bool {
        self.partial.is_in(line)
    }
}

/// The folded words of structural cues.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) sums: SumWords,
    tax: WordSet,
    session: Vec<String>,
    signature: WordSet,
}

impl Words {
    /// # Errors
    /// If a list of words is too long for an automaton.
    pub(super) fn new(words: &StructureWords) -> Result<Self, aho_corasick::BuildError> {
        let flat = |terms: &Terms| {
            let mut all: Vec<String> = terms.values().flatten().map(|term| fold(term)).collect();
            all.sort();
            all.dedup();
            all
        };
        let endings = |terms: &Terms| {
            let glueing = ["de", "nl", "sv"].iter().filter_map(|language| terms.get(*language));
            glueing.flatten().map(|term| fold(term)).filter(|term| term.len() >= 5).collect()
        };
        Ok(Self {
            sums: SumWords {
                total: WordSet::new(&flat(&words.total))?,
                endings: endings(&words.total),
                partial: WordSet::new(&flat(&words.partial_sum))?,
            },
            tax: WordSet::new(&flat(&words.tax))?,
            session: flat(&words.session),
            signature: WordSet::new(&flat(&words.signature))?,
        })
    }
}

/// The structural cues of one document.
#[derive(Debug)]
pub(super) struct Structures {
    amounts: Amounts,
    has_total: bool,
    has_vat_rate: bool,
    sessions: usize,
    /// Days after the document's own, and those of them that are no term of payment or validity.
    later_dates: usize,
    later_visits: usize,
    has_signature: bool,
    doses: usize,
    words: usize,
    has_invoice_xml: bool,
    has_iban: bool,
    has_mrz: bool,
    names_a_person: bool,
    /// No class has its title in the document, and it is no table or list of records.
    is_untitled_page: bool,
}

impl Structures {
    /// `is_titled` says whether some class's title leads a line.
    pub(super) fn of(folded: &Folded, words: &Words, material: &DocumentMaterial<'_>, is_titled: bool) -> Self {
        let DocumentMaterial { passages, facts, findings, .. } = *material;
        let text = folded.text.as_str();
        let tail = text.char_indices().rev().nth(TAIL).map_or(0, |(at, _)| at);
        let has = |kind: Kind| findings.iter().any(|finding| finding.kind == kind);
        Self {
            amounts: Amounts::of(text),
            has_total: words.sums.is_total(text),
            has_vat_rate: text.lines().any(|line| line.contains('%') && words.tax.is_in(line)),
            sessions: text.lines().filter(|line| is_numbered_step(line, &words.session)).count(),
            later_dates: later_dates(findings, |_| true),
            later_visits: later_dates(findings, |finding| finding.hints.tag.as_deref() != Some("invoice")),
            has_signature: words.signature.is_in(text.get(tail..).unwrap_or_default()),
            doses: doses(text),
            words: folded.words,
            has_invoice_xml: facts.is_some_and(|facts| facts.has_invoice_xml),
            has_iban: has(Kind::Iban),
            has_mrz: has(Kind::Mrz),
            is_untitled_page: !is_titled
                && !passages.iter().any(|passage| matches!(passage.shape, Shape::Table | Shape::Pairs)),
            names_a_person: findings.iter().any(|f| f.kind == Kind::PersonName && f.role == Role::DataSubject),
        }
    }

    /// Whether a cue is there. `numbered` says whether the class's title or number label is followed by a number.
    pub(super) fn has(&self, detector: Detector, numbered: bool) -> bool {
        match detector {
            Detector::EmbeddedInvoice => self.has_invoice_xml,
            Detector::AmountsAndTotal => self.amounts.count >= 2 && self.has_total,
            Detector::LineTable => self.amounts.lines >= 3,
            Detector::NumberedTitle => numbered,
            Detector::VatRate => self.has_vat_rate,
            Detector::Iban => self.has_iban,
            Detector::SessionList => self.sessions >= 2 || self.later_visits >= 2,
            Detector::SignatureBlock => self.has_signature,
            Detector::FutureDate => self.later_dates >= 1,
            Detector::Dose => self.doses >= 1,
            Detector::NoAmount => self.amounts.count == 0,
            Detector::ManyAmounts => self.amounts.count >= 6 && !self.has_total,
            Detector::UntitledAccount => {
                self.is_untitled_page
                    && self.names_a_person
                    && self.has_total
                    && self.amounts.lines >= 2
                    && self.words <= LONG_ACCOUNT
            }
            Detector::NoPerson => !self.names_a_person,
            Detector::Mrz => self.has_mrz,
            Detector::LongText => self.words > LONG,
        }
    }
}

/// Whether a line begins with a numbered step: `session 2`, `2. sitzung`, `2e seance`.
fn is_numbered_step(line: &str, words: &[String]) -> bool {
    let mut head = line.trim_start().split([' ', '\t', ':', '.', ')', '-', '#']).filter(|word| !word.is_empty());
    let (Some(first), Some(second)) = (head.next(), head.next()) else { return false };
    let is_step = |word: &str| words.iter().any(|step| step == word);
    let is_number = |word: &str| word.len() <= 3 && word.starts_with(|c: char| c.is_ascii_digit());
    (is_step(first) && is_number(second)) || (is_number(first) && is_step(second))
}

/// Dates of a sort after the first dated day of the document, other than birth dates.
fn later_dates(findings: &[Finding], is_counted: impl Fn(&Finding) -> bool) -> usize {
    let dates = || findings.iter().filter(|finding| finding.kind == Kind::Date);
    let Some(first) = dates().find_map(|finding| finding.hints.day) else { return 0 };
    let mut days: Vec<i32> =
        dates().filter(|finding| is_counted(finding)).filter_map(|finding| finding.hints.day).collect();
    days.sort_unstable();
    days.dedup();
    days.iter().filter(|day| **day > first).count()
}

/// Quantities in milligrams or micrograms.
fn doses(text: &str) -> usize {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_unit = |word: &str| {
        matches!(word.trim_end_matches(['.', ',', ';', ')']), "mg" | "µg" | "μg" | "mcg" | "мг" | "mg/j" | "مغ" | "ملغ")
    };
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let glued = words
        .iter()
        .filter(|word| {
            is_number(word) && is_unit(word.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')))
        })
        .count();
    glued + words.windows(2).filter(|pair| matches!(pair, [number, unit] if is_number(number) && is_unit(unit))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_steps_begin_a_line() {
        let words = ["seance".to_owned(), "sitzung".to_owned()];
        assert!(is_numbered_step("seance 2 : peeling", &words) && is_numbered_step("2. sitzung", &words));
        assert!(!is_numbered_step("la seance 2", &words));
    }

    #[test]
    fn doses_are_quantities_of_a_substance() {
        assert_eq!(doses("amoxicilline 500 mg, 2 fois; 250mg"), 2);
        assert_eq!(doses("total 500 eur"), 0);
    }
}
