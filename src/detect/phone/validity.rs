//! Which stretches of a chain of digits are numbers that the numbering plans know.

use super::FEWEST;
use super::candidate::{Candidate, is_opening, with_extension};
use super::overseas;
use super::plans::Plans;
use crate::detect::context;
use rlibphonenumber::{PhoneNumber, PhoneNumberFormat, Region};
use std::borrow::Cow;
use std::cell::LazyCell;

/// Most digits of a number with its prefixes (E.164 has 15, a dialling prefix before them up to 4).
const MOST: usize = 20;
/// Parts of one chain that are tried as numbers.
const TRIES: usize = 12;

/// A number that was believed.
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) number: Option<(PhoneNumber, Region)>,
    pub(super) digits: usize,
    pub(super) is_international: bool,
    pub(super) confidence: u16,
}

pub(super) fn first_digit(candidate: &Candidate) -> usize {
    candidate.runs.first().map_or(candidate.start, |run| run.start)
}

/// The whole chain as one number: with its extension, without, and without the bracket before it.
pub(super) fn whole(plans: &Plans, text: &str, candidate: &Candidate, regions: &[Region]) -> Vec<Found> {
    let end = with_extension(text, candidate.end);
    let first = first_digit(candidate);
    let extended = (end > candidate.end).then_some((candidate.start, end));
    let bare = (first > candidate.start && !candidate.is_international).then_some((first, candidate.end));
    let spans = extended.into_iter().chain([(candidate.start, candidate.end)]).chain(bare);
    spans.filter_map(|(start, end)| verify(plans, text, start, end, regions)).take(1).collect()
}

/// Numbers made by groups of a chain that is none as a whole: two numbers in a row, a number after a postcode.
pub(super) fn within(plans: &Plans, text: &str, candidate: &Candidate, regions: &[Region]) -> Vec<Found> {
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

/// A labelled number that the metadata refuses: six to fifteen digits, written like a number.
pub(super) fn misprinted(text: &str, candidate: &Candidate) -> Option<Found> {
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

/// Parses a part of the text and checks it against the metadata, as libphonenumber's matcher does at its level VALID.
fn verify(plans: &Plans, text: &str, start: usize, end: usize, regions: &[Region]) -> Option<Found> {
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
    let plain = LazyCell::new(|| plain(part));
    if is_international {
        return found(plans.parse(&**plain, None).ok()?, true);
    }
    let first = part.chars().find(char::is_ascii_digit).unwrap_or_default();
    let may_have = |region: &&Region| digits >= plans.shortest(**region) && may_begin(**region, first);
    for region in regions.iter().filter(may_have) {
        let number = plans.parse(&**plain, Some(*region)).ok();
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

/// Whether a number of a region, written without a plus, may begin with this digit: those of the French overseas
/// departments have a 0 before them, or their calling codes, which begin with 2 and 5.
fn may_begin(region: Region, first: char) -> bool {
    !overseas(Region::FR).contains(&region) || matches!(first, '0' | '2' | '5') || !first.is_ascii_digit()
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
fn valid_region(plans: &Plans, number: &PhoneNumber) -> Option<Region> {
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
fn has_needed_prefix(plans: &Plans, number: &PhoneNumber, part: &str) -> bool {
    let own = number.get_national_significant_number();
    let written = part.chars().filter(char::is_ascii_digit);
    if !written.eq(own.chars()) {
        return true;
    }
    let national = plans.format(number, PhoneNumberFormat::National);
    national.chars().filter(char::is_ascii_digit).count() <= own.len()
}

/// A letter touches the number, or it is a part of a longer code (a GUID, a reference).
fn is_in_word(text: &str, start: usize, end: usize) -> bool {
    let before = context::tail(text.get(..start).unwrap_or_default(), 24);
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
