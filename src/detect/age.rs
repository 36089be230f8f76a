//! Ages: a number of years or months that a label, a person before it or a word after it makes an age.

use super::context::{head, tail};
use super::hit::Hit;
use super::numerals::run_at;
use super::tokens::Tokens;
use super::variants::{variants, word_border};
use super::view::{Setting, Sheet};
use super::wordset::WordSet;
use crate::model::{Confidence, Hints, Kind, Secret};
use crate::rules::{RuleError, RuleFiles};
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::BTreeSet;
use std::sync::Arc;

const FILE: &str = "ages.toml";
/// Highest age that is believed.
const HIGHEST: u64 = 120;
/// Bytes before and after a number that are looked at.
const AROUND: usize = 28;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    units: BTreeSet<String>,
    before: Vec<String>,
    after: Vec<String>,
    labels: Vec<String>,
}

/// The detector of ages.
#[derive(Debug)]
pub struct Ages {
    units: BTreeSet<String>,
    written_units: WordSet,
    last_words: WordSet,
    before: AhoCorasick,
    labels: AhoCorasick,
    after: Vec<String>,
    scheme: Arc<str>,
}

impl Ages {
    /// Reads the words.
    ///
    /// # Errors
    /// If the rule file does not fit.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let words: Words = files.toml(FILE)?;
        let last = words
            .before
            .iter()
            .chain(&words.labels)
            .map(|words| words.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or(words));
        Ok(Self {
            last_words: last.flat_map(variants).collect(),
            written_units: words.units.iter().flat_map(|unit| variants(unit)).collect(),
            units: words.units,
            before: automaton(&words.before)?,
            labels: automaton(&words.labels)?,
            after: words.after,
            scheme: "age".into(),
        })
    }

    /// Finds ages among the runs of digits.
    pub fn find(&self, sheet: &Sheet<'_>, tokens: &Tokens, _setting: &Setting, out: &mut Vec<Hit>) {
        let (text, bytes) = (sheet.text, sheet.text.as_bytes());
        for run in &tokens.runs {
            let is_alone = run
                .start
                .checked_sub(1)
                .and_then(|before| bytes.get(before))
                .is_none_or(|byte| matches!(byte, b' ' | b':' | b'\n' | b'\t' | b'(' | b',' | b'=' | 0xa0));
            if run.count > 3 || run.value > HIGHEST || !is_alone {
                continue;
            }
            let (unit_end, unit) = self.unit(text, run.end);
            let Some(milli) = self.judge(text, run.start, run.end, unit_end, unit) else { continue };
            out.push(Hit {
                passage: sheet.index,
                start: run.start,
                end: if unit.is_empty() { run.end } else { unit_end },
                kind: Kind::Age,
                scheme: Arc::clone(&self.scheme),
                confidence: Confidence::milli(milli),
                normal: Secret::new(format!("{} {}", run.value, unit.to_lowercase())),
                role: None,
                hints: Hints::default(),
            });
        }
    }

    /// The unit after a number and its end; an empty word if none follows.
    fn unit<'t>(&self, text: &'t str, end: usize) -> (usize, &'t str) {
        let rest = head(text.get(end..).unwrap_or_default(), AROUND);
        let word = rest.trim_start_matches([' ', '-', '\u{a0}']);
        let blanks = rest.len() - word.len();
        let length = word.find(|c: char| !(c.is_alphabetic() || c == '/')).unwrap_or(word.len());
        let word = word.get(..length).unwrap_or_default();
        let is_unit = blanks <= 2 && self.written_units.may_hold(word) && self.units.contains(&word.to_lowercase());
        if is_unit { (end + blanks + length, word) } else { (end, "") }
    }

    /// How sure this is an age; `None` if it is none.
    fn judge(&self, text: &str, start: usize, number_end: usize, unit_end: usize, unit: &str) -> Option<u16> {
        let before = tail(text.get(..start)?, AROUND).trim_end_matches([' ', ':', '=', '\t', '\u{a0}']);
        let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let is_likely = self.last_words.contains(word);
        if is_likely && ends_with(&self.labels, before) {
            let next = text.get(number_end..)?.chars().next();
            let is_range = next.is_some_and(|c| matches!(c, '/' | '.' | '-' | '%'))
                && run_at(text.as_bytes(), number_end + 1).is_some();
            return (!is_range).then_some(900);
        }
        if unit.is_empty() {
            return None;
        }
        let after = head(text.get(unit_end..)?, AROUND).trim_start_matches([' ', '-']).to_lowercase();
        if self
            .after
            .iter()
            .any(|word| after.strip_prefix(word.as_str()).is_some_and(|rest| !rest.starts_with(char::is_alphabetic)))
        {
            return Some(930);
        }
        (is_likely && ends_with(&self.before, before)).then_some(850)
    }
}

fn automaton(words: &[String]) -> Result<AhoCorasick, RuleError> {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(words.iter().flat_map(|word| variants(word)))
        .map_err(|error| RuleError::new(FILE, error.to_string()))
}

/// Whether the text ends with one of the words.
fn ends_with(words: &AhoCorasick, text: &str) -> bool {
    words.find_iter(text).any(|found| found.end() == text.len() && word_border(text, found.start(), found.end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Part, Shape};

    #[test]
    fn ages_are_told_from_durations() {
        let ages = Ages::new(&RuleFiles::embedded()).expect("the embedded rules fit");
        let found = |text: &str| {
            let origin = Origin::of(Part::Text);
            let mut hits = Vec::new();
            let sheet = Sheet { index: 0, origin: &origin, shape: Shape::Flow, list: None, text };
            ages.find(&sheet, &Tokens::of(text), &Setting::default(), &mut hits);
            hits.iter().map(|hit| text[hit.start..hit.end].to_owned()).collect::<Vec<_>>()
        };
        for (text, age) in [
            ("Edad: 45 años", "45 años"),
            ("patiente de 32 ans", "32 ans"),
            ("Age: 45", "45"),
            ("a 45-year-old man", "45-year"),
            ("varón de 3 meses", "3 meses"),
            ("she is 54 years old", "54 years"),
            ("возраст: 45 лет", "45 лет"),
        ] {
            assert_eq!(found(text), [age], "{text}");
        }
        for text in ["hace 5 años", "pendant 3 ans", "for 10 years", "page 45", "12 mg"] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
