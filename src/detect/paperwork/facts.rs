//! Small facts that a label tells: sex, age, profession, nationality, a place.

use super::layout::{Field, Tie};
use super::page::Page;
use super::{hit, normal};
use crate::detect::hit::Hit;
use crate::detect::schemes;
use crate::detect::view::Sheet;
use crate::model::Kind;
use crate::rules::labels::{Labels, Meaning};
use crate::rules::words::Form;

/// Finds the facts in fields.
pub(super) fn find(page: &Page, sheet: &Sheet<'_>, fields: &[Field], _labels: &Labels, out: &mut Vec<Hit>) {
    for field in fields.iter().filter(|field| field.tie != Tie::Phrase) {
        let (kind, words) = match field.meaning {
            Meaning::Sex => (Kind::Gender, 1),
            Meaning::Age => (Kind::Age, 2),
            Meaning::Nationality => (Kind::Nationality, 3),
            Meaning::Profession => (Kind::Profession, 5),
            _ => continue,
        };
        let Some((start, end)) =
            value_span(page, sheet.text, &Field { last: field.last.min(field.first + words), ..*field })
        else {
            continue;
        };
        let value = sheet.text.get(start..end).unwrap_or_default();
        let is_fit = match kind {
            Kind::Age => value.starts_with(|c: char| c.is_ascii_digit()) && value.len() <= 24,
            Kind::Gender => value.len() <= 24,
            _ => value.chars().any(char::is_alphabetic),
        };
        if !is_fit {
            continue;
        }
        let mut made = hit(sheet, (start, end), kind, schemes::label(), 900, normal::folded(value), None);
        if kind == Kind::Gender {
            made.hints.sex = sex(value);
        }
        out.push(made);
    }
}

/// A place that a label tells.
pub(super) fn place(page: &Page, sheet: &Sheet<'_>, field: &Field, kind: Kind) -> Option<Hit> {
    let (start, end) = value_span(page, sheet.text, field)?;
    let value = sheet.text.get(start..end)?;
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    if value.len() > 60 || (kind == Kind::Postcode) != has_digit && kind == Kind::Postcode || value.contains('@') {
        return None;
    }
    Some(hit(sheet, (start, end), kind, schemes::label(), 900, normal::folded(value), None))
}

/// The bytes of a field's value: from its first word to its last, cut where a sentence or a column ends.
pub(super) fn value_span(page: &Page, text: &str, field: &Field) -> Option<(usize, usize)> {
    let first = page.word(field.first)?;
    let mut last = field.first;
    while last + 1 < field.last {
        let gap = page.gap(text, last);
        let is_cell = matches!(field.tie, Tie::Column | Tie::Key);
        let is_end = gap.contains(". ")
            && page.word(last).is_some_and(|word| word.len() > 4 && word.form != Form::Number)
            || gap.contains([';', '\t', '|'])
            || gap.contains("   ");
        if is_end && !is_cell {
            break;
        }
        last += 1;
    }
    Some((first.start, page.word(last)?.end))
}

/// The sex that a word tells.
fn sex(value: &str) -> Option<char> {
    match normal::folded(value).as_str() {
        "f" | "femme" | "female" | "feminin" | "w" | "weiblich" | "frau" | "mujer" | "femenino" | "femmina"
        | "feminino" | "vrouw" | "v" | "kobieta" | "k" | "kvinna" | "γυναικα" | "θηλυ" | "ж" | "женскии" | "жен"
        | "انثي" => Some('f'),
        "m" | "h" | "homme" | "male" | "masculin" | "mannlich" | "mann" | "hombre" | "masculino" | "varon"
        | "maschio" | "man" | "mezczyzna" | "ανδρασ" | "αρρεν" | "м" | "мужскои" | "муж" | "ذكر" => {
            Some('m')
        }
        _ => None,
    }
}
