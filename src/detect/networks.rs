//! Addresses of networks in text: IPv4, IPv6 and MAC, found from the signs between their parts.

use super::Hit;
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
    while let Some(found) = memchr::memchr3(b'.', b':', b'-', bytes.get(from..).unwrap_or_default()) {
        let at = from + found;
        from = at + 1;
        if !is_joint(bytes, at) {
            continue;
        }
        for (start, end) in stretches(bytes, at) {
            if let Some(scheme) = rules().find(|scheme| holds(scheme, sheet.text, start, end)) {
                out.push(hit(scheme, sheet, start, end));
                from = from.max(end);
                break;
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

/// The stretches around a sign that may be an address, longest first.
fn stretches(bytes: &[u8], at: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    let kinds: [fn(u8) -> bool; 3] = [
        |one| one.is_ascii_hexdigit() || matches!(one, b':' | b'.'),
        |one| one.is_ascii_digit() || one == b'.',
        |one| one.is_ascii_hexdigit() || one == b'-',
    ];
    kinds.into_iter().filter_map(move |holds| {
        let left = bytes.get(at.saturating_sub(LONGEST)..at)?.iter().rev().take_while(|&&one| holds(one)).count();
        let right = bytes.get(at..(at + LONGEST).min(bytes.len()))?.iter().take_while(|&&one| holds(one)).count();
        let (start, mut end) = (at - left, at + right);
        // A full stop or colon at the end closes a sentence.
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
    })
}

fn holds(scheme: &Scheme, text: &str, start: usize, end: usize) -> bool {
    let value = text.get(start..end).unwrap_or("");
    // `::` alone is the unspecified address and mostly a sign of C++ or Rust.
    let mut signs = value.bytes().filter(u8::is_ascii_hexdigit);
    let first = signs.next();
    // Broadcast and null addresses are nobody's.
    let somebody = first.is_some() && (signs.any(|one| Some(one) != first) || value.contains("::"));
    somebody && scheme.check.is_some_and(|check| (check.holds)(value).is_some()) && !is_version(text, start)
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

fn hit(scheme: &Scheme, sheet: &Sheet<'_>, start: usize, end: usize) -> Hit {
    let value = sheet.text.get(start..end).unwrap_or("");
    let tag = scheme.check.and_then(|check| (check.holds)(value)).and_then(|embedded| embedded.tag);
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
