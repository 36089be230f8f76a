//! The shape of telephone numbers in text: a chain of digits and the signs that people put between them.
//!
//! The grammar is that of libphonenumber's matcher, read by hand: up to two openings (`+`, brackets), then digits with
//! at most four signs between them, then perhaps an extension.

use crate::detect::context::head;
use crate::detect::numerals::{Run, digit_at, run_at};

/// Signs between two digits of one number.
const GAP: usize = 4;
/// Digits of a chain; more than any number with its extension.
const DIGITS: usize = 24;

/// A chain of digits that may hold a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// First byte: an opening, or the first digit.
    pub start: usize,
    /// One past the last digit or closing bracket.
    pub end: usize,
    /// Digits.
    pub digits: usize,
    /// The digit runs, in order; the last ones of a chain of very many are left out.
    pub runs: Runs,
    /// It begins with a plus.
    pub is_international: bool,
}

/// Digit runs without a heap allocation: there is a chain at nearly every number of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runs {
    all: [Run; DIGITS],
    count: usize,
}

impl std::ops::Deref for Runs {
    type Target = [Run];

    fn deref(&self) -> &[Run] {
        self.all.get(..self.count).unwrap_or_default()
    }
}

impl Runs {
    fn of(first: Run) -> Self {
        Self { all: [first; DIGITS], count: 1 }
    }

    /// Adds a run; `false` if there is no room.
    fn push(&mut self, run: Run) -> bool {
        let Some(slot) = self.all.get_mut(self.count) else { return false };
        *slot = run;
        self.count += 1;
        true
    }
}

/// Whether this character may stand within a number, between digits.
fn is_sign(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '[' | ']' | '~' | '\u{a0}' | '\u{202f}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}'
        | '\u{ff0d}'..='\u{ff0f}' | '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{3000}' | '\u{ff08}' | '\u{ff09}' | '\u{ff3b}' | '\u{ff3d}' | '\u{2053}' | '\u{223c}' | '\u{ff5e}')
}

/// Whether this character opens a number.
pub fn is_opening(c: char) -> bool {
    matches!(c, '+' | '\u{ff0b}' | '(' | '[' | '\u{ff08}' | '\u{ff3b}')
}

/// The digits of the chain that begins with this run, and its end: told without keeping its parts, because most numbers
/// of a text are too short for a telephone.
pub fn measure(text: &str, first: Run) -> (usize, usize) {
    let (mut end, mut digits) = (first.end, first.count);
    while digits <= DIGITS {
        let gap = gap(text, end);
        let Some(run) = run_at(text.as_bytes(), end + gap).filter(|_| gap > 0) else { break };
        digits += run.count;
        end = run.end;
    }
    (digits, end)
}

/// The chain whose first digits are this run.
pub fn chain(text: &str, first: Run) -> Candidate {
    let bytes = text.as_bytes();
    let mut runs = Runs::of(first);
    let (mut end, mut digits) = (first.end, first.count);
    while digits <= DIGITS {
        let gap = gap(text, end);
        let Some(run) = run_at(bytes, end + gap).filter(|_| gap > 0) else { break };
        if !runs.push(run) {
            break;
        }
        digits += run.count;
        end = run.end;
    }
    let start = opening(text, first.start);
    let is_international = text.get(start..first.start).is_some_and(|lead| lead.contains(['+', '\u{ff0b}']));
    Candidate { start, end, digits, runs, is_international }
}

/// Bytes of signs from here to the next digit; 0 if there are too many or none.
fn gap(text: &str, at: usize) -> usize {
    let mut length = 0;
    // Most numbers are followed by a letter, a mark of punctuation or the end of the line.
    if let Some(1..=b'\x1f' | b'!'..=b'\'' | b'*'..=b',' | b':'..=b'Z' | b'\\' | b'^'..=b'}') = text.as_bytes().get(at)
    {
        return 0;
    }
    for (count, c) in text.get(at..).unwrap_or_default().chars().enumerate() {
        if digit_at(text.as_bytes(), at + length).is_some() {
            return length;
        }
        // A plus begins another number.
        if count >= GAP || !is_sign(c) {
            return 0;
        }
        length += c.len_utf8();
    }
    0
}

/// The first byte of the openings before a digit: at most two, with signs between.
fn opening(text: &str, digit: usize) -> usize {
    let mut start = digit;
    let mut at = digit;
    let mut openings = 0;
    for (count, c) in text.get(..digit).unwrap_or_default().chars().rev().enumerate() {
        if count >= GAP || openings == 2 {
            break;
        }
        at -= c.len_utf8();
        if is_opening(c) {
            start = at;
            openings += 1;
        } else if !matches!(c, ' ' | '\u{a0}' | '\u{3000}' | '-') {
            break;
        }
    }
    start
}

/// Words that announce an extension.
const EXTENSIONS: [&str; 15] =
    ["extension", "ext.", "ext", "extn", "poste", "anexo", "int.", "int", "доб.", "доб", "x", "X", "＃", "#", "~"];

/// The end of an extension that follows a number (`ext. 12`, `x345`, `poste 12`); the number's end if none does.
pub fn with_extension(text: &str, end: usize) -> usize {
    let rest = head(text.get(end..).unwrap_or_default(), 32);
    let blank = rest.trim_start_matches([' ', '\u{a0}', ',', ';', '-']);
    if rest.len() - blank.len() > 3 {
        return end;
    }
    let lower = blank.to_lowercase();
    let Some(word) = EXTENSIONS.iter().find(|word| lower.starts_with(**word)) else { return end };
    let after = blank.get(word.len()..).unwrap_or_default();
    let number = after.trim_start_matches([' ', '.', ':', '=', '\u{a0}', 'n']);
    let at = end + (rest.len() - number.len());
    let is_close = after.len() - number.len() <= 3;
    run_at(text.as_bytes(), at).filter(|run| run.count <= 9 && is_close).map_or(end, |run| run.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Tokens;

    fn first(text: &str) -> (String, usize) {
        let run = Tokens::of(text).runs[0];
        let found = chain(text, run);
        let end = with_extension(text, found.end);
        (text[found.start..end].to_owned(), found.digits)
    }

    #[test]
    fn chains_hold_together_what_people_write() {
        assert_eq!(first("Tel: +33 (0)1 99.00-12 34, fax"), ("+33 (0)1 99.00-12 34".to_owned(), 12));
        assert_eq!(first("(415) 555-0132 ext. 12"), ("(415) 555-0132 ext. 12".to_owned(), 10));
        assert_eq!(first("12,5 mg"), ("12".to_owned(), 2));
        assert_eq!(first("０１　２３４"), ("０１　２３４".to_owned(), 5));
    }
}
