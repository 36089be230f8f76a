//! Health terms: procedures, products and diagnoses (`rules/health/<language>.toml`).
//!
//! Terms of whole words are looked up by the hash of their first word. Terms that may join longer words (`-plasty`,
//! `botulinumtoxin-`) are sought by an automaton.

use super::error::RuleError;
use super::files::{RuleFiles, is_toml};
use super::words::{Table, Word, read_words, word_hash};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// ISO 639-1 language, or `any`.
    language: String,
    /// Family to terms; a term that begins with `-` also ends a longer word, one that ends with `-` also begins one.
    terms: BTreeMap<String, Vec<String>>,
}

/// A term of whole words: hashes of the words after the first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Phrase {
    first: u64,
    rest: Vec<u64>,
    family: Arc<str>,
}

/// A term that may join a longer word.
#[derive(Debug, Clone)]
struct Stem {
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
}

/// Every health term of every language.
#[derive(Debug)]
pub struct HealthTerms {
    /// First word to one more than the index of its first phrase.
    firsts: Table,
    phrases: Vec<Phrase>,
    automaton: AhoCorasick,
    stems: Vec<Stem>,
    likely: Likely,
}

/// Which words may hold a term that joins longer words: few do, and the automaton reads those alone.
#[derive(Debug)]
struct Likely {
    /// Bits for the first three bytes of terms that begin a word.
    heads: Vec<u64>,
    /// Bits for the last three bytes, before a first blank, of terms that end one.
    tails: Vec<u64>,
    /// Bytes of the shortest such term up to a blank, and of the longest.
    shortest: usize,
    longest: usize,
}

/// Bits of each filter.
const BITS: usize = 1 << 16;

impl Likely {
    fn new<'a>(stems: impl Iterator<Item = &'a String>) -> Self {
        let mut made = Self { heads: vec![0; BITS / 64], tails: vec![0; BITS / 64], shortest: usize::MAX, longest: 0 };
        // A term that begins a word is sought by its beginning, one that ends a word by its end; both bits are set for
        // either, as two tables of a few hundred bits turn away nearly every word all the same.
        for written in stems {
            let first = written.split(' ').next().unwrap_or(written).as_bytes();
            made.shortest = made.shortest.min(first.len());
            made.longest = made.longest.max(written.len());
            for (bits, key) in [(&mut made.heads, first.first_chunk()), (&mut made.tails, first.last_chunk())] {
                let bit = key.copied().map_or(0, bit_of);
                if let Some(block) = bits.get_mut(bit / 64) {
                    *block |= 1 << (bit % 64);
                }
            }
        }
        made
    }

    /// Whether a word may hold a term: by its beginning, or by its end with up to two letters of an ending after it.
    fn holds(&self, word: &[u8]) -> bool {
        let is_in = |bits: &[u64], key: [u8; 3]| {
            let bit = bit_of(key);
            bits.get(bit / 64).is_some_and(|block| block >> (bit % 64) & 1 == 1)
        };
        let is_tail = |key: [u8; 3]| is_in(&self.tails, key);
        word.first_chunk().is_some_and(|head| is_in(&self.heads, *head))
            || match (word.last_chunk::<5>(), word) {
                (Some(&[a, b, c, d, e]), _) => is_tail([c, d, e]) || is_tail([b, c, d]) || is_tail([a, b, c]),
                (None, &[a, b, c, d]) => is_tail([b, c, d]) || is_tail([a, b, c]),
                (None, &[a, b, c]) => is_tail([a, b, c]),
                _ => false,
            }
    }
}

/// The bit of three bytes, whatever the case of ASCII letters.
fn bit_of(bytes: [u8; 3]) -> usize {
    let [one, two, three] = bytes.map(|byte| u32::from(byte | 0x20));
    ((one | two << 8 | three << 16).wrapping_mul(0x9e37_79b1) >> 16) as usize % BITS
}

/// Endings of plural and case that a term's last word may take.
const ENDINGS: [&str; 13] = ["", "s", "n", "en", "er", "es", "e", "i", "x", "a", "y", "ar", "or"];

