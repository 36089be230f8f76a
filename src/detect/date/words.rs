//! The words of dates in every language: months, the words between them, and the labels that say what a date means.

use crate::detect::context::Context;
use crate::detect::fold::fold_marks;
use crate::detect::variants::{variants, word_border};
use crate::detect::wordset::WordSet;
use crate::rules::{RuleError, RuleFiles};
use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;
use std::collections::HashMap;

/// The folder of the rule files, one a language.
const FOLDER: &str = "dates/";
/// Bytes that may stand between a label and its date: a place or a short aside.
const NEAR: usize = 40;

/// What a date is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A birth.
    Birth,
    /// A treatment, visit, stay or appointment.
    Treatment,
    /// An invoice, payment or quotation.
    Invoice,
    /// Anything else that a label names.
    Other,
}

impl Meaning {
    /// The word in the hints of a finding.
    pub fn name(self) -> &'static str {
        match self {
            Self::Birth => "birth",
            Self::Treatment => "treatment",
            Self::Invoice => "invoice",
            Self::Other => "other",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    months: Vec<Vec<String>>,
    joins: Vec<String>,
    ordinals: Vec<String>,
    years: Vec<String>,
    labels: Labels,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    birth: Vec<String>,
    treatment: Vec<String>,
    invoice: Vec<String>,
    other: Vec<String>,
}

/// The words of all languages together: a date is read whatever the language around it.
#[derive(Debug)]
pub struct Words {
    months: HashMap<Box<str>, u8>,
    begins: Vec<bool>,
    joins: WordSet,
    ordinals: WordSet,
    years: WordSet,
    labels: AhoCorasick,
    meanings: Vec<Meaning>,
}

impl Words {
    /// Reads the rule files.
    ///
    /// # Errors
    /// If one does not fit its schema or does not name twelve months.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let mut words = Parts::default();
        for (path, bytes) in files.under(FOLDER) {
            let file: File = RuleError::parse(path, bytes)?;
            if file.months.len() != 12 {
                return Err(RuleError::new(path, "`months` must hold twelve lists, January first"));
            }
            words.add(file);
        }
        let labels = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(words.labels.iter().map(|(label, _)| label))
            .map_err(|error| RuleError::new(FOLDER, error.to_string()))?;
        let mut begins = vec![false; 1 << 16];
        let mut named: Vec<&Box<str>> = words.months.keys().collect();
        named.sort_unstable();
        for word in named {
            if let Some(slot) = pair(word).and_then(|pair| begins.get_mut(pair)) {
                *slot = true;
            }
        }
        Ok(Self {
            months: words.months,
            begins,
            joins: words.joins,
            ordinals: words.ordinals,
            years: words.years,
            labels,
            meanings: words.labels.into_iter().map(|(_, meaning)| meaning).collect(),
        })
    }

    /// The month that this word names, 1 to 12.
    pub fn month(&self, word: &str) -> Option<u8> {
        let is_likely = pair(word).and_then(|pair| self.begins.get(pair)).is_some_and(|known| *known);
        if is_likely { self.months.get(word).copied() } else { None }
    }

    /// Whether the word stands between the parts of a date (`de`, `of`).
    pub fn is_join(&self, word: &str) -> bool {
        self.joins.contains(word)
    }

    /// Whether the word makes an ordinal of a number (`er`, `th`).
    pub fn is_ordinal(&self, word: &str) -> bool {
        self.ordinals.contains(word)
    }

    /// Whether the word stands before a year (`since`, `en`).
    pub fn is_before_year(&self, word: &str) -> bool {
        self.years.contains(word)
    }

    /// What the texts around a date say it is for.
    pub fn meaning(&self, context: &Context<'_>) -> Option<Meaning> {
        self.nearest(context.before)
            .or_else(|| self.any(context.head()))
            .or_else(|| self.any(context.above()))
            .or_else(|| self.any(&context.key().to_ascii_lowercase()))
    }

    /// The last label before a date that still reaches it.
    fn nearest(&self, before: &str) -> Option<Meaning> {
        let (meaning, end) = self.labels_in(before).last()?;
        let between = before.get(end..)?;
        let is_cut =
            between.contains(['.', ';', '!', '?']) && between.trim_start_matches(['.', ' ', ':']).contains(". ");
        (between.len() <= NEAR && !is_cut && !between.contains(';')).then_some(meaning)
    }

    /// What a label on its own says; birth before all else.
    fn any(&self, label: &str) -> Option<Meaning> {
        if label.is_empty() {
            return None;
        }
        let all: Vec<Meaning> = self.labels_in(label).map(|(meaning, _)| meaning).collect();
        all.iter().find(|meaning| **meaning == Meaning::Birth).or_else(|| all.last()).copied()
    }

    fn labels_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (Meaning, usize)> + 't {
        self.labels
            .find_iter(text)
            .filter(|found| word_border(text, found.start(), found.end()))
            .filter_map(|found| Some((*self.meanings.get(found.pattern().as_usize())?, found.end())))
    }
}

/// The first two bytes of a word as an index.
fn pair(word: &str) -> Option<usize> {
    word.as_bytes().first_chunk::<2>().map(|pair| usize::from(u16::from_le_bytes(*pair)))
}

#[derive(Default)]
struct Parts {
    months: HashMap<Box<str>, u8>,
    joins: WordSet,
    ordinals: WordSet,
    years: WordSet,
    labels: Vec<(String, Meaning)>,
}

impl Parts {
    fn add(&mut self, file: File) {
        for (number, names) in (1_u8..).zip(&file.months) {
            for name in names {
                let spellings = [name.clone(), fold_marks(name)];
                for spelling in spellings.iter().flat_map(|spelling| variants(spelling)) {
                    self.months.entry(spelling.into()).or_insert(number);
                }
            }
        }
        let all = |words: &[String]| -> Vec<String> { words.iter().flat_map(|word| variants(word)).collect() };
        self.joins.extend(all(&file.joins));
        self.ordinals.extend(all(&file.ordinals));
        self.years.extend(all(&file.years));
        let Labels { birth, treatment, invoice, other } = file.labels;
        let kinds = [
            (birth, Meaning::Birth),
            (treatment, Meaning::Treatment),
            (invoice, Meaning::Invoice),
            (other, Meaning::Other),
        ];
        for (labels, meaning) in kinds {
            let spellings = labels.iter().flat_map(|label| [label.clone(), fold_marks(label)]);
            self.labels.extend(spellings.flat_map(|label| variants(&label)).map(|label| (label, meaning)));
        }
    }
}
