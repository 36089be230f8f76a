//! The written forms of dates, read from a run of digits outwards.

use super::words::Words;
use crate::detect::context::{head, tail};
use crate::detect::numerals::{Run, digit_at, is_digit_before, run_at};
use std::ops::RangeInclusive;

/// Years that a date of our time may have.
const YEARS: RangeInclusive<u64> = 1850..=2100;
/// Two-digit years from here on are of the twentieth century.
const PIVOT: u64 = 40;
/// Longest word that is looked at, in bytes: `października` has 13 letters.
const WORD: usize = 40;

/// How a date is written; decides how much it needs to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// With a month in words, or ISO 8601 with a time.
    Sure,
    /// Numbers with a year of four digits.
    Full,
    /// Numbers with a year of two digits.
    Short,
    /// Month in words and year.
    Month,
    /// Day and month in words, no year.
    Day,
    /// A year after a word that asks for one.
    Year,
    /// Digits without separators, or with blanks only: a date only if a label says so.
    Bare,
}

/// A date as written. What is not written is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Year in full.
    pub year: Option<u16>,
    /// Month, 1 to 12.
    pub month: Option<u8>,
    /// Day, 1 to 31.
    pub day: Option<u8>,
    /// How it is written.
    pub form: Form,
}

/// Reads dates with the words of the rules.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'w> {
    /// Month names and the words between.
    pub words: &'w Words,
    /// The month stands before the day in this text's country.
    pub is_month_first: bool,
}

