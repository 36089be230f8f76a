//! Telephone and fax numbers: our own walk over the text, validity by libphonenumber's metadata.
//!
//! Numbers with a country prefix are read everywhere, national ones with the country of the paperwork. A number that
//! the metadata refuses still counts where a label says that it is one: people misprint their own numbers.

pub mod candidate;
mod plans;

use super::context::Context;
use super::hit::Hit;
use super::numerals::{Run, is_digit_before};
use super::tokens::Tokens;
use super::variants::{variants, word_border};
use super::view::{Setting, Sheet};
use crate::model::{Confidence, Hints, Kind, Secret};
use crate::rules::{RuleError, RuleFiles};
use aho_corasick::{AhoCorasick, MatchKind};
use candidate::{Candidate, chain, is_opening, measure, with_extension};
use rlibphonenumber::{PhoneNumber, PhoneNumberFormat, PhoneNumberUtil, Region};
use std::borrow::Cow;
use std::sync::Arc;

const FILE: &str = "phones.toml";
/// Fewest digits of a number without a label or a country prefix.
const FEWEST: usize = 7;
/// Fewest digits of any number.
const SHORTEST: usize = 5;
/// Most digits of a number with its prefixes (E.164 has 15, a dialling prefix before them up to 4).
const MOST: usize = 20;
/// Bytes between a label and its number.
const NEAR: usize = 14;
/// Parts of one chain that are tried as numbers.
const TRIES: usize = 12;

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
    plans: PhoneNumberUtil,
    before: AhoCorasick,
    ends: Ends,
    after: Vec<String>,
    others: Vec<String>,
    units: Vec<String>,
    /// Bytes of the longest unit, with room for capitals that are longer.
    longest_unit: usize,
    regions: Vec<Region>,
    scheme: Arc<str>,
}

impl std::fmt::Debug for Phones {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phones")
    }
}