impl HealthTerms {
    /// Reads `health/*.toml`.
    ///
    /// # Errors
    /// If a file is not of the schema or the terms cannot be compiled.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let mut phrases = Vec::new();
        let mut stems = BTreeMap::new();
        for (path, bytes) in files.under("health/").filter(|(path, _)| is_toml(path)) {
            let file: File = RuleError::parse(path, bytes)?;
            if file.language.len() > 3 {
                return Err(RuleError::new(path, "language: expected two letters (ISO 639-1) or any"));
            }
            for (family, terms) in file.terms {
                let family: Arc<str> = family.into();
                for term in terms {
                    if term.starts_with('-') || term.ends_with('-') {
                        add_stem(&mut stems, &term, &family);
                    } else {
                        add_phrase(&mut phrases, &term, &family);
                    }
                }
            }
        }
        // Longest first among phrases of one first word, so that the longest match is the first that fits.
        phrases.sort_unstable_by(|a: &Phrase, b| {
            a.first.cmp(&b.first).then(b.rest.len().cmp(&a.rest.len())).then(a.cmp(b))
        });
        phrases.dedup_by(|a, b| a.first == b.first && a.rest == b.rest);
        let mut entries: Vec<(u64, u32)> =
            phrases.iter().enumerate().map(|(at, phrase)| (phrase.first, at as u32 + 1)).collect();
        entries.dedup_by_key(|entry| entry.0);
        let patterns: Vec<&String> = stems.keys().collect();
        let automaton = AhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&patterns)
            .map_err(|error| RuleError::new("health/", error.to_string()))?;
        let likely = Likely::new(stems.keys());
        Ok(Self { firsts: Table::new(&entries), phrases, automaton, stems: stems.into_values().collect(), likely })
    }

    /// Calls with every term in a text; `words` are the words of the text. Terms of whole words come first, in order,
    /// then those within longer words, in order.
    pub fn each(&self, text: &str, words: &[Word], mut with: impl FnMut(HealthMatch)) {
        let mut index = 0;
        while let Some(word) = words.get(index) {
            let found = self.phrase_at(text, words, index);
            if let Some((last, phrase)) = found {
                let end = words.get(last).map_or(word.end, |word| word.end);
                with(HealthMatch { start: word.start, end, family: Arc::clone(&phrase.family) });
                index = last;
            }
            index += 1;
        }
        let mut done = 0;
        for word in words.iter().filter(|word| word.len() >= self.likely.shortest) {
            let is_likely = text.as_bytes().get(word.start..word.end).is_some_and(|word| self.likely.holds(word));
            if is_likely && word.start >= done {
                done = self.within(text, *word, &mut with);
            }
        }
    }

    /// Calls with the terms that begin within a word, and gives the end of the last one.
    fn within(&self, text: &str, word: Word, mut with: impl FnMut(HealthMatch)) -> usize {
        let mut limit = text.len().min(word.end + self.likely.longest);
        while !text.is_char_boundary(limit) {
            limit -= 1;
        }
        let mut done = word.start;
        for found in self.automaton.find_iter(text.get(word.start..limit).unwrap_or_default()) {
            let (start, end) = (word.start + found.start(), word.start + found.end());
            if start >= word.end {
                break;
            }
            done = end;
            let Some(stem) = self.stems.get(found.pattern().as_usize()) else { continue };
            let left = letters_before(text, start);
            let right = letters_after(text, end);
            let is_ending =
                right > 0 && right <= 2 && text.get(end..end + right).is_some_and(|ending| ENDINGS.contains(&ending));
            if (left == 0 || stem.opens_left) && (right == 0 || stem.opens_right || is_ending) {
                with(HealthMatch { start: start - left, end: end + right, family: Arc::clone(&stem.family) });
            }
        }
        done
    }

    /// The longest phrase that begins at a word, with the index of its last word.
    fn phrase_at(&self, text: &str, words: &[Word], index: usize) -> Option<(usize, &Phrase)> {
        let first = words.get(index)?.hash;
        let from = self.firsts.get(first).checked_sub(1)? as usize;
        self.phrases.get(from..)?.iter().take_while(|phrase| phrase.first == first).find_map(|phrase| {
            let last = index + phrase.rest.len();
            let fits = phrase.rest.iter().enumerate().all(|(at, hash)| {
                let (before, next) = (words.get(index + at), words.get(index + at + 1));
                let gap = before.zip(next).and_then(|(before, next)| text.get(before.end..next.start));
                next.is_some_and(|next| next.hash == *hash) && gap.is_some_and(is_narrow)
            });
            fits.then_some((last, phrase))
        })
    }
}

