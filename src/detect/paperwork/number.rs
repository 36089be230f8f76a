//! Numbers that only a label makes personal: patient, record and stay numbers, numbers of practitioners.

use super::address::Span;
use super::layout::Field;
use super::page::Page;
use crate::model::Kind;
use crate::rules::labels::{Labels, Meaning};
use crate::rules::words::Form;

/// A number on a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    /// Where it stands.
    pub(super) span: Span,
    /// What it is.
    pub(super) kind: Kind,
    /// Whether a colon, a cell or a head ties it to its label, not only nearness.
    pub(super) is_tied: bool,
}

fn kind_of(meaning: Meaning) -> Option<Kind> {
    match meaning {
        Meaning::PatientNumber => Some(Kind::PatientId),
        Meaning::ProfessionalNumber => Some(Kind::ProfessionalId),
        _ => None,
    }
}

/// The number that a field's value is.
pub(super) fn in_field(page: &Page, text: &str, field: &Field) -> Option<Number> {
    let kind = kind_of(field.meaning)?;
    Some(Number { span: value(page, text, field.first, field.last)?, kind, is_tied: true })
}

/// Numbers directly after a label in running text: `IPP 8012939402`, `dossier n° 77/12`.
pub(super) fn in_text(page: &Page, text: &str, labels: &Labels, out: &mut Vec<Number>) {
    /// Shortest number that is taken without a colon, in bytes.
    const SHORTEST: usize = 4;
    let mut cells = page.cells.iter().peekable();
    for &index in &page.numbers {
        while cells.next_if(|cell| cell.last <= index).is_some() {}
        let Some(cell) = cells.peek().filter(|cell| cell.first < index) else { continue };
        let Some(word) = page.word(index).filter(|word| word.len() >= SHORTEST) else { continue };
        let Some(kind) = label_before(page, text, labels, cell.first, index) else { continue };
        let digits = text.get(word.start..word.end).map_or(0, |word| word.bytes().filter(u8::is_ascii_digit).count());
        if let Some(span) = value(page, text, index, cell.last).filter(|_| digits >= 3) {
            out.push(Number { span, kind, is_tied: false });
        }
    }
}

/// The label that ends at most three short words before a number: `IPP est le`, `dossier n°`.
fn label_before(page: &Page, text: &str, labels: &Labels, first: usize, index: usize) -> Option<Kind> {
    for back in 0..=3 {
        let end = index.checked_sub(back).filter(|end| *end > first)?;
        if back > 0 {
            let skipped = page.word(end)?;
            if skipped.form != Form::Lower || skipped.len() > 6 {
                return None;
            }
        }
        if page.gap(text, end - 1).contains(['.', ';', ',', '\n']) && !page.gap(text, end - 1).starts_with(". ") {
            return None;
        }
        if let Some(label) = labels.at_end(page.span(first.max(end.saturating_sub(7)), end)) {
            return label.is_phrase.then(|| kind_of(label.meaning)).flatten();
        }
    }
    None
}

/// The stretch of digits and letters that a number is, from its first word.
fn value(page: &Page, text: &str, first: usize, limit: usize) -> Option<Span> {
    /// Longest number in words, and in bytes.
    const WORDS: usize = 6;
    const BYTES: usize = 32;
    let is_code = |at: usize| {
        page.word(at)
            .is_some_and(|word| word.form != Form::Lower || matches!(page.gap(text, at), "-" | "/" | "_" | "."))
    };
    let first = (first..limit.min(first + 3)).find(|at| is_code(*at))?;
    let start = page.word(first)?;
    let mut has_number = start.form == Form::Number;
    if !has_number && start.len() > 4 {
        return None;
    }
    let mut last = first + 1;
    while last < limit.min(first + WORDS) {
        let (before, next) = (page.word(last - 1)?, page.word(last)?);
        let gap = page.gap(text, last - 1);
        let is_tight = matches!(gap, "-" | "/" | "." | "_" | "–" | "" | "\\");
        let is_group = gap == " "
            && before.form == Form::Number
            && next.form == Form::Number
            && next.len() <= 9
            && !begins_date(page, text, last)
            && is_digits(text, page, last)
            && is_digits(text, page, last - 1);
        let is_number = next.form == Form::Number;
        let is_joined = is_tight && (is_number || next.len() <= 4);
        let is_first = !has_number && gap == " " && is_number;
        if !(is_joined || is_group || is_first) {
            break;
        }
        has_number |= next.form == Form::Number;
        last += 1;
    }
    // IMG_0042.JPG: the name of a file.
    let is_ending = |at: usize| {
        page.gap(text, at - 1) == "."
            && page.word(at).is_some_and(|word| word.form != Form::Number && (2..=4).contains(&word.len()))
    };
    let is_file = is_ending(last) || last > first + 1 && is_ending(last - 1);
    if is_file {
        return None;
    }
    let span = (start.start, page.word(last - 1)?.end);
    let whole = text.get(span.0..span.1)?;
    let digits = whole.bytes().filter(u8::is_ascii_digit).count();
    (has_number && digits >= 2 && whole.len() <= BYTES && !is_date(whole)).then_some(span)
}

fn is_digits(text: &str, page: &Page, index: usize) -> bool {
    page.word(index)
        .and_then(|word| text.get(word.start..word.end))
        .is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a number begins a date: `15/02/1963`.
fn begins_date(page: &Page, text: &str, index: usize) -> bool {
    matches!(page.gap(text, index), "/" | "." | "-")
        && is_digits(text, page, index + 1)
        && matches!(page.gap(text, index + 1), "/" | "." | "-")
}

/// Whether a value is a date in figures.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let [a, b, c] = parts.as_slice() else { return false };
    let all = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    all(a)
        && all(b)
        && all(c)
        && (a.len() <= 2 && b.len() <= 2 && matches!(c.len(), 2 | 4) || a.len() == 4 && b.len() <= 2 && c.len() <= 2)
}
