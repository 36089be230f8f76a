//! Health terms: procedures, products and diagnoses (`rules/health/<language>.toml`), found in one pass.

use super::error::RuleError;
use super::files::RuleFiles;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// ISO 639-1 language, or `any`.
    language: String,
    /// Family to terms; a term that begins with `-` also ends a compound, one that ends with `-` also begins one.
    terms: BTreeMap<String, Vec<String>>,
}

/// A term of the rules.
#[derive(Debug, Clone)]
struct Term {
    family: Arc<str>,
    opens_left: bool,
    opens_right: bool,
}

/// A term found in a text.
#[derive(Debug, Clone)]
pub struct HealthMatch {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Surgery, injection, device, dermatology, diagnosis, ...
    pub family: Arc<str>,
    /// Which term, for counting each once.
    pub term: usize,
}

/// Every health term of every language.
#[derive(Debug)]
pub struct HealthTerms {
    automaton: AhoCorasick,
    terms: Vec<Term>,
}

impl HealthTerms {
    /// Reads `health/*.toml`.
    ///
    /// # Errors
    /// If a file is not of the schema or the terms cannot be compiled.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let mut all: BTreeMap<String, Term> = BTreeMap::new();
        for (path, bytes) in files.under("health/").filter(|(path, _)| path.ends_with(".toml")) {
            let text = std::str::from_utf8(bytes).map_err(|_| RuleError::new(path, "is not UTF-8"))?;
            let file: File = toml::from_str(text).map_err(|error| RuleError::new(path, error.message().to_owned()))?;
            if file.language.len() > 3 {
                return Err(RuleError::new(path, "language: expected two letters (ISO 639-1) or any"));
            }
            for (family, terms) in file.terms {
                let family: Arc<str> = family.into();
                for term in terms {
                    add(&mut all, &term, &family);
                }
            }
        }
        let patterns: Vec<&String> = all.keys().collect();
        let automaton = AhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&patterns)
            .map_err(|error| RuleError::new("health/", error.to_string()))?;
        Ok(Self { automaton, terms: all.into_values().collect() })
    }

    /// Calls with every term in a text, in order, until it says stop.
    pub fn each(&self, text: &str, mut with: impl FnMut(HealthMatch)) {
        for found in self.automaton.find_iter(text) {
            let Some(term) = self.terms.get(found.pattern().as_usize()) else { continue };
            let (start, end) = (found.start(), found.end());
            let left = letters_before(text, start);
            let right = letters_after(text, end);
            if left > 0 && !term.opens_left
                || right > 0 && !term.opens_right && !(right <= 2 && is_inflected(text, end, right))
            {
                continue;
            }
            let (start, end) = (start - left, end + right);
            with(HealthMatch { start, end, family: Arc::clone(&term.family), term: found.pattern().as_usize() });
        }
    }
}

/// Adds a term in the case variants that ASCII folding does not cover: as written, capitalised, and all capitals.
fn add(all: &mut BTreeMap<String, Term>, written: &str, family: &Arc<str>) {
    let term =
        Term { family: Arc::clone(family), opens_left: written.starts_with('-'), opens_right: written.ends_with('-') };
    let word = written.trim_matches('-').to_lowercase();
    let mut variants = vec![word.clone()];
    if !word.is_ascii() {
        let mut letters = word.chars();
        let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
        variants.push(first + letters.as_str());
        variants.push(word.to_uppercase());
    }
    for variant in variants {
        all.entry(variant).or_insert_with(|| term.clone());
    }
}

fn letters_before(text: &str, at: usize) -> usize {
    text.get(..at).map_or(0, |head| head.chars().rev().take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum())
}

fn letters_after(text: &str, at: usize) -> usize {
    text.get(at..).map_or(0, |tail| tail.chars().take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum())
}

/// Whether the letters after a term are an ending of plural or case (`s`, `n`, `en`, `er`).
fn is_inflected(text: &str, at: usize, length: usize) -> bool {
    text.get(at..at + length).is_some_and(|ending| {
        matches!(
            ending.to_lowercase().as_str(),
            "s" | "n" | "en" | "er" | "es" | "e" | "i" | "x" | "a" | "y" | "ar" | "or"
        )
    })
}
