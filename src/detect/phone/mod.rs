//! Telephone and fax numbers: our own walk over the text, validity by libphonenumber's metadata.
//!
//! Numbers with a country prefix are read everywhere, national ones with the country of the paperwork. A number that
//! the metadata refuses still counts where a label says that it is one: people misprint their own numbers.

pub mod candidate;
mod others;
mod plans;
mod validity;

use super::context::Context;
use super::hit::Hit;
use super::numerals::is_digit_before;
use super::tokens::Tokens;
use super::variants::{variants, word_border};
use super::view::{Setting, Sheet};
use super::wordset::WordSet;
use crate::model::{Confidence, Hints, Kind, Secret};
use crate::rules::{RuleError, RuleFiles};
use aho_corasick::{AhoCorasick, MatchKind};
use candidate::{Candidate, chain, measure};
use others::{is_brazilian_postcode, is_date_like, is_something_else, leading_date};
use plans::Plans;
use rlibphonenumber::{PhoneNumberFormat, Region};
use std::sync::Arc;
use validity::{Found, first_digit, misprinted, whole, within};

const FILE: &str = "phones.toml";
/// Fewest digits of a number without a label or a country prefix.
const FEWEST: usize = 7;
/// Fewest digits of any number.
const SHORTEST: usize = 5;
/// Bytes between a label and its number.
const NEAR: usize = 14;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    before: Vec<String>,
    after: Vec<String>,
    others: Vec<String>,
    units: Vec<String>,
}

/// The detector of telephone numbers.
pub struct Phones {
    plans: Plans,
    before: AhoCorasick,
    ends: Ends,
    after: WordSet,
    others: WordSet,
    units: WordSet,
    regions: Vec<Region>,
    scheme: Arc<str>,
}

impl std::fmt::Debug for Phones {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phones")
    }
}

