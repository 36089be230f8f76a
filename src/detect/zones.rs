//! Machine-readable zones of travel documents in text: lines of 30, 36 or 44 capitals, digits and fillers.

use super::Hit;
use super::identifiers::Scheme;
use super::view::Sheet;
use crate::model::{Hints, Secret};
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
        let embedded = (scheme.check?.holds)(&joined)?;
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