/// Whether the text between two words may stand within a term.
fn is_narrow(gap: &str) -> bool {
    gap.len() <= 3 && !gap.contains(['\t', ';', '|', '.']) && gap.matches('\n').count() <= 1
}

fn add_phrase(phrases: &mut Vec<Phrase>, term: &str, family: &Arc<str>) {
    let mut words = Vec::new();
    read_words(term, 0, &mut words);
    let Some((last, head)) = words.split_last() else { return };
    let stem = term.get(last.start..last.end).unwrap_or_default();
    for ending in ENDINGS.iter().filter(|ending| ending.is_empty() || stem.len() > 3) {
        let hash = word_hash(&format!("{stem}{ending}"));
        let mut hashes: Vec<u64> = head.iter().map(|word| word.hash).collect();
        hashes.push(hash);
        let first = hashes.remove(0);
        phrases.push(Phrase { first, rest: hashes, family: Arc::clone(family) });
    }
}

/// Adds a stem in the case variants that ASCII folding does not cover: as written, capitalised, and all capitals.
fn add_stem(all: &mut BTreeMap<String, Stem>, written: &str, family: &Arc<str>) {
    let stem =
        Stem { family: Arc::clone(family), opens_left: written.starts_with('-'), opens_right: written.ends_with('-') };
    let word = written.trim_matches('-').to_lowercase();
    let mut variants = vec![word.clone()];
    if !word.is_ascii() {
        let mut letters = word.chars();
        let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
        variants.push(first + letters.as_str());
        variants.push(word.to_uppercase());
    }
    for variant in variants {
        all.entry(variant).or_insert_with(|| stem.clone());
    }
}

fn letters_before(text: &str, at: usize) -> usize {
    text.get(..at).map_or(0, |head| head.chars().rev().take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum())
}

fn letters_after(text: &str, at: usize) -> usize {
    text.get(at..).map_or(0, |tail| tail.chars().take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::string_slice, reason = "terms lie on words")]
    fn found(text: &str) -> Vec<&str> {
        let terms = HealthTerms::new(&RuleFiles::embedded()).unwrap();
        let mut words = Vec::new();
        read_words(text, 0, &mut words);
        let mut out = Vec::new();
        terms.each(text, &words, |found| out.push(&text[found.start..found.end]));
        out
    }

    #[test]
    fn terms_of_twelve_languages_are_found_in_any_case() {
        for (text, term) in [
            ("acte : RÉDUCTION MAMMAIRE le", "RÉDUCTION MAMMAIRE"),
            ("after breast augmentation, no", "breast augmentation"),
            ("Eigenfettunterspritzung der Lippe", "Eigenfettunterspritzung"),
            ("aumento de labios con", "aumento de labios"),
            ("mastoplastica additiva", "mastoplastica additiva"),
            ("lipoaspiração abdominal", "lipoaspiração"),
            ("een ooglidcorrectie gedaan", "ooglidcorrectie"),
            ("zabieg powiększenia piersi", "powiększenia piersi"),
            ("en bröstförstoring utförd", "bröstförstoring"),
            ("ΡΙΝΟΠΛΑΣΤΙΚΗ", "ΡΙΝΟΠΛΑΣΤΙΚΗ"),
            ("после ринопластики", "ринопластики"),
            ("موعد تجميل الأنف غدا", "تجميل الأنف"),
            ("Genioplasty and Otoplasty", "Genioplasty"),
        ] {
            assert!(found(text).contains(&term), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn parts_of_other_words_are_no_terms() {
        assert!(found("the warthog has scarves and a molehill").is_empty());
    }
}
