//! Machine-readable zones of travel documents in text: lines of 30, 36 or 44 capitals, digits and fillers.

use super::Hit;
use super::identifiers::Scheme;
use super::view::Sheet;
use crate::model::{Hints, Part, Secret};
use memchr::memmem::Finder;
use std::sync::{Arc, LazyLock};

/// Two fillers in a row: every zone has them.
static FILLERS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<<"));

/// The lines of each form: how many, and how long.
const FORMS: [(usize, usize); 3] = [(3, 30), (2, 44), (2, 36)];

/// Adds the zones of a sheet.
pub(super) fn find(scheme: &Scheme, sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
    let text = sheet.text;
    let mut from = 0;
    while let Some(found) = FILLERS.find(text.as_bytes().get(from..).unwrap_or_default()) {
        let at = from + found;
        let line = memchr::memrchr(b'\n', text.as_bytes().get(..at).unwrap_or_default()).map_or(0, |place| place + 1);
        // The fillers may stand in the zone's first, second or third line.
        let found = starts(text, line, from).find_map(|start| zone(scheme, sheet, start));
        from = match found {
            Some(hit) => {
                let end = hit.end.max(at + 2);
                out.push(hit);
                end
            }
            None => memchr::memchr(b'\n', text.as_bytes().get(at..).unwrap_or_default())
                .map_or(text.len(), |place| at + place.max(2)),
        };
    }
}

/// The starts of a line and of the two before it.
fn starts(text: &str, line: usize, floor: usize) -> impl Iterator<Item = usize> + '_ {
    let before = move |line: usize| {
        let end = line.checked_sub(1)?;
        Some(memchr::memrchr(b'\n', text.as_bytes().get(..end)?).map_or(0, |place| place + 1))
    };
    let second = before(line);
    let third = second.and_then(before);
    [third, second, Some(line)].into_iter().flatten().filter(move |start| *start >= floor || floor == 0)
}

/// The zone that begins with the line at a place.
fn zone(scheme: &Scheme, sheet: &Sheet<'_>, start: usize) -> Option<Hit> {
    FORMS.iter().find_map(|&(count, length)| {
        let rest = sheet.text.get(start..)?;
        let mut joined = String::new();
        let mut end = start;
        for line in rest.split_inclusive('\n').filter(|line| !line.trim().is_empty()).take(count) {
            let plain: String = line.chars().filter(|one| !one.is_whitespace()).collect();
            if plain.len() != length {
                return None;
            }
            joined.push_str(&plain);
            end = line.as_ptr().addr() - sheet.text.as_ptr().addr() + line.trim_end().len();
        }
        let holds = scheme.check?.holds;
        if holds(&joined).is_none() && sheet.origin.part == Part::Ocr {
            joined = mended(&joined, |zone| holds(zone).is_some())?;
        }
        let embedded = holds(&joined)?;
        let lead = sheet.text.get(start..end)?;
        let start = start + (lead.len() - lead.trim_start().len());
        Some(Hit {
            passage: sheet.index,
            start,
            end,
            kind: scheme.rule.kind,
            scheme: Arc::clone(&scheme.rule.id),
            confidence: scheme.rule.labelled,
            normal: Secret::new(joined),
            role: None,
            hints: Hints {
                year: embedded.year,
                day: embedded.day,
                sex: embedded.sex,
                tag: embedded.tag.map(str::to_owned),
                ..Hints::default()
            },
        })
    })
}

/// Letters and digits that are taken for each other when a zone is read from pixels (OCR-B prints them alike).
const ALIKE: [(u8, u8); 6] = [(b'O', b'0'), (b'I', b'1'), (b'Z', b'2'), (b'S', b'5'), (b'B', b'8'), (b'G', b'6')];
/// Those that are taken for each other most.
const MOST: usize = 2;

/// A zone with the letters of its dates read as digits and at most one letter or digit of its number changed, where that
/// alone makes its check digits hold. Two ways to mend it are none.
fn mended(zone: &str, holds: impl Fn(&str) -> bool) -> Option<String> {
    // Number, then birth date and expiry with their check digits, by the length of the lines together.
    let (number, figures) = match zone.len() {
        90 => (5..14, [30..37, 38..45]),
        72 => (36..45, [49..56, 57..64]),
        88 => (44..53, [57..64, 65..72]),
        _ => return None,
    };
    let mut bytes = zone.as_bytes().to_vec();
    for at in figures.into_iter().flatten().chain([number.end]) {
        let byte = bytes.get_mut(at)?;
        *byte = ALIKE.iter().find(|(letter, _)| letter == byte).map_or(*byte, |(_, digit)| *digit);
    }
    let read = |bytes: &[u8]| std::str::from_utf8(bytes).ok().filter(|zone| holds(zone)).map(str::to_owned);
    if let Some(zone) = read(&bytes) {
        return Some(zone);
    }
    for alike in [ALIKE.get(..MOST)?, ALIKE.as_slice()] {
        let ways: Vec<String> = number
            .clone()
            .filter_map(|at| {
                let other = other(*bytes.get(at)?, alike)?;
                let mut changed = bytes.clone();
                *changed.get_mut(at)? = other;
                read(&changed)
            })
            .collect();
        match ways.as_slice() {
            [] => {}
            [only] => return Some(only.clone()),
            _ => return None,
        }
    }
    None
}

/// What a letter or digit may have been.
fn other(byte: u8, alike: &[(u8, u8)]) -> Option<u8> {
    alike.iter().find_map(|&(letter, digit)| match byte {
        _ if byte == letter => Some(digit),
        _ if byte == digit => Some(letter),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::mended;
    use crate::detect::checks::by_name;

    const ZONE: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";

    fn mend(zone: &str) -> Option<String> {
        let check = by_name("mrz").expect("a check of zones");
        mended(zone, |zone| (check.holds)(zone).is_some())
    }

    #[test]
    fn letters_that_look_like_digits_are_mended_where_check_digits_say_so() {
        assert_eq!(mend(&ZONE.replace("L898902C36", "L8989O2C36")).as_deref(), Some(ZONE));
        assert_eq!(mend(&ZONE.replace("7408122F", "74O8I22F")).as_deref(), Some(ZONE));
    }

    #[test]
    fn other_errors_are_not_mended() {
        assert_eq!(mend(&ZONE.replace("L898902C36", "L898702C36")), None);
        assert_eq!(mend(&ZONE.replace("7408122F", "7408132F")), None);
    }
}
