//! URLs with a scheme, and bare web addresses that begin with `www.` or end in a well-known domain.

use super::context::{head, tail};
use super::hit::Hit;
use super::schemes;
use super::view::{Setting, Sheet};
use crate::model::{Confidence, Hints, Kind, Secret};
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// Longest URL that is read, in bytes.
const LENGTH: usize = 2048;
/// Longest host (RFC 1035, 2.3.4).
const HOST: usize = 255;
/// Schemes that lead to a host.
const SCHEMES: [&str; 9] = ["https", "http", "ftp", "ftps", "sftp", "ssh", "ws", "wss", "s3"];
/// Domains that a bare name is believed by: the old generic ones and countries whose code is no common word.
const TOPS: [&str; 26] = [
    "com", "org", "net", "edu", "gov", "info", "biz", "io", "eu", "fr", "es", "uk", "ie", "ch", "nl", "pl", "il", "cz",
    "gr", "ru", "br", "jp", "cn", "au", "ca", "tr",
];

/// What parts a scheme from its host.
static LINK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("://"));

/// Finds web addresses.
pub fn find(sheet: &Sheet<'_>, _setting: &Setting, out: &mut Vec<Hit>) {
    let bytes = sheet.text.as_bytes();
    for colon in LINK.find_iter(bytes) {
        out.extend(with_scheme(sheet.text, colon).map(|(start, end)| hit(sheet, start, end, 970)));
    }
    let mut last = 0;
    for dot in memchr::memchr_iter(b'.', bytes) {
        let is_between = dot >= last
            && dot.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_alphanumeric)
            && bytes.get(dot + 1).is_some_and(u8::is_ascii_lowercase);
        if let Some((start, end)) = is_between.then(|| bare(sheet.text, dot)).flatten() {
            last = end;
            out.push(hit(sheet, start, end, 850));
        }
    }
}

fn hit(sheet: &Sheet<'_>, start: usize, end: usize, milli: u16) -> Hit {
    Hit {
        passage: sheet.index,
        start,
        end,
        kind: Kind::Url,
        scheme: schemes::url(),
        confidence: Confidence::milli(milli),
        normal: Secret::new(sheet.text.get(start..end).unwrap_or_default().to_lowercase()),
        role: None,
        hints: Hints::default(),
    }
}

/// The URL around this `://`.
fn with_scheme(text: &str, colon: usize) -> Option<(usize, usize)> {
    let before = tail(text.get(..colon)?, 8);
    let letters = before.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
    let scheme = before.get(before.len() - letters..)?.to_ascii_lowercase();
    let scheme = SCHEMES.iter().find(|known| scheme == **known)?;
    let rest = path_end(text.get(colon + 3..)?);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    (host.len() >= 3 && host.contains(['.', ':', '@'])).then(|| (colon - scheme.len(), colon + 3 + rest.len()))
}

/// What belongs to a URL: up to a blank or a quote, without the sentence's own signs at the end.
fn path_end(rest: &str) -> &str {
    let rest = head(rest, LENGTH);
    let end = rest
        .find(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '`' | '{' | '}' | '|' | '\\' | '^')
        })
        .unwrap_or(rest.len());
    let mut rest = rest.get(..end).unwrap_or_default();
    loop {
        let shorter = rest.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '’', '”', '»']);
        let unbalanced = [('(', ')'), ('[', ']')].iter().any(|(open, close)| {
            shorter.ends_with(*close) && shorter.matches(*open).count() < shorter.matches(*close).count()
        });
        let shorter = if unbalanced { shorter.get(..shorter.len() - 1).unwrap_or_default() } else { shorter };
        if shorter.len() == rest.len() {
            return rest;
        }
        rest = shorter;
    }
}

/// The bare address around this dot, unless an `@` or a scheme stands before it.
fn bare(text: &str, dot: usize) -> Option<(usize, usize)> {
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let before = text.as_bytes().get(dot.saturating_sub(HOST)..dot)?;
    let left = before.iter().rev().take_while(|byte| is_host(byte)).count();
    let start = dot - left;
    let sign = text.get(..start)?.chars().next_back();
    if sign.is_some_and(|c| matches!(c, '@' | '/' | ':' | '_' | '%' | '=' | '\\') || c.is_alphanumeric()) {
        return None;
    }
    let after = text.as_bytes().get(start..)?;
    let length = after.iter().take(HOST).take_while(|byte| is_host(byte)).count();
    let host = text.get(start..start + length)?.trim_end_matches(['.', '-']);
    let (name, top) = host.rsplit_once('.')?;
    let is_web = host.starts_with("www.") && name.len() > 4;
    let is_known = TOPS.contains(&top) && name.len() >= 2 && name.bytes().any(|byte| byte.is_ascii_alphabetic());
    let end = start + host.len();
    let next = text.get(end..)?.chars().next();
    if host.split('.').any(str::is_empty)
        || !(is_web || is_known)
        || next.is_some_and(|c| matches!(c, '@' | '(' | '_') || c.is_alphanumeric())
    {
        return None;
    }
    let path = if next == Some('/') { path_end(text.get(end..)?).len() } else { 0 };
    Some((start, end + path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Part, Shape};
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<String> {
        let origin = Origin::of(Part::Text);
        let mut hits = Vec::new();
        find(
            &Sheet { index: 0, origin: &origin, shape: Shape::Flow, list: None, text },
            &Setting::default(),
            &mut hits,
        );
        hits.iter().map(|hit| text[hit.start..hit.end].to_owned()).collect()
    }

    #[test]
    fn addresses_end_where_the_sentence_goes_on() {
        for (text, url) in [
            ("see https://example.org/a?b=1, or", "https://example.org/a?b=1"),
            ("(http://example.org/x_(y)).", "http://example.org/x_(y)"),
            ("our site www.example.de.", "www.example.de"),
            ("domains: example.com here", "example.com"),
            ("example.co.il/path", "example.co.il/path"),
        ] {
            assert_eq!(found(text), [url], "{text}");
        }
        for text in ["ada@example.com", "end.of line", "e.g. this", "12.5.net", "file.rs", "a://b", "Dr.med"] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(https?://|www\\.|\\.com|[a-z./()]|\\PC){0,60}") {
            prop_assert!(found(&text).iter().all(|url| !url.is_empty()));
        }
    }
}