impl Reader<'_> {
    /// The date that this run of digits is part of, if the run is its first number.
    pub fn read(&self, text: &str, run: Run) -> Option<Found> {
        let bytes = text.as_bytes();
        if is_joined_before(text, run.start) {
            return None;
        }
        let found = match run.count {
            1 | 2 => self
                .numeric(text, run)
                .or_else(|| self.day_month(text, run))
                .or_else(|| self.month_day(text, run))
                .or_else(|| spaced(bytes, run)),
            4 => year_first(bytes, run)
                .or_else(|| self.year_month_day(text, run))
                .or_else(|| east_asian(text, run))
                .or_else(|| self.month_year(text, run))
                .or_else(|| self.year(text, run)),
            8 => compact(run),
            _ => None,
        }?;
        (found.form == Form::Year || !is_joined_after(text, found.end)).then_some(found)
    }

    /// `24/02/1962`, `24.2.62`, `24-Feb-1962`.
    fn numeric(&self, text: &str, first: Run) -> Option<Found> {
        let bytes = text.as_bytes();
        let (separator, at, is_spaced) = separator(bytes, first.end)?;
        if is_chained_before(bytes, first.start, separator) {
            return None;
        }
        let Some(second) = run_at(bytes, at) else { return self.named(text, first, separator, at) };
        let (again, at, is_spaced_again) = self::separator(bytes, second.end)?;
        let third = run_at(bytes, at).filter(|_| again == separator && second.count <= 2)?;
        if is_chained_after(bytes, third.end, separator) {
            return None;
        }
        let is_loose = is_spaced || is_spaced_again;
        let form = match third.count {
            4 => Form::Full,
            2 if !is_loose && (separator == b'/' || first.count == 2 || second.count == 2 && separator == b'-') => {
                Form::Short
            }
            _ => return None,
        };
        let year = full_year(third)?;
        let (day, month) = self.order(first.value, second.value, year)?;
        Some(Found { start: first.start, end: third.end, year: Some(year), month: Some(month), day: Some(day), form })
    }

    /// Which of two numbers is the day: the country's habit if that gives a date, else the other way round.
    fn order(&self, first: u64, second: u64, year: u16) -> Option<(u8, u8)> {
        let habit = if self.is_month_first { (second, first) } else { (first, second) };
        let other = (habit.1, habit.0);
        [habit, other].into_iter().find_map(|(day, month)| civil(year, month, day))
    }

    /// The rest of `24-Feb-1962` from the month on.
    fn named(&self, text: &str, day: Run, separator: u8, at: usize) -> Option<Found> {
        let word = word_at(text, at);
        let month = self.words.month(word)?;
        let bytes = text.as_bytes();
        let (again, next, _) = self::separator(bytes, at + word.len())?;
        let year = run_at(bytes, next).filter(|run| again == separator && (run.count == 4 || run.count == 2))?;
        let full = full_year(year)?;
        let (day_number, month) = civil(full, u64::from(month), day.value)?;
        Some(Found {
            start: day.start,
            end: year.end,
            year: Some(full),
            month: Some(month),
            day: Some(day_number),
            form: Form::Sure,
        })
    }

    /// `24 février 1962`, `1er mars`, `24. Februar 1962`, `24th of February, 1962`.
    fn day_month(&self, text: &str, day: Run) -> Option<Found> {
        if !(1..=31).contains(&day.value) {
            return None;
        }
        let mut at = self.skip_ordinal(text, day.end);
        at = skip_blanks(text, at, &['.', ',', 'º', 'ª', '°', '-', '/']);
        let (at, word) = self.skip_joins(text, at);
        let month = self.words.month(word)?;
        let end = at + word.len();
        self.with_year(text, day.start, end, Some(day.value), month, word)
    }

    /// `February 24, 1962`, `May 1st`.
    fn month_day(&self, text: &str, day: Run) -> Option<Found> {
        if !(1..=31).contains(&day.value) {
            return None;
        }
        let (start, word) = word_before(text, day.start)?;
        let month = self.words.month(word).filter(|_| word.starts_with(char::is_uppercase))?;
        let end = self.skip_ordinal(text, day.end);
        let is_month_year = digit_at(text.as_bytes(), day.start.saturating_sub(1)).is_some();
        if is_month_year { None } else { self.with_year(text, start, end, Some(day.value), month, word) }
    }

    /// Adds the year that follows, if one does.
    fn with_year(
        &self,
        text: &str,
        start: usize,
        end: usize,
        day: Option<u64>,
        month: u8,
        word: &str,
    ) -> Option<Found> {
        let bytes = text.as_bytes();
        let next = skip_blanks(text, end, &['.', ',', '-', '/', '\'', '’']);
        let (next, _) = self.skip_joins(text, next);
        let year = run_at(bytes, next).filter(|run| run.count == 4 && YEARS.contains(&run.value));
        if let Some(year) = year {
            let full = year.value as u16;
            let (day, month) = civil(full, u64::from(month), day?)?;
            let found =
                Found { start, end: year.end, year: Some(full), month: Some(month), day: Some(day), form: Form::Sure };
            return Some(found);
        }
        let (day, month) = civil(2000, u64::from(month), day?)?;
        let is_whole_word = word.chars().count() >= 4 || matches!(word, "mai" | "mei" | "maj" | "мая" | "May" | "Mai");
        is_whole_word.then_some(Found { start, end, year: None, month: Some(month), day: Some(day), form: Form::Day })
    }

    /// `enero de 2004`, `May 2004`, `May-2004`.
    fn month_year(&self, text: &str, year: Run) -> Option<Found> {
        let full = full_year(year)?;
        let (mut start, mut word) = word_before(text, year.start)?;
        for _ in 0..2 {
            if self.words.month(word).is_some() || !self.words.is_join(word) {
                break;
            }
            (start, word) = word_before(text, start)?;
        }
        let month = self.words.month(word)?;
        Some(Found { start, end: year.end, year: Some(full), month: Some(month), day: None, form: Form::Month })
    }

    /// `1962 február 24.`, `1962. február 24`, `1962-Feb-24`.
    fn year_month_day(&self, text: &str, year: Run) -> Option<Found> {
        let full = full_year(year)?;
        let at = skip_blanks(text, year.end, &['.', ',', '-']);
        let word = word_at(text, at);
        let month = self.words.month(word)?;
        let day =
            run_at(text.as_bytes(), skip_blanks(text, at + word.len(), &['.', '-'])).filter(|run| run.count <= 2)?;
        let (number, month) = civil(full, u64::from(month), day.value)?;
        let end = day.end;
        Some(Found {
            start: year.start,
            end,
            year: Some(full),
            month: Some(month),
            day: Some(number),
            form: Form::Sure,
        })
    }

    /// A year after `in`, `since`, `année`.
    fn year(&self, text: &str, year: Run) -> Option<Found> {
        let full = full_year(year).filter(|full| (1900..=2035).contains(full))?;
        let is_bracketed =
            text.get(..year.start)?.ends_with(['(', '[']) && text.get(year.end..)?.starts_with([')', ']']);
        let is_asked = is_bracketed || {
            let before = text.get(..year.start)?.strip_suffix([' ', '\u{a0}'])?;
            let (_, word) = word_before(text, before.len())?;
            self.words.is_before_year(word)
        };
        let follows = head(text.get(year.end..).unwrap_or_default(), 12).trim_start();
        let is_amount = follows.starts_with(['%', '€', '$', '£', '°', 'º'])
            || matches!(
                word_at(follows, 0),
                "ml" | "mg" | "g" | "kg" | "km" | "m" | "cm" | "mm" | "euros" | "eur" | "EUR" | "USD" | "UI"
            );
        let is_year = is_asked && !is_amount && !is_joined_after(text, year.end);
        is_year.then_some(Found {
            start: year.start,
            end: year.end,
            year: Some(full),
            month: None,
            day: None,
            form: Form::Year,
        })
    }

    fn skip_ordinal(&self, text: &str, at: usize) -> usize {
        let word = word_at(text, at);
        if !word.is_empty() && self.words.is_ordinal(word) { at + word.len() } else { at }
    }

    /// Passes over at most two joining words; the place and word after them.
    fn skip_joins<'t>(&self, text: &'t str, mut at: usize) -> (usize, &'t str) {
        let mut word = word_at(text, at);
        for _ in 0..2 {
            if word.is_empty() || !self.words.is_join(word) {
                break;
            }
            at = skip_blanks(text, at + word.len(), &[]);
            word = word_at(text, at);
        }
        (at, word)
    }
}

