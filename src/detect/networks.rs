//! Addresses of networks in text: IPv4, IPv6 and MAC, found from the signs between their parts.

use super::Hit;
use super::checks::Verdict;
use super::identifiers::Scheme;
use super::view::Sheet;
use crate::model::{Confidence, Hints, Secret};
use std::sync::Arc;

/// Longest written address: a full IPv6 with an embedded IPv4 and a prefix length.
const LONGEST: usize = 60;

/// Adds the addresses of a sheet.
pub(super) fn find(schemes: &[Scheme], network: &[u16], sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
    if network.is_empty() {
        return;
    }
    let rules = || network.iter().filter_map(|place| schemes.get(usize::from(*place)));
    let bytes = sheet.text.as_bytes();
    let mut from = 0;
    // Up to where the stretches of each kind were looked at.
    let mut read = [0; KINDS.len()];
    while let Some(found) = memchr::memchr3(b'.', b':', b'-', bytes.get(from..).unwrap_or_default()) {
        let at = from + found;
        from = at + 1;
        if !is_joint(bytes, at) {
            continue;
        }
        for (kind, read) in KINDS.into_iter().zip(&mut read) {
            if of_kind(bytes, at, kind) && at >= *read {
                let (start, end) = around(bytes, at, kind);
                *read = end;
                let Some((start, end)) = bounded(bytes, at, start, end) else { continue };
                let found = rules().find_map(|scheme| Some((scheme, verdict(scheme, sheet.text, start, end)?)));
                if let Some((scheme, embedded)) = found {
                    out.push(hit(scheme, sheet, start, end, embedded.tag));
                    from = from.max(end);
                    break;
                }
            }
        }
    }
}

/// Whether the sign at a place stands between parts of an address: a cheap test that most signs in prose fail.
fn is_joint(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|place| bytes.get(place)).copied().unwrap_or(b' ');
    let after = bytes.get(at + 1).copied().unwrap_or(b' ');
    match bytes.get(at) {
        Some(b'.') => {
            before.is_ascii_digit() && after.is_ascii_digit()
                || (before.is_ascii_hexdigit() && after.is_ascii_hexdigit())
        }
        Some(b':') => after == b':' || (before.is_ascii_hexdigit() && after.is_ascii_hexdigit()),
        _ => before.is_ascii_hexdigit() && after.is_ascii_hexdigit(),
    }
}

/// What addresses are made of: hexadecimal digits with colons and points, digits with points, hexadecimal digits with
/// dashes; a bit each.
const KINDS: [u8; 3] = [1, 2, 4];

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated when the program is built, and the index stays below the length"
)]
static OF_KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' => 7,
            b'a'..=b'f' | b'A'..=b'F' => 5,
            b'.' => 3,
            b':' => 1,
            b'-' => 4,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

/// Whether the byte at a place may be in an address of a kind.
fn of_kind(bytes: &[u8], at: usize, kind: u8) -> bool {
    bytes.get(at).and_then(|one| OF_KINDS.get(usize::from(*one))).is_some_and(|kinds| kinds & kind != 0)
}

/// The stretch around a sign that may be an address of a kind, no longer than one at either side.
fn around(bytes: &[u8], at: usize, kind: u8) -> (usize, usize) {
    let start = (at.saturating_sub(LONGEST)..at).rev().take_while(|place| of_kind(bytes, *place, kind)).last();
    let end = (at..at + LONGEST).find(|place| !of_kind(bytes, *place, kind));
    (start.unwrap_or(at), end.unwrap_or(at + LONGEST))
}

/// A stretch without the sign that closes a sentence, if no word or number goes on at either end of it.
fn bounded(bytes: &[u8], at: usize, start: usize, mut end: usize) -> Option<(usize, usize)> {
    while end > at && matches!(bytes.get(end - 1), Some(b'.' | b'-')) {
        end -= 1;
    }
    if end > at + 1 && bytes.get(end - 1) == Some(&b':') && bytes.get(end - 2) != Some(&b':') {
        end -= 1;
    }
    let outside = |one: Option<&u8>| {
        one.is_none_or(|one| !one.is_ascii_alphanumeric() && !matches!(one, b'_' | b'-' | b'.' | b':'))
    };
    let opens = start.checked_sub(1).is_none_or(|place| outside(bytes.get(place)));
    let closes = bytes.get(end).is_none_or(|one| !one.is_ascii_alphanumeric() && *one != b'_')
        && !(bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit));
    (opens && closes && end - start >= 2).then_some((start, end))
}

/// What an address's check says of a stretch, if it is one.
fn verdict(scheme: &Scheme, text: &str, start: usize, end: usize) -> Verdict {
    let value = text.get(start..end).unwrap_or("");
    if !has_signs(value) {
        return None;
    }
    // `::` alone is the unspecified address and mostly a sign of C++ or Rust.
    let mut signs = value.bytes().filter(u8::is_ascii_hexdigit);
    let first = signs.next();
    // Broadcast and null addresses are nobody's.
    let is_somebodys = first.is_some() && (signs.any(|one| Some(one) != first) || value.contains("::"));
    let embedded = scheme.check.filter(|_| is_somebodys).and_then(|check| (check.holds)(value))?;
    (!is_version(text, start)).then_some(embedded)
}

/// Whether a stretch has the signs of an address of some kind and its length: dates, hours and amounts do not.
fn has_signs(value: &str) -> bool {
    let count = |sign: u8| value.bytes().filter(|one| *one == sign).count();
    match (count(b':'), count(b'.'), count(b'-')) {
        // IPv4 (`255.255.255.255`), and MAC in three parts.
        (0, 3, 0) => value.len() <= 15,
        (0, 2, 0) => value.len() == 14,
        // MAC in six parts, and IPv6: all of its parts, all but an IPv4 at the end, or some left out.
        (5, 0, 0) | (0, 0, 5) if value.len() == 17 => true,
        (7, 0, 0) | (6, 3, 0) => true,
        (2.., 0 | 3, 0) => value.contains("::"),
        _ => false,
    }
}

/// Whether the words right before say that a dotted number is a version.
fn is_version(text: &str, start: usize) -> bool {
    let head = text.get(..start).unwrap_or("").trim_end();
    let word: String =
        head.chars().rev().take_while(|one| one.is_alphabetic()).collect::<Vec<_>>().into_iter().rev().collect();
    matches!(
        word.to_lowercase().as_str(),
        "version" | "ver" | "v" | "release" | "versión" | "section" | "article" | "oid"
    )
}

fn hit(scheme: &Scheme, sheet: &Sheet<'_>, start: usize, end: usize, tag: Option<&str>) -> Hit {
    let value = sheet.text.get(start..end).unwrap_or("");
    Hit {
        passage: sheet.index,
        start,
        end,
        kind: scheme.rule.kind,
        scheme: Arc::clone(&scheme.rule.id),
        confidence: Confidence::milli(scheme.rule.bare.as_milli()),
        normal: Secret::new(value.to_ascii_lowercase()),
        role: None,
        hints: Hints { tag: tag.map(str::to_owned), ..Hints::default() },
    }
}