impl Phones {
    /// Reads the labels; national numbers are also tried with these countries.
    ///
    /// # Errors
    /// If the rule file does not fit.
    pub fn new(files: &RuleFiles, countries: &[String]) -> Result<Self, RuleError> {
        let words: Words = files.toml(FILE)?;
        let labels: Vec<String> = words.before.iter().flat_map(|word| variants(word)).collect();
        let before = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&labels)
            .map_err(|error| RuleError::new(FILE, error.to_string()))?;
        Ok(Self {
            plans: Plans::default(),
            before,
            ends: Ends::new(&labels),
            after: words.after.into_iter().collect(),
            others: words.others.into_iter().collect(),
            units: words.units.into_iter().collect(),
            regions: countries.iter().filter_map(|country| region(country)).collect(),
            scheme: "phone".into(),
        })
    }

    /// Finds numbers.
    pub fn find(&self, sheet: &Sheet<'_>, tokens: &Tokens, setting: &Setting, out: &mut Vec<Hit>) {
        let voted = setting.region.as_deref().and_then(region);
        let regions = voted.into_iter().chain(self.regions.iter().copied().filter(|own| Some(*own) != voted));
        let regions: Vec<Region> = regions.flat_map(with_overseas).collect();
        let is_alone = sheet.text.len() < 40 && !sheet.text.contains(char::is_alphabetic);
        let mut at = 0;
        for run in &tokens.runs {
            if run.start < at {
                continue;
            }
            let (digits, end) = measure(sheet.text, *run);
            at = end;
            if digits < if is_alone { 4 } else { SHORTEST } {
                continue;
            }
            let candidate = chain(sheet.text, *run);
            if let Some(date) = leading_date(&candidate, sheet.text) {
                // What follows a date in the next column is read on its own.
                at = date;
                continue;
            }
            let found = self.read(sheet, &candidate, &regions, is_alone);
            at = found.last().map_or(at, |found| found.end.max(at));
            out.extend(found.into_iter().map(|found| self.hit(sheet, &found)));
        }
    }

    /// The numbers in a chain: the whole of it, else numbers that its groups make.
    fn read(&self, sheet: &Sheet<'_>, candidate: &Candidate, regions: &[Region], is_alone: bool) -> Vec<Found> {
        let text = sheet.text;
        if is_date_like(candidate, text) || self.is_amount(text, candidate) {
            return Vec::new();
        }
        let context = Context::of(sheet, candidate.start, candidate.end);
        if is_brazilian_postcode(candidate, text, &context) {
            return Vec::new();
        }
        let is_labelled = self.is_labelled(&context);
        // The metadata is asked last: most chains of digits are told apart without it.
        let is_short = candidate.digits < FEWEST && !candidate.is_international;
        if !is_labelled
            && !is_alone
            && (is_short || is_something_else(text, candidate, &context) || self.is_of_others(candidate, &context))
        {
            return Vec::new();
        }
        let mut valid = whole(&self.plans, text, candidate, regions);
        if valid.is_empty() {
            valid = within(&self.plans, text, candidate, regions);
        }
        if valid.is_empty() {
            let region = by_shape(text, candidate, is_alone);
            let regions: Vec<Region> = region.into_iter().flat_map(with_overseas).collect();
            valid = whole(&self.plans, text, candidate, &regions);
        }
        if valid.is_empty() {
            let may_be_misprinted = is_labelled && (6..=15).contains(&candidate.digits);
            return if may_be_misprinted { misprinted(text, candidate).into_iter().collect() } else { Vec::new() };
        }
        valid.retain_mut(|found| {
            let confidence =
                text.get(found.start..found.end).and_then(|part| confidence(part, found, is_labelled, is_alone));
            found.confidence = confidence.unwrap_or_default();
            confidence.is_some()
        });
        valid
    }

    fn hit(&self, sheet: &Sheet<'_>, found: &Found) -> Hit {
        let country = found.number.as_ref().map(|(_, region)| region);
        let normal = found.number.as_ref().map_or_else(
            || {
                sheet
                    .text
                    .get(found.start..found.end)
                    .unwrap_or_default()
                    .chars()
                    .filter(|c| c.is_ascii_digit() || *c == '+')
                    .collect()
            },
            |(number, _)| self.plans.format(number, PhoneNumberFormat::E164).into_owned(),
        );
        Hit {
            passage: sheet.index,
            start: found.start,
            end: found.end,
            kind: Kind::Phone,
            scheme: Arc::clone(&self.scheme),
            confidence: Confidence::milli(found.confidence),
            normal: Secret::new(normal),
            role: None,
            hints: Hints {
                country: country.map(|region| region.as_region_str().to_string()).filter(|name| name.len() == 2),
                ..Hints::default()
            },
        }
    }

    /// Whether a word for a telephone stands before the number, above it, over its column, or after it.
    fn is_labelled(&self, context: &Context<'_>) -> bool {
        let reaches = |text: &str| {
            if !self.ends.may_reach(text) {
                return false;
            }
            let found =
                self.before.find_iter(text).filter(|found| word_border(text, found.start(), found.end())).last();
            found.is_some_and(|found| text.len() - found.end() <= NEAR)
        };
        let follows = || {
            let after = context.after.trim_start_matches([' ', '(', ',', '-']);
            let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
            after.get(..end).is_some_and(|word| self.after.contains_lower(word))
        };
        reaches(super::context::tail(context.before, 40))
            || reaches(context.head())
            || reaches(context.above())
            || !context.key().is_empty() && reaches(&context.key().to_ascii_lowercase())
            || follows()
    }

    /// Whether the word right before a national number says that it is something else.
    fn is_of_others(&self, candidate: &Candidate, context: &Context<'_>) -> bool {
        let before = context.before.trim_end_matches([' ', '\u{a0}', '.', ':', '#']);
        let word = before.rsplit(|c: char| !c.is_alphabetic() && !matches!(c, '°' | 'º' | '№')).next();
        let word = word.filter(|word| !candidate.is_international && (1..=12).contains(&word.len()));
        word.is_some_and(|word| self.others.contains_lower(word))
    }

    /// Whether a unit or currency stands next to the number, or it goes on behind a comma.
    fn is_amount(&self, text: &str, candidate: &Candidate) -> bool {
        if candidate.is_international {
            return false;
        }
        let after = text.get(candidate.end..).unwrap_or_default();
        let before = text.get(..candidate.start).unwrap_or_default();
        let is_decimal = after.starts_with(',')
            && after.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            || before.ends_with(',') && is_digit_before(before.as_bytes(), before.len().saturating_sub(1));
        let unit = super::context::head(after, 16).trim_start();
        let is_unit = || {
            let word = unit.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';' | ')')).next();
            word.is_some_and(|word| self.units.contains_lower(word))
        };
        let has_currency = before.trim_end().ends_with(['€', '$', '£', '¥', '%', '#', '№', '§']);
        is_decimal || has_currency || unit.starts_with(['€', '$', '£', '%', '¥']) || is_unit()
    }
}