/// A number that was believed.
struct Found {
    start: usize,
    end: usize,
    number: Option<(PhoneNumber, Region)>,
    digits: usize,
    is_international: bool,
    confidence: u16,
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
            plans: plans::plans()?,
            before,
            ends: Ends::new(&labels),
            after: words.after,
            others: words.others,
            longest_unit: words.units.iter().map(|unit| unit.len() + 2).max().unwrap_or_default(),
            units: words.units,
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
            let after = if after.starts_with(char::is_alphabetic) { after.to_lowercase() } else { String::new() };
            self.after.iter().any(|word| {
                after.strip_prefix(word.as_str()).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
            })
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
        word.is_some_and(|word| self.others.contains(&word.to_lowercase()))
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
            word.is_some_and(|word| word.len() <= self.longest_unit && self.units.contains(&word.to_lowercase()))
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

/// A country, and those whose numbers are dialled from there like its own though they have another calling code: in
/// mainland France numbers of the overseas departments (`0690`, `0692`, `0696` and more) are national ones.
fn with_overseas(country: Region) -> impl Iterator<Item = Region> {
    let overseas: &[Region] = match country {
        Region::FR => &[Region::GP, Region::RE, Region::MQ, Region::GF, Region::YT],
        _ => &[],
    };
    std::iter::once(country).chain(overseas.iter().copied())
}

fn first_digit(candidate: &Candidate) -> usize {
    candidate.runs.first().map_or(candidate.start, |run| run.start)
}

/// A date or a moment: `12/03/2010`, `2010-03-12 14`.
fn is_date_like(candidate: &Candidate, text: &str) -> bool {
    let groups: &[Run] = &candidate.runs;
    let sign = |index: usize| {
        let (left, right) = (candidate.runs.get(index)?, candidate.runs.get(index + 1)?);
        text.get(left.end..right.start)
    };
    let day = |group: &Run| group.count <= 2 && (1..=31).contains(&group.value);
    let year = |group: &Run| group.count == 4 && (1850..=2100).contains(&group.value);
    let is_date = match groups {
        [first, second, third, ..] => {
            day(first) && day(second) && year(third) || year(first) && day(second) && day(third) && groups.len() < 5
        }
        [first, second] => year(first) && year(second),
        _ => false,
    };
    let is_short = matches!(groups, [first, second, third] if day(first) && day(second) && third.count == 2);
    let same = sign(0).zip(sign(1)).is_some_and(|(first, second)| first == second && first != " ");
    !candidate.is_international && (is_date && (same || groups.len() == 2) || is_short && same)
}

/// `CEP 01001-000`: the word is Brazil's for a postcode and Turkey's for a mobile telephone.
fn is_brazilian_postcode(candidate: &Candidate, text: &str, context: &Context<'_>) -> bool {
    let counts = candidate.runs.iter().map(|run| run.count);
    let joint = candidate.runs.first().zip(candidate.runs.get(1)).and_then(|(one, two)| text.get(one.end..two.start));
    let before = context.before.trim_end_matches([' ', ':', '.', '\u{a0}']);
    let head = before.get(before.len().saturating_sub(3)..).unwrap_or_default();
    counts.eq([5, 3]) && joint == Some("-") && head.eq_ignore_ascii_case("cep")
}

/// Whether an unlabelled national number is more likely the value of another label (`Record: 912345678`), an IP address,
/// a pair of decimals, or a house number after another number.
fn is_something_else(text: &str, candidate: &Candidate, context: &Context<'_>) -> bool {
    if candidate.is_international {
        return false;
    }
    let part = text.get(candidate.start..candidate.end).unwrap_or_default();
    let groups = &candidate.runs;
    let counts = |wanted: [usize; 2]| groups.iter().map(|run| run.count).eq(wanted);
    let is_usual = part.starts_with(['0', '(']) && groups.len() > 1;
    let is_labelled_else = context.before.trim_end_matches([' ', '\u{a0}']).ends_with([':', '=', '#']) && !is_usual;
    let dots = part.matches('.').count();
    let is_address = dots == 3 && groups.len() == 4 && candidate.runs.iter().all(|run| run.value < 256);
    let is_decimals = groups.first().is_some_and(|run| run.count == 1) && dots >= 2 && part.contains(' ');
    let is_blank_parted = !part.contains(|c: char| !c.is_ascii_digit() && c != ' ');
    let is_two_numbers =
        is_blank_parted && groups.len() == 2 && groups.iter().all(|run| run.count != 3) && !part.starts_with('0')
            || is_blank_parted && (counts([3, 5]) || counts([5, 3]));
    is_labelled_else || is_address || is_decimals || is_two_numbers
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

/// The whole chain as one number: with its extension, without, and without the bracket before it.
fn whole(plans: &PhoneNumberUtil, text: &str, candidate: &Candidate, regions: &[Region]) -> Vec<Found> {
    let end = with_extension(text, candidate.end);
    let first = first_digit(candidate);
    let extended = (end > candidate.end).then_some((candidate.start, end));
    let bare = (first > candidate.start && !candidate.is_international).then_some((first, candidate.end));
    let spans = extended.into_iter().chain([(candidate.start, candidate.end)]).chain(bare);
    spans.filter_map(|(start, end)| verify(plans, text, start, end, regions)).take(1).collect()
}

/// Parses a part of the text and checks it against the metadata, as libphonenumber's matcher does at its level VALID.
fn verify(plans: &PhoneNumberUtil, text: &str, start: usize, end: usize, regions: &[Region]) -> Option<Found> {
    let part = text.get(start..end)?;
    let digits = part.chars().filter(|c| c.is_numeric()).count();
    if digits > MOST + 9 || is_in_word(text, start, end) || !has_paired_brackets(part) {
        return None;
    }
    let found = |number: PhoneNumber, is_international| {
        let region = valid_region(plans, &number)?;
        Some(Found { start, end, number: Some((number, region)), digits, is_international, confidence: 0 })
    };
    let is_international = part.trim_start_matches(['(', '[', ' ', '\u{ff08}']).starts_with(['+', '\u{ff0b}']);
    let plain = plain(part);
    if is_international {
        return found(plans.parse(&*plain, None).ok()?, true);
    }
    for region in regions {
        let number = plans.parse(&*plain, Some(*region)).ok();
        let valid = number.and_then(|number| found(number, false));
        let valid = valid
            .filter(|valid| valid.number.as_ref().is_some_and(|(number, _)| has_needed_prefix(plans, number, part)));
        if valid.is_some() {
            return valid;
        }
    }
    // A dialling prefix in place of the plus.
    let dialled = part.strip_prefix("00").filter(|rest| digits >= 10 && !rest.starts_with('0'))?;
    found(plans.parse(format!("+{dialled}"), None).ok()?, true)
}

/// What the parser makes of the signs of a number before it looks at it: nothing but a plus and digits. It does so with
/// patterns that cost with each character. A number with an extension or digits of another script is left to it.
fn plain(part: &str) -> Cow<'_, str> {
    let is_known = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}');
    if !part.chars().all(is_known) {
        return part.into();
    }
    part.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// The region whose number this is, if it is a valid one there.
fn valid_region(plans: &PhoneNumberUtil, number: &PhoneNumber) -> Option<Region> {
    let region = plans.get_region_for_number(number)?;
    plans.is_valid_number_for_region(number, region).then_some(region)
}

/// Brackets open before they close and are few.
fn has_paired_brackets(part: &str) -> bool {
    let mut open = 0_i32;
    let mut pairs = 0;
    for c in part.chars() {
        match c {
            '(' | '[' | '\u{ff08}' | '\u{ff3b}' => open += 1,
            ')' | ']' | '\u{ff09}' | '\u{ff3d}' => {
                open -= 1;
                pairs += 1;
            }
            _ => {}
        }
        if !(0..=1).contains(&open) {
            return false;
        }
    }
    open == 0 && pairs <= 3
}

/// Whether the national prefix stands where the country writes one. A number that is written with just its national
/// significant digits, while its national form has more, lacks it.
fn has_needed_prefix(plans: &PhoneNumberUtil, number: &PhoneNumber, part: &str) -> bool {
    let own = number.get_national_significant_number();
    let written = part.chars().filter(char::is_ascii_digit);
    if !written.eq(own.chars()) {
        return true;
    }
    let national = plans.format(number, PhoneNumberFormat::National);
    national.chars().filter(char::is_ascii_digit).count() <= own.len()
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

/// A letter touches the number, or it is a part of a longer code (a GUID, a reference).
fn is_in_word(text: &str, start: usize, end: usize) -> bool {
    let before = super::context::tail(text.get(..start).unwrap_or_default(), 24);
    let begins_open = text.get(start..).is_some_and(|rest| rest.starts_with(is_opening));
    let after = text.get(end..).and_then(|rest| rest.chars().next());
    let touches = !begins_open && before.chars().next_back().is_some_and(is_latin_or_money);
    let token =
        before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).next().unwrap_or_default();
    let is_code = token.ends_with(['-', '_'])
        && token.contains(|c: char| c.is_ascii_digit())
        && token.contains(|c: char| c.is_ascii_alphabetic());
    touches || after.is_some_and(is_latin_or_money) || is_code
}

fn is_latin_or_money(c: char) -> bool {
    c.is_alphabetic() && c < '\u{250}' || matches!(c, '%' | '$' | '€' | '£' | '¥')
}

/// Numbers made by groups of a chain that is none as a whole: two numbers in a row, a number after a postcode.
fn within(plans: &PhoneNumberUtil, text: &str, candidate: &Candidate, regions: &[Region]) -> Vec<Found> {
    let runs = &candidate.runs;
    let mut found: Vec<Found> = Vec::new();
    let mut tries = 0;
    let mut first = 0;
    while first < runs.len() {
        let mut next = first + 1;
        // The longest run of groups first.
        for last in (first..runs.len()).rev() {
            let (Some(from), Some(to)) = (runs.get(first), runs.get(last)) else { break };
            let digits: usize = runs.get(first..=last).unwrap_or_default().iter().map(|run| run.count).sum();
            let is_part = first > 0 || last + 1 < runs.len();
            if !(FEWEST..=MOST).contains(&digits)
                || !is_part
                || tries >= TRIES
                || !is_parted(text, runs.get(first.wrapping_sub(1)).map(|run| run.end), from.start)
            {
                continue;
            }
            if !is_parted(text, Some(to.end), runs.get(last + 1).map_or(text.len(), |run| run.start)) {
                continue;
            }
            tries += 1;
            let start = if first == 0 { candidate.start } else { opened(text, from.start) };
            if let Some(good) = verify(plans, text, start, to.end, regions) {
                found.push(good);
                next = last + 1;
                break;
            }
        }
        first = next;
    }
    found
}

/// Whether what stands between two groups can part two numbers: more than one sign, a blank, a slash or a bracket.
fn is_parted(text: &str, end: Option<usize>, start: usize) -> bool {
    let Some(end) = end else { return true };
    let gap = text.get(end..start).unwrap_or_default();
    gap.is_empty() || gap.contains([' ', '/', '(', '\u{a0}', '\u{3000}', '~']) || gap.chars().count() > 1
}

/// The bracket or plus right before a group.
fn opened(text: &str, start: usize) -> usize {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    before.filter(|c| is_opening(*c)).map_or(start, |c| start - c.len_utf8())
}

/// A labelled number that the metadata refuses: six to fifteen digits, written like a number.
fn misprinted(text: &str, candidate: &Candidate) -> Option<Found> {
    let end = with_extension(text, candidate.end);
    if is_in_word(text, candidate.start, end) {
        return None;
    }
    Some(Found {
        start: candidate.start,
        end,
        number: None,
        digits: candidate.digits,
        is_international: candidate.is_international,
        confidence: 700,
    })
}
