//! E-mail addresses: a walk both ways from every `@`.

use super::hit::Hit;
use super::view::{Setting, Sheet};
use crate::model::{Confidence, Hints, Kind, Secret};
use std::sync::Arc;

/// Longest local part and longest domain, in bytes (RFC 5321, 4.5.3.1).
const LOCAL: usize = 64;
const DOMAIN: usize = 255;

/// Finds addresses.
pub fn find(sheet: &Sheet<'_>, _setting: &Setting, out: &mut Vec<Hit>) {
    let bytes = sheet.text.as_bytes();
    for at in memchr::memchr_iter(b'@', bytes) {
        let Some((start, end)) = around(sheet.text, at) else { continue };
        let Some(value) = sheet.text.get(start..end) else { continue };
        out.push(Hit {
            passage: sheet.index,
            start,
            end,
            kind: Kind::Email,
            scheme: Arc::from("email"),
            confidence: Confidence::milli(980),
            normal: Secret::new(value.to_lowercase()),
            role: None,
            hints: Hints::default(),
        });
    }
}

/// Where the address around this `@` begins and ends; `None` if it is none.
fn around(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = text.get(..at)?;
    let local: usize = before.chars().rev().take_while(|c| is_local(*c)).map(char::len_utf8).sum();
    let local = before.get(at - local..)?.trim_start_matches(['.', '-', '\'', '+', '/', '=', '&', '?', '#']);
    let after = text.get(at + 1..)?;
    let length: usize =
        after.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-')).map(char::len_utf8).sum();
    let domain = after.get(..length)?.trim_end_matches(['.', '-']);
    let tld = domain.rsplit_once('.')?.1;
    let is_domain = domain.len() <= DOMAIN && domain.split('.').all(|label| !label.is_empty());
    let is_tld = tld.chars().count() >= 2 && tld.chars().all(char::is_alphabetic);
    let is_local = !local.is_empty() && local.len() <= LOCAL && !local.ends_with('.') && !local.contains("..");
    (is_domain && is_tld && is_local).then(|| (at - local.len(), at + 1 + domain.len()))
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '.' | '_' | '-' | '+' | '%' | '\'' | '&' | '=' | '#' | '/' | '?' | '!' | '$' | '*' | '^' | '~')
}