/// `1962-02-24`, `1962/2/24`, `1962.02.24`, with the time that ISO 8601 puts after a `T`.
fn year_first(bytes: &[u8], year: Run) -> Option<Found> {
    let full = full_year(year)?;
    let (separator, at, _) = separator(bytes, year.end)?;
    if is_chained_before(bytes, year.start, separator) {
        return None;
    }
    let month = run_at(bytes, at).filter(|run| run.count <= 2)?;
    let (again, at, _) = self::separator(bytes, month.end)?;
    let day = run_at(bytes, at).filter(|run| again == separator && run.count <= 2)?;
    let (number, month) = civil(full, month.value, day.value)?;
    let end = time_after(bytes, day.end);
    let form = if end > day.end { Form::Sure } else { Form::Full };
    (!is_chained_after(bytes, day.end, separator)).then_some(Found {
        start: year.start,
        end,
        year: Some(full),
        month: Some(month),
        day: Some(number),
        form,
    })
}

/// The end of `T14:30:00.123+01:00` after a date; the date's end if there is none.
fn time_after(bytes: &[u8], end: usize) -> usize {
    let is = |at: usize, wanted: u8| bytes.get(at) == Some(&wanted);
    let two = |at: usize| run_at(bytes, at).filter(|run| run.count == 2).map(|run| run.end);
    let Some(hour) = is(end, b'T').then(|| two(end + 1)).flatten() else { return end };
    let Some(mut at) = is(hour, b':').then(|| two(hour + 1)).flatten() else { return end };
    if let Some(second) = is(at, b':').then(|| two(at + 1)).flatten() {
        at = second;
        if let Some(fraction) = is(at, b'.').then(|| run_at(bytes, at + 1)).flatten() {
            at = fraction.end;
        }
    }
    if is(at, b'Z') {
        return at + 1;
    }
    let zone = (is(at, b'+') || is(at, b'-')).then(|| two(at + 1)).flatten();
    zone.map_or(at, |zone| if is(zone, b':') { two(zone + 1).unwrap_or(zone) } else { zone })
}

/// `1962年2月24日`, `1962년 2월 24일`.
fn east_asian(text: &str, year: Run) -> Option<Found> {
    let full = full_year(year)?;
    let sign = |at: usize, signs: [char; 2]| {
        let rest = text.get(skip_blanks(text, at, &[])..)?;
        rest.starts_with(signs).then(|| text.len() - rest.len() + 3)
    };
    let number = |at: usize| run_at(text.as_bytes(), skip_blanks(text, at, &[])).filter(|run| run.count <= 2);
    let month = number(sign(year.end, ['年', '년'])?)?;
    let day = number(sign(month.end, ['月', '월'])?)?;
    let end = sign(day.end, ['日', '일'])?;
    let (number, month) = civil(full, month.value, day.value)?;
    Some(Found { start: year.start, end, year: Some(full), month: Some(month), day: Some(number), form: Form::Sure })
}

/// `24021962` or `19620224`.
fn compact(run: Run) -> Option<Found> {
    let (head, tail) = (run.value / 10_000, run.value % 10_000);
    let found = |year: u64, month: u64, day: u64| {
        let year = u16::try_from(year).ok().filter(|year| YEARS.contains(&u64::from(*year)))?;
        let (day, month) = civil(year, month, day)?;
        let (start, end) = (run.start, run.end);
        Some(Found { start, end, year: Some(year), month: Some(month), day: Some(day), form: Form::Bare })
    };
    found(head, tail / 100, tail % 100).or_else(|| found(tail, head % 100, head / 100))
}