/// The last bytes of labels: few stretches before a number end so, and the automaton is asked about those alone.
#[derive(Debug)]
struct Ends {
    /// A bit for the last three bytes of each label.
    bits: Vec<u64>,
    /// Labels that are shorter.
    short: Vec<String>,
}

impl Ends {
    const BITS: usize = 1 << 16;

    fn new(labels: &[String]) -> Self {
        let mut made = Self { bits: vec![0; Self::BITS / 64], short: Vec::new() };
        for label in labels {
            match label.as_bytes().last_chunk().copied().map(Self::bit) {
                Some(bit) => made.bits.iter_mut().skip(bit / 64).take(1).for_each(|block| *block |= 1 << (bit % 64)),
                None => made.short.push(label.clone()),
            }
        }
        made
    }

    fn bit(bytes: [u8; 3]) -> usize {
        let [one, two, three] = bytes.map(u32::from);
        ((one | two << 8 | three << 16).wrapping_mul(0x9e37_79b1) >> 16) as usize % Self::BITS
    }

    /// Whether a label may end so near the end of a text that it names a number after it.
    fn may_reach(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        (bytes.len().saturating_sub(NEAR)..=bytes.len()).rev().any(|end| {
            let head = bytes.get(..end).unwrap_or_default();
            let is_in = |key: &[u8; 3]| {
                let bit = Self::bit(*key);
                self.bits.get(bit / 64).is_some_and(|block| block >> (bit % 64) & 1 == 1)
            };
            !bytes.get(end).is_some_and(u8::is_ascii_alphabetic)
                && (head.last_chunk().is_some_and(is_in)
                    || self.short.iter().any(|label| head.ends_with(label.as_bytes())))
        })
    }
}

/// The metadata's region of a country code.
fn region(country: &str) -> Option<Region> {
    Region::try_from(country).ok()
}

/// A country, and those whose numbers are dialled from there like its own.
fn with_overseas(country: Region) -> impl Iterator<Item = Region> {
    std::iter::once(country).chain(overseas(country).iter().copied())
}

/// Regions whose numbers are national ones in a country though they have another calling code: in mainland France those
/// of the overseas departments (`0690`, `0692`, `0696` and more).
fn overseas(country: Region) -> &'static [Region] {
    match country {
        Region::FR => &[Region::GP, Region::RE, Region::MQ, Region::GF, Region::YT],
        _ => &[],
    }
}

/// The country whose habit of grouping digits this is, where the vote gave none that fits.
fn by_shape(text: &str, candidate: &Candidate, is_alone: bool) -> Option<Region> {
    let groups: Vec<usize> = candidate.runs.iter().map(|run| run.count).collect();
    let part = text.get(first_digit(candidate)..candidate.end)?;
    let first = part.chars().next()?;
    let country = match groups.as_slice() {
        [2, 2, 2, 2, 2] if first == '0' => "FR",
        [3, 3, 4] if first > '1' && part.contains(['-', ')', '.']) => "US",
        [3, 3, 3] if matches!(first, '6' | '7' | '9') => "ES",
        [5, 6] | [5, 3, 3] | [4, 3, 4] | [3, 4, 4] if first == '0' => "GB",
        [4, 3, 2, 2] if first == '0' => "TR",
        [3, 3, 2, 2] if first == '0' => "CH",
        [3, 3, 2, 2] if ('2'..='5').contains(&first) => "TR",
        // Mobile numbers that are written without any sign; their countries write no other numbers so.
        [11] if is_alone && part.starts_with("09") => "PH",
        [11] if is_alone && part.starts_with("05") => "TR",
        _ => return None,
    };
    region(country)
}

/// How sure a valid number is; `None` where it is too likely to be something else.
fn confidence(part: &str, found: &Found, is_labelled: bool, is_alone: bool) -> Option<u16> {
    let has_signs = part.contains(|c: char| !c.is_ascii_digit());
    Some(match (found.is_international, is_labelled) {
        (true, true) => 985,
        (true, false) | (false, true) => 960,
        (false, false) if is_alone => {
            if has_signs {
                800
            } else {
                520
            }
        }
        (false, false) if found.digits < FEWEST => return None,
        (false, false) if has_signs => 820,
        (false, false) if part.starts_with('0') => 720,
        (false, false) => 520,
    })
}