/// `24 02 1962`, and the boxes of a form read one by one: `2 4 0 2 1 9 6 2`.
fn spaced(bytes: &[u8], first: Run) -> Option<Found> {
    let mut digits = first;
    let mut groups = 1;
    while digits.count < 8 {
        let at = (digits.end..digits.end + 3).find(|at| !matches!(bytes.get(*at), Some(b' ' | b'.' | b'/')))?;
        let next = run_at(bytes, at).filter(|_| at > digits.end)?;
        let is_box = first.count == 1 && next.count == 1;
        let is_group = first.count == 2 && (next.count == 2 && groups == 1 || next.count == 4 && groups == 2);
        if !is_box && !is_group {
            return None;
        }
        digits.value = digits.value * 10_u64.pow(next.count as u32) + next.value;
        digits.count += next.count;
        digits.end = next.end;
        groups += 1;
    }
    let is_blank = |at: Option<usize>| at.and_then(|at| bytes.get(at)) == Some(&b' ');
    let before = first.start.checked_sub(1);
    let follows_digits = is_blank(before) && before.is_some_and(|at| is_digit_before(bytes, at));
    let leads_digits = is_blank(Some(digits.end)) && digit_at(bytes, digits.end + 1).is_some();
    let is_alone = !follows_digits && !leads_digits;
    let found = compact(digits).filter(|_| digits.count == 8 && is_alone)?;
    // Eight boxes in a row that give a date are one; two digits and two digits may be anything.
    Some(Found { form: if groups == 8 { Form::Short } else { Form::Bare }, ..found })
}

/// A year in full; two digits are of the century that the pivot says.
fn full_year(run: Run) -> Option<u16> {
    let year = match run.count {
        4 => run.value,
        2 if run.value >= PIVOT => 1900 + run.value,
        2 => 2000 + run.value,
        _ => return None,
    };
    u16::try_from(year).ok().filter(|_| YEARS.contains(&year))
}

/// Day and month, if that year has such a day.
fn civil(year: u16, month: u64, day: u64) -> Option<(u8, u8)> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    jiff::civil::Date::new(i16::try_from(year).ok()?, month, day).ok()?;
    Some((day.unsigned_abs(), month.unsigned_abs()))
}

/// A separator of numeric dates with at most one blank on each side: the sign, the place after it, whether blanks stood.
fn separator(bytes: &[u8], end: usize) -> Option<(u8, usize, bool)> {
    let blank = |at: usize| usize::from(bytes.get(at) == Some(&b' '));
    let sign_at = end + blank(end);
    let sign = bytes.get(sign_at).copied().filter(|sign| matches!(sign, b'/' | b'.' | b'-'))?;
    let next = sign_at + 1 + blank(sign_at + 1);
    Some((sign, next, next > end + 1))
}

/// Whether the same separator and a digit stand before: a version, an IP address, a phone.
fn is_chained_before(bytes: &[u8], start: usize, separator: u8) -> bool {
    let Some(before) = start.checked_sub(1) else { return false };
    bytes.get(before) == Some(&separator) && is_digit_before(bytes, before)
}

fn is_chained_after(bytes: &[u8], end: usize, separator: u8) -> bool {
    bytes.get(end) == Some(&separator) && digit_at(bytes, end + 1).is_some()
}

/// Whether a letter or digit touches from the left.
fn is_joined_before(text: &str, start: usize) -> bool {
    text.get(..start)
        .and_then(|text| text.chars().next_back())
        .is_some_and(|c| c.is_alphanumeric() && !is_ideograph(c) || c == '_')
}

/// Whether a letter or digit touches from the right.
fn is_joined_after(text: &str, end: usize) -> bool {
    text.get(end..)
        .and_then(|text| text.chars().next())
        .is_some_and(|c| c.is_alphanumeric() && !is_ideograph(c) && c != 'T')
}

/// Chinese, Japanese and Korean letters stand next to numbers without a blank.
fn is_ideograph(c: char) -> bool {
    c >= '\u{2e80}'
}

/// The place after at most three blanks, of which one may be one of these signs.
fn skip_blanks(text: &str, at: usize, signs: &[char]) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let mut seen = false;
    let length: usize = rest
        .chars()
        .take(3)
        .take_while(|c| {
            let is_sign = signs.contains(c) && !seen;
            seen |= is_sign;
            is_sign || matches!(c, ' ' | '\u{a0}' | '\u{202f}')
        })
        .map(char::len_utf8)
        .sum();
    at + length
}

/// The word that begins here; empty if there is none or it is too long.
fn word_at(text: &str, at: usize) -> &str {
    let rest = head(text.get(at..).unwrap_or_default(), WORD);
    let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

/// The word that ends before this place, over at most two blanks or signs, and where it begins.
fn word_before(text: &str, at: usize) -> Option<(usize, &str)> {
    let before = text.get(..at)?;
    let before = tail(before, WORD + 2);
    let trimmed = before.trim_end_matches([' ', '\u{a0}', '-', '.', ',']);
    if before.len() - trimmed.len() > 2 {
        return None;
    }
    let start = trimmed
        .rfind(|c: char| !c.is_alphabetic())
        .map_or(0, |found| found + trimmed.get(found..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let word = trimmed.get(start..).filter(|word| !word.is_empty())?;
    Some((at - (before.len() - start), word))
}
